"""How long exports lie still when the process that was at work on them is gone."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from transload.db.engine import Database
from transload.db.tables import exports

_LOOK_SECONDS = 0.1
_RUNNING = text(
    "SELECT workflow_uuid FROM dbos.workflow_status "
    "WHERE status = 'PENDING' AND name = 'export' AND executor_id LIKE :worker"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    since: float
    claim: int
    is_disturbed: bool


class TakeOvers:
    """Looks at the exports ten times a second, from outside, for the length of a `with` block.

    `seconds` are the waits between the end of a process and the next claim of what it had begun;
    `disturbed_seconds` are those in which the database was away for a while too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: dict[str, _Left] = {}
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._go_on, name="take-overs")
        self.seconds: list[float] = []
        self.disturbed_seconds: list[float] = []

    def __enter__(self) -> Self:
        """Start to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def begun_by(self, pid: int) -> list[str]:
        """Give the exports that the worker with that process id is at work on."""
        with suppress(DBAPIError), self._database.read() as connection:
            found = connection.execute(_RUNNING, {"worker": f"%-{pid}-%"}).scalars()
            return [name.removeprefix("export-") for name in found]
        return []

    def left(self, export_ids: list[str]) -> None:
        """Say that nobody is at work on these any more, as far as they have not ended just now."""
        now = time.monotonic()
        with suppress(DBAPIError):
            running = self._running()
            with self._lock:
                for one in running.keys() & set(export_ids):
                    self._left[one] = _Left(since=now, claim=running[one], is_disturbed=False)

    def disturb(self) -> None:
        """Say that the database goes away."""
        with self._lock:
            for one, left in self._left.items():
                self._left[one] = _Left(since=left.since, claim=left.claim, is_disturbed=True)

    def _go_on(self) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            with suppress(DBAPIError):
                self._look()

    def _running(self) -> dict[str, int]:
        statement = select(exports.c.id, exports.c.claim).where(exports.c.status == "Processing")
        with self._database.read() as connection:
            return {row.id: row.claim for row in connection.execute(statement)}

    def _look(self) -> None:
        running = self._running()
        now = time.monotonic()
        with self._lock:
            for one, left in list(self._left.items()):
                if running.get(one) != left.claim:
                    waits = self.disturbed_seconds if left.is_disturbed else self.seconds
                    waits.append(now - left.since)
                    del self._left[one]
