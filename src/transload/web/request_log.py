"""Each request's id, its line in the log, its figures and its trace."""

import logging
import re
import secrets
import time
from collections.abc import Collection
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transload.telemetry.context import begin_request
from transload.telemetry.logs import details
from transload.telemetry.metrics import Metrics
from transload.telemetry.tracing import Tracing, Untraced

_ID_HEADER = "X-Request-Id"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_MAX_PATH_LENGTH = 500
_UNMATCHED = "unmatched"
_SERVER_ERROR = 500
_log = logging.getLogger(__name__)


def shown_path(path: str) -> str:
    """Give a path as logs and events keep it: no line feed in it, and no more than its start."""
    return quote(shortened(path))


def shortened(path: str) -> str:
    """Give a path's first 500 characters."""
    return path if len(path) <= _MAX_PATH_LENGTH else f"{path[:_MAX_PATH_LENGTH]}..."


class RequestLog:
    """Gives each request an id, the caller's own if it is sane, and tells what became of it.

    Every answer carries the id in `X-Request-Id`. Query strings are left out: a download link's
    holds its signature. A line feed that a path holds does not begin a line.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        prefix: str,
        quiet: Collection[str],
        metrics: Metrics,
        tracing: Tracing,
    ) -> None:
        """Wrap the application, whose routers stand below the prefix.

        The `quiet` paths are asked for all the time: untraced, and logged at `debug` alone.
        """
        self._app = app
        self._prefix = prefix
        self._quiet = quiet
        self._metrics = metrics
        self._tracing = tracing
        self._untraced = Untraced()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        given = headers.get(_ID_HEADER, "")
        request = begin_request(given if _SANE_ID.fullmatch(given) else secrets.token_hex(8))
        scope.setdefault("state", {})["request_id"] = request.id
        is_quiet = path in self._quiet
        tracing = self._untraced if is_quiet else self._tracing
        started = time.perf_counter()
        status = _SERVER_ERROR

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_ID_HEADER] = request.id
            await send(message)

        with tracing.request(headers.get("traceparent", "")) as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - started
                method, route = scope["method"], self._route(scope)
                self._metrics.add_request(method, route, status, seconds)
                queued = {"transload.queued": " ".join(request.queued)} if request.queued else {}
                attributes = {
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": status,
                    "transload.request.id": request.id,
                    **queued,
                }
                span.tell(f"{method} {route}", attributes, has_failed=status >= _SERVER_ERROR)
                milliseconds = round(seconds * 1_000, 1)
                extra = details(
                    method=method,
                    path=shortened(path),
                    route=route,
                    status=status,
                    milliseconds=milliseconds,
                    queued=request.queued,
                )
                level = logging.DEBUG if is_quiet else logging.INFO
                line = "%s %s %d %.1f ms"
                _log.log(level, line, method, shown_path(path), status, milliseconds, extra=extra)

    def _route(self, scope: Scope) -> str:
        """Give the template of the route; the framework leaves its router's prefix out."""
        template: str | None = getattr(scope.get("route"), "path", None)
        if template is None:
            is_fixed = "endpoint" in scope and not scope.get("path_params")
            return scope["path"] if is_fixed else _UNMATCHED
        is_below = scope["path"].startswith(f"{self._prefix}/")
        is_whole = template.startswith(self._prefix)
        return self._prefix + template if is_below and not is_whole else template
