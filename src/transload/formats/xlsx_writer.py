"""Writes frames (polars tables) to an Excel workbook, streamed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import polars as pl

from transload.formats.columns import Column, Losses, Table
from transload.formats.markup import RenderedRows
from transload.formats.stage import Stage
from transload.formats.writer import FullError, Writer
from transload.formats.xlsx_package import (
    HEAD_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    SHEET_END,
    parts,
    sheet_head,
    sheet_names,
    sheet_part,
)
from transload.formats.xlsx_rows import render_header, render_rows
from transload.formats.zip_writer import Stream, ZipWriter

_FRAMES_AHEAD = 1


@dataclass(slots=True, kw_only=True)
class _Sheet:
    columns: Sequence[Column]
    stream: Stream
    next_row: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    sheet: _Sheet
    rows: RenderedRows


class XlsxWriter(Writer[pl.DataFrame]):
    """Writes frames to `file` (seekable, empty) as a workbook: a sheet a table, titles first.

    Numbers, booleans, dates and date-times are typed cells. The rest is text, never a formula, and
    so are integers of more than 15 digits, numbers that are not finite, and dates and date-times
    before 1900-03-01 (as "YYYY-MM-DD HH:MM:SS.mmm", shorter where that says all). No value is no
    cell, but a row without any value has an empty text in its first one, so that readers count it.

    XML is made in one thread and deflated in another, few frames behind the caller: memory does
    not grow with the rows. Sheets after the first wait, deflated, in files without a name in
    `folder` until the first is complete.
    Raises ValueError for no table, for a table of no column or of more than 16,384, and past
    1,048,575 rows of one; the workbook cannot be completed after that.
    """

    def __init__(
        self, file: BinaryIO, tables: Sequence[Table], *, folder: Path | None = None
    ) -> None:
        if not tables:
            raise ValueError("A workbook has at least one sheet.")
        if not all(1 <= len(table.columns) <= MAX_COLUMNS for table in tables):
            raise ValueError(f"An Excel sheet holds 1 to {MAX_COLUMNS:,} columns.")
        super().__init__()
        self._losses = Losses()
        self._renderer = Stage(_rendered, depth=_FRAMES_AHEAD)
        self._archive = ZipWriter(file, folder=folder)
        for name, content in parts(sheet_names([table.name for table in tables])):
            self._archive.add(name, content)
        self._sheets = [self._begun(number, table) for number, table in enumerate(tables, 1)]

    def _begun(self, number: int, table: Table) -> _Sheet:
        stream = self._archive.begin(sheet_part(number), room=HEAD_BYTES)
        sheet = _Sheet(columns=table.columns, stream=stream)
        self._write([_Rendered(sheet=sheet, rows=render_header(table.columns, number=number))])
        return sheet

    def _append(self, batch: pl.DataFrame, table: int) -> None:
        if not 0 <= table < len(self._sheets):
            raise ValueError("The workbook has no such sheet.")
        sheet = self._sheets[table]
        if sheet.next_row + batch.height - 1 > MAX_ROWS:
            raise FullError(f"An Excel sheet holds at most {MAX_ROWS - 1:,} rows of data.")
        self._write(self._renderer.put((batch, sheet, sheet.next_row)))
        sheet.next_row += batch.height

    def _completed(self) -> Losses:
        self._write(self._renderer.finish())
        for sheet in self._sheets:
            self._archive.write(sheet.stream, SHEET_END)
            head = sheet_head(len(sheet.columns), sheet.next_row - 1)
            self._archive.end(sheet.stream, head)
        self._archive.close()
        return self._losses

    def _stop(self) -> None:
        self._renderer.stop()
        self._archive.stop()

    def _write(self, rendered: Iterable[_Rendered]) -> None:
        for one in rendered:
            self._archive.write(one.sheet.stream, one.rows.xml)
            self._losses += one.rows.losses


def _rendered(given: tuple[pl.DataFrame, _Sheet, int]) -> _Rendered:
    frame, sheet, first_row = given
    return _Rendered(sheet=sheet, rows=render_rows(frame, sheet.columns, first_row))
