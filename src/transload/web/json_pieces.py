"""A long JSON object, read a piece at a time.

To parse 64 MiB at once keeps every other thread of the process waiting for a second. So the text is
cut where one value of the object, or one item of a list in it, ends and the next begins.
"""

import re
from collections.abc import Callable
from typing import Any

from transload.errors import InvalidError, TooLargeError

MAX_PIECE_BYTES = 8 << 20
"""As much as a record of 1 MiB can have, whichever way its text is written."""
_ENOUGH_BYTES = 128 << 10
_WINDOW_BYTES = 1 << 20
# Atomic groups: before Python 3.11.5 a possessive repetition of a group keeps half a match of it.
_STRING = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_TEXT = re.compile(_STRING + rb"?", re.DOTALL)
_OBJECT = rb'\{(?>(?:[^"\[\]{}]++|' + _STRING + rb")*)\}"
_SCALAR = rb"[^ \t\n\r,:\[\]{}\"]++"
_BLANK = b" \t\n\r"
_FLAT = re.compile(_OBJECT, re.DOTALL)
_RUN = re.compile(
    rb"(?>(?:(?:%b|%b|%b)[ \t\n\r]*+,[ \t\n\r]*+)*)" % (_OBJECT, _STRING, _SCALAR), re.DOTALL
)
"""Items of a list that hold no further lists, each with the comma after it."""
_TOKEN = re.compile(_STRING + rb"?|[\[\]{}]", re.DOTALL)
_BLANKS = re.compile(rb"[ \t\n\r]*+")
_REST = re.compile(_SCALAR)
_OPENING = b"{["
_NO_JSON = "The request's body is not valid JSON."

Body = bytes | bytearray
Parse = Callable[[Body], Any]


def read_pieces(body: Body, parse: Parse) -> dict[str, Any]:
    """Give the JSON object in the body, each piece of it as `parse` gives it.

    Raises InvalidError if it is no JSON or no object, TooLargeError for a value in the object, or
    an item of a list in it, of more than 8 MiB.
    """
    return _Reader(body, parse).read()


def count_values(body: Body) -> int:
    """Count the values, each object and list as five: what stands in texts counts for nothing.

    A few too many are counted where the texts hold commas and brackets, unless it matters.
    """
    return sum(_count(body, at, at + _WINDOW_BYTES) for at in range(0, len(body), _WINDOW_BYTES))


def holds_more_values(body: Body, most: int) -> bool:
    """Tell whether there are more values than so many: as `count_values`, but nothing of the texts.

    It looks no further than it has to. JSON of so many values has twice as many texts at most.
    """
    values = at = 0
    for texts, found in enumerate(_TEXT.finditer(body), 1):
        values += _count(body, at, found.start())
        at = found.end()
        if values > most or texts > 2 * most:
            return True
    return values + _count(body, at, len(body)) > most


def _count(body: Body, start: int, end: int) -> int:
    containers = body.count(b"[", start, end) + body.count(b"{", start, end)
    return body.count(b",", start, end) + 5 * containers


class _Reader:
    """Reads one body from its start to its end."""

    def __init__(self, body: Body, parse: Parse) -> None:
        self._body = body
        self._parse = parse
        self._at = 0

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._next() != b"{":
            raise InvalidError("The request's body must be a JSON object.")
        self._at += 1
        if self._next() == b"}":
            self._at += 1
        else:
            while True:
                name, value = self._pair()
                found[name] = value
                if self._is_last(b"}"):
                    break
        if self._next():
            raise InvalidError(_NO_JSON)
        return found

    def _pair(self) -> tuple[str, object]:
        if self._next() != b'"':
            raise InvalidError(_NO_JSON)
        name = self._piece(self._at, self._end())
        if self._next() != b":":
            raise InvalidError(_NO_JSON)
        self._at += 1
        is_list = self._next() == b"["
        return name, self._list() if is_list else self._piece(self._at, self._end())

    def _list(self) -> list[object]:
        """Read a list, so many items at once as make a piece that is worth it."""
        items: list[object] = []
        self._at += 1
        if self._next() == b"]":
            self._at += 1
            return items
        while True:
            self._next()
            run = _RUN.match(self._body, self._at, self._at + _ENOUGH_BYTES)
            if run and run.end() > self._at:
                found = self._body[self._at : run.end()].rstrip(_BLANK)[:-1]
                items += self._parse(b"[" + found + b"]")
                self._at = run.end()
            else:
                items.append(self._piece(self._at, self._end()))
                if self._is_last(b"]"):
                    return items

    def _piece(self, start: int, end: int) -> Any:  # noqa: ANN401 - a value of JSON
        self._at = end
        return self._parse(self._body[start:end])

    def _is_last(self, closing: bytes) -> bool:
        """Go past the comma or the bracket that has to come; tell which it is."""
        found = self._next()
        self._at += 1
        if found == closing:
            return True
        if found != b",":
            raise InvalidError(_NO_JSON)
        return False

    def _next(self) -> bytes:
        """Go past blanks; give the byte that comes then, none at the end."""
        while True:
            end = self._at + _WINDOW_BYTES
            found = _BLANKS.match(self._body, self._at, end)
            self._at = found.end() if found else self._at
            if self._at < end:
                return bytes(self._body[self._at : self._at + 1])

    def _end(self) -> int:
        """Give where the value that begins here ends."""
        start = self._at
        limit = start + MAX_PIECE_BYTES
        first = self._body[start : start + 1]
        if first and first in _OPENING:
            found = _FLAT.match(self._body, start, limit)
            return found.end() if found else self._end_of_nested(limit)
        found = (_TEXT if first == b'"' else _REST).match(self._body, start, limit)
        if found is None:
            raise InvalidError(_NO_JSON)
        return self._within(found.end(), limit)

    def _end_of_nested(self, limit: int) -> int:
        depth = 0
        for found in _TOKEN.finditer(self._body, self._at, limit):
            token = self._body[found.start()]
            if token in b"[{":
                depth += 1
            elif token in b"]}":
                depth -= 1
                if not depth:
                    return found.end()
        self._within(limit, limit)
        raise InvalidError(_NO_JSON)

    def _within(self, end: int, limit: int) -> int:
        if end == limit and limit < len(self._body):
            most = f"{MAX_PIECE_BYTES >> 20} MiB"
            raise TooLargeError(f"One value of a request's body may have {most} at most.")
        return end
