"""Use cases of tasks: one, and many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from transload.accounts.model import Actor, Permission
from transload.db.engine import Database, is_outage
from transload.db.patience import to_the_end
from transload.documents.pages import pieces
from transload.errors import InvalidError, NotFoundError, TransloadError, UnavailableError
from transload.flows import store as flows
from transload.flows.model import Flow
from transload.hubs import store as hubs
from transload.hubs.model import Hub
from transload.tasks import store, writes
from transload.tasks.accepting import Writer
from transload.tasks.model import Task, Way
from transload.tasks.writes import Result, Written

MAX_ITEMS = 2_000
_MOST_AT_ONCE = 200
_MOST_BYTES = 8 << 20
_OUT_OF_REACH = UnavailableError(
    "The database went out of reach; send this one again.", retry_after_seconds=5
)


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
        self.actor.require(Permission.DELETE_TASK)
        with self.database.write() as connection:
            found = store.lock(connection, self.actor.organization_id, [task_id])
            results = writes.delete(connection, self.actor, [task_id], found, self._writer)
        return self._one(results)

    def move(self, task_id: str, item: Mapping[str, Any]) -> Found:
        """Give a task to another hub; raise NotFoundError, InvalidError or ForbiddenError."""
        return self._one(self.move_many([{**item, "_id": task_id}]))

    def assign(self, task_id: str, item: Mapping[str, Any]) -> Found:
        """Give a task to those who are to do it; raise NotFoundError or InvalidError."""
        return self._one(self.assign_many([{**item, "_id": task_id}]))

    def add_many(self, items: Sequence[object]) -> list[Result]:
        """Add tasks; give what became of each item."""
        self.actor.require(Permission.ADD_TASK)
        sized = [(item, _bytes(item)) for item in _few(items)]
        return self._in_pieces(sized, partial(writes.add, actor=self.actor, writer=self._writer))

    def change_many(self, items: Sequence[object], way: Way) -> list[Result]:
        """Write values of tasks that are named by `_id`; give what became of each item."""
        self.actor.require(Permission.EDIT_TASK)
        return self._change(items, way)

    def delete_many(self, items: Sequence[object]) -> list[Result]:
        """Delete tasks that are named by `_id`; give what became of each item.

        Of a task's values, `refId` alone is known afterwards: no document is read.
        """
        self.actor.require(Permission.DELETE_TASK)

        def delete(connection: Connection, items: Sequence[object]) -> list[Result]:
            ids = writes.ids_of(items)
            found = store.lock_outlines(connection, self.actor.organization_id, ids)
            return writes.delete(connection, self.actor, items, found, self._writer)

        return self._in_pieces(self._sized(items), delete)

    def move_many(self, items: Sequence[object]) -> list[Result]:
        """Give tasks to other hubs: each item names `_id` and `hubId`."""
        self.actor.require(Permission.MOVE_TASK)
        return self._change([_narrowed(item, "hubId", unsaid=None) for item in items], Way.PATCH)

    def assign_many(self, items: Sequence[object]) -> list[Result]:
        """Give tasks to those who are to do them: each item names `_id` and `assignee`."""
        self.actor.require(Permission.ASSIGN_TASK)
        return self._change(
            [_narrowed(item, "assignee", unsaid=False) for item in items], Way.PATCH
        )

    @property
    def _writer(self) -> Writer:
        return Writer(email=self.actor.email, now=self.now, refuses_unknown=self.refuses_unknown)

    def _change(self, items: Sequence[object], way: Way) -> list[Result]:
        change = partial(writes.change, actor=self.actor, way=way, writer=self._writer)
        return self._in_pieces(self._sized(items), change)

    def _sized(self, items: Sequence[object]) -> list[tuple[object, int]]:
        """Give items that name tasks, each with the bytes of what it says and of the task."""
        ids = writes.ids_of(_few(items))
        with self.database.read() as connection:
            known = store.find_sizes(connection, self.actor.organization_id, ids)
        return [
            (item, _bytes(item) + sum(known.get(one, 0) for one in writes.ids_of([item])))
            for item in items
        ]

    def _in_pieces(
        self,
        sized: Sequence[tuple[object, int]],
        work: Callable[[Connection, Sequence[object]], list[Result]],
    ) -> list[Result]:
        """Work through items, each piece in a short transaction of its own.

        What has been written stays, whatever becomes of the rest. Of one item among many the values
        are forgotten: 2,000 tasks of 1 MiB, as they were and as they are, would be 6 GB.
        """
        results: list[Result] = []
        with to_the_end():
            self._work(sized, work, results)
        return results

    def _work(
        self,
        sized: Sequence[tuple[object, int]],
        work: Callable[[Connection, Sequence[object]], list[Result]],
        results: list[Result],
    ) -> None:
        for piece in pieces(sized, most_rows=_MOST_AT_ONCE, most_bytes=_MOST_BYTES):
            try:
                with self.database.write() as connection:
                    written = work(connection, piece)
            except SQLAlchemyError as error:
                if not (results and is_outage(error)):
                    raise
                results += [_OUT_OF_REACH] * (len(sized) - len(results))
                return
            results += written if len(sized) == 1 else map(writes.outlined, written)

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


def _few(items: Sequence[object]) -> Sequence[object]:
    if len(items) > MAX_ITEMS:
        raise InvalidError(f"The tasks field may hold at most {MAX_ITEMS} items.")
    return items


def _bytes(item: object) -> int:
    try:
        return len(orjson.dumps(item))
    except TypeError:  # it holds what no task can: it is refused
        return 0


def _narrowed(item: object, name: str, *, unsaid: object) -> object:
    """Keep what an item may say; `unsaid` stands for what it does not say, and is refused."""
    if not isinstance(item, dict):
        return item
    return {"_id": item.get("_id"), name: item.get(name, unsaid)}
