"""Records as the API writes them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.errors import InvalidError
from transload.records.single import Found
from transload.web.parameters import EXAMPLE_ID

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
    """A record."""

    status: bool
    message: str
    data: RecordObject


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


def items_in(body: dict[str, Any]) -> list[object]:
    """Give the items of a bulk request; raise InvalidError if it has no list of them."""
    items = body.get(_ITEMS)
    if not isinstance(items, list):
        raise InvalidError("The data field must be a list of records.")
    return items
