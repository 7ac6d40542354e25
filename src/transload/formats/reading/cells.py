"""The values that workbook readers give, as texts with their forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from transload.formats.reading.model import MAX_CELL_BYTES, Form
from transload.formats.reading.serials import (
    spelled_duration,
    spelled_moment,
    spelled_number,
    spelled_time,
)

_SHOWN_CHARACTERS = 100
# Where polars spells a whole number as Python does.
_PLAIN_FROM, _PLAIN_TO = 1e-4, 1e15


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
    """Give the texts of a column's values, and their forms, None where all are texts."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return _texts(values)
    if kinds <= {float, str}:
        numbers = _numbers(values)
        if numbers is not None:
            return numbers
    texts = [spelled_cell(value) for value in values]
    forms = [_form(value) for value in values]
    return _checked(pl.Series(texts, dtype=pl.String), pl.Series(forms, dtype=pl.UInt8))


def _form(value: object) -> int:
    if isinstance(value, Stored):
        return value.form
    return _FORMS[type(value)]


def _texts(values: Sequence[object]) -> tuple[pl.Series, pl.Series | None]:
    texts = pl.Series("texts", values, dtype=pl.String)
    texts = texts.set(texts == "", None)
    if (texts.str.len_bytes().max() or 0) <= MAX_CELL_BYTES:  # type: ignore[operator]
        return texts, None
    return _checked(texts, pl.zeros(len(texts), dtype=pl.UInt8, eager=True))


def _numbers(values: Sequence[object]) -> tuple[pl.Series, pl.Series] | None:
    """Give numbers by columns, where no text is among them and each is spelled alike."""
    if any(type(value) is str and value for value in values):
        return None
    floats = [value if type(value) is float else None for value in values]
    numbers = pl.Series("numbers", floats, dtype=pl.Float64)
    least, most = numbers.abs().filter(numbers != 0).min(), numbers.abs().max()
    if most is None or not most < _PLAIN_TO:  # type: ignore[operator]
        return None
    if least is not None and least < _PLAIN_FROM:  # type: ignore[operator]
        return None
    texts = numbers.cast(pl.String).str.strip_suffix(".0").replace("-0", "0")
    forms = pl.select(
        pl.when(numbers.is_null()).then(pl.lit(Form.TEXT.value)).otherwise(Form.NUMBER.value)
    ).to_series()
    return texts, forms.cast(pl.UInt8)


def _checked(texts: pl.Series, forms: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Mark texts that no record holds."""
    long = (texts.str.len_bytes() > MAX_CELL_BYTES).fill_null(value=False)
    if not long.any():
        return texts, forms
    return (
        texts.zip_with(~long, texts.str.head(_SHOWN_CHARACTERS)),
        forms.set(long, Form.TOO_LONG.value),
    )


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
