"""From a request to what is read and written: every check that needs the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.errors import ForbiddenError, InvalidError
from transload.exports.model import (
    MAX_COLUMNS,
    ExportRequest,
    Format,
    columns,
    data_name,
    sort_kind,
)
from transload.formats.columns import Column, Kind
from transload.hubs import store as hubs
from transload.records.lines import Content
from transload.records.order import Order, Slice
from transload.records.store import Selection, limits

DENIED = "You do not have permission to export data"
_NO_HUB = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export reads, in which order, and the columns that it writes."""

    format: Format
    data_name: str
    selection: Selection
    order: Order
    part: Slice
    columns: list[Column]
    content: Content


def make_plan(connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
    """Check the request against permissions, types and hubs as they are now.

    Raises ForbiddenError or InvalidError.
    """
    actor.require(Permission.EXPORT_DATA, DENIED)
    data_type = _data_type(connection, actor, request)
    types, dying = _other_types(connection, actor, data_type)
    table = columns(data_type, types, request.fields)
    if len(table) > MAX_COLUMNS:
        raise InvalidError(
            f"A file has at most {MAX_COLUMNS} columns; name those that you want with fields."
        )
    return Plan(
        format=request.format,
        data_name=data_name(data_type),
        selection=Selection(
            organization_id=actor.organization_id,
            data_type_id=request.data_type_id,
            hub_ids=_hub_ids(connection, actor, request),
            without_type_ids=dying,
            limited_type_ids=limits(actor, types if data_type is None else [data_type]),
            email=actor.email,
        ),
        order=Order(
            name=request.sort_by,
            is_number=sort_kind(data_type, types, request.sort_by) is Kind.NUMBER,
            is_descending=request.is_descending,
        ),
        part=Slice(offset=(request.page - 1) * request.limit, limit=request.limit),
        columns=table,
        content=Content(
            names=[column.id for column in table],
            is_exact=request.format in {Format.JSON, Format.NDJSON},
            data_type=data_type,
            data_types=types,
        ),
    )


def _data_type(connection: Connection, actor: Actor, request: ExportRequest) -> DataType | None:
    if request.data_type_id is None:
        return None
    found = data_types.find(connection, actor.organization_id, request.data_type_id)
    if found is None:
        raise InvalidError("The selected dataTypeId is invalid.", is_whole=True)
    return found


def _other_types(
    connection: Connection, actor: Actor, data_type: DataType | None
) -> tuple[Sequence[DataType], frozenset[str]]:
    """Give the types that records may be of, and those not, unless there is one type."""
    if data_type is not None:
        return [], frozenset()
    return data_types.find_all(connection, actor.organization_id)


def _hub_ids(connection: Connection, actor: Actor, request: ExportRequest) -> frozenset[str] | None:
    """Give the hubs to read; records of no hub are everyone's, unless a hub is asked for."""
    if request.hub_id is None:
        return None if actor.hub_ids is None else actor.hub_ids | {_NO_HUB}
    if hubs.find(connection, actor.organization_id, request.hub_id) is None:
        raise InvalidError("The selected hubId is invalid.", is_whole=True)
    if not actor.sees_hub(request.hub_id):
        raise ForbiddenError(DENIED)
    return frozenset({request.hub_id})
