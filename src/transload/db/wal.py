"""SQLite's write-ahead log, kept in bounds beside long reads and without holding writers up.

What is written goes to the log first. A checkpoint brings it into the database file, as far as no
reader is of an older state, and then the log can start anew. Left to itself, SQLite does that in
whichever commit comes next: after a long read that one would bring a gigabyte over, while all other
writers wait. And a long read that begins before the last one ends keeps the log growing.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from time import sleep

from transload.db.write_gate import WriteGate
from transload.upkeep import Upkeep

_MIB = 1 << 20
_RETRY_SECONDS = 0.1
_TRIES = 10
_TRY_SECONDS = 0.002
_MAX_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From which size on the log is brought over, and from which on long reads wait to begin.

    They wait for those under way, at most `patience_seconds`, and then for the log to be cut, at
    most `reset_seconds`; after that they go on.
    """

    tidy_bytes: int = 32 * _MIB
    full_bytes: int = 1_024 * _MIB
    held_pages: int = 500  # of 4 KiB: what may be brought over while writers wait
    cut_bytes: int = 128 * _MIB  # likewise: the file system takes 0.3 ms to free one MiB
    patience_seconds: float = 600
    reset_seconds: float = 10


class WriteAheadLog:
    """The log of one database file. A thread of its own tidies it whenever there is a reason."""

    def __init__(self, database: Path, gate: WriteGate, bounds: Bounds | None = None) -> None:
        """Look after the log of that file; one that a killed process left is brought over soon."""
        self._database = database
        self._path = database.with_name(f"{database.name}-wal")
        self._gate = gate
        self._bounds = bounds or Bounds()
        self._changed = Condition()
        self._upkeep = Upkeep("write-ahead log", self._look_after, retry_seconds=_RETRY_SECONDS)
        self._long_reads = 0
        self._is_due = False
        self._is_closed = False
        self._brought_over: int | None = None
        self.note_write()

    @property
    def size(self) -> int:
        """Its bytes."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def is_looked_after(self) -> bool:
        """It is brought over whenever there is a reason."""
        return self._upkeep.is_well

    @contextmanager
    def long_read(self) -> Iterator[None]:
        """Count a long read; where the log is full, first wait until it has started anew.

        Never begin one inside another or inside a write: it would wait for itself.
        """
        bounds = self._bounds
        with self._changed:
            if self._is_full():
                self._changed.wait_for(self._is_free, bounds.patience_seconds)
                self._changed.wait_for(lambda: not self._is_full(), bounds.reset_seconds)
            self._long_reads += 1
        try:
            yield
        finally:
            with self._changed:
                self._long_reads -= 1
                self._demand()
                self._changed.notify_all()

    def note_write(self) -> None:
        """Tidy where the log has grown enough; during a long read there is nothing to gain."""
        if self.size > self._bounds.tidy_bytes:
            with self._changed:
                if not self._long_reads:
                    self._demand()

    def close(self) -> None:
        """Stop looking after it, and let on who waits."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._upkeep.end()

    def _is_full(self) -> bool:
        return not self._is_closed and self.size > self._bounds.full_bytes

    def _is_free(self) -> bool:
        return not self._long_reads or not self._is_full()

    def _demand(self) -> None:
        """Have the thread tidy; the caller holds the condition."""
        if self._is_due or self._is_closed or self.size <= self._bounds.tidy_bytes:
            return
        self._is_due = True
        self._upkeep.start()
        self._changed.notify_all()

    def _look_after(self, note_well: Callable[[], None]) -> None:
        with closing(
            sqlite3.connect(self._database, timeout=0, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            while self._awaits_demand():
                try:
                    self._tidy(connection)
                except BaseException:
                    self._is_due = True  # for whoever begins anew
                    raise
                note_well()
                self._go_on_if_kept()

    def _awaits_demand(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_due or self._is_closed)
            self._is_due = False
            return not self._is_closed

    def _go_on_if_kept(self) -> None:
        """Tell who waits; and where a read was in the way, or the log too large, go on soon."""
        with self._changed:
            self._changed.notify_all()
            if not self._long_reads and self.size > self._bounds.tidy_bytes:
                self._changed.wait_for(lambda: self._is_closed, _RETRY_SECONDS)
                self._demand()

    def _tidy(self, connection: sqlite3.Connection) -> None:
        if not self._bring_over(connection):
            return
        self._gate.acquire()
        try:
            for _ in range(_TRIES):
                if self._start_anew(connection):
                    return
                sleep(_TRY_SECONDS)
        finally:
            self._gate.release()

    def _bring_over(self, connection: sqlite3.Connection) -> bool:
        """Copy beside the writers; tell whether so little is left that they can wait for it.

        Only after a write: SQLite before 3.51.3 can lose one that starts the log anew just when a
        checkpoint begins with nothing to do (sqlite.org, "The WAL-Reset Bug").
        """
        if self._written() == self._brought_over:
            return not self._long_reads
        before = -1
        for _ in range(_MAX_ROUNDS):
            is_busy, pages, done = _checkpoint(connection, "PASSIVE")
            if is_busy:  # another process is at it
                return False
            if pages - done <= self._bounds.held_pages:
                return not self._long_reads
            if done <= before or self._is_closed:
                return False
            before = done
        return False

    def _start_anew(self, connection: sqlite3.Connection) -> bool:
        """Copy the rest and empty the log, while no writer is at work and if no reader needs it.

        With no busy timeout: SQLite would keep every writer out for as long as it waits. Of a large
        one only the end is cut off, and the rest another time.
        """
        left = self.size - self._bounds.cut_bytes
        is_large = left > self._bounds.tidy_bytes
        is_busy, pages, done = _checkpoint(connection, "RESTART" if is_large else "TRUNCATE")
        self._brought_over = self._written() if 0 <= pages == done else None
        if is_large and not is_busy:
            _cut(connection, left)
            self._brought_over = None
        return not is_busy

    def _written(self) -> int:
        return self._path.stat().st_mtime_ns if self._path.exists() else 0


def _checkpoint(connection: sqlite3.Connection, mode: str) -> tuple[bool, int, int]:
    """Give whether it was kept from its end, the pages in the log, and those brought over."""
    is_busy, pages, done = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return bool(is_busy), pages, done


def _cut(connection: sqlite3.Connection, size: int) -> None:
    """Cut the log to that size, which SQLite does in the commit that starts it anew."""
    connection.execute(f"PRAGMA journal_size_limit = {size}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version}")
