"""Workbooks for the tests: written, and read back by programs of other people."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own
import polars as pl
import python_calamine

from transload.formats.columns import Column, Kind, Table
from transload.formats.xlsx_writer import XlsxWriter

TYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.NUMBER: pl.Float64(),
    Kind.DECIMAL: pl.String(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.DATE: pl.Date(),
    Kind.DATE_TIME: pl.Datetime("ms"),
    Kind.LIST: pl.String(),
}


def column(kind: Kind, name: str = "value") -> Column:
    return Column(id=name, title=name, kind=kind)


def series(kind: Kind, values: Sequence[object], name: str = "value") -> pl.Series:
    return pl.Series(name, values, dtype=TYPES[kind])


def workbook(columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> bytes:
    file = BytesIO()
    with XlsxWriter(file, [Table(columns=columns)]) as writer:
        for frame in frames:
            writer.write(frame)
    return file.getvalue()


def workbook_of(kind: Kind, values: Sequence[object]) -> bytes:
    return workbook([column(kind)], [series(kind, values).to_frame()])


def held(value: object) -> object:
    """Give what a cell has of a value: of long integers and of old dates the text."""
    match value:
        case float() if value.is_integer() and 1e15 <= abs(value) <= 2**53:
            return str(int(value))
        case datetime() if value < datetime(1900, 3, 1):  # noqa: DTZ001  # frames hold UTC, unmarked
            return value.isoformat(" ", "milliseconds").removesuffix(".000")
        case date() if not isinstance(value, datetime) and value < date(1900, 3, 1):
            return value.isoformat()
        case _:
            return value


def read_by_calamine(content: bytes) -> list[list[object]]:
    sheet = python_calamine.load_workbook(BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


def read_by_openpyxl(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [[decoded(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def decoded(cell: object) -> object:
    """Decode `_xHHHH_`, which openpyxl leaves as it is."""
    if not isinstance(cell, str):
        return cell
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), cell)


def first_cells(rows: Sequence[Sequence[object]]) -> list[object]:
    """Give the first cell of every row below the header."""
    return [row[0] for row in rows[1:]]
