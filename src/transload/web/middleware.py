"""What every request passes through: what is accepted, and who may read the answer."""

from asyncio import CancelledError

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transload.errors import StoppingError
from transload.web.envelope import json_response
from transload.web.errors import refusal
from transload.web.events import EVENT_STREAM

_EVENTS = "/events"
_ACCEPTED = ("application/json", "application/*", "*/*")


class OnlyJson:
    """Answers 406 below a prefix to a client that takes no JSON, and no events where there are."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        """Wrap the application."""
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(self._prefix):
            accept = Headers(scope=scope).get("accept", "*/*")
            wanted = {choice.partition(";")[0].strip().lower() for choice in accept.split(",")}
            served = {*_ACCEPTED, ""}
            if scope["path"].endswith(_EVENTS):
                served.add(EVENT_STREAM)
            if not wanted & served:
                body = {"status": False, "message": "Only application/json is served."}
                await json_response(body, 406)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SafeHeaders:
    """Has browsers neither guess what an answer is, nor frame it, nor keep what a user was told."""

    def __init__(self, app: ASGIApp, *, not_kept: tuple[str, ...]) -> None:
        """Wrap the application; answers whose paths begin with `not_kept` are never stored."""
        self._app = app
        self._not_kept = not_kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a header that the answer has itself stays."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("X-Frame-Options", "DENY")
                if scope["path"].startswith(self._not_kept):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_safely)


class Stopping:
    """Refuses what a stop cuts off; what is being sent by then ends where it is."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except CancelledError:  # the server's, of all that is not done when its grace is over
            if scope["type"] != "http":
                raise
            if not has_begun:
                await refusal(StoppingError(), {})(scope, receive, send)


class ApiCors(CORSMiddleware):
    """Lets pages of other origins read what the API answers, and nothing else of the service."""

    def __init__(
        self, app: ASGIApp, *, prefixes: tuple[str, ...], origins: list[str], exposed: list[str]
    ) -> None:
        """Wrap the application."""
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=exposed,
        )
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not scope["path"].startswith(self._prefixes):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
