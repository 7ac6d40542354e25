"""Tasks as documents: what the engine of long reads is told of them."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Text, case, cast, literal

from transload.db.tables import tasks
from transload.documents.source import Member, Source, plain, spelled
from transload.flows.model import Flow
from transload.tasks import store
from transload.tasks.store import Selection

NATURAL = frozenset({"createdTime", "_id"})
"""The names that sort tasks in the order of their creation, which indexes have."""
_MEMBERS: Mapping[str, Member] = {
    "_id": plain(tasks.c.id),
    "organizationId": plain(tasks.c.organization_id),
    "flowId": plain(tasks.c.flow_id),
    "hubId": plain(tasks.c.hub_id),
    "createdTime": plain(tasks.c.created_time),
    "updatedTime": plain(tasks.c.updated_time),
}
_SORT_COLUMNS: Mapping[str, ColumnElement[str]] = {
    "organizationId": tasks.c.organization_id,
    "flowId": tasks.c.flow_id,
    "hubId": tasks.c.hub_id,
    "status": tasks.c.status,
    "startTime": tasks.c.start_time,
    "doneTime": tasks.c.done_time,
    "doneBy": tasks.c.done_by,
    "updatedTime": tasks.c.updated_time,
}


def source_of(selection: Selection, flows: Mapping[str, Flow]) -> Source:
    """Give the selected tasks as documents; `flows` are all those of the organization, by id."""
    names = {flow.id: flow.name for flow in flows.values()}
    return Source(
        table=tasks,
        conditions=store.conditions(selection),
        key=tasks.c.id,
        size=tasks.c.size,
        document=tasks.c.document,
        schema_id=tasks.c.flow_id,
        schema_version=cast(literal(1), tasks.c.version.type),
        members={**_MEMBERS, "flow": spelled(_name(names))},
        natural=NATURAL,
        sort_columns={**_SORT_COLUMNS, "flow": _name(names)},
        field_ids=None,
        schemas={},
        count=lambda connection: store.count(connection, selection),
        is_counted=True,
    )


def _name(names: Mapping[str, str]) -> ColumnElement[str]:
    if not names:
        return literal("", Text())
    return case(names, value=tasks.c.flow_id, else_=literal("", Text()))
