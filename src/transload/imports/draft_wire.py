"""A draft as clients of the API see it, and what they say of one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired

from fastapi import Path, Query
from pydantic import Field
from typing_extensions import TypedDict

from transload.errors import InvalidError
from transload.formats.reading.model import Choices, Table
from transload.imports import store
from transload.imports.drafts import Decisions, Offer, Row, Shown
from transload.imports.model import Import, Mode, Target
from transload.imports.readings import DayOrder, Reading
from transload.imports.wire import EXAMPLE
from transload.web.parameters import MAX_NAMES, Id, Parameters, Whole
from transload.web.times import plain

EXAMPLE_COLUMN = {
    "column": 1,
    "title": "Code",
    "samples": ["000023", "000086"],
    "field": "dataId",
    "sureness": "exact",
    "why": "The title is the field's own.",
    "suggestion": None,
}
EXAMPLE_DRAFT: dict[str, Any] = {
    **{name: value for name, value in EXAMPLE.items() if name != "fileFailedImported"},
    "status": "draft",
    "upload": {"size": 20_000, "offset": 20_000, "complete": True},
    "choices": {"sheet": None, "headerRow": None},
    "table": {"kind": "xlsx", "headerRow": 1, "rows": 10_000, "sheets": [], "remarks": []},
    "columns": [EXAMPLE_COLUMN],
    "fields": [{"id": "dataId", "title": "Code", "type": "string", "required": True}],
    "counts": {"new": 8_120, "changed": 1_402, "same": 311, "invalid": 167, "left_out": 0},
    "isChecked": True,
    "revision": 3,
    "edits": 1,
    "job": {"id": EXAMPLE["_id"], "step": "check", "status": "done", "progress": 100},
}
EXAMPLE_ROW = {
    "row": 23,
    "line": 25,
    "verdict": "invalid",
    "cells": ["000023", "31/05/24"],
    "errors": [
        {
            "field": "opened",
            "value": "31/05/24",
            "code": "import-015",
            "message": 'Opened must be a date, YYYY-MM-DD, not "31/05/24"',
        }
    ],
    "recordId": None,
    "previous": None,
}
EXAMPLE_PROBLEM = {
    "field": "opened",
    "code": "import-015",
    "message": 'Opened must be a date, YYYY-MM-DD, not "31/05/24"',
    "count": 160,
    "lines": [25, 88],
    "values": [{"value": "31/05/24", "count": 2}],
    "readings": [
        {
            "reading": {"dayOrder": "dmy"},
            "mends": 160,
            "example": "31/05/24",
            "becomes": "2024-05-31",
        }
    ],
}
_MAX_VALUES = 50


class ReadingBody(Parameters):
    """How the cells of a field are read."""

    day_order: DayOrder | None = Field(None, alias="dayOrder")
    decimal_separator: Literal[".", ","] | None = Field(None, alias="decimalSeparator")
    words: dict[str, str] = Field(default_factory=dict)
    leave_out: bool = Field(default=False, alias="leaveOut")

    def to_reading(self) -> Reading:
        """Give the reading; words are compared without case and blanks at their ends."""
        return Reading(
            day_order=self.day_order,
            decimal_separator=self.decimal_separator,
            words={text.strip().casefold(): meant for text, meant in self.words.items()},
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


class DecisionsBody(Parameters):
    """What is decided of a draft; what is not named stays as it is."""

    data_type_id: Id | None = Field(None, alias="dataTypeId")
    hub_id: Id | None = Field(None, alias="hubId")
    mode: Mode | None = None
    choices: ChoicesBody | None = None
    mapping: dict[str, str | None] | None = None
    readings: dict[str, ReadingBody] | None = None

    def to_decisions(self, before: Target) -> Decisions:
        """Give the decisions about a draft whose rows go there so far."""
        target = None
        if self.data_type_id is not None or self.hub_id is not None:
            target = Target(
                kind=before.kind,
                data_type_id=self.data_type_id or before.data_type_id,
                flow_id=before.flow_id,
                hub_id=self.hub_id or before.hub_id,
            )
        return Decisions(
            target=target,
            mode=self.mode,
            choices=None if self.choices is None else self.choices.to_choices(),
            mapping=self.mapping,
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
    """How a draft is committed. `force`: also where the records have changed since the check."""

    force: bool = False


class UndoBody(Parameters):
    """How an import is taken back."""

    dry_run: bool = Field(default=False, alias="dryRun")


EditNumber = Annotated[
    int, Path(ge=1, description="An edit.", openapi_examples={"number": {"value": 1}})
]
"""The number of an edit in a path."""


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


class Draft(TypedDict, total=False):
    """An import as a person works at it: its monitoring record, and what is known of its file."""

    _id: str
    status: str
    upload: dict[str, object]
    choices: dict[str, object]
    table: dict[str, object] | None
    columns: list[dict[str, object]]
    fields: list[dict[str, object]]
    counts: dict[str, int]
    isChecked: bool
    revision: int
    edits: int
    job: dict[str, object] | None


class RowObject(TypedDict):
    """A row of the file; `row` counts from 0, `cells` are in the order of the columns."""

    row: int
    line: int
    verdict: str | None
    cells: list[str | None]
    errors: list[dict[str, str]]
    recordId: str | None
    previous: dict[str, object] | None


class RowsObject(TypedDict):
    """Some rows, and how many there are."""

    total: int
    rows: list[RowObject]


class ProblemObject(TypedDict):
    """What is wrong with cells of one field, and the readings that would mend some of them."""

    field: str
    code: str
    message: str
    count: int
    lines: list[int]
    values: list[dict[str, object]]
    readings: list[dict[str, object]]


class EditObject(TypedDict):
    """What was said of cells."""

    number: int
    kind: str
    row: NotRequired[int]
    field: NotRequired[str]
    value: NotRequired[str | None]
    reading: NotRequired[dict[str, object]]
    rows: NotRequired[list[int]]
    createdBy: str
    createdTime: str


def draft(shown: Shown, record: Mapping[str, Any]) -> dict[str, Any]:
    """Give a draft, whose monitoring record is given."""
    one = shown.one
    return {
        **record,
        "upload": upload(one),
        "choices": _choices(one.choices),
        "table": None if one.table is None else _table(one.table),
        "columns": _columns(shown),
        "fields": [
            {
                "id": field.id,
                "title": field.title,
                "type": field.value_type.value,
                "required": field.is_required or field.is_key,
                "options": list(field.options),
            }
            for field in shown.fields
        ],
        "readings": {name: store.as_json(one) for name, one in one.readings.items()},
        "counts": one.counts.as_json(),
        "isChecked": one.is_checked,
        "revision": one.revision,
        "edits": shown.edits,
        "job": job(shown.job),
    }


def upload(one: Import) -> dict[str, object]:
    """Give how much of the file is there."""
    is_complete = one.table is not None
    return {"size": one.upload_size, "offset": one.uploaded_size, "complete": is_complete}


def job(one: store.Job | None) -> dict[str, object] | None:
    """Give the step that was last begun."""
    if one is None:
        return None
    return {
        "id": one.id,
        "step": one.step.value,
        "status": one.status,
        "progress": one.progress,
        "errorMessage": one.error_message,
    }


def row(one: Row) -> dict[str, Any]:
    """Give a row."""
    names = ("field", "value", "code", "message")
    return {
        "row": one.number,
        "line": one.line,
        "verdict": None if one.verdict is None else one.verdict.value,
        "cells": list(one.cells),
        "errors": [dict(zip(names, fault, strict=True)) for fault in one.faults],
        "recordId": one.record_id,
        "previous": None if one.previous is None else dict(one.previous),
    }


def problem(group: Mapping[str, Any], offers: Sequence[Offer]) -> dict[str, Any]:
    """Give a problem, with its most frequent values."""
    values = sorted(group["values"].items(), key=lambda pair: -pair[1])[:_MAX_VALUES]
    return {
        "field": group["field"],
        "code": group["code"],
        "message": group["sentence"],
        "count": group["count"],
        "lines": group["lines"],
        "values": [{"value": value, "count": count} for value, count in values],
        "readings": [
            {
                "reading": store.as_json(offer.reading),
                "mends": offer.mends,
                "example": offer.example,
                "becomes": offer.becomes,
            }
            for offer in offers
        ],
    }


def edit(one: store.Edit) -> dict[str, Any]:
    """Give an edit."""
    return {
        "number": one.number,
        **one.body,
        "createdBy": one.email,
        "createdTime": plain(one.created_time),
    }


def _columns(shown: Shown) -> list[dict[str, Any]]:
    table = shown.one.table
    if table is None:
        return []
    taken = {one.column: one for one in shown.certain}
    suggested = {one.column: one for one in shown.suggested}
    found = []
    for at, title in enumerate(table.titles):
        known, likely = taken.get(at), suggested.get(at)
        found.append(
            {
                "column": at + 1,
                "title": title,
                "samples": list(shown.samples.get(at, ())),
                "field": None if known is None else known.field_id,
                "sureness": None if known is None else known.sureness.value,
                "why": None if known is None else known.why,
                "suggestion": None
                if likely is None
                else {
                    "field": likely.field_id,
                    "sureness": likely.sureness.value,
                    "why": likely.why,
                },
            }
        )
    return found


def _choices(one: Choices) -> dict[str, object]:
    return {
        "sheet": one.sheet,
        "headerRow": one.header_row,
        "encoding": one.encoding,
        "delimiter": one.delimiter,
        "quote": one.quote,
        "escape": one.escape,
    }


def _table(one: Table) -> dict[str, Any]:
    text = one.text
    return {
        "kind": one.kind.value,
        "headerRow": one.header_row,
        "skipped": list(one.skipped),
        "rows": one.rows,
        "faultyRows": one.faulty_rows,
        "sheet": one.sheet,
        "sheets": [
            {"number": at, "name": sheet.name, "visible": sheet.is_visible, "rows": sheet.rows}
            for at, sheet in enumerate(one.sheets, 1)
        ],
        "encoding": None if text is None else text.encodings[0].name,
        "encodings": []
        if text is None
        else [{"name": each.name, "sample": each.sample} for each in text.encodings],
        "delimiter": None if text is None else text.delimiter,
        "quote": None if text is None else text.quote,
        "escape": None if text is None else text.escape,
        "remarks": list(one.remarks),
    }
