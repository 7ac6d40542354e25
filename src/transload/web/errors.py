"""Errors as answers: each kind has its status, each family of endpoints its shape."""

import logging
import traceback
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from transload import audit
from transload.clock import Clock
from transload.db.engine import Database, is_outage
from transload.errors import (
    NOT_FOUND,
    BusyError,
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidError,
    LaterError,
    NotFoundError,
    TooLargeError,
    TransloadError,
    UnauthenticatedError,
    UnavailableError,
    UnusableError,
)
from transload.lasting import reason_of
from transload.settings import Settings
from transload.web.envelope import json_response
from transload.web.paths import NamesRoute
from transload.web.request_log import shown_path
from transload.web.shares import SharedRoute

_STATUS: Mapping[type[TransloadError], int] = {
    InvalidError: 400,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    TooLargeError: 413,
    UnusableError: 422,
    GoneError: 499,
    BusyError: 429,
    UnavailableError: 503,
}
_BAD_REQUEST = "Bad request - invalid parameters provided."
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_METHOD_NOT_ALLOWED = 405
_HTTP_MESSAGES = {404: NOT_FOUND, 405: "Method not allowed"}
_OUT_OF_REACH = UnavailableError(
    "The database is out of reach for the moment; try again.", retry_after_seconds=5
)
_BROKEN_OFF = GoneError()
_log = logging.getLogger(__name__)

Found = TypeVar("Found")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


FailedCodes = Mapping[type[Exception], str]
"""The `failedCode` of each kind of error, and of all kinds below it."""


def error_route(
    *,
    explains: bool,
    extra: Mapping[str, object] | None = None,
    failed_codes: FailedCodes | None = None,
) -> type[APIRoute]:
    """Give a route class whose errors have `extra` keys, all but that for an unknown caller.

    With `failed_codes` each error, that one too, has a `failedCode` by its kind.

    With `explains`, an internal error also carries an `error` object that names the request's id
    (and, where the debug setting is on, the place in the code).
    """
    keys = partial(_more_keys, extra or {}, failed_codes)

    class ErrorRoute(NamesRoute, SharedRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except TransloadError as error:
                    if isinstance(error, ForbiddenError):
                        await run_in_threadpool(_record_denial, request, error)
                    return refusal(error, keys(error))
                except RequestValidationError as invalid:
                    named = _invalid_parameter(invalid)
                    return refusal(named, keys(named))
                except HTTPException:
                    raise
                except ClientDisconnect:  # nobody reads the answer; it stands in the log
                    return refusal(_BROKEN_OFF, keys(_BROKEN_OFF))
                except Exception as error:  # noqa: BLE001 - the last place before the wire
                    if is_outage(error):
                        _log.warning("The database is out of reach: %s", reason_of(error))
                        return refusal(_OUT_OF_REACH, keys(_OUT_OF_REACH))
                    return _failure(request, error, keys(error), explains=explains)

            return answer

    return ErrorRoute


def _invalid_parameter(error: RequestValidationError) -> TransloadError:
    """Give the refusal of a parameter that the framework reads; in a path, it leads to nothing."""
    fault = error.errors()[0]
    place, name = fault["loc"][0], fault["loc"][-1]
    if place == "path":
        return NotFoundError()
    return InvalidError(f"The {name} parameter is invalid: {fault['msg']}.")


def _more_keys(
    extra: Mapping[str, object], failed_codes: FailedCodes | None, error: Exception
) -> Mapping[str, object]:
    known = {} if isinstance(error, UnauthenticatedError) else dict(extra)
    if failed_codes is not None:
        known["failedCode"] = _by_kind(failed_codes, error)
    return known


def refusal(error: TransloadError, extra: Mapping[str, object]) -> Response:
    """Give the answer for a refusal."""
    headers = {}
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, LaterError):
        headers["Retry-After"] = str(error.retry_after_seconds)
    message = error.message
    if isinstance(error, InvalidError) and not error.is_whole:
        message = f"{_BAD_REQUEST} {message}"
    body = {"status": False, "message": message, **extra}
    return json_response(body, _by_kind(_STATUS, error), headers)


def _by_kind(table: Mapping[type[Any], Found], error: Exception) -> Found:
    """Give what the table has for the error's kind, or for the nearest kind above it."""
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def handle_http_errors(app: FastAPI) -> None:
    """Give the framework's own errors (unknown URL, wrong method) the standard envelope."""

    @app.exception_handler(HTTPException)
    async def _render(request: Request, error: HTTPException) -> Response:
        message = _HTTP_MESSAGES.get(error.status_code, str(error.detail))
        body = {"status": False, "message": message}
        headers = dict(error.headers or {})
        if error.status_code == _METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_allowed(app, request))
        return json_response(body, error.status_code, headers)


def _allowed(app: FastAPI, request: Request) -> list[str]:
    """Give the methods of all routes of the path; the framework knows those of the first alone.

    A path of its own, such as /data/bulk, is not the id that /data/{record_id} would take it for.
    """
    own = app.openapi()["paths"].get(request.url.path)
    if own is not None:
        return [method for method in _METHODS if method.lower() in own]
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in app.routes
        )
    ]


def _record_denial(request: Request, error: ForbiddenError) -> None:
    """Keep who was refused what; a holder of a bad link is nobody, and stands in the log alone."""
    who: audit.Who | None = getattr(request.state, "who", None)
    place = f"{request.method} {shown_path(request.scope['path'])}"
    if who is None:
        _log.warning("denied %s: %s", place, error.message)
        return
    parts = request.app.state.parts
    now = parts[Clock].now()
    with parts[Database].write() as connection:
        audit.record(
            connection,
            who,
            audit.Action.DENY,
            thing="request",
            thing_id=place,
            now=now,
            detail=error.message,
        )


def _failure(
    request: Request, error: Exception, extra: Mapping[str, object], *, explains: bool
) -> Response:
    request_id = request.scope.get("state", {}).get("request_id", "")
    _log.error("request %s failed", request_id, exc_info=error)
    if not explains:
        message = "Internal server error, please contact support."
        return json_response({"status": False, "message": message, **extra}, 500)
    body = {
        "status": False,
        "message": "Internal server error",
        **extra,
        "error": _explanation(request, error, request_id),
    }
    return json_response(body, 500)


def _explanation(request: Request, error: Exception, request_id: str) -> dict[str, object]:
    settings: Settings = request.app.state.parts[Settings]
    if not settings.debug:
        return {"message": request_id, "file": "", "line_of_code": 0}
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return {"message": repr(error), "file": frame.filename, "line_of_code": frame.lineno}
