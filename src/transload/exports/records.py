"""Records as a subject of exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.documents.order import Order, Slice
from transload.exports.model import ExportRequest
from transload.exports.record_columns import columns, sort_kind
from transload.exports.subject import Plan
from transload.formats.columns import Kind, Table
from transload.formats.registry import Format
from transload.records.access import Request, find_readable, require_hub
from transload.records.model import ALL, Narrowing, narrowing_of
from transload.records.narrowing import narrowed_source

DATA = "data"
_ALL_TYPES = "All data types"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRequest(ExportRequest):
    """An export of the records of a type and a hub; None: of all that the user sees."""

    hub_id: str | None
    data_type_id: str | None
    narrowing: Narrowing = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records: one table, a row each."""

    report: str = DATA
    permission: Permission = Permission.EXPORT_DATA
    denied: str = "You do not have permission to export data"

    def parsed(self, stored: Mapping[str, Any]) -> RecordsRequest:
        """Give a request that was stored as JSON."""
        fields = stored["fields"]
        known = {
            "format": Format(stored["format"]),
            "fields": None if fields is None else tuple(fields),
            "narrowing": narrowing_of(stored.get("narrowing")),
        }
        return RecordsRequest(**{**stored, **known})

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, types and hubs as they are now."""
        if not isinstance(request, RecordsRequest):
            raise TypeError("The request is not one for records.")
        actor.require(self.permission, self.denied)
        readable = find_readable(
            connection,
            actor,
            Request(
                data_type_id=request.data_type_id,
                hub_id=request.hub_id,
                hides_limited=not actor.is_admin,
                denied=self.denied,
            ),
        )
        if request.hub_id is not None:
            require_hub(connection, actor, request.hub_id)
        readable.require_seen([*(request.fields or ()), request.sort_by])
        data_type = None if readable.stored_type is None else readable.types[0]
        found = columns(data_type, readable.types, request.fields)
        return Plan(
            format=request.format,
            name=_ALL_TYPES if data_type is None else data_type.name,
            source=narrowed_source(connection, readable, request.narrowing),
            order=Order(
                name=request.sort_by,
                is_number=sort_kind(data_type, readable.types, request.sort_by) is Kind.NUMBER,
                is_descending=request.is_descending,
            ),
            part=Slice(offset=(request.page - 1) * request.limit, limit=request.limit),
            names=[column.id for column in found],
            tables=[Table(columns=found)],
        )
