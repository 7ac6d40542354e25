"""The SQL of schedules of exports and their runs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from transload.db.tables import export_schedule_runs as runs
from transload.db.tables import export_schedules as schedules
from transload.db.tables import exports, organizations
from transload.dispatch import attempts
from transload.exports.model import Status as ExportStatus
from transload.schedules.model import Run, Schedule, Status

_UNFINISHED = (Status.EXPORTING.value, Status.WAITING.value)


def add(connection: Connection, schedule: Schedule) -> None:
    """Insert a schedule."""
    connection.execute(insert(schedules), asdict(schedule))


def replace(connection: Connection, schedule: Schedule) -> None:
    """Write all of a schedule over the one with its id."""
    connection.execute(update(schedules).where(*_is(schedule)).values(asdict(schedule)))


def remove(connection: Connection, schedule: Schedule) -> None:
    """Delete a schedule with its runs."""
    connection.execute(delete(runs).where(*_of(schedule.organization_id, schedule.id)))
    connection.execute(delete(schedules).where(*_is(schedule)))


def find(connection: Connection, organization_id: str, schedule_id: str) -> Schedule | None:
    """Give the organization's schedule with that id."""
    found = select(schedules).where(
        schedules.c.organization_id == organization_id, schedules.c.id == schedule_id
    )
    row = connection.execute(found).first()
    return None if row is None else _schedule(row)


def lock(connection: Connection, organization_id: str, schedule_id: str) -> Schedule | None:
    """Give the organization's schedule with that id, to one transaction at a time."""
    found = select(schedules).where(
        schedules.c.organization_id == organization_id, schedules.c.id == schedule_id
    )
    row = connection.execute(found.with_for_update()).first()
    return None if row is None else _schedule(row)


def find_all(connection: Connection, organization_id: str, user_id: str | None) -> list[Schedule]:
    """Give the schedules of a user, or all of the organization, oldest first."""
    found = select(schedules).where(schedules.c.organization_id == organization_id)
    if user_id is not None:
        found = found.where(schedules.c.user_id == user_id)
    return [_schedule(row) for row in connection.execute(found.order_by(schedules.c.id))]


def count(connection: Connection, organization_id: str) -> int:
    """Count the organization's schedules."""
    own = schedules.c.organization_id == organization_id
    return connection.execute(select(func.count()).select_from(schedules).where(own)).scalar_one()


def find_due(
    connection: Connection, now: datetime, busy: Collection[str], limit: int
) -> list[Schedule]:
    """Give schedules whose time has come, none of which has a run that is not over.

    Of organizations that are let in.
    """
    rows = connection.execute(
        select(schedules)
        .where(
            schedules.c.next_time <= now,
            schedules.c.id.not_in(busy),
            ~exists().where(
                *_of(schedules.c.organization_id, schedules.c.id), runs.c.status.in_(_UNFINISHED)
            ),
            ~exists().where(
                organizations.c.id == schedules.c.organization_id,
                organizations.c.disabled_time.is_not(None),
            ),
        )
        .order_by(schedules.c.next_time)
        .limit(limit)
    )
    return [_schedule(row) for row in rows]


def has_unfinished(connection: Connection, schedule: Schedule) -> bool:
    """Tell whether a run of the schedule is not over."""
    own = _of(schedule.organization_id, schedule.id)
    found = select(runs.c.id).where(*own, runs.c.status.in_(_UNFINISHED))
    return connection.execute(found.limit(1)).first() is not None


def add_run(connection: Connection, run: Run) -> None:
    """Insert a run."""
    connection.execute(insert(runs), {**asdict(run), "status": run.status.value})


def find_runs(
    connection: Connection, organization_id: str, schedule_id: str, *, offset: int, limit: int
) -> tuple[list[Run], int]:
    """Give a page of a schedule's runs, the newest first, and how many there are."""
    own = _of(organization_id, schedule_id)
    rows = connection.execute(
        select(runs).where(*own).order_by(runs.c.id.desc()).offset(offset).limit(limit)
    )
    total = select(func.count()).select_from(runs).where(*own)
    return [_run(row) for row in rows], connection.execute(total).scalar_one()


