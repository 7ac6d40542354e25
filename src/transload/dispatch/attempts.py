"""The SQL of things that wait to be sent: at least once, by whichever process begins an attempt.

Their table has the columns organization_id, id, status, attempts, next_time, created_time and
completed_time. `next_time` is when the next attempt is due; while one is made, when it is given up.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, select, update

WAITING = "waiting"
"""The status of what is to be sent, also between two attempts."""


class Sent(Protocol):
    """A row of such a table."""

    @property
    def organization_id(self) -> str:
        """Whose it is."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def attempts(self) -> int:
        """How many were begun."""


def wait_after(attempts: int, waits: Sequence[timedelta]) -> timedelta | None:
    """Give how long after so many attempts the next is made; None: it is given up."""
    return waits[attempts - 1] if attempts <= len(waits) else None


def find_due(
    connection: Connection, table: Table, now: datetime, limit: int, *further: ColumnElement[bool]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Give the rows whose time has come, and of which further conditions hold, the oldest first."""
    return connection.execute(
        select(table)
        .where(table.c.status == WAITING, table.c.next_time <= now, *further)
        .order_by(table.c.next_time)
        .limit(limit)
    ).all()


def claim(connection: Connection, table: Table, sent: Sent, lease_end: datetime) -> bool:
    """Begin an attempt: False if another process has begun it. It is due again if this one dies."""
    return bool(
        connection.execute(
            update(table)
            .where(*_is_held(table, sent))
            .values(attempts=sent.attempts + 1, next_time=lease_end)
        ).rowcount
    )


def keep(connection: Connection, table: Table, sent: Sent, **values: object) -> bool:
    """Write what became of an attempt: False if another has begun, or it is over or gone."""
    return bool(
        connection.execute(update(table).where(*_is_held(table, sent)).values(**values)).rowcount
    )


def reset(connection: Connection, table: Table, sent: Sent, now: datetime) -> None:
    """Have it sent again now, with all of its attempts before it."""
    connection.execute(
        update(table)
        .where(*_is(table, sent))
        .values(status=WAITING, attempts=0, next_time=now, completed_time=None)
    )


def forget_before(connection: Connection, table: Table, instant: datetime) -> None:
    """Delete what is older."""
    connection.execute(delete(table).where(table.c.created_time < instant))


def _is_held(table: Table, sent: Sent) -> tuple[ColumnElement[bool], ...]:
    """Tell whether nobody has begun an attempt since this one, or ended it."""
    waits = table.c.status == WAITING
    return (*_is(table, sent), waits, table.c.attempts == sent.attempts)


def _is(table: Table, sent: Sent) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.organization_id == sent.organization_id, table.c.id == sent.id
