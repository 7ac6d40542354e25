"""Many tasks of one flow, as files have them: planned beside the writers, written at once.

with database.read() as connection:
    prepared = prepare(connection, target, items, way)
with database.write() as connection:
    written = write(connection, prepared)
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts.hidden import require_seen
from transload.accounts.model import Actor, Permission
from transload.db.ids import created_times, is_id, new_ids
from transload.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransloadError,
)
from transload.flows import store as flows
from transload.flows.model import Flow, ValueKind
from transload.hubs import store as hubs
from transload.tasks import store
from transload.tasks.accepting import Writer, settle
from transload.tasks.bills import put_together
from transload.tasks.model import Task, Way
from transload.tasks.values import spelled_time
from transload.tasks.writes import record

_WRITERS = ("createdBy", "updatedBy")


class Wanted(Enum):
    """What may become of an item."""

    EITHER = auto()
    NEW = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose tasks items become, and who writes them when. New ones are of the hub.

    `hidden` are what the actor may not write, `bills` the flow's bills: both looked up once for all
    items.
    """

    actor: Actor
    flow: Flow
    hub_id: str
    writer: Writer
    hidden: frozenset[str] = field(init=False)
    bills: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Look up what is the same for all items."""
        hidden = self.actor.hidden_fields(Permission.VIEW_TASK, self.flow.id)
        components = self.flow.components.items()
        bills = tuple(name for name, one in components if one.value_kind is ValueKind.BILL)
        object.__setattr__(self, "hidden", hidden)
        object.__setattr__(self, "bills", bills)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is said of a task; what is not named stays as it is.

    `values` fit the flow, each in its stored form. `key` is the id of a task, or any text that
    stands for a new one. `hub_id`: the hub that it is to have. `costs` are amounts by bill and
    name, beside what `values` has of the bill.
    """

    key: str | None
    values: Mapping[str, Any]
    hub_id: str | None = None
    costs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What becomes of an item: `before` is None for a new task, `document` for one that stays."""

    task: Task
    before: Task | None
    document: str | None


Plan = Planned | TransloadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What becomes of items, in their order, by the tasks and hubs that there were."""

    target: Target
    plans: Sequence[Plan]
    sought: Sequence[str]
    known: Mapping[str, int]
    hub_ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A task as it was, by which it can be made so again, and the version that it has since."""

    id: str
    version: int
    hub_id: str
    values: Mapping[str, Any]


def prepare(
    connection: Connection, target: Target, items: Sequence[Item], wanted: Wanted
) -> Prepared:
    """Work out what is to be written; writes nothing. What would change nothing is not written."""
    organization_id = target.actor.organization_id
    sought = [item.key for item in items if item.key is not None and is_id(item.key)]
    found = store.find_all(connection, organization_id, sought)
    named = {item.hub_id for item in items if item.hub_id} | {target.hub_id}
    hub_ids = frozenset(
        hubs.existing(connection, organization_id, [one for one in named if is_id(one)])
    )
    return Prepared(
        target=target,
        plans=[_plan(target, found, hub_ids, item, wanted) for item in items],
        sought=sought,
        known={task.id: task.version for task in found.values()},
        hub_ids=hub_ids,
    )


def write(connection: Connection, prepared: Prepared) -> list[Plan] | None:
    """Write what was prepared; None, and nothing is written, where the store has moved on since.

    That is the tasks, their flow or their hubs. Leaves an audit event for what it created, and one
    for what it changed.
    """
    target = prepared.target
    actor, organization_id = target.actor, target.actor.organization_id
    if flows.hold(connection, organization_id).get(target.flow.id) != target.flow:
        return None
    if hubs.existing(connection, organization_id, prepared.hub_ids) != prepared.hub_ids:
        return None
    if (
        store.find_versions(connection, organization_id, prepared.sought, locks=True)
        != prepared.known
    ):
        return None
    plans = _with_ids(prepared.plans)
    created = [one for one in plans if isinstance(one, Planned) and one.before is None]
    changed = [one for one in plans if isinstance(one, Planned) and one.before and one.document]
    store.insert(connection, [one.task for one in created], [one.document or "" for one in created])
    store.change(connection, [one.task for one in changed], [one.document or "" for one in changed])
    for action, written in ((audit.Action.CREATE, created), (audit.Action.UPDATE, changed)):
        record(connection, actor, action, [one.task.id for one in written], target.writer)
    return plans


def existing_hubs(connection: Connection, actor: Actor, images: Iterable[Image]) -> set[str]:
    """Give those of the images' hubs that there are yet."""
    return hubs.existing(connection, actor.organization_id, {one.hub_id for one in images})


def can_restore(actor: Actor, hub_ids: Collection[str], image: Image, present: Task | None) -> bool:
    """Tell whether a task can be made as it was.

    Nobody has edited it since, the user sees it, its former hub is there and the user's, and values
    that are hidden from the user are the same.
    """
    if present is None or not is_unedited(actor, present, image.version):
        return False
    if image.hub_id not in hub_ids or not actor.sees_hub(image.hub_id):
        return False
    hidden = actor.hidden_fields(Permission.VIEW_TASK, present.flow_id)
    return all(image.values.get(name) == present.values.get(name) for name in hidden)


