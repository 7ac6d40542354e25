"""Objects of JSON to a table: an array of them, or one a line. Each key is a column.

Where every object stands on a line of its own, as in what is exported here, a line that is no
object is a faulty row. A file in another form is taken whole or not at all. Whole numbers keep
every digit, others are doubles. Of a key that an object has twice, the last value counts, as in
most readers.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import orjson
import polars as pl

from transload.formats.reading.batches import Batch
from transload.formats.reading.cells import spelled_cell
from transload.formats.reading.model import (
    MAX_CELL_BYTES,
    Cause,
    Form,
    Kind,
    Limits,
    Table,
    UnreadableError,
)
from transload.formats.reading.tables import write_rows

_BATCH_ROWS = 2_000
_SHOWN_CHARACTERS = 100
_LONG_WHOLE = re.compile(rb"[0-9]{16}")
_NO_OBJECTS = "The JSON is no array of objects, and no lines with an object each: {}."

Found = tuple[int, dict[str, object] | None, str]
"""A line or number from 1, and the object there, or the text that is none."""


def read_json(source: Path, rows: Path, kind: Kind, limits: Limits) -> Table:
    """Read a file of objects; raises UnreadableError."""
    documents: Callable[[Path], Iterator[Found]] = _array if kind is Kind.JSON else _lines
    try:
        keys = _keys(documents(source), limits, is_strict=kind is Kind.JSON)
    except _NotByLinesError:
        documents = _whole
        keys = _keys(_whole(source), limits, is_strict=True)
    if not keys:
        raise UnreadableError(Cause.EMPTY, "There is no object with a value in the file.")
    written = write_rows(
        _batches(documents(source), keys),
        rows,
        titles=keys,
        convert=_converted,
        has_forms=True,
        limits=limits,
    )
    return Table(
        kind=kind,
        titles=written.titles,
        header_row=1,
        rows=written.rows,
        faulty_rows=written.faulty_rows,
        has_forms=True,
    )


class _NotByLinesError(Exception):
    """A line is no object, where not every line has to be one."""


def _keys(documents: Iterator[Found], limits: Limits, *, is_strict: bool) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for _, document, _ in documents:
        if document is None and is_strict:
            raise _NotByLinesError
        keys.update(dict.fromkeys(document or ()))
        if len(keys) > limits.columns:
            raise UnreadableError(
                Cause.TOO_LARGE, f"The objects have more than {limits.columns:,} keys: remove some."
            )
    return tuple(keys)


def _lines(source: Path) -> Iterator[Found]:
    """Give what stands on each line that is not blank."""
    with source.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
            if text:
                yield number, _object(text), text[:_SHOWN_CHARACTERS].decode("utf-8", "replace")


def _array(source: Path) -> Iterator[Found]:
    """Give the objects of an array that has each on a line; one that is not closed is no object."""
    is_open = False
    number = 0
    with source.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
            if not is_open and text.startswith(b"["):
                is_open, text = True, text[1:]
            if text.endswith(b"]"):
                is_open, text = False, text[:-1]
            text = text.strip().removesuffix(b",")
            if text:
                yield number, _object(text), ""
    if is_open or not number:
        yield number, None, ""


def _object(text: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(text) if _LONG_WHOLE.search(text) else orjson.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _whole(source: Path) -> Iterator[Found]:
    content = source.read_bytes()
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise UnreadableError(
            Cause.TOO_COMPLEX, "The JSON is nested too deeply to be a table."
        ) from error
    except ValueError as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "its encoding is wrong"
        raise UnreadableError(Cause.NO_TABLE, _NO_OBJECTS.format(reason)) from error
    objects = [found] if isinstance(found, dict) else found
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise UnreadableError(Cause.NO_TABLE, _NO_OBJECTS.format("something else is among them"))
    for number, one in enumerate(objects, start=1):
        yield number, one, ""


def _batches(documents: Iterator[Found], keys: tuple[str, ...]) -> Iterator[Batch]:
    while taken := list(islice(documents, _BATCH_ROWS)):
        yield Batch(
            lines=[number for number, _, _ in taken],
            rows=[
                [None] * len(keys) if document is None else [document.get(key) for key in keys]
                for _, document, _ in taken
            ],
            faults={
                at: f"This line is no object of JSON: {text}"
                for at, (_, document, text) in enumerate(taken)
                if document is None
            },
        )


def _converted(values: Sequence[object]) -> tuple[pl.Series, pl.Series]:
    spelled = [_spelled(value) for value in values]
    return (
        pl.Series([text for _, text in spelled], dtype=pl.String),
        pl.Series([form for form, _ in spelled], dtype=pl.UInt8),
    )


def _spelled(value: object) -> tuple[int, str | None]:
    match value:
        case None:
            return Form.TEXT.value, None
        case str():
            return _bounded(Form.TEXT, value)
        case bool():
            return Form.BOOLEAN.value, spelled_cell(value)
        case int() | float():
            return Form.NUMBER.value, spelled_cell(value)
        case _:
            return _bounded(Form.LIST, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _bounded(form: Form, text: str) -> tuple[int, str]:
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:
        # Half of a pair, which no text of UTF-8 has.
        return Form.BAD_BYTES.value, text.encode("utf-8", "replace").decode()
    if size > MAX_CELL_BYTES:
        return Form.TOO_LONG.value, text[:_SHOWN_CHARACTERS]
    return form.value, text
