"""Workbooks of Excel before 2007 to a table: xls, by xlrd.

xlrd tells errors from empty cells and gives numbers as they are stored, with the format that shows
them. What it cannot open, calamine may: its cells have no errors then.
"""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import xlrd  # type: ignore[import-untyped]  # it has no types of its own
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from transload.formats.reading.archives import DAMAGED, PASSWORD
from transload.formats.reading.batches import Row
from transload.formats.reading.cells import Stored, exact_cells
from transload.formats.reading.model import (
    Cause,
    Choices,
    Form,
    Kind,
    Limits,
    Sheet,
    Table,
    UnreadableError,
)
from transload.formats.reading.serials import spelled_duration, spelled_serial
from transload.formats.reading.workbooks import batches_of, chosen_sheet, write_sheet

_VISIBLE = 0
# A sheet of no version without a container, and as that of BIFF 4 whose records are the same.
_UNVERSIONED, _VERSIONED = b"\x09\x08\x08\0\0\0", b"\x09\x08\x08\0\0\4\x10\0"
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def read_xls(source: Path, rows: Path, choices: Choices, limits: Limits) -> Table:
    """Read one sheet; raises UnreadableError."""
    book = _opened(source)
    if book is None:
        return _read_by_calamine(source, rows, choices, limits)
    sheets = [
        Sheet(name=name, is_visible=book._sheet_visibility[at] == _VISIBLE)  # noqa: SLF001 - asked before the sheet is read
        for at, name in enumerate(book.sheet_names())
    ]
    at = chosen_sheet(sheets, choices.sheet)
    try:
        sheet = book.sheet_by_index(at)
    except Exception:  # noqa: BLE001 - it raises whatever comes up in a broken record
        return _read_by_calamine(source, rows, choices, limits)
    found = _Rows(book, sheet)
    return write_sheet(
        batches_of(found.each(), {}, width=sheet.ncols - found.start),
        kind=Kind.XLS,
        sheets=sheets,
        sheet=at,
        rows=rows,
        choices=choices,
        limits=limits,
        convert=exact_cells,
    )


class _Rows:
    """The rows of a sheet of xlrd."""

    def __init__(self, book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> None:
        self._book = book
        self._sheet = sheet
        self._is_1904 = book.datemode == 1
        self._elapsed: dict[int, bool] = {}
        self.start = self._first_column()

    def _first_column(self) -> int:
        """Give the column before which there is nothing in any row."""
        empty = {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}
        first: int = self._sheet.ncols
        for at in range(self._sheet.nrows):
            kinds = self._sheet.row_types(at, 0, first)
            first = next((to for to, kind in enumerate(kinds) if kind not in empty), first)
            if not first:
                break
        return first

    def each(self) -> Iterator[Row]:
        sheet = self._sheet
        for at in range(sheet.nrows):
            kinds, values = sheet.row_types(at), sheet.row_values(at)
            row: list[object] = list(values)
            for column, kind in enumerate(kinds):
                if kind not in {xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER}:
                    row[column] = self._cell(at, column, kind, values[column])
            yield (row + [None] * (sheet.ncols - len(row)))[self.start :]

    def _cell(self, row: int, column: int, kind: int, value: float) -> object:
        if kind == xlrd.XL_CELL_DATE:
            if self._is_elapsed(row, column):
                return Stored(Form.DURATION, _elapsed(value))
            return Stored(*spelled_serial(value, is_1904=self._is_1904))
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_ERROR:
            return Stored(Form.ERROR, xlrd.error_text_from_code.get(int(value), "#ERROR"))
        return None

    def _is_elapsed(self, row: int, column: int) -> bool:
        if not self._book.formatting_info:
            return False
        index = self._sheet.cell_xf_index(row, column)
        if index not in self._elapsed:
            shown = self._book.format_map[self._book.xf_list[index].format_key].format_str
            # The formats of East Asia that are built in have no text.
            self._elapsed[index] = _ELAPSED.search(shown or "") is not None
        return self._elapsed[index]


def _elapsed(days: float) -> str:
    return spelled_duration(timedelta(milliseconds=round(days * 86_400_000)))


def _opened(source: Path) -> xlrd.Book | None:
    """Open a workbook, with its cells' formats where these are sound; None: xlrd cannot."""
    content = _versioned(source)
    encoding = None if content is None else "cp1252"
    for has_formats in (True, False):
        try:
            with Path(os.devnull).open("w") as log:
                return xlrd.open_workbook(
                    str(source),
                    file_contents=content,
                    encoding_override=encoding,
                    logfile=log,
                    formatting_info=has_formats,
                    on_demand=True,
                )
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise UnreadableError(Cause.PASSWORD, PASSWORD) from error
        except Exception:  # noqa: BLE001, S112 - it raises whatever comes up in a broken record
            continue
    return None


def _versioned(source: Path) -> bytes | None:
    """Give a sheet with a version where it has none, as web pages' scripts write it; else None."""
    with source.open("rb") as file:
        if file.read(len(_UNVERSIONED)) != _UNVERSIONED:
            return None
        file.seek(len(_VERSIONED))
        return _VERSIONED + file.read()


def _read_by_calamine(source: Path, rows: Path, choices: Choices, limits: Limits) -> Table:
    try:
        with CalamineWorkbook.from_path(str(source)) as workbook:
            sheets = [
                Sheet(name=one.name, is_visible=one.visible is SheetVisibleEnum.Visible)
                for one in workbook.sheets_metadata
                if one.typ is SheetTypeEnum.WorkSheet
            ]
            at = chosen_sheet(sheets, choices.sheet)
            sheet = workbook.get_sheet_by_name(sheets[at].name)
            return write_sheet(
                batches_of(sheet.iter_rows(), {}, width=sheet.width),
                kind=Kind.XLS,
                sheets=sheets,
                sheet=at,
                rows=rows,
                choices=choices,
                limits=limits,
                convert=exact_cells,
            )
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("it has no readable sheets")) from error
