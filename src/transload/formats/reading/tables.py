"""Batches of rows to the table that is written: titles found, widths made even, no blank rows."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import polars as pl

from transload.counts import counted
from transload.formats.reading.batches import Batch, Row
from transload.formats.reading.headers import SAMPLE_ROWS, find_header
from transload.formats.reading.model import (
    EXTRA,
    FAULT,
    LINE,
    MAX_CELL_BYTES,
    Cause,
    Choices,
    Form,
    Limits,
    UnreadableError,
    form_column,
    text_column,
)
from transload.formats.reading.rows_writer import RowsWriter

_MAX_SKIPPED = 50
_SHOWN_CHARACTERS = 100
_MAX_SKIPPED_CHARACTERS = 500

Cells = Sequence[object]
Convert = Callable[[Cells], tuple[pl.Series, pl.Series | None]]
"""Gives the texts of a column's cells and their forms; None where all are texts."""
Spell = Callable[[object], str | None]
"""Gives the text of one cell, the same."""


class FormsNeededError(Exception):
    """A cell that is not text alone came up in a file that was thought to have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a table turned out to be."""

    titles: tuple[str, ...]
    header_row: int
    rows: int
    faulty_rows: int
    skipped: tuple[str, ...] = field(default=())


def write_table(
    batches: Iterable[Batch],
    rows: Path,
    *,
    convert: Convert,
    spell: Spell,
    has_forms: bool,
    choices: Choices,
    limits: Limits,
    is_ragged: bool,
) -> Written:
    """Write the rows below the titles to a new Parquet file.

    `is_ragged`: the reader gives what a line has, and a row with more cells than the titles has is
    faulty. Else every row has as many as the sheet is wide, with titles or not. Raises
    UnreadableError where there is no row at all, or too many columns.
    """
    first, rest = _first(iter(batches), choices)
    texts = _sample(first, spell, choices.header_row or 0)
    if not any(row for _, row in texts):
        raise UnreadableError(Cause.EMPTY, "There is no row in the file: it is empty.")
    header_row, titles, skipped = _header(texts, choices, is_ragged=is_ragged)
    written = write_rows(
        (_below(batch, header_row) for batch in chain(first, rest)),
        rows,
        titles=titles,
        convert=convert,
        has_forms=has_forms,
        limits=limits,
    )
    return replace(written, header_row=header_row, skipped=skipped)


def write_rows(
    batches: Iterable[Batch],
    rows: Path,
    *,
    titles: tuple[str, ...],
    convert: Convert,
    has_forms: bool,
    limits: Limits,
) -> Written:
    """Write rows that stand below no titles of their own, a column a title.

    Columns at the end that have neither a title nor a cell are left out of the titles. Raises
    UnreadableError for too many columns.
    """
    width = len(titles)
    if width > limits.columns:
        raise UnreadableError(
            Cause.TOO_LARGE, f"The table has more than {limits.columns:,} columns: remove some."
        )
    writer = RowsWriter(rows, columns=width, has_forms=has_forms, limits=limits)
    try:
        used = 0
        for batch in batches:
            frame = _frame(batch, width, convert, has_forms=has_forms)
            used = max(used, _last_used(frame, width))
            writer.write(frame)
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    while titles and not titles[-1] and len(titles) > used:
        titles = titles[:-1]
    return Written(titles=titles, header_row=1, rows=writer.rows, faulty_rows=writer.faulty_rows)


def _first(batches: Iterator[Batch], choices: Choices) -> tuple[list[Batch], Iterator[Batch]]:
    """Take enough batches to find the titles, from the first on that is not all blank."""
    taken: list[Batch] = []
    wanted = choices.header_row or 0
    count = 0
    for batch in batches:
        if not taken and all(map(_is_blank_row, _marked(batch))):
            continue
        taken.append(batch)
        count += len(batch.rows)
        if count >= SAMPLE_ROWS and (batch.lines[-1] if batch.lines else 0) >= wanted:
            break
    return taken, batches


