"""From a request to what is read and written: every check that needs the store."""

from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.documents.lines import Content
from transload.documents.order import Order, Slice
from transload.documents.source import Source
from transload.errors import InvalidError
from transload.exports.model import (
    MAX_COLUMNS,
    ExportRequest,
    columns,
    data_name,
    sort_kind,
)
from transload.formats.columns import Column, Kind
from transload.formats.registry import Format, Lines
from transload.records.access import Request, find_readable, require_hub
from transload.records.source import source_of
from transload.records.store import Selection

DENIED = "You do not have permission to export data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export reads, in which order, and the columns that it writes."""

    format: Format
    data_name: str
    selection: Selection
    source: Source
    order: Order
    part: Slice
    columns: list[Column]
    content: Content


def make_plan(connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
    """Check the request against permissions, types and hubs as they are now.

    Raises ForbiddenError or InvalidError.
    """
    actor.require(Permission.EXPORT_DATA, DENIED)
    readable = find_readable(
        connection,
        actor,
        Request(
            data_type_id=request.data_type_id,
            hub_id=request.hub_id,
            hides_limited=not actor.is_admin,
            denied=DENIED,
        ),
    )
    if request.hub_id is not None:
        require_hub(connection, actor, request.hub_id)
    readable.require_seen([*(request.fields or ()), request.sort_by])
    data_type = None if readable.stored_type is None else readable.types[0]
    table = columns(data_type, readable.types, request.fields)
    if len(table) > MAX_COLUMNS:
        raise InvalidError(
            f"A file has at most {MAX_COLUMNS} columns; name those that you want with fields."
        )
    return Plan(
        format=request.format,
        data_name=data_name(data_type),
        selection=readable.selection,
        source=source_of(readable.selection, readable.stored_types),
        order=Order(
            name=request.sort_by,
            is_number=sort_kind(data_type, readable.types, request.sort_by) is Kind.NUMBER,
            is_descending=request.is_descending,
        ),
        part=Slice(offset=(request.page - 1) * request.limit, limit=request.limit),
        columns=table,
        content=Content(
            names=[column.id for column in table],
            is_exact=isinstance(request.format.described, Lines),
        ),
    )
