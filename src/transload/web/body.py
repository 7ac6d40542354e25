"""JSON bodies."""

import json
import math
import re
from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from transload.errors import InvalidError, TooLargeError

MAX_VALUES = 2_100_000
"""As many as 2,000 records of 1,000 fields have; ten times as many keep the process for seconds."""
_MAX_EXACT = 2**53
_NUL = b"\\u0000"
_SHORT_BYTES = 64 << 10
_LARGE = re.compile(rb"[:,\[\s]-?(?:\d{16}|\d[\d.]*[eE])")
"""What stands in a body that has a number beyond 2^53: much sooner told than by its values."""
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def read_json_object(body: bytes) -> dict[str, Any]:
    """Give the JSON object in the body; raise InvalidError if it is no JSON or no object.

    Raises TooLargeError for more than 2,100,000 values.

    What JSON can say and no record can hold (lone surrogates, NaN, integers beyond 2^53) comes
    through exactly, so that it can be named where it stands and spoils nothing beside it.
    """
    _check_values(body)
    try:
        value = orjson.loads(body)
        if _LARGE.search(body) and _has_inexact(value):
            value = json.loads(body)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise InvalidError("The request's body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise InvalidError("The request's body must be a JSON object.")
    return value


def _check_values(body: bytes) -> None:
    """Raise TooLargeError for a body of too many values, before one of them is made."""
    if _most_values(body) > MAX_VALUES and _most_values(_TEXT.sub(b"", body)) > MAX_VALUES:
        raise TooLargeError(f"A request's body may hold {MAX_VALUES} values at most.")


def _most_values(body: bytes) -> int:
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _has_inexact(value: object) -> bool:
    """Tell whether a float may have been an integer with more digits than a float holds."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, float) and abs(item) > _MAX_EXACT and math.isfinite(item):
            return True
    return False


async def read_bulk(request: Request) -> dict[str, Any]:
    """Give the body's JSON object; the items in it are checked one by one, later."""
    return await aside(read_json_object, await request.body())


async def read_strict(request: Request) -> dict[str, Any]:
    """Give the body's JSON object; raise InvalidError if a text in it is none that can be kept."""
    return await aside(_read_strict, await request.body())


async def aside(read: Callable[[bytes], dict[str, Any]], body: bytes) -> dict[str, Any]:
    """Give what is read of a body: of a long one in a thread, while others are served."""
    return read(body) if len(body) <= _SHORT_BYTES else await run_in_threadpool(read, body)


def _read_strict(body: bytes) -> dict[str, Any]:
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
