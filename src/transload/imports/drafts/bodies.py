"""What clients of the API say of a draft."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Header, Path, Query
from pydantic import Field

from transload.data_types.model import MAX_FIELDS
from transload.data_types.wire import FieldBody, Name
from transload.errors import InvalidError
from transload.formats.reading.model import Choices
from transload.imports.drafts.deciding import Decisions
from transload.imports.drafts.proposals import Change
from transload.imports.model import Kind, Mode, Target
from transload.imports.readings import DayOrder, Reading, as_word
from transload.web.parameters import MAX_NAMES, Flag, Id, Parameters, Whole


class ReadingBody(Parameters):
    """How the cells of a field are read."""

    day_order: DayOrder | None = Field(None, alias="dayOrder")
    decimal_separator: Literal[".", ","] | None = Field(None, alias="decimalSeparator")
    words: dict[str, str] = Field(default_factory=dict)
    leave_out: bool = Field(default=False, alias="leaveOut")

    def to_reading(self) -> Reading:
        """Give the reading."""
        return Reading(
            day_order=self.day_order,
            decimal_separator=self.decimal_separator,
            words={as_word(text): meant for text, meant in self.words.items()},
            leave_out=self.leave_out,
        )


class ChoicesBody(Parameters):
    """How a file is read; null: found by itself."""

    sheet: str | None = None
    header_row: Whole | None = Field(None, alias="headerRow", ge=0)
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None

    def to_choices(self) -> Choices:
        """Give the choices."""
        return Choices(
            sheet=self.sheet,
            header_row=self.header_row,
            encoding=self.encoding,
            delimiter=self.delimiter,
            quote=self.quote,
            escape=self.escape,
        )


class ProposedFieldBody(FieldBody):
    """A field of a proposed data type, and the column of the file that it is, from 1."""

    column: Whole | None = Field(None, ge=1)


class ProposalBody(Parameters):
    """What is said of a proposed data type; what is not named stays as it is."""

    name: Name | None = None
    common_data: Flag | None = Field(None, alias="commonData")
    limit_user: Flag | None = Field(None, alias="limitUser")
    key_column: Whole | None = Field(
        None,
        alias="keyColumn",
        ge=1,
        description="Another column for the key; the fields are proposed anew.",
    )
    fields: list[ProposedFieldBody] | None = Field(
        None, max_length=MAX_FIELDS, description="All fields, in their order."
    )

    def to_change(self) -> Change:
        """Give what is said."""
        return Change(
            name=self.name,
            is_common=self.common_data,
            is_limited=self.limit_user,
            key_column=self.key_column,
            fields=None
            if self.fields is None
            else [(one.column, one.to_model()) for one in self.fields],
        )


class DecisionsBody(Parameters):
    """What is decided of a draft; what is not named stays as it is."""

    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="null: one is to be proposed."
    )
    hub_id: Id | None = Field(None, alias="hubId")
    mode: Mode | None = None
    choices: ChoicesBody | None = None
    mapping: dict[str, str | None] | None = None
    readings: dict[str, ReadingBody] | None = None
    proposal: ProposalBody | None = Field(
        None, description="Of a draft without a data type: that which is made with it."
    )

    def to_decisions(self, before: Target) -> Decisions:
        """Give the decisions about a draft whose rows go there so far."""
        target = replace(before, hub_id=self.hub_id or before.hub_id)
        if "data_type_id" in self.model_fields_set and before.kind is Kind.DATA:
            target = replace(target, data_type_id=self.data_type_id or "", proposed=None)
        return Decisions(
            target=None if target == before else target,
            mode=self.mode,
            choices=None if self.choices is None else self.choices.to_choices(),
            mapping=self.mapping,
            proposal=None if self.proposal is None else self.proposal.to_change(),
            readings=None
            if self.readings is None
            else {name: one.to_reading() for name, one in self.readings.items()},
        )


class CellBody(Parameters):
    """A value in place of a cell; null: nothing is in it."""

    row: Whole = Field(ge=0)
    field: str
    value: str | None = None


class CellsBody(Parameters):
    """Values in place of cells."""

    cells: list[CellBody] = Field(max_length=MAX_NAMES)

    def to_cells(self) -> list[tuple[int, str, str | None]]:
        """Give the cells: row, field, value."""
        return [(one.row, one.field, one.value) for one in self.cells]


class ReadingsBody(Parameters):
    """A reading of a field, or rows that are left out."""

    field: str | None = None
    reading: ReadingBody | None = None
    leave_out_rows: list[int] | None = Field(None, alias="leaveOutRows", max_length=MAX_NAMES)

    def to_field_reading(self) -> tuple[str, Reading]:
        """Give the field and its reading; raise InvalidError where one is missing."""
        if self.field is None or self.reading is None:
            raise InvalidError("The field and the reading are required, or leaveOutRows.")
        return self.field, self.reading.to_reading()


class CommitBody(Parameters):
    """How a draft is committed. `force`: also where something has changed since the check."""

    force: bool = False
    revision: Whole | None = Field(
        None, ge=1, description="The draft as it was shown: 409 where more was decided since."
    )


class UndoBody(Parameters):
    """How an import is taken back."""

    dry_run: bool = Field(default=False, alias="dryRun")


EditNumber = Annotated[
    int, Path(ge=1, description="An edit.", openapi_examples={"number": {"value": 1}})
]


FileName = Annotated[
    str,
    Query(
        max_length=255,
        description="The name of a file that comes in parts later.",
        openapi_examples={"name": {"value": "outlets.xlsx"}},
    ),
]


FileSize = Annotated[
    int,
    Query(
        ge=0,
        le=1 << 40,
        description="The bytes of a file that comes in parts later; 0: not known yet.",
        openapi_examples={"size": {"value": 1_048_576}},
    ),
]
UploadOffset = Annotated[
    str,
    Header(
        alias="Upload-Offset",
        description="The byte of the file, from 0, at which the part begins. Required.",
        openapi_examples={"offset": {"value": "0"}},
    ),
]
UploadComplete = Annotated[
    str,
    Header(
        alias="Upload-Complete",
        description="?1: the file ends with this part; ?0: more is to come.",
        openapi_examples={"last": {"value": "?1"}},
    ),
]
