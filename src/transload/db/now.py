"""The clock that all machines of an installation go by."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, DateTime, func, select

from transload.clock import Clock
from transload.db.dialect import is_sqlite


def shared_now(connection: Connection, clock: Clock) -> datetime:
    """Give the present instant by the database's clock, however wrong this machine's is.

    An embedded database has the machine's own.
    """
    return clock.now() + _lag(connection)


def _lag(connection: Connection) -> timedelta:
    if is_sqlite(connection):
        return timedelta()
    theirs = connection.execute(
        select(func.clock_timestamp(type_=DateTime(timezone=True)))
    ).scalar_one()
    return theirs - datetime.now(UTC)
