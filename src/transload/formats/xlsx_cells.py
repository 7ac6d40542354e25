"""The cells of one column as XML, by polars expressions.

Sources: ECMA-376-1 18.3.1.4 (cells) and 18.17.4 (dates as serial numbers).
"""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

import polars as pl

from transload.formats.columns import Kind
from transload.formats.markup import MARKUP, Part, either, has_milliseconds, is_short
from transload.formats.spelling import spelled_date, spelled_date_time, spelled_number
from transload.formats.xlsx_package import (
    AMOUNT_STYLE,
    DATE_STYLE,
    DATE_TIME_STYLE,
    MOMENT_STYLE,
)
from transload.formats.xlsx_text import RARE, escaped, space

_TEXT_OPENING = '" t="inlineStr"><is><t>'
_TEXT_CLOSING = "</t></is></c>"
_VALUE_CLOSING = "</v></c>"

EMPTY_TEXT = _TEXT_OPENING + _TEXT_CLOSING
"""The cell of an empty text, from the closing quote of its reference on."""

# Serial numbers count days from 1899-12-30 and are true from here on: Excel has a 1900-02-29.
_FIRST_DATE = date(1900, 3, 1)
_DAYS_TO_1970 = 25_569
_DAY_MILLISECONDS = 86_400_000
_DECIMALS = 11  # of a day: with fewer, milliseconds go astray

# Excel keeps 15 digits of an integer; above 2^53 a number is a float, spelled by its exponent.
_FIRST_LONG_INTEGER = 1e15
_LAST_INTEGER = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the values of one column, in one frame, need beyond the plain way.

    `has_gaps`: some are missing. `has_markup`, `has_rare`: some texts need escaping.
    `longest_bytes`: of the texts, in UTF-8. `has_odd_numbers`: some may need a text cell.
    `early_dates`: how many dates or date-times do. `has_milliseconds`: some date-times have them.
    """

    has_gaps: bool
    has_markup: bool = False
    has_rare: bool = False
    longest_bytes: int = 0
    has_odd_numbers: bool = False
    early_dates: int = 0
    has_milliseconds: bool = False


def questions(kind: Kind, value: pl.Expr) -> dict[str, pl.Expr]:
    """Ask for the `Facts` about a column: for each field an expression with its one value."""
    gaps = {"has_gaps": value.has_nulls()}
    match kind:
        case Kind.TEXT | Kind.LIST:
            return gaps | {
                "has_markup": value.str.contains_any(list(MARKUP)).any(),
                "has_rare": value.str.contains(RARE).any(),
                "longest_bytes": value.str.len_bytes().max().fill_null(0),
            }
        case Kind.DECIMAL:
            return gaps | {"has_odd_numbers": (~is_short(value)).any()}
        case Kind.NUMBER:
            return gaps | {"has_odd_numbers": (~(value.abs() < _FIRST_LONG_INTEGER)).any()}
        case Kind.DATE:
            return gaps | {"early_dates": (value < _FIRST_DATE).sum()}
        case Kind.DATE_TIME:
            return gaps | {
                "early_dates": (value < _FIRST_DATE).sum(),
                "has_milliseconds": has_milliseconds(value).any(),
            }
        case Kind.BOOLEAN:
            return gaps
        case _:
            assert_never(kind)


def numbers_as_text(kind: Kind, number: pl.Expr) -> pl.Expr:
    """Count the numbers that are written as text."""
    fits = is_short(number) if kind is Kind.DECIMAL else _fits(number)
    return (~fits).sum()


def cell(kind: Kind, value: pl.Expr, facts: Facts) -> list[Part]:
    """Write a column's cells from the closing quote of their reference on.

    The parts that vary are null where `value` is.
    """
    match kind:
        case Kind.TEXT | Kind.LIST:
            return _text_cell(value, facts)
        case Kind.BOOLEAN:
            return ['" t="b"><v>', value.cast(pl.Int8).cast(pl.String), _VALUE_CLOSING]
        case Kind.DECIMAL:
            typed: list[Part] = [f'" s="{AMOUNT_STYLE}"><v>', value, _VALUE_CLOSING]
            return _where(is_short(value), typed, value) if facts.has_odd_numbers else typed
        case Kind.NUMBER:
            number = spelled_number(value)
            typed = ['"><v>', number, _VALUE_CLOSING]
            return _where(_fits(value), typed, number) if facts.has_odd_numbers else typed
        case Kind.DATE:
            typed = [f'" s="{DATE_STYLE}"><v>', _day(value), _VALUE_CLOSING]
            text = spelled_date(value)
        case Kind.DATE_TIME:
            typed = [_moment_opening(value, facts), _moment(value), _VALUE_CLOSING]
            text = spelled_date_time(value)
        case _:
            assert_never(kind)
    return _where(value >= _FIRST_DATE, typed, text) if facts.early_dates else typed


def _text_cell(value: pl.Expr, facts: Facts) -> list[Part]:
    if facts.has_rare:
        opening = _TEXT_OPENING.removesuffix(">")
        return [opening, space(value), ">", escaped(value), _TEXT_CLOSING]
    plain = value.str.replace_many(MARKUP) if facts.has_markup else value
    return [_TEXT_OPENING, plain, _TEXT_CLOSING]


def _fits(number: pl.Expr) -> pl.Expr:
    size = number.abs()
    is_long_integer = (
        (size >= _FIRST_LONG_INTEGER) & (size <= _LAST_INTEGER) & (size.floor() == size)
    )
    return number.is_finite() & ~is_long_integer


def _day(day: pl.Expr) -> pl.Expr:
    return (day.to_physical() + _DAYS_TO_1970).cast(pl.String)


def _moment_opening(moment: pl.Expr, facts: Facts) -> Part:
    """Show milliseconds where there are any: 23:59:59.700 in seconds would be the next day's."""
    plain = f'" s="{DATE_TIME_STYLE}"><v>'
    if not facts.has_milliseconds:
        return plain
    exact = pl.lit(f'" s="{MOMENT_STYLE}"><v>')
    return pl.when(has_milliseconds(moment)).then(exact).otherwise(pl.lit(plain))


def _moment(moment: pl.Expr) -> pl.Expr:
    # In integers: polars divides a float by a constant with an error in the last digits, and one
    # row in another way than many.
    milliseconds = moment.to_physical()
    day = milliseconds // _DAY_MILLISECONDS + _DAYS_TO_1970
    fraction = milliseconds % _DAY_MILLISECONDS * 10**_DECIMALS + _DAY_MILLISECONDS // 2
    decimals = (fraction // _DAY_MILLISECONDS).cast(pl.String).str.zfill(_DECIMALS)
    return pl.format("{}.{}", day.cast(pl.String), decimals)


def _where(fits: pl.Expr, typed: list[Part], text: pl.Expr) -> list[Part]:
    return either(fits, typed, [_TEXT_OPENING, text, _TEXT_CLOSING])
