"""How long somebody waits for what they read: a read that nobody waits for is left before its end.

A request's patience goes with it into whichever thread works for it, and the database asks for it
whenever a read begins. Writes are never left: they are short, and what is begun is brought to its
end.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic

from sqlalchemy import Connection

from transload.errors import TransloadError

_of_this_work: ContextVar["Patience | None"] = ContextVar("patience", default=None)


class Patience:
    """That of one who waits. It may be lost from any thread."""

    def __init__(self) -> None:
        """Wait for whatever is read, for now."""
        self._lock = Lock()
        self._lost: TransloadError | None = None
        self._short_reads: dict[Connection, float] = {}
        self._long_reads: set[Connection] = set()

    def lose(self, reason: TransloadError) -> None:
        """Wait no longer: reads under way, and those to come, raise the reason."""
        self._lost = self._lost or reason

    def require(self) -> None:
        """Raise the reason why nobody waits any longer, where there is one."""
        if self._lost is not None:
            raise self._lost

    @property
    def is_lost(self) -> bool:
        """Nobody waits any longer."""
        return self._lost is not None

    @property
    def has_reads(self) -> bool:
        """Something is being read."""
        return bool(self._short_reads or self._long_reads)

    def seconds(self) -> float:
        """Give for how long the oldest of the short reads is under way."""
        since = min(list(self._short_reads.values()), default=None)
        return 0 if since is None else monotonic() - since

    def interrupt(self) -> None:
        """End the statements that nobody waits for.

        To be called again and again: a read may be between two statements when it is.
        """
        if self._lost is not None:
            with self._lock:
                for connection in (*self._short_reads, *self._long_reads):
                    interrupt(connection)

    @contextmanager
    def over(self, connection: Connection, *, is_long: bool) -> Iterator[None]:
        """Have a read for the length of the block."""
        self.require()
        if is_long:
            self._long_reads.add(connection)
        else:
            self._short_reads[connection] = monotonic()
        try:
            yield
        except Exception as error:
            if self._lost is None:
                raise
            self._forget(connection)
            if connection.dialect.name != "sqlite" and not connection.closed:
                connection.invalidate()  # it may be told to end a statement when it has another
            raise self._lost from error
        finally:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._short_reads.pop(connection, None)
            self._long_reads.discard(connection)


def begin(patience: Patience) -> None:
    """Have this task, and the threads that work for it, read only while it lasts."""
    _of_this_work.set(patience)


def require_patience() -> None:
    """Raise why nobody waits for this work any longer, where it is so."""
    patience = _of_this_work.get()
    if patience is not None:
        patience.require()


@contextmanager
def waited_for(connection: Connection, *, is_long: bool = False) -> Iterator[None]:
    """Leave the block's statements, with the reason, when nobody waits for them any more."""
    patience = _of_this_work.get()
    if patience is None:
        yield
        return
    with patience.over(connection, is_long=is_long):
        yield


@contextmanager
def to_the_end() -> Iterator[None]:
    """Bring the block to its end, whether or not somebody waits for it."""
    require_patience()
    token = _of_this_work.set(None)
    try:
        yield
    finally:
        _of_this_work.reset(token)


def interrupt(connection: Connection) -> None:
    """End the statement that the connection is at, if any, from another thread."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.interrupt()
    elif driver is not None:
        driver.cancel_safe()
