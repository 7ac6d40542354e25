"""Parses stored documents into frames (polars tables)."""

from collections.abc import Sequence
from typing import assert_never

import orjson
import polars as pl

from transload.formats.columns import Column, Kind

_DATES = {Kind.DATE, Kind.DATE_TIME}
_TO_SECONDS = len("YYYY-MM-DD HH:MM:SS")
_IN_UTC = "+00:00"
_FLAT_ARRAY = r'\[(?:[^"\[\]]|"(?:[^"\\]|\\.)*")*\]'


def read_lines(
    lines: bytes, columns: Sequence[Column], *, keeps_dates_spelled: bool = False
) -> pl.DataFrame:
    """Read documents, one JSON object a line, into a frame with exactly `columns`, named by id.

    Values are canonical: text as a string, a number as a number, a date as "YYYY-MM-DD", a
    date-time (UTC) as "YYYY-MM-DD HH:MM:SS" with or without ".mmm", or as ISO 8601 with "+00:00",
    a list as an array. Null or
    a missing key is no value; further keys are skipped. Numbers are read to the nearest double;
    a list becomes the text of its JSON array, byte for byte where that has no blanks around items,
    nor arrays or objects in it. Dates and date-times can be kept as the text that they are stored
    as.
    Raises ValueError when a line is not JSON or a value is not of its column's kind.
    """
    schema = {column.id: _stored_type(column.kind) for column in columns}
    try:
        stored = pl.read_ndjson(lines, schema=schema)
        return pl.DataFrame(
            [
                stored.get_column(column.id)
                if keeps_dates_spelled and column.kind in _DATES
                else _typed(stored, column, lines)
                for column in columns
            ]
        )
    except pl.exceptions.PolarsError as error:
        raise ValueError("A stored document does not have the canonical form.") from error


def split_lines(lines: bytes) -> pl.Series:
    """Give each line as a text."""
    return pl.Series([lines], dtype=pl.Binary).cast(pl.String).str.split("\n").explode()


def _stored_type(kind: Kind) -> type[pl.DataType]:
    match kind:
        case Kind.NUMBER:
            return pl.Float64
        case Kind.BOOLEAN:
            return pl.Boolean
        case Kind.TEXT | Kind.DECIMAL | Kind.LIST | Kind.DATE | Kind.DATE_TIME:
            # Dates too: the reader would guess a format value by value, five times slower.
            return pl.String
        case _:
            assert_never(kind)


def _typed(stored: pl.DataFrame, column: Column, lines: bytes) -> pl.Series:
    # Under another name, as polars would take an id such as "^a$" for a pattern.
    values = stored.get_column(column.id).alias("values")
    match column.kind:
        case Kind.TEXT if column.may_be_list:
            typed = _texts_or_lists(values, column.id, lines)
        case Kind.TEXT | Kind.NUMBER | Kind.DECIMAL | Kind.BOOLEAN:
            typed = values
        case Kind.DATE:
            typed = values.str.to_date("%Y-%m-%d", cache=False)
        case Kind.DATE_TIME:
            typed = _date_times(values)
        case Kind.LIST:
            typed = _lists(values, column.id, lines)
        case _:
            assert_never(column.kind)
    return typed.alias(column.id)


def _date_times(stored: pl.Series) -> pl.Series:
    if stored.str.ends_with(_IN_UTC).any():
        stored = stored.str.strip_suffix(_IN_UTC).str.replace("T", " ", literal=True)
    # Milliseconds by themselves: a format that allows for them parses ten times slower.
    seconds = stored.str.head(_TO_SECONDS).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="ms", cache=False
    )
    if stored.str.len_bytes().max() in (None, _TO_SECONDS):
        return seconds
    milliseconds = stored.str.slice(_TO_SECONDS + 1).replace("", None).str.to_integer()
    return seconds + milliseconds.fill_null(0).cast(pl.Duration("ms"))


def _texts_or_lists(stored: pl.Series, key: str, lines: bytes) -> pl.Series:
    doubtful = stored.str.contains(r"^[\[{]").fill_null(value=False).arg_true()
    documents = lines.split(b"\n") if len(doubtful) else []
    found = (orjson.loads(documents[at])[key] for at in doubtful)
    exact = [one if isinstance(one, str) else orjson.dumps(one).decode() for one in found]
    return stored.scatter(doubtful, exact)


def _lists(stored: pl.Series, key: str, lines: bytes) -> pl.Series:
    # Cut out of the lines: polars spells an array anew, without exponents and without escaping.
    documents = split_lines(lines)
    name = pl.escape_regex(orjson.dumps(key).decode())
    cut = documents.str.extract(f"[{{,]{name}:({_FLAT_ARRAY})")
    # An object further in may have the same key; arrays in arrays and blanks are not cut.
    is_doubtful = cut.is_null() | (documents.str.count_matches("{", literal=True) > 1)
    doubtful = (stored.is_not_null() & is_doubtful).arg_true()
    exact = [orjson.dumps(orjson.loads(documents[at])[key]).decode() for at in doubtful]
    return pl.select(pl.when(stored.is_not_null()).then(cut)).to_series().scatter(doubtful, exact)
