"""Threads for what requests ask for, of which one organization has a few at most.

So whoever sends many requests waits for their own, and finds others' answered meanwhile.
"""

from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends
from fastapi.routing import APIRoute

from transload.db.patience import require_patience
from transload.web.parts import part
from transload.web.waiting import served

_MOST_THREADS = 40
_MOST_OF_ONE = 8
_MOST_SHORT_OF_ONE = 3
_MOST_LONG = 6
_MOST_LONG_OF_ONE = 2

Answer = TypeVar("Answer")


class Shares:
    """Runs work in threads; what is over an organization's share waits for its own to end."""

    def __init__(self, most: int = _MOST_THREADS, most_of_one: int = _MOST_OF_ONE) -> None:
        """Take how many threads there are, and how many of them one organization has at most."""
        self._threads = CapacityLimiter(most)
        self._most_of_one = most_of_one
        self._shares: dict[str, CapacityLimiter] = {}

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Give what the work gives, unless nobody waits for it any more."""
        who = served()["state"].get("who")
        name = "" if who is None else who.organization_id
        share = self._shares.setdefault(name, CapacityLimiter(self._most_of_one))
        try:
            async with share:
                require_patience()
                return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            statistics = share.statistics()
            if not (statistics.borrowed_tokens or statistics.tasks_waiting):
                self._shares.pop(name, None)


class LongReads(Shares):
    """Those that may go through all there is: few at once, for they take the machine's cores."""

    def __init__(self) -> None:
        """Start with nobody."""
        super().__init__(_MOST_LONG, _MOST_LONG_OF_ONE)


class ShortReads(Shares):
    """Those that an index leads to: apart from the threads in which writes wait for each other.

    They are work for the interpreter, whose lock goes round among those who are at it: with more at
    once of one organization, some would be answered much later than others.
    """

    def __init__(self) -> None:
        """Start with nobody."""
        super().__init__(most_of_one=_MOST_SHORT_OF_ONE)


LongReadsPart = Annotated[LongReads, Depends(part(LongReads))]
ShortReadsPart = Annotated[ShortReads, Depends(part(ShortReads))]


class SharedRoute(APIRoute):
    """A route whose handler, where it runs in a thread, has one of its caller's share."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:  # noqa: ANN401 - the framework's own
        """Take what every route takes."""
        super().__init__(path, _in_its_share(endpoint), **more)


def _in_its_share(handle: Callable[..., Any]) -> Callable[..., Any]:
    """Give a handler of requests that runs in a thread of its caller's share, if it needs one."""
    if iscoroutinefunction(handle):
        return handle

    @wraps(handle)
    async def run(**values: Any) -> Any:  # noqa: ANN401 - whatever the handler takes and gives
        shares: Shares = served()["app"].state.parts[Shares]
        return await shares.run(partial(handle, **values))

    return run
