"""The SQL of tasks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, delete, func, literal, null, or_, select

from transload.db.dialect import json_member
from transload.db.given import insert_rows, update_rows
from transload.db.tables import task_assignees, tasks, users
from transload.documents import removals
from transload.documents.pages import Sized, pieces
from transload.tasks.model import Status, Task

Stored = Mapping[str, str | int | None]
_COLUMNS = [column for column in tasks.c if column.name != "size"]
_IDS_A_STATEMENT = 2_000
_REFERENCE = "refId"


class TimeBy(StrEnum):
    """By which time tasks are chosen."""

    CREATED = "createdTime"
    START = "startTime"
    DONE = "doneTime"


_TIMES: Mapping[TimeBy, ColumnElement[str]] = {
    TimeBy.CREATED: tasks.c.created_time,
    TimeBy.START: tasks.c.start_time,
    TimeBy.DONE: tasks.c.done_time,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which tasks: those of an organization that fulfil all that is named here; None: no matter.

    `done_by` are the texts that stand for one user. `time_from` and `time_to` are included.
    """

    organization_id: str
    flow_ids: frozenset[str] | None = None
    hub_ids: frozenset[str] | None = None
    statuses: frozenset[Status] | None = None
    assignee: str | None = None
    done_by: frozenset[str] | None = None
    time_by: TimeBy = TimeBy.CREATED
    time_from: str | None = None
    time_to: str | None = None


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Give what the selected rows fulfil, each by a column that an index has."""
    found = [tasks.c.organization_id == selection.organization_id]
    if selection.flow_ids is not None:
        found.append(tasks.c.flow_id.in_(sorted(selection.flow_ids)))
    if selection.hub_ids is not None:
        found.append(tasks.c.hub_id.in_(sorted(selection.hub_ids)))
    if selection.statuses is not None:
        found.append(tasks.c.status.in_(sorted(selection.statuses)))
    if selection.assignee is not None:
        assigned = select(task_assignees.c.task_id).where(
            task_assignees.c.organization_id == selection.organization_id,
            task_assignees.c.email == selection.assignee,
        )
        found.append(tasks.c.id.in_(assigned))
    if selection.done_by is not None:
        found.append(tasks.c.done_by.in_(sorted(selection.done_by)))
    time = _TIMES[selection.time_by]
    if selection.time_from is not None:
        found.append(time >= selection.time_from)
    if selection.time_to is not None:
        found.append(time <= selection.time_to)
    return found


def count_by_status(
    connection: Connection, selection: Selection, further: Sequence[ColumnElement[bool]] = ()
) -> dict[Status, int]:
    """Count the selected tasks of each status that fulfil what more is given."""
    rows = connection.execute(
        select(tasks.c.status, func.count())
        .where(*conditions(selection), *further)
        .group_by(tasks.c.status)
    )
    return {Status(status): number for status, number in rows}


def count(connection: Connection, selection: Selection) -> int:
    """Count the selected tasks."""
    return sum(count_by_status(connection, selection).values())


def sized_page(
    connection: Connection,
    selection: Selection,
    order: Sequence[ColumnElement[Any]],
    *,
    further: Sequence[ColumnElement[bool]] = (),
    offset: int,
    limit: int,
) -> list[Sized]:
    """Give some of the selected tasks that fulfil what more is given, in the order."""
    wanted = [*conditions(selection), *further]
    rows = connection.execute(
        select(tasks.c.id, tasks.c.size).where(*wanted).order_by(*order).offset(offset).limit(limit)
    )
    return [(row.id, row.size) for row in rows]


def iterate(
    connection: Connection, organization_id: str, documents: Sequence[Sized]
) -> Iterator[list[Task]]:
    """Give the organization's tasks with these ids and sizes, in their order, in pieces."""
    for ids in pieces(documents):
        rows = connection.execute(
            select(*_COLUMNS).where(tasks.c.organization_id == organization_id, tasks.c.id.in_(ids))
        )
        found = {row.id: _task(row) for row in rows}
        yield [found[one] for one in ids]


def find(connection: Connection, organization_id: str, task_id: str) -> Task | None:
    """Give the organization's task with that id."""
    row = connection.execute(
        select(*_COLUMNS).where(tasks.c.organization_id == organization_id, tasks.c.id == task_id)
    ).first()
    return None if row is None else _task(row)


def lock(connection: Connection, organization_id: str, ids: Collection[str]) -> dict[str, Task]:
    """Give those of the tasks that there are, by id, to one transaction, which may change them."""
    found: dict[str, Task] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _IDS_A_STATEMENT):
        rows = connection.execute(
            select(*_COLUMNS)
            .where(
                tasks.c.organization_id == organization_id,
                tasks.c.id.in_(wanted[start : start + _IDS_A_STATEMENT]),
            )
            .order_by(tasks.c.id)
            .with_for_update()
        )
        found.update((row.id, _task(row)) for row in rows)
    return found


def find_all(connection: Connection, organization_id: str, ids: Collection[str]) -> dict[str, Task]:
    """Give those of the tasks that there are, by id."""
    found: dict[str, Task] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _IDS_A_STATEMENT):
        rows = connection.execute(
            select(*_COLUMNS).where(
                tasks.c.organization_id == organization_id,
                tasks.c.id.in_(wanted[start : start + _IDS_A_STATEMENT]),
            )
        )
        found.update((row.id, _task(row)) for row in rows)
    return found


