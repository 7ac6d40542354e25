"""Threads for signing in, apart from those that serve people who are signed in."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from transload.errors import BusyError

_RETRY_SECONDS = 2

Answer = TypeVar("Answer")


class SignInThreads:
    """Runs so much at once, has so many wait, and sends the others away."""

    def __init__(self, *, at_once: int, most_waiting: int) -> None:
        """Take how much is done at once."""
        self._limiter = CapacityLimiter(at_once)
        self._most_waiting = most_waiting
        self._waiting = 0

    async def aside(self, work: Callable[[], Answer]) -> Answer:
        """Give what the work gives; raise BusyError where too many wait already.

        Called from the threads' loop alone.
        """
        if self._waiting >= self._most_waiting:
            raise BusyError(
                "Many are signing in at this moment; try again.", retry_after_seconds=_RETRY_SECONDS
            )
        self._waiting += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._waiting -= 1