def find_last_runs(connection: Connection, found: Sequence[Schedule]) -> dict[str, Run]:
    """Give the newest run of each schedule that has one, by the schedule's id."""
    if not found:
        return {}
    newest = (
        select(func.max(runs.c.id))
        .where(
            runs.c.organization_id == found[0].organization_id,
            runs.c.schedule_id.in_([one.id for one in found]),
        )
        .group_by(runs.c.schedule_id)
    )
    rows = connection.execute(
        select(runs).where(
            runs.c.organization_id == found[0].organization_id, runs.c.id.in_(newest)
        )
    )
    return {row.schedule_id: _run(row) for row in rows}


def find_exported(connection: Connection, busy: Collection[str], limit: int) -> list[Run]:
    """Give runs all of whose files are written, or will never be, of organizations not busy."""
    at_work = exists().where(
        exports.c.organization_id == runs.c.organization_id,
        or_(exports.c.id == runs.c.export_id, exports.c.id == runs.c.removals_id),
        exports.c.status == ExportStatus.PROCESSING.value,
    )
    rows = connection.execute(
        select(runs)
        .where(
            runs.c.status == Status.EXPORTING.value,
            runs.c.organization_id.not_in(busy),
            ~at_work,
        )
        .order_by(runs.c.next_time)
        .limit(limit)
    )
    return [_run(row) for row in rows]


def find_to_deliver(
    connection: Connection, now: datetime, busy: Collection[str], limit: int
) -> list[Run]:
    """Give runs whose files are to be handed over, of organizations not busy, the oldest first."""
    is_free = runs.c.organization_id.not_in(busy)
    return [_run(row) for row in attempts.find_due(connection, runs, now, limit, is_free)]


def take_up(connection: Connection, run: Run) -> bool:
    """Write a run whose files are written over what it was; False if somebody else has."""
    changed = {**asdict(run), "status": run.status.value}
    statement = update(runs).where(
        runs.c.organization_id == run.organization_id,
        runs.c.id == run.id,
        runs.c.status == Status.EXPORTING.value,
    )
    return bool(connection.execute(statement.values(changed)).rowcount)


def claim(connection: Connection, run: Run, lease_end: datetime) -> bool:
    """Begin an attempt, as `attempts.claim` does."""
    return attempts.claim(connection, runs, run, lease_end)


def renew(connection: Connection, run: Run, lease_end: datetime) -> bool:
    """Have an attempt go on; False if another one has begun, or the run is gone."""
    return attempts.keep(connection, runs, run, next_time=lease_end)


def finish(connection: Connection, run: Run) -> bool:
    """Write what became of an attempt; False if another one has begun, or the run is gone."""
    return attempts.keep(connection, runs, run, **{**asdict(run), "status": run.status.value})


def forget_before(connection: Connection, instant: datetime) -> None:
    """Delete runs that are older."""
    attempts.forget_before(connection, runs, instant)


def _is(schedule: Schedule) -> tuple[ColumnElement[bool], ...]:
    return (
        schedules.c.organization_id == schedule.organization_id,
        schedules.c.id == schedule.id,
    )


def _of(
    organization_id: str | ColumnElement[str], schedule_id: str | ColumnElement[str]
) -> tuple[ColumnElement[bool], ...]:
    return (and_(runs.c.organization_id == organization_id, runs.c.schedule_id == schedule_id),)


def _schedule(row: Row[*tuple[Any, ...]]) -> Schedule:
    return Schedule(**row._mapping)  # noqa: SLF001 - as the library documents it


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    values = row._mapping  # noqa: SLF001 - likewise
    return Run(**{**values, "status": Status(values["status"])})