def is_unedited(actor: Actor, present: Task | None, version: int) -> bool:
    """Tell whether a task still has the version, in a hub that the user sees."""
    return present is not None and present.version == version and actor.sees_hub(present.hub_id)


def restore(
    connection: Connection, actor: Actor, images: Sequence[Image], writer: Writer
) -> list[str]:
    """Write tasks as they were, those that can be restored; give their ids.

    The transaction keeps the organization's flows as they are.
    """
    organization_id = actor.organization_id
    flows.hold(connection, organization_id)
    hub_ids = existing_hubs(connection, actor, images)
    found = store.lock(connection, organization_id, [one.id for one in images])
    restored = [
        replace(
            found[one.id],
            hub_id=one.hub_id,
            version=one.version + 1,
            values=one.values,
            updated_time=writer.time,
        )
        for one in images
        if can_restore(actor, hub_ids, one, found.get(one.id))
    ]
    documents = [orjson.dumps(task.values).decode() for task in restored]
    store.change(connection, restored, documents)
    ids = [task.id for task in restored]
    record(connection, actor, audit.Action.UPDATE, ids, writer)
    return ids


def remove_unedited(
    connection: Connection, actor: Actor, versions: Mapping[str, int], writer: Writer
) -> list[str]:
    """Remove tasks that have the versions given yet, and are the user's; give their ids."""
    organization_id = actor.organization_id
    found = store.lock_outlines(connection, organization_id, versions)
    ids = [one.id for one in found.values() if is_unedited(actor, one, versions[one.id])]
    store.remove(connection, organization_id, ids, writer.now)
    record(connection, actor, audit.Action.DELETE, ids, writer)
    return ids


def _plan(
    target: Target,
    found: Mapping[str, Task],
    hub_ids: frozenset[str],
    item: Item,
    wanted: Wanted,
) -> Plan:
    old = None if item.key is None else found.get(item.key)
    try:
        if old is None:
            return _new(target, hub_ids, item, wanted)
        return _changed(target, hub_ids, item, wanted, old)
    except TransloadError as error:
        return error


def _new(target: Target, hub_ids: frozenset[str], item: Item, wanted: Wanted) -> Planned:
    if wanted is Wanted.CHANGED:
        raise NotFoundError("There is no task of this ID to update.")
    hub_id = _hub(target, hub_ids, item.hub_id or target.hub_id)
    require_seen(target.hidden, item.values)
    accepted = settle(target.flow, _values(target, item, None), target.writer)
    task = Task(
        id="",
        organization_id=target.actor.organization_id,
        flow_id=target.flow.id,
        hub_id=hub_id,
        version=1,
        values=accepted.values,
        created_time=target.writer.time,
        updated_time=target.writer.time,
    )
    return Planned(task=task, before=None, document=accepted.document)


def _changed(
    target: Target, hub_ids: frozenset[str], item: Item, wanted: Wanted, old: Task
) -> Planned:
    """Plan what is written to a task; one whose hub the user does not see is not theirs."""
    if wanted is Wanted.NEW:
        raise ConflictError("There is a task of this ID already.")
    if not target.actor.sees_hub(old.hub_id):
        raise ForbiddenError
    if old.flow_id != target.flow.id:
        raise InvalidError("The task of this ID is of another flow.")
    hub_id = old.hub_id
    if item.hub_id and item.hub_id != old.hub_id:
        hub_id = _hub(target, hub_ids, item.hub_id)
    require_seen(target.hidden, item.values)
    given = _values(target, item, old)
    accepted = settle(target.flow, given, target.writer, old=old, way=Way.PATCH)
    if hub_id == old.hub_id and _said(accepted.values) == _said(old.values):
        return Planned(task=old, before=old, document=None)
    task = replace(
        old,
        hub_id=hub_id,
        version=old.version + 1,
        values=accepted.values,
        updated_time=target.writer.time,
    )
    return Planned(task=task, before=old, document=accepted.document)


def _hub(target: Target, hub_ids: frozenset[str], hub_id: str) -> str:
    if hub_id not in hub_ids:
        raise InvalidError("The selected hubId is invalid.", is_whole=True)
    if not target.actor.sees_hub(hub_id):
        raise ForbiddenError
    return hub_id


def _values(target: Target, item: Item, old: Task | None) -> dict[str, Any]:
    """Give what is said of a task, with its bills put together; an empty one is no value."""
    found = dict(item.values)
    before = {} if old is None else old.values
    for name in target.bills:
        given, amounts = found.get(name), item.costs.get(name, {})
        if given is None and name in found:
            given = {"items": [], "costs": []}
        if given is not None or amounts:
            bill = put_together(given or {}, amounts, before.get(name))
            found[name] = bill if any(bill.values()) else None
    return found


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what tells of the task itself, and not of who wrote it."""
    return {name: value for name, value in values.items() if name not in _WRITERS}


def _with_ids(plans: Sequence[Plan]) -> list[Plan]:
    """Give new tasks their ids, and the time that these tell."""
    found = list(plans)
    new = [
        (at, one) for at, one in enumerate(plans) if isinstance(one, Planned) and one.before is None
    ]
    ids = new_ids(len(new))
    times = created_times(ids, spelled_time)
    for (at, plan), task_id, time in zip(new, ids, times, strict=True):
        task = replace(plan.task, id=task_id, created_time=time, updated_time=time)
        found[at] = Planned(task=task, before=None, document=plan.document)
    return found
