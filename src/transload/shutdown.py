"""Stopping a process: no new work, and an end of the work that is under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event


class Shutdown:
    """Tells those at work that the process stops, and whoever stops it when the last has left."""

    def __init__(self) -> None:
        self._begun = Event()
        self._left = Condition()
        self._at_work = 0

    @property
    def has_begun(self) -> bool:
        """The process is stopping: leave the work to the next one."""
        return self._begun.is_set()

    @contextmanager
    def awaits(self) -> Iterator[None]:
        """Have the shutdown wait for the end of the block."""
        with self._left:
            self._at_work += 1
        try:
            yield
        finally:
            with self._left:
                self._at_work -= 1
                self._left.notify_all()

    def begin(self, patience_seconds: float) -> bool:
        """Stop, and wait for all to leave; False if some stay beyond the patience."""
        self._begun.set()
        with self._left:
            return self._left.wait_for(lambda: not self._at_work, patience_seconds)
