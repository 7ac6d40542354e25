"""Use cases of tasks: one, and many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.errors import InvalidError, NotFoundError, TransloadError
from transload.flows import store as flows
from transload.flows.model import Flow
from transload.hubs import store as hubs
from transload.hubs.model import Hub
from transload.tasks import store, writes
from transload.tasks.accepting import Writer
from transload.tasks.model import Task, Way
from transload.tasks.writes import Result, Written

MAX_ITEMS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A task with what it refers to. `hidden`: the fields that the user's role hides."""

    task: Task
    flow: Flow
    hub: Hub | None
    hidden: frozenset[str]
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """The tasks of an organization, as one user may write them."""

    database: Database
    actor: Actor
    now: datetime
    refuses_unknown: bool = False

    def get(self, task_id: str) -> Found:
        """Give a task; raise NotFoundError if the user can see none with that id."""
        self.actor.require(Permission.VIEW_TASK)
        with self.database.read() as connection:
            task = store.find(connection, self.actor.organization_id, task_id)
            if task is None or not self.actor.sees_hub(task.hub_id):
                raise NotFoundError
            flow = flows.find(connection, task.organization_id, task.flow_id)
            hub = hubs.find(connection, task.organization_id, task.hub_id)
        if flow is None:
            raise NotFoundError
        return Found(task=task, flow=flow, hub=hub, hidden=self._hidden(flow))

    def add(self, item: Mapping[str, Any]) -> Found:
        """Add a task; raise InvalidError or ForbiddenError."""
        return self._one(self.add_many([item]))

    def change(self, task_id: str, item: Mapping[str, Any], way: Way) -> Found:
        """Write values of a task; raise NotFoundError, InvalidError or ForbiddenError."""
        return self._one(self.change_many([{**item, "_id": task_id}], way))

    def delete(self, task_id: str) -> Found:
        """Delete a task and give what it was; raise NotFoundError."""
        return self._one(self.delete_many([task_id]))

    def move(self, task_id: str, item: Mapping[str, Any]) -> Found:
        """Give a task to another hub; raise NotFoundError, InvalidError or ForbiddenError."""
        return self._one(self.move_many([{**item, "_id": task_id}]))

    def assign(self, task_id: str, item: Mapping[str, Any]) -> Found:
        """Give a task to those who are to do it; raise NotFoundError or InvalidError."""
        return self._one(self.assign_many([{**item, "_id": task_id}]))

    def add_many(self, items: Sequence[object]) -> list[Result]:
        """Add tasks; give what became of each item."""
        self.actor.require(Permission.ADD_TASK)
        _require_few(items)
        with self.database.write() as connection:
            return writes.add(connection, self.actor, items, self._writer)

    def change_many(self, items: Sequence[object], way: Way) -> list[Result]:
        """Write values of tasks that are named by `_id`; give what became of each item."""
        self.actor.require(Permission.EDIT_TASK)
        return self._change(items, way)

    def delete_many(self, items: Sequence[object]) -> list[Result]:
        """Delete tasks that are named by `_id`; give what became of each item."""
        self.actor.require(Permission.DELETE_TASK)
        _require_few(items)
        with self.database.write() as connection:
            return writes.delete(connection, self.actor, items, self._writer)

    def move_many(self, items: Sequence[object]) -> list[Result]:
        """Give tasks to other hubs: each item names `_id` and `hubId`."""
        self.actor.require(Permission.MOVE_TASK)
        return self._change([_narrowed(item, "hubId") for item in items], Way.PATCH)

    def assign_many(self, items: Sequence[object]) -> list[Result]:
        """Give tasks to those who are to do them: each item names `_id` and `assignee`."""
        self.actor.require(Permission.ASSIGN_TASK)
        return self._change([_narrowed(item, "assignee") for item in items], Way.PATCH)

    @property
    def _writer(self) -> Writer:
        return Writer(email=self.actor.email, now=self.now, refuses_unknown=self.refuses_unknown)

    def _change(self, items: Sequence[object], way: Way) -> list[Result]:
        _require_few(items)
        with self.database.write() as connection:
            return writes.change(connection, self.actor, items, way, self._writer)

    def _one(self, results: Sequence[Result]) -> Found:
        (result,) = results
        if isinstance(result, TransloadError):
            raise result
        return self._found(result)

    def _found(self, written: Written) -> Found:
        task = written.task
        with self.database.read() as connection:
            hub = hubs.find(connection, task.organization_id, task.hub_id)
        return Found(
            task=task,
            flow=written.flow,
            hub=hub,
            hidden=self._hidden(written.flow),
            ignored=written.ignored,
        )

    def _hidden(self, flow: Flow) -> frozenset[str]:
        return self.actor.hidden_fields(Permission.VIEW_TASK, flow.id)


def _require_few(items: Sequence[object]) -> None:
    if len(items) > MAX_ITEMS:
        raise InvalidError(f"The tasks field may hold at most {MAX_ITEMS} items.")


def _narrowed(item: object, name: str) -> object:
    """Keep what an item may say; what it does not say is refused as what it would be."""
    if not isinstance(item, dict):
        return item
    return {"_id": item.get("_id"), name: item.get(name, False)}
