"""The rows that failed, as a workbook that can be mended and sent again as it is."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import orjson
import polars as pl

from transload.formats.columns import Column, Kind, Table
from transload.formats.reading.model import EXTRA, text_column
from transload.formats.xlsx_writer import XlsxWriter
from transload.imports.chunks import error_text
from transload.imports.model import ERROR_TITLE, Import, Verdict
from transload.imports.rows import chunk

MAX_ROWS = 1_048_575


def write_failures(
    stream: BinaryIO,
    path: Path,
    one: Import,
    frames: Iterable[tuple[int, pl.DataFrame]],
    look: Callable[[], None],
) -> int:
    """Write the rows whose verdict is invalid, by their chunks; give how many there are.

    All cells are texts as they stand in the file, those past the last column too, and the last
    column says what is wrong. A sheet ends at 1,048,575 rows.
    """
    if one.table is None:
        raise ValueError("There are no failed rows of a file that was not read.")
    found = ((number, _failed(frame)) for number, frame in frames)
    wanted = [(number, failed) for number, failed in found if failed.height]
    width = max((_most_extras(path, one, number, failed) for number, failed in wanted), default=0)
    titles = [*one.table.titles, *[""] * width]
    columns = [
        *(Column(id=str(at), title=title, kind=Kind.TEXT) for at, title in enumerate(titles)),
        Column(id="error", title=ERROR_TITLE, kind=Kind.TEXT),
    ]
    written = 0
    with XlsxWriter(stream, [Table(columns=columns)]) as writer:
        for number, failed in wanted:
            failed = failed.head(MAX_ROWS - written)  # noqa: PLW2901 - no more fit
            writer.write(_sheet_rows(path, one, number, failed, width))
            written += failed.height
            look()
        writer.close()
    return written


def _failed(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.select("verdict", "faults")
        .with_row_index("row")
        .filter(pl.col("verdict") == Verdict.INVALID.value)
        .select("row", "faults")
    )


def _most_extras(path: Path, one: Import, number: int, failed: pl.DataFrame) -> int:
    texts = chunk(path, one, number).get_column(EXTRA).gather(failed.get_column("row"))
    return max((len(orjson.loads(text)) for text in texts.drop_nulls()), default=0)


def _sheet_rows(
    path: Path, one: Import, number: int, failed: pl.DataFrame, width: int
) -> pl.DataFrame:
    rows = chunk(path, one, number)[failed.get_column("row")]
    known = len(one.table.titles) if one.table else 0
    cells = {str(at): rows.get_column(text_column(at)) for at in range(known)}
    if width:
        extras = [orjson.loads(text) if text else [] for text in rows.get_column(EXTRA).to_list()]
        for at in range(width):
            texts = [one[at] if at < len(one) else None for one in extras]
            cells[str(known + at)] = pl.Series(texts, dtype=pl.String)
    errors = [error_text(text) for text in failed.get_column("faults").to_list()]
    return pl.DataFrame({**cells, "error": pl.Series(errors, dtype=pl.String)})
