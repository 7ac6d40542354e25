"""The rows that failed, as a workbook that can be mended and sent again as it is."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
import polars as pl

from transload.db.engine import Database
from transload.files.model import Files
from transload.formats.columns import Column, Kind, Table
from transload.formats.reading.model import EXTRA, Form, Joined, form_column, text_column
from transload.formats.xlsx_package import MAX_ROWS
from transload.formats.xlsx_writer import XlsxWriter
from transload.imports import row_store
from transload.imports.chunks import error_text, unpack
from transload.imports.edits import edits_of
from transload.imports.model import ERROR_TITLE, Import, Verdict
from transload.imports.readings import NO_READING
from transload.imports.rows import chunk
from transload.imports.stored import reading_of

SHEET_ROWS = MAX_ROWS - 1
_CHILD_ROWS = 5_000
_DECIMALS = r"^(-?[0-9]+)\.([0-9]+([eE][+-]?[0-9]+)?)$"


def keep_failures(
    database: Database, files: Files, one: Import, path: Path, look: Callable[[], None]
) -> None:
    """Write the rows of an import whose verdict is invalid, and keep them under its key.

    `path` has all of its rows. All cells are texts as they stand in the file, those past the last
    column too, and the last column says what is wrong. Of a column that is read with a decimal
    comma, cells that are numbers are spelled with one. A sheet ends at 1,048,575 rows, and the next
    one goes on. Rows that came from sheets of their own are on such sheets again.
    """
    if one.table is None:
        raise ValueError("There are no failed rows of a file that was not read.")
    rows = width = 0
    for number, failed in _failures(database, one):
        rows += failed.height
        width = max(width, _most_extras(path, one, number, failed))
    titles = [*one.table.own_titles, *[""] * width]
    columns = [
        *(Column(id=str(at), title=title, kind=Kind.TEXT) for at, title in enumerate(titles)),
        Column(id="error", title=ERROR_TITLE, kind=Kind.TEXT),
    ]
    sheets = [
        Table(columns=columns, name="Failed rows" if not at else f"Failed rows {at + 1}")
        for at in range(max(1, -(-rows // SHEET_ROWS)))
    ]
    children = [_child_table(joined) for joined in one.table.joined]
    first_child = len(sheets)
    sheets += children
    with_commas = _with_commas(database, one)
    with files.stage() as staged:
        with XlsxWriter(staged.stream, sheets, folder=files.scratch_dir) as writer:
            written = 0
            for number, failed in _failures(database, one):
                read = chunk(path, one, number)[failed.get_column("row")]
                found = _sheet_rows(_spelled(read, with_commas), one, failed, width)
                while found.height:
                    sheet, taken = divmod(written, SHEET_ROWS)
                    part = found.head(SHEET_ROWS - taken)
                    writer.write(part, sheet)
                    written += part.height
                    found = found.slice(part.height)
                for at, joined in enumerate(one.table.joined):
                    for part in _child_rows(path, one, number, failed, at, joined):
                        writer.write(part, first_child + at)
                look()
            writer.close()
        files.publish(staged, one.failed_key)


def _failures(database: Database, one: Import) -> Iterator[tuple[int, pl.DataFrame]]:
    """Give the chunks that have rows that failed, and of these the places and what is wrong."""
    with database.read() as connection:
        summaries = row_store.find_summaries(connection, one)
    for summary in summaries:
        if summary.counts.invalid:
            with database.read() as connection:
                found = row_store.find_chunk(connection, one, summary.number)
            if found is not None and (failed := _failed(unpack(found.content))).height:
                yield found.number, failed


def _failed(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.select("verdict", "faults")
        .with_row_index("row")
        .filter(pl.col("verdict") == Verdict.INVALID.value)
        .select("row", "faults")
    )


def _child_table(joined: Joined) -> Table:
    columns = [
        Column(id=name, title=title, kind=Kind.TEXT)
        for name, title in zip(joined.names, joined.titles, strict=True)
    ]
    return Table(columns=columns, name=joined.sheet)


def _child_rows(  # noqa: PLR0917 - which rows of which chunk, and of which sheet
    path: Path, one: Import, number: int, failed: pl.DataFrame, at: int, joined: Joined
) -> Iterator[pl.DataFrame]:
    """Give the rows of a further sheet that belong to rows that failed."""
    if one.table is None:
        return
    column = text_column(len(one.table.own_titles) + at)
    key, *names = joined.names
    rows = chunk(path, one, number)[failed.get_column("row")]
    ids = rows.get_column(text_column(joined.key)).to_list()
    cells: dict[str, list[object]] = {name: [] for name in joined.names}
    for row_id, text in zip(ids, rows.get_column(column).to_list(), strict=True):
        for item in orjson.loads(text or "[]"):
            cells[key].append(row_id)
            for name in names:
                cells[name].append(_cell(item.get(name)))
    frame = pl.DataFrame(cells, schema=dict.fromkeys(joined.names, pl.String))
    yield from frame.iter_slices(_CHILD_ROWS) if frame.height else ()


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def _most_extras(path: Path, one: Import, number: int, failed: pl.DataFrame) -> int:
    texts = chunk(path, one, number).get_column(EXTRA).gather(failed.get_column("row"))
    return max((len(orjson.loads(text)) for text in texts.drop_nulls()), default=0)


def _with_commas(database: Database, one: Import) -> list[int]:
    """Give the columns, from 0, that are read with a decimal comma."""
    with database.read() as connection:
        said = [edit.body for edit in row_store.find_edits(connection, one)]
    readings = edits_of(said, {}, reading_of).over_readings(one.readings)
    return [
        at
        for at, field_id in (one.mapping or {}).items()
        if readings.get(field_id, NO_READING).decimal_separator == ","
    ]


def _spelled(rows: pl.DataFrame, with_commas: Sequence[int]) -> pl.DataFrame:
    """Spell the numbers of these columns as the texts beside them, as which they will be read."""
    return rows.with_columns(
        pl.when(pl.col(form_column(at)) == Form.NUMBER.value)
        .then(pl.col(text_column(at)).str.replace(_DECIMALS, "$1,$2"))
        .otherwise(pl.col(text_column(at)))
        for at in with_commas
        if form_column(at) in rows.columns
    )


def _sheet_rows(rows: pl.DataFrame, one: Import, failed: pl.DataFrame, width: int) -> pl.DataFrame:
    known = len(one.table.own_titles) if one.table else 0
    cells = {str(at): rows.get_column(text_column(at)) for at in range(known)}
    if width:
        extras = [orjson.loads(text) if text else [] for text in rows.get_column(EXTRA).to_list()]
        for at in range(width):
            texts = [one[at] if at < len(one) else None for one in extras]
            cells[str(known + at)] = pl.Series(texts, dtype=pl.String)
    errors = [error_text(text) for text in failed.get_column("faults").to_list()]
    return pl.DataFrame({**cells, "error": pl.Series(errors, dtype=pl.String)})
