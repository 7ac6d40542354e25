"""Whether somebody still waits for an answer; reads for clients that have gone are ended."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

from transload.counts import counted
from transload.db import patience
from transload.db.patience import Patience
from transload.errors import GoneError, InvalidError

ON_GONE = "on_gone"
"""Under this name a request's state has what the server calls when the client has gone."""
_LOOK_SECONDS = 0.1
_TOO_LONG = (
    "This takes longer than {seconds}: ask for less of it, by a hub, a type or a filter, "
    "sort by createdTime, or export it."
)
_served: ContextVar[Scope] = ContextVar("served")


def served() -> Scope:
    """Give the request that this work is for."""
    return _served.get()


class Waiting:
    """Gives each request its patience: until its client has gone, or a read takes too long."""

    def __init__(self, app: ASGIApp, *, most_seconds: int) -> None:
        """Wrap the application; a read of the store may take so many seconds, 0: any number."""
        self._app = app
        self._most_seconds = most_seconds
        self._too_long = InvalidError(_TOO_LONG.format(seconds=counted(most_seconds, "second")))
        self._waiting: set[Patience] = set()
        self._is_looking = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        mine = Patience()
        patience.begin(mine)
        _served.set(scope)
        scope.setdefault("state", {})[ON_GONE] = _loses(mine)
        self._waiting.add(mine)
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)
        try:
            await self._app(scope, receive, send)
        finally:
            self._waiting.discard(mine)

    def _look(self) -> None:
        """Look at all who wait, for as long as there are some."""
        loop = asyncio.get_running_loop()
        ended = []
        for one in self._waiting:
            if self._most_seconds and one.seconds() > self._most_seconds:
                one.lose(self._too_long)
            if one.is_lost and one.has_reads:
                ended.append(one)
        if ended:  # aside: PostgreSQL is told so over a connection of its own
            loop.run_in_executor(None, _interrupt_all, ended)
        self._is_looking = bool(self._waiting)
        if self._is_looking:
            loop.call_later(_LOOK_SECONDS, self._look)


def _loses(mine: Patience) -> Callable[[], None]:
    return lambda: mine.lose(GoneError())


def _interrupt_all(ended: list[Patience]) -> None:
    for one in ended:
        one.interrupt()
