"""Many tasks written together, in a transaction that the caller opens.

An item that cannot go in is answered with the error that says why, and leaves the others as they
are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from transload import audit
from transload.accounts.hidden import require_seen
from transload.accounts.model import Actor, Permission
from transload.counts import counted
from transload.db.ids import created_at, is_id, new_ids
from transload.errors import ForbiddenError, InvalidError, NotFoundError, TransloadError
from transload.flows import store as flows
from transload.flows.model import Flow
from transload.hubs import store as hubs
from transload.tasks import store
from transload.tasks.accepting import Accepted, Writer, accept
from transload.tasks.model import Task, Way
from transload.tasks.values import spelled_time

THING = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one item: the task as it is now, its flow, and the keys passed over.

    `before` is the task as it was, None for one that the item made.
    """

    task: Task
    flow: Flow
    before: Task | None = None
    ignored: tuple[str, ...] = ()


Result = Written | TransloadError


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The flows and hubs that items may name, unchanged until the end of the transaction."""

    actor: Actor
    by_id: Mapping[str, Flow]
    by_name: Mapping[str, Flow]
    hub_ids: frozenset[str]

    def flow_of(self, item: Mapping[str, Any]) -> Flow:
        """Give the flow that a task to be names; raise InvalidError or ForbiddenError."""
        name = item.get("flow")
        if name in (None, ""):
            raise InvalidError("The flow field is required.", is_whole=True)
        flow = self.by_name.get(name) if isinstance(name, str) else None
        if flow is None:
            raise InvalidError("The selected flow is invalid.", is_whole=True)
        allowed = self.actor.addable_flow_ids
        if allowed is not None and flow.id not in allowed:
            raise ForbiddenError
        return flow

    def hub_of(self, item: Mapping[str, Any]) -> str:
        """Give the hub that an item names; raise InvalidError or ForbiddenError."""
        hub_id = item.get("hubId")
        if hub_id in (None, ""):
            raise InvalidError("The hubId field is required.", is_whole=True)
        if not isinstance(hub_id, str) or hub_id not in self.hub_ids:
            raise InvalidError("The selected hubId is invalid.", is_whole=True)
        if not self.actor.sees_hub(hub_id):
            raise ForbiddenError
        return hub_id


def find_references(connection: Connection, actor: Actor, items: Sequence[object]) -> References:
    """Hold the organization's flows, and find the hubs that the items name."""
    by_id = flows.hold(connection, actor.organization_id)
    named = {
        item["hubId"]
        for item in items
        if isinstance(item, dict) and isinstance(item.get("hubId"), str)
    }
    known = hubs.existing(connection, actor.organization_id, [one for one in named if is_id(one)])
    return References(
        actor=actor,
        by_id=by_id,
        by_name={flow.name: flow for flow in by_id.values()},
        hub_ids=frozenset(known),
    )


def add(
    connection: Connection, items: Sequence[object], actor: Actor, writer: Writer
) -> list[Result]:
    """Add tasks; give what became of each item, in their order."""
    references = find_references(connection, actor, items)
    ids = new_ids(len(items))
    results: list[Result] = [
        _attempt(partial(_added, references, item, task_id, writer))
        for item, task_id in zip(items, ids, strict=True)
    ]
    made = [one for one in results if isinstance(one, _Made)]
    store.insert(connection, [one.task for one in made], [one.document for one in made])
    record(connection, actor, audit.Action.CREATE, [one.task.id for one in made], writer)
    return results


def change(
    connection: Connection,
    items: Sequence[object],
    actor: Actor,
    way: Way,
    writer: Writer,
) -> list[Result]:
    """Write values of tasks that are named by `_id`; give what became of each item.

    Items for one task are written one after the other.
    """
    references = find_references(connection, actor, items)
    found = store.lock(connection, actor.organization_id, ids_of(items))
    pending: dict[str, _Made] = {}
    results: list[Result] = []
    for item in items:
        result = _attempt(partial(_changed, references, found, item, way, writer))
        results.append(result)
        if isinstance(result, _Made):
            found[result.task.id] = result.task
            pending[result.task.id] = result
    made = list(pending.values())
    store.change(connection, [one.task for one in made], [one.document for one in made])
    record(connection, actor, audit.Action.UPDATE, list(pending), writer)
    return results


