"""Text with delimiters to a table."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from transload.formats.formulas import unmarked, unmarked_text
from transload.formats.reading.csv_records import read_records
from transload.formats.reading.dialects import find_dialect
from transload.formats.reading.encodings import find_encodings
from transload.formats.reading.model import Choices, Kind, Limits, Table, TextFile
from transload.formats.reading.tables import FormsNeededError, Written, write_table


def read_text(source: Path, rows: Path, choices: Choices, limits: Limits) -> Table:
    """Read a file of text; raises UnreadableError."""
    encodings = find_encodings(source, choices.encoding)
    encoding = encodings[0].name
    dialect = find_dialect(source, encoding, choices)

    has_marks = dialect.quote != "'"

    def written(*, has_forms: bool) -> Written:
        return write_table(
            read_records(source, encoding, dialect),
            rows,
            convert=_unmarked_texts if has_marks else _texts,
            spell=_unmarked_text if has_marks else _text,
            has_forms=has_forms,
            choices=choices,
            limits=limits,
            is_ragged=True,
        )

    has_forms = False
    try:
        table = written(has_forms=False)
    except FormsNeededError:
        has_forms = True
        table = written(has_forms=True)
    return Table(
        kind=Kind.CSV,
        titles=table.titles,
        header_row=table.header_row,
        rows=table.rows,
        faulty_rows=table.faulty_rows,
        has_forms=has_forms,
        skipped=table.skipped,
        text=TextFile(
            encodings=encodings,
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            escape=dialect.escape,
        ),
    )


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _unmarked_text(cell: object) -> str | None:
    text = _text(cell)
    return None if text is None else unmarked_text(text)


def _texts(cells: Sequence[object]) -> tuple[pl.Series, None]:
    return pl.Series(cells, dtype=pl.String), None


def _unmarked_texts(cells: Sequence[object]) -> tuple[pl.Series, None]:
    return unmarked(pl.Series("texts", cells, dtype=pl.String)), None
