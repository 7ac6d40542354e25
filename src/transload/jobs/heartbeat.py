"""Heartbeats: which processes live, by the clock of the database.

Only PostgreSQL is shared by processes that can die beside each other.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, delete, func, select
from sqlalchemy.dialects import postgresql

from transload.db.tables import workers
from transload.jobs.model import Worker

SILENT_SECONDS = 20
_ANSWERING_SECONDS = 5
_FORGOTTEN_SECONDS = 3_600
_MICROSECONDS = 1_000_000


def beat(connection: Connection, worker_id: str) -> None:
    """Say that this worker lives, and forget those that have been silent for an hour."""
    statement = postgresql.insert(workers).values(id=worker_id, beat_time=_ago(0))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[workers.c.id], set_={"beat_time": statement.excluded.beat_time}
        )
    )
    connection.execute(delete(workers).where(workers.c.beat_time < _ago(_FORGOTTEN_SECONDS)))


def leave(connection: Connection, worker_id: str) -> None:
    """Say that this worker has stopped: its jobs are free to be taken over at once."""
    connection.execute(delete(workers).where(workers.c.id == worker_id))


def find_living(connection: Connection) -> set[str] | None:
    """Give the workers that have beaten within 20 seconds.

    None while the database itself has not been up for five: nobody could beat before, and those who
    live have by then, so that until then a silence says nothing.
    """
    started = _microseconds(func.pg_postmaster_start_time())
    if connection.scalar(select(started > _ago(_ANSWERING_SECONDS))):
        return None
    beating = select(workers.c.id).where(workers.c.beat_time >= _ago(SILENT_SECONDS))
    return set(connection.scalars(beating))


def find_all(connection: Connection) -> list[Worker]:
    """Give the workers that have beaten within an hour, the last heard of first."""
    silence = (_ago(0) - workers.c.beat_time) / float(_MICROSECONDS)
    rows = connection.execute(select(workers.c.id, silence).order_by(workers.c.beat_time.desc()))
    return [
        Worker(name=name, is_alive=seconds <= SILENT_SECONDS, silent_seconds=float(seconds))
        for name, seconds in rows
    ]


def _ago(seconds: int) -> ColumnElement[int]:
    """Give an instant as `workers.beat_time` holds it, on the database's clock."""
    return _microseconds(func.clock_timestamp()) - seconds * _MICROSECONDS


def _microseconds(instant: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.extract("epoch", instant) * _MICROSECONDS, BigInteger)
