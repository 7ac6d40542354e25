"""Lets only a few short reads run at once, first come, first served.

With many of them in threads at once the interpreter's lock goes from one to the other at every
statement, and to whoever happens to ask: the unlucky wait ten times as long as the others.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, Semaphore, move_on_after, to_thread
from fastapi import Depends

from transload.web.parts import part

_AT_ONCE = 3
_PATIENCE_SECONDS = 0.1
_MOST_THREADS = 40

Answer = TypeVar("Answer")


class ReadLimiter:
    """Runs short work in threads, three at once.

    A turn is a courtesy: what has waited 0.1 seconds runs without one, so that work that proves to
    be long holds up nobody. The threads are not those that writes wait in.
    """

    def __init__(self) -> None:
        """Start with no one waiting; used by the threads' loop alone."""
        self._turns = Semaphore(_AT_ONCE)
        self._threads = CapacityLimiter(_MOST_THREADS)

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Give what the work gives."""
        has_turn = False
        with move_on_after(_PATIENCE_SECONDS):
            await self._turns.acquire()
            has_turn = True
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            if has_turn:
                self._turns.release()


ReadLimiterPart = Annotated[ReadLimiter, Depends(part(ReadLimiter))]
