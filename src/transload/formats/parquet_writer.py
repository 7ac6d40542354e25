"""Writes frames (polars tables) to a Parquet file, streamed."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import BinaryIO, assert_never

import polars as pl

from transload.formats.columns import Column, Kind, Losses
from transload.formats.parquet_file import MAGIC, read_footer, row_group_at, written_footer
from transload.formats.row_groups import RowGroups
from transload.formats.stage import Stage
from transload.formats.writer import OneTable

_GROUPS_AHEAD = 1
_DIGITS, _DECIMALS = 24, 6


class ParquetWriter(OneTable[pl.DataFrame]):
    """Writes frames to `file` as Parquet: columns named by id, row groups of `RowGroups`, zstd.

    Types are those of the kinds: text and lists (as JSON) are strings, numbers doubles,
    decimals of 24 digits with 6 behind the point, dates
    dates, date-times milliseconds without a zone. The bytes depend on the columns and rows alone,
    not on how rows are cut into frames.

    polars writes each row group as a file in memory, one group ahead in a thread; the pages are
    copied from there, so that memory does not grow with the rows, but for some 200 bytes of the
    footer a column and row group. Raises ValueError for no column, and for two with the same id.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        if not columns or len({column.id for column in columns}) < len(columns):
            raise ValueError("A Parquet file has at least one column, each with an id of its own.")
        super().__init__()
        self._file = file
        self._columns = tuple(columns)
        self._groups = RowGroups()
        self._encoder = Stage(_encoded, depth=_GROUPS_AHEAD)
        schema = {column.id: _type(column.kind) for column in columns}
        self._model = read_footer(_encoded(pl.DataFrame(schema=schema)))
        self._offset = len(MAGIC)
        self._rows = 0
        self._entries: list[bytes] = []
        file.write(MAGIC)

    def _add(self, frame: pl.DataFrame) -> None:
        values = pl.DataFrame([_typed(frame, column) for column in self._columns])
        for group in self._groups.add(values):
            self._write(self._encoder.put(group))

    def _completed(self) -> Losses:
        for group in self._groups.finish():
            self._write(self._encoder.put(group))
        self._write(self._encoder.finish())
        self._file.write(written_footer(self._model, self._rows, self._entries))
        return Losses()

    def _stop(self) -> None:
        self._encoder.stop()

    def _write(self, encoded: Iterable[bytes]) -> None:
        for one in encoded:
            group = row_group_at(self._offset, one)
            self._file.write(group.pages)
            self._offset += len(group.pages)
            self._rows += group.rows
            self._entries.append(group.entry)


def _typed(frame: pl.DataFrame, column: Column) -> pl.Series:
    values = frame.get_column(column.id)
    return values.cast(_type(column.kind)) if column.kind is Kind.DECIMAL else values


def _type(kind: Kind) -> pl.DataType:
    match kind:
        case Kind.TEXT | Kind.LIST:
            return pl.String()
        case Kind.DECIMAL:
            return pl.Decimal(_DIGITS, _DECIMALS)
        case Kind.NUMBER:
            return pl.Float64()
        case Kind.BOOLEAN:
            return pl.Boolean()
        case Kind.DATE:
            return pl.Date()
        case Kind.DATE_TIME:
            return pl.Datetime("ms")
        case _:
            assert_never(kind)


def _encoded(group: pl.DataFrame) -> bytes:
    file = BytesIO()
    group.write_parquet(file, compression="zstd", row_group_size=max(1, group.height))
    return file.getvalue()
