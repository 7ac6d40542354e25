"""Rows of a frame to lines of CSV (RFC 4180), without what a spreadsheet takes for a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, assert_never

import polars as pl

from transload.formats.columns import Column, Kind, by_position
from transload.formats.formulas import marked, marked_list, may_be_formula
from transload.formats.spelling import spelled_date, spelled_date_time, spelled_number

_TEXTS = {Kind.TEXT, Kind.LIST}
_SIGNED_DIGITS = r"^[+-]?[0-9][0-9 ().,/+-]*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a file is spelled, for programs that expect another spelling than RFC 4180's.

    `separator` and `decimal_separator` are one character each; `has_mark`: a byte order mark comes
    first, by which Excel knows UTF-8.
    """

    separator: str = ","
    decimal_separator: str = "."
    has_mark: bool = True


PLAIN = Dialect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Consecutive lines of a file, in UTF-8, each ended by CR LF.

    `gaps_as_empty`: cells without a value that had to be written as empty text.
    """

    content: bytes
    gaps_as_empty: int


def header(columns: Sequence[Column], dialect: Dialect = PLAIN) -> bytes:
    """Give the line of titles."""
    titles = pl.DataFrame({"title": [column.title for column in columns]})
    written = titles.select(marked(pl.col("title")))
    if len(columns) == 1:
        return _written_alone(written.to_series(), dialect)
    return _written(written.transpose(), dialect)


def lines(frame: pl.DataFrame, columns: Sequence[Column], dialect: Dialect = PLAIN) -> Lines:
    """Give a frame's rows as lines with the cells of `columns`.

    Dates and date-times may be texts, spelled as they are to be written. No value is nothing, empty
    text is `""`. In a file of one column a line would then be blank, which many readers skip:
    there, no value is `""` too, and counted.
    """
    values = by_position(frame, columns)
    # Asked first: most columns have no text to guard, and to guard costs more than to ask.
    texts = [str(at) for at, column in enumerate(columns) if column.kind in _TEXTS]
    asked = values.select(may_be_formula(pl.col(name)).any() for name in texts)
    doubtful = {name for name in texts if asked.get_column(name).item()}
    cells = values.select(
        _marked(column, pl.col(name)).alias(name)
        if name in doubtful
        else _cell(column, pl.col(name), stored, dialect).alias(name)
        for (name, stored), column in zip(values.schema.items(), columns, strict=True)
    )
    gaps = 0
    if len(columns) == 1:
        gaps = cells.to_series().null_count()
        cells = cells.fill_null("")
        return Lines(content=_written_alone(cells.to_series(), dialect), gaps_as_empty=gaps)
    return Lines(content=_written(cells, dialect), gaps_as_empty=gaps)


def _cell(column: Column, value: pl.Expr, stored: pl.DataType, dialect: Dialect) -> pl.Expr:
    if column.kind is Kind.DECIMAL:
        return _separated(value, dialect)
    if stored == pl.String:
        return value
    match column.kind:
        case Kind.TEXT | Kind.LIST:
            return value
        case Kind.NUMBER:
            return _separated(spelled_number(value), dialect)
        case Kind.BOOLEAN:
            return value.cast(pl.String)
        case Kind.DATE:
            return spelled_date(value)
        case Kind.DATE_TIME:
            return spelled_date_time(value)
        case _:
            assert_never(column.kind)


def _separated(number: pl.Expr, dialect: Dialect) -> pl.Expr:
    if dialect.decimal_separator == ".":
        return number
    return number.str.replace(".", dialect.decimal_separator, literal=True)


def _marked(column: Column, text: pl.Expr) -> pl.Expr:
    if column.kind is Kind.LIST:
        return marked_list(text)
    return marked(text, None if column.is_guarded else text.str.contains(_SIGNED_DIGITS))


def _written_alone(cells: pl.Series, dialect: Dialect) -> bytes:
    """Write the lines of the only column, none of which may be blank to a reader."""
    text = pl.col(cells.name)
    needs_quotes = text.str.contains(f'["\r\n{dialect.separator}]')
    is_blank = text.str.strip_chars() == ""
    quoted = pl.format('"{}"', text.str.replace_all('"', '""', literal=True))
    made = cells.to_frame().select(
        pl.when(needs_quotes | is_blank).then(quoted).otherwise(text).alias(cells.name)
    )
    return _written(made, dialect, quote_style="never")


def _written(
    cells: pl.DataFrame,
    dialect: Dialect,
    *,
    quote_style: Literal["necessary", "never"] = "necessary",
) -> bytes:
    content = BytesIO()
    cells.write_csv(
        content,
        include_header=False,
        separator=dialect.separator,
        line_terminator="\r\n",
        quote_style=quote_style,
        null_value="",
    )
    return content.getvalue()
