"""Server-sent events: a thing is looked at again and again, and told of whenever it has changed.

The format is that of https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from transload.errors import TransloadError
from transload.shutdown import Shutdown
from transload.web.openapi import JSON, example_text
from transload.web.parts import part

EVENT_STREAM = "text/event-stream"
_WITHOUT_PIECES = "1.0"
_HEARTBEAT = b": still here\n\n"

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long it is between two looks, and how long there is silence at most.

    All who wait look `looks_a_second` times together: where they are many, each looks more seldom.
    """

    look_seconds: float
    silence_seconds: float
    looks_a_second: int


PACE = Pace(look_seconds=0.5, silence_seconds=15, looks_a_second=100)


class Watchers:
    """How many wait for changes in this process; used by the loop that serves them alone."""

    def __init__(self) -> None:
        """Start with nobody."""
        self.number = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count one more for the length of the block."""
        self.number += 1
        try:
            yield
        finally:
            self.number -= 1


WatchersPart = Annotated[Watchers, Depends(part(Watchers))]


async def changes(
    first: Seen,
    look: Callable[[], Seen],
    *,
    is_last: Callable[[Seen], bool],
    listening: Shutdown,
    watchers: Watchers,
    pace: Pace = PACE,
) -> AsyncIterator[Seen | None]:
    """Yield what was seen first, then whatever is seen to differ, and None after a long silence.

    Ends after the last, when nobody is listened to any more, and when a look is refused: what was
    allowed when it began may be allowed no longer. A look has a thread for its own time only.
    """
    with watchers.one_more():
        seen, spoke, looked = first, monotonic(), monotonic()
        yield seen
        while not (is_last(seen) or listening.has_begun):
            await asyncio.sleep(pace.look_seconds)
            found = seen
            if monotonic() - looked >= watchers.number / pace.looks_a_second:
                looked = monotonic()
                try:
                    found = await run_in_threadpool(look)
                except TransloadError:
                    return
            if found != seen:
                seen, spoke = found, monotonic()
                yield seen
            elif monotonic() - spoke >= pace.silence_seconds:
                spoke = monotonic()
                yield None


async def event_stream(
    request: Request, objects: AsyncIterator[Mapping[str, object] | None]
) -> Response:
    """Answer with an event for each object, as JSON, and a comment for each None.

    HTTP/1.0 has no bodies in pieces: such a client is told of the first object, and asks again.
    """

    async def lines() -> AsyncGenerator[bytes, None]:
        async for one in objects:
            yield _HEARTBEAT if one is None else b"data: %b\n\n" % orjson.dumps(one)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if request.scope["http_version"] == _WITHOUT_PIECES:
        async with aclosing(lines()) as told:
            return Response(await anext(told), media_type=EVENT_STREAM, headers=headers)
    return StreamingResponse(lines(), media_type=EVENT_STREAM, headers=headers)


def as_events(description: dict[str, Any]) -> dict[str, Any]:
    """Give an endpoint's description for one that answers with events of what it describes."""
    responses = dict(description["responses"])
    told = orjson.loads(responses[200]["content"][JSON]["example"])["data"]
    example = example_text(f"data: {orjson.dumps(told).decode()}\n\n")
    responses[200] = {
        "description": "Events, each with such an object as its data, and comments between them.",
        "content": {EVENT_STREAM: {"schema": {}, "example": example}},
    }
    return {**description, "responses": responses, "response_class": StreamingResponse}
