"""Writes frames (polars tables) to a CSV file, streamed."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import polars as pl

from transload.formats.columns import Column, Losses
from transload.formats.csv_rows import PLAIN, Dialect, Lines, header, lines
from transload.formats.stage import Stage
from transload.formats.writer import OneTable

_FRAMES_AHEAD = 1


class CsvWriter(OneTable[pl.DataFrame]):
    r"""Writes frames to `file` as CSV in UTF-8 with a byte order mark, titles in the first line.

    CR LF, quotes only where needed, commas unless `dialect` says otherwise (RFC 4180); line breaks
    inside of text stay as they are.
    Numbers are spelled as in JSON, booleans true and false, dates YYYY-MM-DD, date-times
    YYYY-MM-DD HH:MM:SS, followed by .mmm where that is not zero. No value is nothing, empty text
    is `""`, in a file of one column both are. Text that a spreadsheet would take for a formula,
    titles too, is marked by apostrophes (`formats/formulas`); see `Column.is_guarded` for what
    needs none.

    The bytes depend on the columns and rows alone, not on how rows are cut into frames. Lines are
    made in a thread, one frame ahead: memory does not grow with the rows.
    Raises ValueError for no column.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[Column], dialect: Dialect = PLAIN) -> None:
        if not columns:
            raise ValueError("A CSV file has at least one column.")
        super().__init__()
        self._file = file
        self._columns = tuple(columns)
        self._dialect = dialect
        self._losses = Losses()
        self._maker = Stage(self._made, depth=_FRAMES_AHEAD)
        mark = BOM_UTF8 if dialect.has_mark else b""
        file.write(mark + header(self._columns, dialect))

    def _add(self, frame: pl.DataFrame) -> None:
        self._write(self._maker.put(frame))

    def _completed(self) -> Losses:
        self._write(self._maker.finish())
        return self._losses

    def _stop(self) -> None:
        self._maker.stop()

    def _made(self, frame: pl.DataFrame) -> Lines:
        return lines(frame, self._columns, self._dialect)

    def _write(self, made: Iterable[Lines]) -> None:
        for one in made:
            self._file.write(one.content)
            self._losses += Losses(gaps_as_empty=one.gaps_as_empty)
