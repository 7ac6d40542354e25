"""A queue for SQLite's one write lock, which SQLite itself grants to whoever happens to ask."""

import sqlite3
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any


class WriteGate:
    """A lock that is handed on in the order of asking.

    SQLite's own busy handler sleeps and tries again, so under tight writers the unlucky wait for
    seconds. Every writer of the process passes this gate before `BEGIN IMMEDIATE`.
    """

    def __init__(self) -> None:
        """Start open."""
        self._mutex = Lock()
        self._is_held = False
        self._waiting: deque[Lock] = deque()

    def acquire(self) -> None:
        """Wait for the turn."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        """Hand on to who has waited longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


class GatedConnection(sqlite3.Connection):
    """A connection whose transactions begin IMMEDIATE, behind the gate, and open it at the end.

    The gate is tied to the connection's own calls, and not to SQLAlchemy's events, because those
    fire before the commit and the gate must open after it.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - sqlite3's own arguments
        gate: WriteGate,
        after_write: Callable[[], None] | None = None,
        **kwargs: Any,  # noqa: ANN401 - likewise
    ) -> None:
        """Open as sqlite3 does; `after_write` is called whenever the gate is open again."""
        super().__init__(*args, **kwargs)
        self._gate = gate
        self._after_write = after_write
        self._is_inside = False

    def begin(self) -> None:
        """Pass the gate and take the write lock."""
        self._gate.acquire()
        self._is_inside = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise

    def commit(self) -> None:
        """Commit and open the gate; a commit that fails leaves it closed until the rollback."""
        super().commit()
        self._leave()

    def rollback(self) -> None:
        """Roll back and open the gate."""
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        """Close, which rolls back, and open the gate."""
        try:
            super().close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._is_inside:
            self._is_inside = False
            self._gate.release()
            if self._after_write is not None:
                self._after_write()
