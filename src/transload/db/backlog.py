"""Jobs that wait or run, read from the job library's table without loading that library."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from transload.db.dialect import is_sqlite
from transload.telemetry.metrics import Backlog

_MAX_COUNTED = 10_000
_QUEUED, _RUNNING = "ENQUEUED", "PENDING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The jobs of one partition of a queue that wait or run."""

    queued: int
    running: int
    oldest_seconds: float


@dataclass(slots=True)
class _Counted:
    jobs: int = 0
    since_ms: float = float("inf")


def read_backlog(
    connection: Connection, schema: str, queues: Iterable[str], kinds: Iterable[str]
) -> list[Backlog]:
    """Give what waits and what runs in these queues, of each of these kinds, in all processes.

    Of each queue the first 10,000 that wait and the first that run are counted, so that asking
    stays cheap; the oldest is among them.
    """
    names = list(queues)
    queued = _count(connection, schema, names, _QUEUED)
    running = _count(connection, schema, names, _RUNNING)
    now_ms, none = time.time() * 1_000, _Counted()
    return [
        Backlog(
            kind=kind,
            queued=queued.get(kind, none).jobs,
            running=running.get(kind, none).jobs,
            oldest_seconds=max(0, now_ms - queued.get(kind, none).since_ms) / 1_000,
        )
        for kind in kinds
    ]


def read_share(connection: Connection, schema: str, queue: str, partition: str) -> Share:
    """Give what waits and what runs of one partition of a queue, in all processes.

    The first 10,000 of each are counted, the oldest among them.
    """
    statement = text(
        f"""
        SELECT count(*), min(created_at) FROM (
            SELECT created_at FROM {_table(connection, schema)}
            WHERE queue_name = :queue AND status = :status AND queue_partition_key = :partition
            AND status IN ('ENQUEUED', 'PENDING')
            ORDER BY queue_name, status, queue_partition_key, priority, created_at LIMIT :limit
        ) AS first_jobs
        """  # noqa: S608 - the name is a constant
    )
    values = {"queue": queue, "partition": partition, "limit": _MAX_COUNTED}
    queued, since_ms = connection.execute(statement, {**values, "status": _QUEUED}).one()
    running, _ = connection.execute(statement, {**values, "status": _RUNNING}).one()
    waited_ms = 0 if since_ms is None else max(0, time.time() * 1_000 - since_ms)
    return Share(queued=queued, running=running, oldest_seconds=waited_ms / 1_000)


def has_queued(connection: Connection, schema: str, queue: str) -> bool:
    """Tell whether a job waits in a queue, of whatever kind."""
    statement = text(
        f"SELECT 1 FROM {_table(connection, schema)}"  # noqa: S608 - the name is a constant
        " WHERE queue_name = :queue AND status = :status AND status IN ('ENQUEUED', 'PENDING')"
        " LIMIT 1"
    )
    values = {"queue": queue, "status": _QUEUED}
    return connection.execute(statement, values).first() is not None


def _table(connection: Connection, schema: str) -> str:
    return "workflow_status" if is_sqlite(connection) else f"{schema}.workflow_status"


def _count(
    connection: Connection, schema: str, queues: Iterable[str], status: str
) -> dict[str, _Counted]:
    """Count the jobs of a status by kind, queue by queue in the order of the library's index."""
    statement = text(
        f"""
        SELECT name, count(*), min(created_at) FROM (
            SELECT name, created_at FROM {_table(connection, schema)}
            WHERE queue_name = :queue AND status = :status AND status IN ('ENQUEUED', 'PENDING')
            ORDER BY queue_name, status, priority, created_at LIMIT :limit
        ) AS first_jobs GROUP BY name
        """  # noqa: S608 - the name is a constant
    )
    found: dict[str, _Counted] = {}
    for queue in queues:
        values = {"queue": queue, "status": status, "limit": _MAX_COUNTED}
        for name, jobs, since_ms in connection.execute(statement, values):
            counted = found.setdefault(name, _Counted())
            counted.jobs += jobs
            counted.since_ms = min(counted.since_ms, since_ms)
    return found
