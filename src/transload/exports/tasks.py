"""Tasks as a subject of exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.configs.model import Collection
from transload.documents.filters import NO_FILTER, Filter, filter_of
from transload.documents.order import Slice
from transload.exports.model import ExportRequest
from transload.exports.saved_columns import SavedColumns, find_columns, note_of_gone
from transload.exports.subject import Plan
from transload.exports.task_tables import tables_of
from transload.formats.csv_rows import PLAIN, Dialect
from transload.formats.registry import Format
from transload.tasks.access import Readable, Request, find_readable
from transload.tasks.model import Status
from transload.tasks.narrowing import narrowed_source, order_by

TASK = "task"
_ALL_FLOWS = "All flows"


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksRequest(ExportRequest):
    """An export of tasks; None: of all that the user sees."""

    flow_ids: tuple[str, ...] | None = None
    hub_id: str | None = None
    statuses: tuple[str, ...] | None = None
    assignee: str | None = None
    done_by: str | None = None
    config_id: str | None = None
    filter: Filter = NO_FILTER
    dialect: Dialect = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Tasks: a table with a row each; where a file holds several, one for each bill and list."""

    report: str = TASK
    permission: Permission = Permission.EXPORT_TASK
    denied: str = "You do not have permission to export tasks"

    def parsed(self, stored: Mapping[str, Any]) -> TasksRequest:
        """Give a request that was stored as JSON."""
        lists = {
            name: None if stored[name] is None else tuple(stored[name])
            for name in ("fields", "flow_ids", "statuses")
        }
        known = {
            "format": Format(stored["format"]),
            "filter": filter_of(stored["filter"]) if "filter" in stored else NO_FILTER,
            "dialect": Dialect(**stored.get("dialect", {})),
        }
        return TasksRequest(**{**stored, **lists, **known})

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, flows, hubs and the config as they are now."""
        if not isinstance(request, TasksRequest):
            raise TypeError("The request is not one for tasks.")
        actor.require(self.permission, self.denied)
        saved = find_columns(connection, actor.organization_id, request.config_id, Collection.TASK)
        readable = find_readable(
            connection,
            actor,
            Request(
                flow_ids=request.flow_ids,
                hub_id=request.hub_id,
                statuses=None
                if request.statuses is None
                else frozenset(map(Status, request.statuses)),
                assignee=request.assignee,
                done_by=request.done_by,
                default_flow_ids=None if saved is None else tuple(saved.reference_ids),
                denied=self.denied,
            ),
        )
        readable.check_names(request.fields or (), request.sort_by, also=_known(saved))
        format_ = request.format.in_parts
        made = tables_of(readable, request.fields, saved, format_)
        return Plan(
            format=format_,
            name=_name(readable, request, saved),
            source=narrowed_source(connection, readable, request.filter),
            order=order_by(readable, request.sort_by, is_descending=request.is_descending),
            part=Slice(offset=(request.page - 1) * request.limit, limit=request.limit),
            names=made.names,
            tables=made.tables,
            rows=made.rows,
            notes=note_of_gone(made.gone),
            closing_notes=made.closing_notes,
            dialect=request.dialect,
        )


def _known(saved: SavedColumns | None) -> tuple[str, ...]:
    return () if saved is None else saved.names


def _name(readable: Readable, request: TasksRequest, saved: SavedColumns | None) -> str:
    if saved is not None:
        return saved.name
    if request.flow_ids is None or not readable.flows:
        return _ALL_FLOWS
    return ", ".join(flow.name for flow in readable.flows)
