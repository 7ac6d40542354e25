"""Removed records and tasks as a subject of exports: what was removed since a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_

from transload.accounts.model import Actor, Permission
from transload.configs.model import Collection
from transload.db.tables import removals
from transload.documents.order import Order, Slice
from transload.documents.removals import RemovedKind, removed_source
from transload.exports.model import ExportRequest
from transload.exports.records import DATA, Records, RecordsRequest
from transload.exports.saved_columns import find_columns
from transload.exports.subject import Plan
from transload.exports.tasks import TASK, Tasks, TasksRequest
from transload.formats.columns import Column, Kind, Table
from transload.formats.csv_rows import PLAIN, Dialect
from transload.formats.registry import Format
from transload.records import access as records
from transload.records.model import stored_emails
from transload.tasks import access as tasks

REMOVED = {DATA: "data_removed", TASK: "task_removed"}
"""The reports of what was removed, by the reports of what it was."""
_TITLES = {"removedTime": "Removed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalsRequest(ExportRequest):
    """What was removed since a moment of a data type, flows or a hub; None: of all.

    `config_id`: of those types or flows that an export config is for, where none is named.
    """

    since: str
    hub_id: str | None = None
    data_type_id: str | None = None
    flow_ids: tuple[str, ...] | None = None
    config_id: str | None = None
    dialect: Dialect = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class _Removals:
    """What was removed of one kind: ids and keys, a row each."""

    kind: RemovedKind
    report: str
    permission: Permission
    denied: str
    parent: str

    def parsed(self, stored: Mapping[str, Any]) -> RemovalsRequest:
        """Give a request that was stored as JSON."""
        flow_ids = stored["flow_ids"]
        known = {
            "format": Format(stored["format"]),
            "fields": None,
            "flow_ids": None if flow_ids is None else tuple(flow_ids),
            "dialect": Dialect(**stored["dialect"]),
        }
        return RemovalsRequest(**{**stored, **known})

    def plan(self, connection: Connection, actor: Actor, request: ExportRequest) -> Plan:
        """Check a request against permissions, types, flows and hubs as they are now."""
        if not isinstance(request, RemovalsRequest):
            raise TypeError("The request is not one for what was removed.")
        actor.require(self.permission, self.denied)
        find = _of_records if self.kind is RemovedKind.DATA else _of_tasks
        names = ["_id", self.parent, "hubId", "removedTime"]
        if self.kind is RemovedKind.DATA:
            names.insert(3, "dataId")
        columns = [
            Column(
                id=name,
                title=_TITLES.get(name, name),
                kind=Kind.DATE_TIME if name == "removedTime" else Kind.TEXT,
            )
            for name in names
        ]
        return Plan(
            format=request.format,
            name="Removed",
            source=removed_source(
                actor.organization_id,
                self.kind,
                request.since,
                self.parent,
                find(connection, actor, request, self.denied),
            ),
            order=Order(name=request.sort_by, is_descending=False),
            part=Slice(offset=0, limit=request.limit),
            names=names,
            tables=[Table(columns=columns)],
            dialect=request.dialect,
        )


REMOVED_RECORDS = _Removals(
    kind=RemovedKind.DATA,
    report=REMOVED[DATA],
    permission=Permission.EXPORT_DATA,
    denied=Records().denied,
    parent="dataTypeId",
)
REMOVED_TASKS = _Removals(
    kind=RemovedKind.TASK,
    report=REMOVED[TASK],
    permission=Permission.EXPORT_TASK,
    denied=Tasks().denied,
    parent="flowId",
)


def removals_of(request: ExportRequest, since: str, limit: int) -> RemovalsRequest:
    """Give the request for what was removed of what another request asks for."""
    if not isinstance(request, RecordsRequest | TasksRequest):
        raise TypeError(type(request).__name__)
    return RemovalsRequest(
        format=request.format,
        is_background=True,
        fields=None,
        page=1,
        limit=limit,
        sort_by="_id",
        is_descending=False,
        since=since,
        hub_id=request.hub_id,
        data_type_id=request.data_type_id if isinstance(request, RecordsRequest) else None,
        flow_ids=request.flow_ids if isinstance(request, TasksRequest) else None,
        config_id=request.config_id,
        dialect=request.dialect,
    )


def _of_records(
    connection: Connection, actor: Actor, request: RemovalsRequest, denied: str
) -> Sequence[ColumnElement[bool]]:
    """Give what those removals fulfil whose records the user saw."""
    readable = records.find_readable(
        connection,
        actor,
        records.Request(
            data_type_id=request.data_type_id,
            hub_id=request.hub_id,
            hides_limited=not actor.is_admin,
            denied=denied,
        ),
    )
    selection = readable.selection
    found = _in_hubs(selection.hub_ids)
    if selection.data_type_id is not None:
        found.append(removals.c.parent_id == selection.data_type_id)
    else:
        found += _of_config(connection, actor, request, Collection.DATA)
    if not actor.is_admin:
        listed = removals.c.limited_to.contains(stored_emails([actor.email]), autoescape=True)
        limited = sorted(selection.limited_type_ids)
        is_free = removals.c.limited_to.is_(None) & removals.c.parent_id.not_in(limited)
        found.append(or_(is_free, listed))
    return found


def _of_tasks(
    connection: Connection, actor: Actor, request: RemovalsRequest, denied: str
) -> Sequence[ColumnElement[bool]]:
    """Give what those removals fulfil whose tasks the user saw."""
    readable = tasks.find_readable(
        connection,
        actor,
        tasks.Request(flow_ids=request.flow_ids, hub_id=request.hub_id, denied=denied),
    )
    found = _in_hubs(readable.selection.hub_ids)
    if readable.selection.flow_ids is not None:
        found.append(removals.c.parent_id.in_(sorted(readable.selection.flow_ids)))
    else:
        found += _of_config(connection, actor, request, Collection.TASK)
    return found


def _of_config(
    connection: Connection, actor: Actor, request: RemovalsRequest, collection: Collection
) -> list[ColumnElement[bool]]:
    saved = find_columns(connection, actor.organization_id, request.config_id, collection)
    if saved is None or not saved.reference_ids:
        return []
    return [removals.c.parent_id.in_(sorted(saved.reference_ids))]


def _in_hubs(hub_ids: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if hub_ids is None else [removals.c.hub_id.in_(sorted(hub_ids))]
