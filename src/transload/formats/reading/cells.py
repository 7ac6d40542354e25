"""The values that workbook readers give, as texts with their forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from transload.formats.reading.model import Form
from transload.formats.reading.serials import (
    spelled_duration,
    spelled_moment,
    spelled_number,
    spelled_time,
)

# From where on polars spells a number as Python does, and up to where each whole one is exact.
_PLAIN_FROM, MAX_EXACT = 1e-4, 2.0**53
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Stored:
    """A cell of which the reader says form and text itself."""

    form: Form
    text: str | None


def spelled_cell(value: object) -> str | None:
    """Give the text of one value; None: nothing."""
    if value is None or value == "":
        return None
    return _SPELLED[type(value)](value)


def converted_cells(values: Sequence[object]) -> tuple[pl.Series, pl.Series | None]:
    """Give the texts of a column's values, and their forms, None where all are texts.

    Raises DoubtfulError for values that may be others in the file.
    """
    return _converted(values, may_doubt=True)


def exact_cells(values: Sequence[object]) -> tuple[pl.Series, pl.Series | None]:
    """Do the same for values that are what the file has."""
    return _converted(values, may_doubt=False)


def _converted(values: Sequence[object], *, may_doubt: bool) -> tuple[pl.Series, pl.Series | None]:
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return pl.Series([value or None for value in values], dtype=pl.String), None
    if may_doubt and time in kinds and _MIDNIGHT in values:
        raise DoubtfulError
    forms = pl.Series(list(map(_FORM_OF, map(type, values))), dtype=pl.UInt8)
    if Stored in kinds:
        forms = pl.Series([_form(value) for value in values], dtype=pl.UInt8)
    has_text = str in kinds and any(type(value) is str and value for value in values)
    typed = kinds - {str}
    if not has_text and typed == {float}:
        return _numbers(values, may_doubt=may_doubt), forms
    if not has_text and typed == {bool}:
        flags = [value if type(value) is bool else None for value in values]
        return pl.Series(flags, dtype=pl.Boolean).cast(pl.String), forms
    if not has_text and typed <= {date, datetime}:
        return _moments(values), forms
    if may_doubt and any(type(value) is float and not abs(value) < MAX_EXACT for value in values):
        raise DoubtfulError
    return pl.Series([spelled_cell(value) for value in values], dtype=pl.String), forms


class DoubtfulError(Exception):
    """A value came up of which calamine makes another: midnight, or a whole number past 2^53."""


def _form(value: object) -> int:
    return value.form if isinstance(value, Stored) else _FORMS[type(value)]


def _numbers(values: Sequence[object], *, may_doubt: bool) -> pl.Series:
    floats = [value if type(value) is float else None for value in values]
    numbers = pl.Series("number", floats, dtype=pl.Float64)
    sizes = numbers.to_frame().select(
        pl.col("number").abs().max().alias("most"),
        pl.col("number").abs().filter(pl.col("number") != 0).min().alias("least"),
    )
    most, least = sizes.row(0)
    is_long = most is not None and not most < MAX_EXACT
    if may_doubt and is_long:
        raise DoubtfulError
    if is_long or (least is not None and least < _PLAIN_FROM):
        texts = [None if value is None else spelled_number(value) for value in floats]
        return pl.Series(texts, dtype=pl.String)
    text = pl.col("number").cast(pl.String).str.strip_suffix(".0")
    plain = pl.when(pl.col("number") == 0).then(pl.lit("0")).otherwise(text)
    return numbers.to_frame().select(plain).to_series()


def _moments(values: Sequence[object]) -> pl.Series:
    texts = pl.Series([str(value) or None for value in values], dtype=pl.String)
    # Milliseconds, of which Python spells three more digits.
    return texts.str.strip_suffix("000") if texts.str.contains(".", literal=True).any() else texts


def _spelled_text(value: str) -> str:
    return value


def _spelled_integer(value: int) -> str:
    return str(value)


def _spelled_boolean(value: bool) -> str:  # noqa: FBT001 - it is the value of a cell
    return "true" if value else "false"


def _spelled_day(value: date) -> str:
    return value.isoformat()


def _spelled_stored(value: Stored) -> str | None:
    return value.text


_SPELLED: dict[type, Callable[..., str | None]] = {
    str: _spelled_text,
    float: spelled_number,
    int: _spelled_integer,
    bool: _spelled_boolean,
    date: _spelled_day,
    datetime: spelled_moment,
    time: spelled_time,
    timedelta: spelled_duration,
    Stored: _spelled_stored,
}
_FORMS: dict[type, int] = {
    type(None): Form.TEXT,
    str: Form.TEXT,
    float: Form.NUMBER,
    int: Form.NUMBER,
    bool: Form.BOOLEAN,
    date: Form.DATE,
    datetime: Form.DATE_TIME,
    time: Form.TIME,
    timedelta: Form.DURATION,
}
_FORM_OF = {**_FORMS, Stored: Form.TEXT}.__getitem__