def find_versions(
    connection: Connection, organization_id: str, ids: Collection[str], *, locks: bool = False
) -> dict[str, int]:
    """Give the versions of those of the tasks that there are, by id; `locks`: they stay so."""
    found: dict[str, int] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _IDS_A_STATEMENT):
        query = (
            select(tasks.c.id, tasks.c.version)
            .where(
                tasks.c.organization_id == organization_id,
                tasks.c.id.in_(wanted[start : start + _IDS_A_STATEMENT]),
            )
            .order_by(tasks.c.id)
        )
        rows = connection.execute(query.with_for_update() if locks else query)
        found.update((row.id, row.version) for row in rows)
    return found


def lock_outlines(
    connection: Connection, organization_id: str, ids: Collection[str]
) -> dict[str, Task]:
    """Lock tasks as `lock` does, but read none of their values except `refId`."""
    reference = json_member(connection, tasks.c.document, _REFERENCE).label("reference")
    columns = [column for column in _COLUMNS if column.name != "document"]
    rows = connection.execute(
        select(*columns, reference)
        .where(tasks.c.organization_id == organization_id, tasks.c.id.in_(sorted(set(ids))))
        .order_by(tasks.c.id)
        .with_for_update()
    )
    found: dict[str, Task] = {}
    for row in rows:
        value = orjson.loads(row.reference)
        found[row.id] = _task(row, {} if value is None else {_REFERENCE: value})
    return found


def find_sizes(
    connection: Connection, organization_id: str, ids: Collection[str]
) -> dict[str, int]:
    """Give the bytes of those of the tasks that there are, by id."""
    found: dict[str, int] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _IDS_A_STATEMENT):
        rows = connection.execute(
            select(tasks.c.id, tasks.c.size).where(
                tasks.c.organization_id == organization_id,
                tasks.c.id.in_(wanted[start : start + _IDS_A_STATEMENT]),
            )
        )
        found.update((row.id, row.size) for row in rows)
    return found


def insert(connection: Connection, written: Sequence[Task], documents: Sequence[str]) -> None:
    """Insert tasks with their documents."""
    insert_rows(connection, tasks, _rows(written, documents))
    _add_assignees(connection, written)


def change(connection: Connection, written: Sequence[Task], documents: Sequence[str]) -> None:
    """Write tasks that are locked over those of the same ids."""
    if not written:
        return
    update_rows(connection, tasks, _rows(written, documents), key=("organization_id", "id"))
    _remove_assignees(connection, written[0].organization_id, [task.id for task in written])
    _add_assignees(connection, written)


def remove(connection: Connection, organization_id: str, ids: Sequence[str], now: datetime) -> None:
    """Delete tasks that are locked; which they were is kept for those who are told of it."""
    _remove_assignees(connection, organization_id, ids)
    columns = (tasks.c.id, tasks.c.flow_id, tasks.c.hub_id)
    for start in range(0, len(ids), _IDS_A_STATEMENT):
        are_gone = (
            tasks.c.organization_id == organization_id,
            tasks.c.id.in_(ids[start : start + _IDS_A_STATEMENT]),
        )
        gone = select(*columns, literal("").label("data_id"), null().label("limited_to"))
        kind = removals.RemovedKind.TASK
        removals.note(connection, organization_id, kind, gone.where(*are_gone), now)
        connection.execute(delete(tasks).where(*are_gone))


def names_of(connection: Connection, organization_id: str, name: str) -> frozenset[str]:
    """Give the texts that stand for the users of that name or e-mail."""
    rows = connection.execute(
        select(users.c.email, users.c.name).where(
            users.c.organization_id == organization_id,
            or_(users.c.email == name.lower(), users.c.name == name),
        )
    )
    return frozenset({name, *(text for row in rows for text in row if text)})


def _add_assignees(connection: Connection, written: Sequence[Task]) -> None:
    insert_rows(
        connection,
        task_assignees,
        [
            {"organization_id": task.organization_id, "email": email, "task_id": task.id}
            for task in written
            for email in task.assignees
        ],
    )


def _remove_assignees(connection: Connection, organization_id: str, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _IDS_A_STATEMENT):
        connection.execute(
            delete(task_assignees).where(
                task_assignees.c.organization_id == organization_id,
                task_assignees.c.task_id.in_(ids[start : start + _IDS_A_STATEMENT]),
            )
        )


def _rows(written: Sequence[Task], documents: Sequence[str]) -> list[Stored]:
    return [
        {
            "organization_id": task.organization_id,
            "flow_id": task.flow_id,
            "id": task.id,
            "hub_id": task.hub_id,
            "status": task.status.value,
            "done_by": task.values.get("doneBy"),
            "start_time": task.values.get("startTime"),
            "done_time": task.values.get("doneTime"),
            "created_time": task.created_time,
            "updated_time": task.updated_time,
            "version": task.version,
            "size": len(document.encode()),
            "document": document,
        }
        for task, document in zip(written, documents, strict=True)
    ]


def _task(row: Row[*tuple[Any, ...]], values: Mapping[str, Any] | None = None) -> Task:
    return Task(
        id=row.id,
        organization_id=row.organization_id,
        flow_id=row.flow_id,
        hub_id=row.hub_id,
        version=row.version,
        values=orjson.loads(row.document) if values is None else values,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )
