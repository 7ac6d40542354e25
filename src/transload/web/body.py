"""JSON bodies."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from transload.errors import InvalidError, TooLargeError
from transload.web.bounds import hold
from transload.web.json_pieces import Body, count_values, holds_more_values, read_pieces

KEY_HEADER = "Idempotency-Key"
"""By which a request names itself, so that it is done once."""
MAX_VALUES = 2_100_000
"""As many as 2,000 records of 1,000 fields have; ten times as many keep the process for seconds."""
_VALUE_BYTES = 64
_MAX_EXACT = 2**53
_NUL = b"\\u0000"
_SHORT_BYTES = 64 << 10
_WHOLE_BYTES = 1 << 20
_WHOLE_VALUES = 200_000
_ALONE = Lock()


def read_json_object(body: Body) -> dict[str, Any]:
    """Give the JSON object in the body; raise InvalidError if it is no JSON or no object.

    Raises TooLargeError for more than 2,100,000 values, an object or a list counted as five.

    What JSON can say and no record can hold (lone surrogates, NaN, integers beyond 2^53) comes
    through exactly, so that it can be named where it stands and spoils nothing beside it.
    """
    return _read(body, count_values(body))


def _read(body: Body, values: int) -> dict[str, Any]:
    if values > MAX_VALUES and holds_more_values(body, MAX_VALUES):
        raise TooLargeError(f"A request's body may hold {MAX_VALUES} values at most.")
    if _is_long(body, values):
        return read_pieces(body, _parse)
    value = _parse(body)
    if not isinstance(value, dict):
        raise InvalidError("The request's body must be a JSON object.")
    return value


def _is_long(body: Body, values: int) -> bool:
    """Tell whether a body is read in pieces, and while no other such body is."""
    return len(body) > _WHOLE_BYTES or values > _WHOLE_VALUES


def _parse(text: Body) -> Any:  # noqa: ANN401 - a value of JSON
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_exactly(text)
    return _parse_exactly(text) if _has_inexact(value) else value


def _parse_exactly(text: Body) -> object:
    try:
        return json.loads(text.decode("utf-8-sig", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise InvalidError("The request's body is not valid JSON.") from error


def _has_inexact(value: object) -> bool:
    """Tell whether a float may have been an integer with more digits than a float holds."""
    pending = [value]
    while pending:
        item = pending.pop()
        for one in _within(item):
            if isinstance(one, float):
                if abs(one) > _MAX_EXACT:
                    return True
            elif isinstance(one, dict | list):
                pending.append(one)
    return False


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else (value,)


async def read_bulk(request: Request) -> dict[str, Any]:
    """Give the body's JSON object; the items in it are checked one by one, later."""
    return await aside(request, read_json_object)


async def read_strict(request: Request) -> dict[str, Any]:
    """Give the body's JSON object; raise InvalidError if a text in it is none that can be kept."""
    return await aside(request, _read_strict)


async def aside(request: Request, read: Callable[[Body], dict[str, Any]]) -> dict[str, Any]:
    """Give what is read of the body: of a long one in a thread, while others are served."""
    body = await whole_body(request)
    if len(body) <= _SHORT_BYTES:
        return read(body)
    values = await run_in_threadpool(count_values, body)
    hold(request.scope, min(values, MAX_VALUES) * _VALUE_BYTES)
    if _is_long(body, values):
        return await run_in_threadpool(_read_alone, read, body)
    return await run_in_threadpool(read, body)


def _read_alone(read: Callable[[Body], dict[str, Any]], body: Body) -> dict[str, Any]:
    """Read a long body while no other thread of the process reads one.

    A piece of it keeps the interpreter for milliseconds, so two threads are no faster than one.
    With eight, the event loop waited for each of the others in turn: up to a second.
    """
    with _ALONE:
        return read(body)


async def whole_body(request: Request) -> bytearray:
    """Give the body as it came. Raises TooLargeError where it is more than the route takes.

    Of a request that names itself, its digest is kept beside it.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
    if KEY_HEADER in request.headers:
        request.state.body_digest = hashlib.sha256(body).hexdigest()
    return body


def _read_strict(body: Body) -> dict[str, Any]:
    value = read_json_object(body)
    try:
        text = orjson.dumps(value)
    except TypeError as error:
        raise InvalidError("The request's body holds a text or a number out of range.") from error
    if _NUL in text and _holds_nul(value):
        raise InvalidError("The request's body holds U+0000.")
    if not _is_finite(value):
        raise InvalidError("The request's body holds a number that is not finite.")
    return value


def _is_finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(_holds_nul(item) for item in value)
    return isinstance(value, str) and "\0" in value


JsonBody = Annotated[dict[str, Any], Depends(read_strict)]
BulkBody = Annotated[dict[str, Any], Depends(read_bulk)]
