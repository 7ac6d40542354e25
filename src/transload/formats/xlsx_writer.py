"""Frames to an Excel workbook, streamed."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

import polars as pl

from transload.formats.columns import Column, Losses
from transload.formats.stage import Stage
from transload.formats.writer import Writer
from transload.formats.xlsx_package import MAX_COLUMNS, MAX_ROWS, PARTS, SHEET, SHEET_END
from transload.formats.xlsx_rows import RenderedRows, render_header, render_rows
from transload.formats.zip_writer import ZipWriter

_FRAMES_AHEAD = 1


class XlsxWriter(Writer):
    """Writes frames to `file` (seekable, empty) as a workbook: one sheet, titles in its first row.

    Numbers, booleans, dates and date-times are typed cells. The rest is text, never a formula, and
    so are integers of more than 15 digits, numbers that are not finite, and dates and date-times
    before 1900-03-01 (as "YYYY-MM-DD HH:MM:SS.mmm", shorter where that says all). No value is no
    cell, but a row without any value has an empty text in its first one, so that readers count it.
    The bytes depend on the columns and rows alone, not on how rows are cut into frames.

    XML is made in one thread and deflated in another, few frames behind the caller: memory does
    not grow with the rows.
    Raises ValueError for no column, and for more than 16,384.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        if not 1 <= len(columns) <= MAX_COLUMNS:
            raise ValueError(f"An Excel sheet holds 1 to {MAX_COLUMNS:,} columns.")
        super().__init__()
        self._columns = tuple(columns)
        self._next_row = 2
        self._losses = Losses()
        self._renderer = Stage(self._render, depth=_FRAMES_AHEAD)
        self._archive = ZipWriter(file, PARTS, SHEET)
        self._append([render_header(self._columns)])

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of a frame that has the columns by id, typed as their kinds say.

        Raises ValueError past 1,048,575 rows, and whatever rendering or writing an earlier frame
        has raised; the workbook cannot be completed after that.
        """
        with self._working():
            self._require_room(frame.height)
            self._append(self._renderer.put((frame, self._next_row)))
            self._next_row += frame.height

    def _completed(self) -> Losses:
        self._append(self._renderer.finish())
        self._archive.write(SHEET_END)
        self._archive.close()
        return self._losses

    def _stop(self) -> None:
        self._renderer.stop()
        self._archive.stop()

    def _render(self, given: tuple[pl.DataFrame, int]) -> RenderedRows:
        frame, first_row = given
        return render_rows(frame, self._columns, first_row)

    def _append(self, rendered: Iterable[RenderedRows]) -> None:
        for rows in rendered:
            self._archive.write(rows.xml)
            self._losses += rows.losses

    def _require_room(self, rows: int) -> None:
        if self._next_row + rows - 1 > MAX_ROWS:
            raise ValueError(f"An Excel sheet holds at most {MAX_ROWS - 1:,} rows of data.")
