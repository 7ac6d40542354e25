"""The audit trail as a subject of exports: who did what, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Text, literal_column

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.db.dialect import instant_text, json_text
from transload.db.tables import audit_events
from transload.documents.order import Order, Slice
from transload.documents.source import Source, plain, spelled
from transload.errors import DENIED, ForbiddenError, InvalidError
from transload.exports.model import MAX_RECORDS, ExportRequest
from transload.exports.subject import Plan
from transload.formats.columns import Column, Kind, Table
from transload.formats.registry import Format

TRAIL = "audit"
_NAME = "Audit trail"
_COLUMNS = ("_id", "time", "user", "action", "thing", "thingId", "detail")
_SIZE = 400
_DOCUMENT = "'{\"_\":null}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRequest(ExportRequest):
    """Which events are asked for; None: all. The times are spelled by ISO 8601."""

    user: str | None = None
    action: str | None = None
    thing: str | None = None
    since: str | None = None
    until: str | None = None


def request_of(query: audit.Query, kind: Format, *, is_background: bool) -> TrailRequest:
    """Give the request for all events that a query finds."""
    return TrailRequest(
        format=kind,
        is_background=is_background,
        fields=None,
        page=1,
        limit=MAX_RECORDS,
        sort_by="_id",
        is_descending=True,
        user=query.email,
        action=None if query.action is None else query.action.value,
        thing=query.thing,
        since=None if query.since is None else query.since.isoformat(),
        until=None if query.until is None else query.until.isoformat(),
    )


class Trail:
    """The events of an organization, a row each; for owners and admins alone."""

    report = TRAIL
    permission: Permission | None = None
    denied = DENIED

    @staticmethod
    def parsed(stored: Mapping[str, Any]) -> TrailRequest:
        """Give a request that was stored as JSON."""
        return TrailRequest(**{**stored, "format": Format(stored["format"]), "fields": None})

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request; raise InvalidError for more events than a file has: none is left out."""
        if not isinstance(request, TrailRequest):
            raise TypeError("The request is not one for the audit trail.")
        if not actor.is_admin:
            raise ForbiddenError(self.denied)
        query = _query(request)
        total = audit.count(connection, actor.organization_id, query)
        if total > MAX_RECORDS:
            raise InvalidError(
                f"These are {total:,} events, and a file has at most {MAX_RECORDS:,}; "
                "name a shorter time by since and until."
            )
        columns = [
            Column(id=name, title=name, kind=Kind.DATE_TIME if name == "time" else Kind.TEXT)
            for name in _COLUMNS
        ]
        return Plan(
            format=request.format,
            name=_NAME,
            source=_source(actor.organization_id, query),
            order=Order(name="_id", is_descending=True),
            part=Slice(offset=0, limit=request.limit),
            names=_COLUMNS,
            tables=[Table(columns=columns)],
        )


def _query(request: TrailRequest) -> audit.Query:
    return audit.Query(
        email=request.user,
        action=None if request.action is None else audit.Action(request.action),
        thing=request.thing,
        since=None if request.since is None else datetime.fromisoformat(request.since),
        until=None if request.until is None else datetime.fromisoformat(request.until),
    )


def _source(organization_id: str, query: audit.Query) -> Source:
    columns = audit_events.c
    own, *further = audit.conditions(organization_id, query)
    everything = Source(
        table=audit_events,
        conditions=[own],
        key=columns.id,
        size=literal_column(str(_SIZE), Integer()),
        document=literal_column(_DOCUMENT, Text()),
        schema_id=columns.thing,
        schema_version=literal_column("1", Integer()),
        members={
            "_id": plain(columns.id),
            "time": lambda asked: json_text(asked, instant_text(asked, columns.time)),
            "user": spelled(columns.email),
            "action": plain(columns.action),
            "thing": spelled(columns.thing),
            "thingId": spelled(columns.thing_id),
            "detail": spelled(columns.detail),
        },
        natural=frozenset({"_id"}),
        sort_columns={"_id": columns.id},
        field_ids=None,
        schemas={},
        count=lambda asked: audit.count(asked, organization_id, query),
        is_counted=False,
    )
    return everything.narrowed(further)
