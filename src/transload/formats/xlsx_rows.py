"""Rows of a frame to rows of a sheet's XML (ECMA-376-1 18.3.1.73)."""

from collections.abc import Sequence

import polars as pl

from transload.formats.columns import Column, Losses, by_position
from transload.formats.markup import Part, RenderedRows, filled, is_blank, rendered, survey
from transload.formats.xlsx_cells import EMPTY_TEXT, Facts, cell, numbers_as_text, questions
from transload.formats.xlsx_package import letters, sheet_start
from transload.formats.xlsx_text import MAX_UNITS, cut, escaped


def render_rows(frame: pl.DataFrame, columns: Sequence[Column], first_row: int) -> RenderedRows:
    """Render the rows of `frame`, numbered from `first_row`, with the cells of `columns`.

    The XML of a row depends on its values and its number alone, not on the rows beside it.
    """
    values = by_position(frame, columns)
    asked = [questions(column.kind, pl.col(str(at))) for at, column in enumerate(columns)]
    facts = [Facts(**answers) for answers in survey(values, asked)]
    values, cut_texts = _within_limit(values, facts)
    numbers = pl.int_range(first_row, first_row + frame.height, eager=True)
    rows = _row(columns, facts, pl.lit(numbers.cast(pl.String)))
    losses = Losses(
        cut_texts=cut_texts,
        dates_as_text=sum(fact.early_dates for fact in facts),
        numbers_as_text=_numbers_as_text(values, columns, facts),
        gaps_as_empty=_blank_rows(values, facts),
    )
    return RenderedRows(xml=rendered(values, rows), losses=losses)


def render_header(columns: Sequence[Column], *, number: int = 1) -> RenderedRows:
    """Render all of the `number`th sheet before its first row of data."""
    titles, cut_texts = cut(pl.Series([column.title for column in columns], dtype=pl.String))
    texts = pl.select(escaped(pl.lit(titles))).to_series().to_list()
    return RenderedRows(
        xml=sheet_start(columns, texts, is_shown=number == 1), losses=Losses(cut_texts=cut_texts)
    )


def _within_limit(values: pl.DataFrame, facts: Sequence[Facts]) -> tuple[pl.DataFrame, int]:
    count = 0
    for at, fact in enumerate(facts):
        if fact.longest_bytes > MAX_UNITS:
            texts, cut_texts = cut(values.to_series(at))
            values = values.replace_column(at, texts)
            count += cut_texts
    return values, count


def _numbers_as_text(
    values: pl.DataFrame, columns: Sequence[Column], facts: Sequence[Facts]
) -> int:
    odd = [at for at, fact in enumerate(facts) if fact.has_odd_numbers]
    return sum(
        values.select(numbers_as_text(columns[at].kind, pl.col(str(at)))).item() for at in odd
    )


def _blank_rows(values: pl.DataFrame, facts: Sequence[Facts]) -> int:
    rows: int = values.select(is_blank(len(facts)).sum()).item() if _may_be_blank(facts) else 0
    return rows


def _may_be_blank(facts: Sequence[Facts]) -> bool:
    return all(fact.has_gaps for fact in facts)


def _row(columns: Sequence[Column], facts: Sequence[Facts], number: pl.Expr) -> pl.Expr:
    parts: list[Part] = ['<row r="', number, '">']
    if _may_be_blank(facts):
        # Readers end a sheet with its last cell: without any, rows at the end would be no rows.
        empty = filled([f'<c r="{letters(0)}', number, EMPTY_TEXT])
        parts.append(pl.when(is_blank(len(facts))).then(empty).otherwise(pl.lit("")))
    for at, (column, fact) in enumerate(zip(columns, facts, strict=True)):
        whole = [f'<c r="{letters(at)}', number, *cell(column.kind, pl.col(str(at)), fact)]
        parts += [filled(whole).fill_null("")] if fact.has_gaps else whole
    return filled([*parts, "</row>\n"])