def _sample(
    batches: Iterable[Batch], spell: Spell, chosen: int
) -> list[tuple[int, list[str | None]]]:
    """Give the lines and texts of the first rows, and of the chosen one; none where it is blank.

    The first row that is not blank is the first of all.
    """
    found: list[tuple[int, list[str | None]]] = []
    for batch in batches:
        for line, row in zip(batch.lines, _marked(batch), strict=True):
            if len(found) < SAMPLE_ROWS or line == chosen:
                cells = [] if _is_blank_row(row) else [spell(cell) for cell in row]
                if found or cells:
                    found.append((line, cells))
    return found


def _is_blank_row(row: Row) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def _marked(batch: Batch) -> Sequence[Row]:
    """Give the rows with the texts that marks say."""
    if not batch.marks:
        return batch.rows
    rows = [list(row) for row in batch.rows]
    for (at, column), (_, text) in batch.marks.items():
        rows[at][column] = text
    return rows


def _header(
    rows: Sequence[tuple[int, list[str | None]]], choices: Choices, *, is_ragged: bool
) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Give the titles' line, the titles, and the lines above them."""
    if choices.header_row is not None:
        at = _chosen(rows, choices.header_row)
    else:
        at = find_header([row for _, row in rows[:SAMPLE_ROWS]], choices.expected_titles)
    widths = [len(row) for _, row in rows if row]
    if at is None:
        width = max(set(widths), key=lambda one: (widths.count(one), one))
        return 0, ("",) * (width if is_ragged else max(widths)), ()
    line, cells = rows[at]
    titles = [(cell or "").strip() for cell in cells]
    if not is_ragged:
        titles += [""] * (max(widths) - len(titles))
    elif _has_row_names(len(titles), [row for _, row in rows[at + 1 :] if row]):
        titles.insert(0, "")
    above = [
        " ".join(cell for cell in row if cell)[:_MAX_SKIPPED_CHARACTERS]
        for _, row in rows[:at]
        if row
    ]
    return line, tuple(titles), tuple(above[:_MAX_SKIPPED])


def _has_row_names(titles: int, rows: Sequence[Sequence[str | None]]) -> bool:
    """Tell rows that begin with a name of their own, for which there is no title, as R has them.

    Each then has one cell more than there are titles, no name comes twice, and the last cells are
    not all blank, as they are where every row ends with a delimiter.
    """
    if any(len(row) != titles + 1 for row in rows):
        return False
    names = {row[0] for row in rows if row[0] and not row[0].isspace()}
    return 1 < len(rows) == len(names) and any((row[-1] or "").strip() for row in rows)


def _chosen(rows: Sequence[tuple[int, list[str | None]]], line: int) -> int | None:
    if not line:
        return None
    for at, (one, _) in enumerate(rows):
        if one == line and rows[at][1]:
            return at
    raise UnreadableError(Cause.CHOICE, f"There is nothing in row {line} that could be the header.")


def _below(batch: Batch, header_row: int) -> Batch:
    """Give the rows of a batch that stand below the titles."""
    if not batch.lines or batch.lines[0] > header_row:
        return batch
    start = next((at for at, line in enumerate(batch.lines) if line > header_row), len(batch.lines))
    return replace(
        batch,
        lines=batch.lines[start:],
        rows=batch.rows[start:],
        faults={at - start: fault for at, fault in batch.faults.items() if at >= start},
        marks={(at - start, to): mark for (at, to), mark in batch.marks.items() if at >= start},
    )


def _frame(batch: Batch, width: int, convert: Convert, *, has_forms: bool) -> pl.DataFrame:
    faults, extras = dict(batch.faults), dict[int, str]()
    rows = _even(_marked(batch), width, faults, extras)
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    marks = _marks_by_column(batch, width)
    if marks and not has_forms:
        raise FormsNeededError
    series = [
        pl.Series(LINE, batch.lines, dtype=pl.UInt32),
        _sparse(FAULT, faults, len(rows)),
        _sparse(EXTRA, extras, len(rows)),
    ]
    for at, cells in enumerate(columns):
        texts, forms = convert(cells)
        if batch.empty_is_nothing:
            texts = texts.set(texts == "", None)
        if at in marks:
            forms = _form_series(forms, len(rows))
            places = list(marks[at])
            forms = forms.scatter(places, [int(form) for form, _ in marks[at].values()])
        series.append(texts.alias(text_column(at)))
        if has_forms:
            series.append(_form_series(forms, len(rows)).alias(form_column(at)))
        elif forms is not None:
            raise FormsNeededError
    frame = _without_blanks(pl.DataFrame(series), width, has_forms=has_forms)
    return _without_long_texts(frame, width, has_forms=has_forms)


