"""Rows of a frame to rows of an OpenDocument table.

Source: OpenDocument 1.3, part 3: 9.1 (tables), 19.385 (value types), 6.1 (text).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

import polars as pl

from transload.formats.columns import Column, Kind, Losses, by_position
from transload.formats.markup import (
    MARKUP,
    Part,
    RenderedRows,
    either,
    filled,
    has_milliseconds,
    is_blank,
    is_short,
    rendered,
    survey,
)
from transload.formats.spelling import spelled_date, spelled_date_time, spelled_number

AMOUNT_STYLE, DATE_STYLE, DATE_TIME_STYLE, MOMENT_STYLE = "amount", "date", "dateTime", "moment"
"""The names of the styles that cells refer to."""

NO_VALUE = "<table:table-cell/>"

_TEXT_OPENING = '<table:table-cell office:value-type="string"><text:p>'
_TEXT_CLOSING = "</text:p></table:table-cell>"
_EMPTY_TEXT = _TEXT_OPENING + _TEXT_CLOSING
_CLOSING = '"/>'

# The tab stays a character: LibreOffice and calamine pass over the element that there is for it.
_BREAKS = {"\n": "</text:p><text:p>", "\r": "&#13;"}
# XML has no place for them, not even escaped.
_UNWRITABLE = (
    "[" + "".join(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r") + "\ufffe\uffff]"
)
# Readers join blanks and drop those at the ends of a paragraph: there, each is an element.
_SPACED = r"^ | $|  | [\n\r]|[\n\r] "
_RARE = rf"{_UNWRITABLE}|[\n\r]|{_SPACED}"

# Programs count the days before in the Julian calendar.
_FIRST_DATE = date(1582, 10, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the values of one column, in one frame, need beyond the plain way.

    `has_gaps`: some are missing. `has_markup`, `has_rare`: some texts need escaping.
    `replaced`: texts with characters that XML has no place for. `long_amounts`, `early_dates`: how
    many are written as text. `has_milliseconds`: some date-times have them.
    """

    has_gaps: bool
    has_markup: bool = False
    has_rare: bool = False
    replaced: int = 0
    long_amounts: int = 0
    early_dates: int = 0
    has_milliseconds: bool = False


def render_rows(frame: pl.DataFrame, columns: Sequence[Column]) -> RenderedRows:
    """Render the rows of `frame` with the cells of `columns`.

    The XML of a row depends on its values alone.
    """
    values = by_position(frame, columns)
    asked = [_questions(column.kind, pl.col(str(at))) for at, column in enumerate(columns)]
    facts = [_Facts(**answers) for answers in survey(values, asked)]
    may_be_blank = all(fact.has_gaps for fact in facts)
    blanks: int = values.select(is_blank(len(facts)).sum()).item() if may_be_blank else 0
    parts: list[Part] = ["<table:table-row>"]
    for at, (column, fact) in enumerate(zip(columns, facts, strict=True)):
        cell = _cell(column.kind, pl.col(str(at)), fact)
        if not fact.has_gaps:
            parts += cell
            continue
        missing = pl.lit(NO_VALUE)
        if at == 0 and may_be_blank:
            # Rows without any cell at the end of a table are none to its readers.
            missing = pl.when(is_blank(len(facts))).then(pl.lit(_EMPTY_TEXT)).otherwise(missing)
        parts.append(filled(cell).fill_null(missing))
    row = filled([*parts, "</table:table-row>\n"])
    losses = Losses(
        dates_as_text=sum(fact.early_dates for fact in facts),
        numbers_as_text=sum(fact.long_amounts for fact in facts),
        gaps_as_empty=blanks,
        replaced_texts=sum(fact.replaced for fact in facts),
    )
    return RenderedRows(xml=rendered(values, row), losses=losses)


def escaped(texts: Sequence[str]) -> list[str]:
    """Make texts the content of a paragraph, or of several."""
    made: list[str] = (
        pl.select(_escaped(pl.lit(pl.Series(texts, dtype=pl.String)))).to_series().to_list()
    )
    return made


def _questions(kind: Kind, value: pl.Expr) -> dict[str, pl.Expr]:
    """Ask for the facts about a column: for each an expression with its one value."""
    gaps = {"has_gaps": value.has_nulls()}
    match kind:
        case Kind.TEXT | Kind.LIST:
            return gaps | {
                "has_markup": value.str.contains_any(list(MARKUP)).any(),
                "has_rare": value.str.contains(_RARE).any(),
                "replaced": value.str.contains(_UNWRITABLE).sum(),
            }
        case Kind.DECIMAL:
            return gaps | {"long_amounts": (~is_short(value)).sum()}
        case Kind.DATE:
            return gaps | {"early_dates": (value < _FIRST_DATE).sum()}
        case Kind.DATE_TIME:
            return gaps | {
                "early_dates": (value < _FIRST_DATE).sum(),
                "has_milliseconds": has_milliseconds(value).any(),
            }
        case Kind.NUMBER | Kind.BOOLEAN:
            return gaps
        case _:
            assert_never(kind)


def _cell(kind: Kind, value: pl.Expr, facts: _Facts) -> list[Part]:
    """Write a column's cells; the parts that vary are null where `value` is."""
    match kind:
        case Kind.TEXT | Kind.LIST:
            plain = value.str.replace_many(MARKUP) if facts.has_markup else value
            text = _escaped(value) if facts.has_rare else plain
            return [_TEXT_OPENING, text, _TEXT_CLOSING]
        case Kind.NUMBER:
            return [_opening("float", "value"), spelled_number(value), _CLOSING]
        case Kind.BOOLEAN:
            return [_opening("boolean", "boolean-value"), value.cast(pl.String), _CLOSING]
        case Kind.DECIMAL:
            amount: list[Part] = [_opening("float", "value", AMOUNT_STYLE), value, _CLOSING]
            return _or_text(is_short(value), amount, value) if facts.long_amounts else amount
        case Kind.DATE:
            text = spelled_date(value)
            day: list[Part] = [_opening("date", "date-value", DATE_STYLE), text, _CLOSING]
            return _or_text(value >= _FIRST_DATE, day, text) if facts.early_dates else day
        case Kind.DATE_TIME:
            said = value.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
            moment: list[Part] = [_moment_opening(value, facts), said, _CLOSING]
            text = spelled_date_time(value)
            return _or_text(value >= _FIRST_DATE, moment, text) if facts.early_dates else moment
        case _:
            assert_never(kind)


def _opening(kind: str, attribute: str, style: str = "") -> str:
    styled = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{styled} office:value-type="{kind}" office:{attribute}="'


def _moment_opening(moment: pl.Expr, facts: _Facts) -> Part:
    """Show milliseconds where there are any."""
    plain = _opening("date", "date-value", DATE_TIME_STYLE)
    if not facts.has_milliseconds:
        return plain
    exact = pl.lit(_opening("date", "date-value", MOMENT_STYLE))
    return pl.when(has_milliseconds(moment)).then(exact).otherwise(pl.lit(plain))


def _or_text(fits: pl.Expr, typed: list[Part], text: pl.Expr) -> list[Part]:
    return either(fits, typed, [_TEXT_OPENING, text, _TEXT_CLOSING])


def _escaped(text: pl.Expr) -> pl.Expr:
    written = text.str.replace_all(_UNWRITABLE, "\ufffd").str.replace_many(MARKUP)
    spaced = written.str.replace_all(" ", "<text:s/>", literal=True)
    exact = pl.when(text.str.contains(_SPACED)).then(spaced).otherwise(written)
    return exact.str.replace_many(_BREAKS)
