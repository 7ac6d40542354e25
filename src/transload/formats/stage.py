"""A step of a pipeline, which runs in a thread beside its caller."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Stage(Generic[Given, Made]):
    """Calls `perform` item by item in a thread of its own, `depth` items ahead of its caller.

    What `perform` raises, the next `put` or `finish` raises; nothing is performed after that. As a
    context manager it stops at the end of the block.
    """

    def __init__(self, perform: Callable[[Given], Made], *, depth: int) -> None:
        self._perform = perform
        self._depth = depth
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._ahead: deque[Future[Made]] = deque()

    def __enter__(self) -> Self:
        """Give the stage itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, however the block ended."""
        self.stop()

    def put(self, item: Given) -> list[Made]:
        """Hand over an item; returns what was made of earlier ones, in their order.

        Waits while more than `depth` items are unfinished: memory stays bounded.
        """
        self._ahead.append(self._thread.submit(self._perform, item))
        made = []
        while len(self._ahead) > self._depth:
            made.append(self._take())
        return made

    def drain(self) -> list[Made]:
        """Wait for the items handed over; returns what is left to return."""
        made = []
        while self._ahead:
            made.append(self._take())
        return made

    def finish(self) -> list[Made]:
        """Do as `drain` does, and end the thread."""
        made = self.drain()
        self.stop()
        return made

    def stop(self) -> None:
        """Drop what has not begun and end the thread; stopping again changes nothing."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._ahead.clear()

    def _take(self) -> Made:
        try:
            return self._ahead.popleft().result()
        except BaseException:
            self.stop()
            raise