def _even(
    rows: Sequence[Row], width: int, faults: dict[int, str], extras: dict[int, str]
) -> Sequence[Row]:
    """Give rows of one width; what is past it goes to the extras, and makes the row faulty."""
    if set(map(len, rows)) <= {width}:
        return rows
    even: list[Row] = []
    for at, row in enumerate(rows):
        if len(row) < width:
            even.append([*row, *(None,) * (width - len(row))])
            continue
        even.append(row[:width])
        past = [str(cell or "") for cell in row[width:]]
        if any(cell.strip() for cell in past):
            extras[at] = json.dumps(past)
            cells, columns = counted(len(row), "cell"), counted(width, "column")
            faults.setdefault(at, f"The row has {cells}, and the table {columns}.")
    return even


def _marks_by_column(batch: Batch, width: int) -> dict[int, dict[int, tuple[Form, str | None]]]:
    found: dict[int, dict[int, tuple[Form, str | None]]] = {}
    for (row, column), mark in batch.marks.items():
        if column < width:
            found.setdefault(column, {})[row] = mark
    return found


def _form_series(forms: pl.Series | None, height: int) -> pl.Series:
    return pl.zeros(height, dtype=pl.UInt8, eager=True) if forms is None else forms


def _sparse(name: str, values: dict[int, str], height: int) -> pl.Series:
    series = (
        pl.Series(name, [None], dtype=pl.String).extend_constant(None, height - 1)
        if height
        else (pl.Series(name, [], dtype=pl.String))
    )
    return series.scatter(list(values), list(values.values())) if values else series


def _without_blanks(frame: pl.DataFrame, width: int, *, has_forms: bool) -> pl.DataFrame:
    """Leave out rows without anything but blanks in any cell."""
    if not width or not frame.height:
        return frame
    is_blank = frame.select(_is_blank(0)).to_series()
    if not is_blank.any():
        return frame
    # Looked at whole only where the first cell is blank: those are few.
    perhaps = frame.filter(is_blank)
    blank = pl.all_horizontal(
        pl.col(FAULT).is_null(),
        *(_is_blank(at) for at in range(width)),
        *((pl.col(form_column(at)) == Form.TEXT) for at in range(width) if has_forms),
    )
    lines = perhaps.filter(blank).get_column(LINE)
    return frame.filter(~pl.col(LINE).is_in(lines.implode())) if len(lines) else frame


def _without_long_texts(frame: pl.DataFrame, width: int, *, has_forms: bool) -> pl.DataFrame:
    """Mark texts that no record holds, and keep their beginnings."""
    texts = [text_column(at) for at in range(width)]
    longest = frame.select(pl.col(name).str.len_bytes().max() for name in texts)
    long = [at for at, size in enumerate(longest.row(0)) if (size or 0) > MAX_CELL_BYTES]
    if not long:
        return frame
    if not has_forms:
        raise FormsNeededError
    is_long = {at: pl.col(text_column(at)).str.len_bytes() > MAX_CELL_BYTES for at in long}
    return frame.with_columns(
        *(
            pl.when(is_long[at])
            .then(pl.col(text_column(at)).str.head(_SHOWN_CHARACTERS))
            .otherwise(pl.col(text_column(at)))
            .alias(text_column(at))
            for at in long
        ),
        *(
            pl.when(is_long[at])
            .then(pl.lit(Form.TOO_LONG.value, dtype=pl.UInt8))
            .otherwise(pl.col(form_column(at)))
            .alias(form_column(at))
            for at in long
        ),
    )


def _is_blank(at: int) -> pl.Expr:
    return pl.col(text_column(at)).str.strip_chars().fill_null("") == ""


def _last_used(frame: pl.DataFrame, width: int) -> int:
    """Give how many columns there are up to the last that has a cell with something in it."""
    for at in reversed(range(width)):
        if frame.get_column(text_column(at)).null_count() < frame.height:
            return at + 1
    return 0
