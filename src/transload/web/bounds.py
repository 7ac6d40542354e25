"""What one request may cost the others: its body, what it holds in memory, how it is answered."""

from collections import defaultdict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transload.errors import BusyError, TooLargeError, UnavailableError

SMALL = 64 << 10
"""Bytes of the body of a route that names no other bound, and of every form without a file."""
AS_SET = 1 << 50
"""For bulk work: as much as the setting MAX_BODY_MIB allows."""
STREAMED = 1 << 60
"""For a file: its handler stops it, and holds none of it in memory."""
MAX_BODY = "x-max-body-bytes"
_MIB = 1 << 20
_KIB = 1 << 10
_PIECE_BYTES = 256 << 10
_RETRY_SECONDS = 2
_HELD = "held"


class Memory:
    """Counts what requests hold in bytes, for the process and for each organization.

    Bodies and answers count from the moment they are there, or asked for, until the answer is sent.
    One organization holds half of it all at most.
    """

    def __init__(self, most_bytes: int) -> None:
        """Take the bound of the process."""
        self._most = most_bytes
        self._most_of_one = most_bytes // 2
        self._lock = Lock()
        self._sum = 0
        self._sums: defaultdict[str, int] = defaultdict(int)

    def take(self, organization_id: str, size: int) -> None:
        """Count bytes in. Raises BusyError or UnavailableError where that would be too many."""
        with self._lock:
            if self._sums[organization_id] + size > self._most_of_one:
                raise BusyError(
                    "Your organization's requests hold as much memory as they may; try again.",
                    retry_after_seconds=_RETRY_SECONDS,
                )
            if self._sum + size > self._most:
                raise UnavailableError(
                    "The service holds as many requests as it can; try again.",
                    retry_after_seconds=_RETRY_SECONDS,
                )
            self._sum += size
            self._sums[organization_id] += size

    def give_back(self, organization_id: str, size: int) -> None:
        """Count bytes out again."""
        with self._lock:
            self._sum -= size
            self._sums[organization_id] -= size
            if not self._sums[organization_id]:
                del self._sums[organization_id]


class Held:
    """What one request holds."""

    def __init__(self, memory: Memory, state: Mapping[str, Any]) -> None:
        """Begin with nothing."""
        self._memory = memory
        self._state = state
        self._taken: dict[str, int] = {}

    def add(self, size: int) -> None:
        """Hold more. Raises BusyError or UnavailableError where there is no more to be had."""
        who = self._state.get("who")
        organization_id = "" if who is None else who.organization_id
        self._memory.take(organization_id, size)
        self._taken[organization_id] = self._taken.get(organization_id, 0) + size

    def give_back(self) -> None:
        """Hold nothing any more."""
        while self._taken:
            self._memory.give_back(*self._taken.popitem())


def hold(scope: Scope, size: int) -> None:
    """Count bytes that the request is about to hold until it is answered.

    Raises BusyError for an organization that holds too much, UnavailableError for a process.
    """
    held: Held | None = scope["state"].get(_HELD)
    if held is not None:
        held.add(size)


def bound_body(scope: Scope, most_bytes: int) -> None:
    """Have the request's body end sooner than its route says."""
    scope["state"][MAX_BODY] = most_bytes


class RequestBounds:
    """Bounds each request's body by its route, and what all of them hold together.

    A body is stopped as soon as it is over its bound: the handler meets TooLargeError. A long
    answer goes out in pieces, so that it is held here, and counted, for as long as nobody takes it.
    """

    def __init__(self, app: ASGIApp, *, max_mib: int, memory: Memory) -> None:
        """Wrap the application; no body has more than `max_mib`, whatever its route says."""
        self._app = app
        self._max_bytes = max_mib * _MIB
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        held = state[_HELD] = Held(self._memory, state)
        came = 0

        async def receive_some() -> Message:
            nonlocal came
            message = await receive()
            size = len(message.get("body", b""))
            if size:
                came += size
                asked = state.get(MAX_BODY) or _bound_of_route(scope)
                if asked == STREAMED:
                    return message
                bound = min(self._max_bytes, asked)
                if came > bound:
                    raise TooLargeError(f"A request's body may have {_shown(bound)} at most.")
                held.add(size)
            return message

        async def send_some(message: Message) -> None:
            body = message.get("body", b"")
            if len(body) <= _PIECE_BYTES:
                await send(message)
                return
            last = len(body) - 1
            for start in range(0, len(body), _PIECE_BYTES):
                piece = body[start : start + _PIECE_BYTES]
                is_last = start + _PIECE_BYTES > last
                more = message.get("more_body", False) or not is_last
                await send({**message, "body": piece, "more_body": more})

        try:
            await self._app(scope, receive_some, send_some)
        finally:
            held.give_back()


def _bound_of_route(scope: Scope) -> int:
    extra = getattr(scope.get("route"), "openapi_extra", None) or {}
    bound: int = extra.get(MAX_BODY, SMALL)
    return bound


def _shown(size: int) -> str:
    return f"{size // _MIB} MiB" if size >= _MIB else f"{size // _KIB} KiB"
