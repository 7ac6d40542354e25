"""The time in which a process takes on work."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event


class Shift:
    """Tells those at work when it is over, and whoever ends it when the last has left."""

    def __init__(self) -> None:
        self._over = Event()
        self._left = Condition()
        self._at_work = 0

    @property
    def is_over(self) -> bool:
        """The process is stopping: leave the work to the next one."""
        return self._over.is_set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count as at work for the length of the block."""
        with self._left:
            self._at_work += 1
        try:
            yield
        finally:
            with self._left:
                self._at_work -= 1
                self._left.notify_all()

    def end(self, patience_seconds: float) -> bool:
        """Say that it is over and wait for all to leave; False if some stay beyond the patience."""
        self._over.set()
        with self._left:
            return self._left.wait_for(lambda: not self._at_work, patience_seconds)