def delete(
    connection: Connection,
    actor: Actor,
    items: Sequence[object],
    found: dict[str, Task],
    writer: Writer,
) -> list[Result]:
    """Delete tasks that are named by `_id`; give what each item deleted.

    `found` are those of the tasks that there are, locked. One that the user does not see leaves an
    event: whoever asked does not learn of it.
    """
    by_id = flows.hold(connection, actor.organization_id)
    unseen = [one.id for one in found.values() if not actor.sees_hub(one.hub_id)]
    for task_id in unseen if len(items) > 1 else ():
        audit.record(
            connection,
            actor,
            audit.Action.DENY,
            thing=THING,
            thing_id=task_id,
            now=writer.now,
            detail="Not deleted: the user does not see it.",
        )
    results: list[Result] = []
    for item in items:
        result = _attempt(partial(_deleted, actor, by_id, found, item))
        results.append(result)
        if isinstance(result, Written):
            del found[result.task.id]
    ids = [one.task.id for one in results if isinstance(one, Written)]
    store.remove(connection, actor.organization_id, ids, writer.now)
    record(connection, actor, audit.Action.DELETE, ids, writer)
    return results


def outlined(result: Result) -> Result:
    """Give a result without the task's values but for `refId`, and without what it was."""
    if not isinstance(result, Written):
        return result
    values = {name: value for name, value in result.task.values.items() if name == "refId"}
    task = replace(result.task, values=values)
    return Written(task=task, flow=result.flow, ignored=result.ignored)


def record(
    connection: Connection,
    actor: Actor,
    action: audit.Action,
    ids: Sequence[str],
    writer: Writer,
) -> None:
    """Leave an audit event for what was done with these tasks, if there are any."""
    if ids:
        number = counted(len(ids), "task")
        audit.record(
            connection, actor, action, thing=THING, thing_id=ids[0], now=writer.now, detail=number
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made(Written):
    document: str


def _attempt(work: Callable[[], Written]) -> Result:
    try:
        return work()
    except TransloadError as error:
        return error


def _added(references: References, item: object, task_id: str, writer: Writer) -> _Made:
    given = _object(item)
    flow, hub_id = references.flow_of(given), references.hub_of(given)
    _require_seen(references.actor, flow, given)
    accepted = accept(flow, given, writer)
    task = Task(
        id=task_id,
        organization_id=references.actor.organization_id,
        flow_id=flow.id,
        hub_id=hub_id,
        version=1,
        values=accepted.values,
        created_time=spelled_time(created_at(task_id)),
        updated_time=writer.time,
    )
    return _made(task, flow, accepted)


def _changed(
    references: References, found: Mapping[str, Task], item: object, way: Way, writer: Writer
) -> _Made:
    given, actor = _object(item), references.actor
    old = _seen(actor, found, given)
    flow = references.by_id[old.flow_id]
    if given.get("flow") not in (None, flow.name):
        raise InvalidError("The flow of a task cannot be changed.")
    hub_id = references.hub_of(given) if "hubId" in given else old.hub_id
    _require_seen(actor, flow, given)
    hidden = actor.hidden_fields(Permission.VIEW_TASK, flow.id)
    kept = {name: value for name, value in old.values.items() if name in hidden}
    accepted = accept(flow, {**kept, **given}, writer, old=old, way=way)
    task = replace(
        old,
        hub_id=hub_id,
        version=old.version + 1,
        values=accepted.values,
        updated_time=writer.time,
    )
    return _made(task, flow, accepted, before=old)


def _deleted(
    actor: Actor, by_id: Mapping[str, Flow], found: Mapping[str, Task], item: object
) -> Written:
    task = _seen(actor, found, {"_id": item} if isinstance(item, str) else _object(item))
    return Written(task=task, flow=by_id[task.flow_id], before=task)


def _made(task: Task, flow: Flow, accepted: Accepted, before: Task | None = None) -> _Made:
    return _Made(
        task=task,
        flow=flow,
        before=before,
        ignored=accepted.ignored,
        document=accepted.document,
    )


def _object(item: object) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise InvalidError("A task must be a JSON object.")
    return item


def ids_of(items: Sequence[object]) -> list[str]:
    """Give the ids that items name."""
    named = [item.get("_id") if isinstance(item, dict) else item for item in items]
    return [one for one in named if isinstance(one, str) and is_id(one)]


def _seen(actor: Actor, found: Mapping[str, Task], item: Mapping[str, Any]) -> Task:
    task_id = item.get("_id")
    task = found.get(task_id) if isinstance(task_id, str) else None
    if task is None or not actor.sees_hub(task.hub_id):
        raise NotFoundError
    return task


def _require_seen(actor: Actor, flow: Flow, given: Mapping[str, Any]) -> None:
    require_seen(actor.hidden_fields(Permission.VIEW_TASK, flow.id), given)
