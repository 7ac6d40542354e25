"""Records as the API writes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired

from fastapi import Depends, Response
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.data_types.model import Field as DataField
from transload.data_types.model import FieldType
from transload.data_types.values import MisfitError, canonical
from transload.db.engine import Database
from transload.documents.filters import Condition, Operator
from transload.documents.wire import FilterParameters
from transload.errors import InvalidError
from transload.records import single
from transload.records.model import Narrowing
from transload.records.single import Found
from transload.web.envelope import ignoring, success
from transload.web.parameters import EXAMPLE_ID, Names
from transload.web.parts import ClockPart, DatabasePart
from transload.web.preferences import Strict

_ITEMS = "data"
MAX_BODY_BYTES = 8 << 20
"""Of one record, whose document may have 1 MiB, whichever way its text is written."""
Adder = Annotated[Actor, Depends(caller_who_may(Permission.ADD_DATA))]
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_DATA))]
Remover = Annotated[Actor, Depends(caller_who_may(Permission.DELETE_DATA))]
Upserter = Annotated[Actor, Depends(caller_who_may(Permission.ADD_DATA, Permission.EDIT_DATA))]


class TypeName(TypedDict):
    """The type of a record."""

    _id: str
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time; an end that is empty is none. Both are as records store times."""

    start: str
    end: str

    def of(self, name: str) -> list[Condition]:
        """Give the conditions of a time that lies in it."""
        ends = ((Operator.GE, self.start), (Operator.LE, self.end))
        return [Condition(field=name, operator=how, value=when) for how, when in ends if when]


def _span(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("span", "must be a time, or two with a comma between them")
    start, _, end = value.partition(",")
    first, last = _instant(start), _instant(end)
    if last and _DAY.fullmatch(end.strip()):
        last = f"{last[:10]} 23:59:59"
    if not first and not last:
        # Blanks and commas name no time: to take them for no filter would give everything.
        raise PydanticCustomError("span", "must name a time")
    return Span(first, last)


def _instant(text: str) -> str:
    try:
        return str(canonical(_INSTANT, text) or "")
    except MisfitError as misfit:
        raise PydanticCustomError("instant", "{reason}", {"reason": str(misfit)}) from misfit


_INSTANT = DataField(id="time", title="", type=FieldType.DATE_TIME)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SpanOfTime = Annotated[Span, BeforeValidator(_span), WithJsonSchema({"type": "string"})]
"""A time from which on, or that and a time until which, with a comma between them.

A day alone is its beginning, as an end its last second.
"""


class NarrowingParameters(FilterParameters):
    """Which of the records; the same for lists and exports."""

    data_id: Names | None = Field(
        None,
        alias="dataId",
        description="One or more of them: records that have one of these.",
        examples=["A-001,A-002"],
    )
    created_time: SpanOfTime | None = Field(
        None,
        alias="createdTime",
        description="Created then or later; with a comma and an end, until then. In UTC.",
        examples=["2025-01-01,2025-01-31"],
    )
    updated_time: SpanOfTime | None = Field(
        None,
        alias="updatedTime",
        description="Changed then or later; with a comma and an end, until then. In UTC.",
        examples=["2025-01-31 10:20:30"],
    )

    def to_narrowing(self, after: str | None = None) -> Narrowing:
        """Give what is asked for, for a page beyond a cursor or for all."""
        spans = (("createdTime", self.created_time), ("updatedTime", self.updated_time))
        within = [condition for name, span in spans if span for condition in span.of(name)]
        return Narrowing(
            data_ids=self.data_id,
            filter=self.to_filter(within),
            after=after,
        )


@with_config(ConfigDict(extra="allow"))
class RecordObject(TypedDict):
    """A record, with its type's own fields beside these; `hubId` is null for one of no hub."""

    _id: str
    dataId: str
    dataTypeId: str
    hubId: str | None
    organizationId: str
    limitUser: list[str]
    data_type: TypeName
    createdBy: str
    updatedBy: str
    createdTime: str
    updatedTime: str


@with_config(ConfigDict(extra="allow"))
class RecordBody(TypedDict, total=False):
    """Values of a record: its type's fields, and these; `limitUser` lists e-mails."""

    dataId: str
    dataTypeId: str
    hubId: str | None
    limitUser: list[str] | str | None


class RecordAnswer(TypedDict):
    """A record; `ignoredFields` are the keys of a body that its type does not know."""

    status: bool
    message: str
    data: RecordObject
    ignoredFields: NotRequired[list[str]]


SENT = {
    "dataTypeId": EXAMPLE_ID,
    "hubId": EXAMPLE_ID,
    "dataId": "A-001",
    "name": "Toko Berkah",
    "price": 1.5,
}
RECORD = {
    "_id": EXAMPLE_ID,
    "dataTypeId": EXAMPLE_ID,
    "hubId": EXAMPLE_ID,
    "organizationId": EXAMPLE_ID,
    "limitUser": [],
    "data_type": {"_id": EXAMPLE_ID, "name": "Outlets"},
    "createdBy": "owner@example.com",
    "updatedBy": "owner@example.com",
    "createdTime": "2025-01-31 10:20:30",
    "updatedTime": "2025-01-31 10:20:30",
    "dataId": "A-001",
    "name": "Toko Berkah",
    "price": 1.5,
}
ONE = {"status": True, "message": "Success", "data": RECORD}


def to_wire(found: Found, names: Sequence[str] | None = None) -> dict[str, object]:
    """Give a record, all of it or the named keys, null where it has no such value."""
    record, data_type = found.record, found.data_type
    whole: dict[str, object] = {
        "_id": record.id,
        "dataTypeId": record.data_type_id,
        "hubId": record.hub_id or None,
        "organizationId": data_type.organization_id,
        "limitUser": list(record.limited_to),
        "data_type": {"_id": data_type.id, "name": data_type.name},
        "createdBy": record.created_by,
        "updatedBy": record.updated_by,
        "createdTime": record.created_time,
        "updatedTime": record.updated_time,
        **found.values,
    }
    return whole if names is None else {name: whole.get(name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """A caller who may change records, and what becomes of keys that a type does not know."""

    database: Database
    actor: Actor
    clock: Clock
    refuses_unknown: bool

    def change(
        self, where: str | single.Place, values: Mapping[str, object], *, is_whole: bool
    ) -> Response:
        """Write a record, all its values or those named, and answer with it."""
        return written(
            single.change(
                self.database,
                self.actor,
                where,
                values,
                self.clock.now(),
                is_whole=is_whole,
                refuses_unknown=self.refuses_unknown,
            )
        )


async def _editing(
    actor: Editor, database: DatabasePart, clock: ClockPart, strict: Strict
) -> Editing:
    return Editing(database=database, actor=actor, clock=clock, refuses_unknown=strict)


EditingPart = Annotated[Editing, Depends(_editing)]


def written(found: Found, status: int = 200) -> Response:
    """Answer with a record that was written, and with what was passed over of what was sent."""
    return success(status=status, data=to_wire(found), **ignoring(found.ignored))


def items_in(body: dict[str, Any]) -> list[object]:
    """Give the items of a bulk request; raise InvalidError if it has no list of them."""
    items = body.get(_ITEMS)
    if not isinstance(items, list):
        raise InvalidError("The data field must be a list of records.")
    return items
