"""Paths of requests: one spelling for each, and names in them whatever their characters are."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

_PLAIN = "!$&'()*+,;=:@"
"""What a segment may have beside letters, digits and `-._~` (RFC 3986, `pchar`)."""


class OneSpelling:
    """Serves every path with and without its trailing slash, percent-encoded or not.

    Routes are found by the path that is encoded wherever it can be: a slash that is sent as `%2F`,
    or a line feed, belongs to a name. A `NamesRoute` decodes the names.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            sent: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
            # In place: those outside of here look for the route that is found.
            scope["path"] = _spelled(sent.rstrip(b"/"))
        await self._app(scope, receive, send)


class NamesRoute(APIRoute):
    """A route whose names in the path are given as they are meant. What is no UTF-8 is no name."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is this route's, and give the names."""
        match, found = super().matches(scope)
        if match is Match.NONE:
            return match, found
        try:
            found["path_params"] = _decoded(found["path_params"])
        except UnicodeDecodeError:
            return Match.NONE, {}
        return match, found


def _spelled(path: bytes) -> str:
    segments = (quote(unquote_to_bytes(one), safe=_PLAIN) for one in path.split(b"/"))
    return "/".join(segments) or "/"


def _decoded(names: Mapping[str, Any]) -> dict[str, Any]:
    return {key: unquote_to_bytes(name).decode() for key, name in names.items()}
