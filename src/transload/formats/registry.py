"""The formats of a file: each says of itself what the rest of the project needs to know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import polars as pl

from transload.formats.columns import Table
from transload.formats.csv_rows import Dialect
from transload.formats.csv_writer import CsvWriter
from transload.formats.json_parts_writer import JsonPartsWriter
from transload.formats.json_writer import JsonWriter
from transload.formats.ndjson_writer import NdjsonWriter
from transload.formats.ods_writer import MEDIA_TYPE as ODS_MEDIA_TYPE
from transload.formats.ods_writer import OdsWriter
from transload.formats.parquet_writer import ParquetWriter
from transload.formats.writer import Writer
from transload.formats.xlsx_writer import XlsxWriter


class Format(StrEnum):
    """A format by name, which is its extension too."""

    XLSX = "xlsx"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ODS = "ods"
    ZIP = "zip"
    """JSON in parts; what `Format.in_parts` gives, and nobody asks for by name."""

    @property
    def described(self) -> "Lines | Frames":
        """Give all else there is to know of the format."""
        return _FORMATS[self]

    @property
    def media_type(self) -> str:
        """Give what the header Content-Type says of a file."""
        return self.described.media_type

    @property
    def in_parts(self) -> "Format":
        """Give the format that holds this one's files in parts; itself where there is none."""
        return _IN_PARTS.get(self, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A format of documents: its writer takes lines of JSON."""

    media_type: str
    open: Callable[[BinaryIO], Writer[bytes]]

    holds_many_tables = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """A format of tables: its writer takes frames.

    `open` is given the file, its tables, a folder for what waits beside it, and how text is spelled
    where the format leaves that open.
    `keeps_dates_spelled`: dates and date-times are written as the texts that they are stored as.
    """

    media_type: str
    open: Callable[[BinaryIO, Sequence[Table], Path, Dialect], Writer[pl.DataFrame]]
    keeps_dates_spelled: bool = False
    holds_many_tables: bool = False


def _xlsx(
    file: BinaryIO, tables: Sequence[Table], folder: Path, _: Dialect
) -> Writer[pl.DataFrame]:
    return XlsxWriter(file, tables, folder=folder)


def _ods(file: BinaryIO, tables: Sequence[Table], folder: Path, _: Dialect) -> Writer[pl.DataFrame]:
    return OdsWriter(file, tables, folder=folder)


def _csv(
    file: BinaryIO, tables: Sequence[Table], _folder: Path, dialect: Dialect
) -> Writer[pl.DataFrame]:
    (table,) = tables
    return CsvWriter(file, table.columns, dialect)


def _parquet(
    file: BinaryIO, tables: Sequence[Table], _folder: Path, _dialect: Dialect
) -> Writer[pl.DataFrame]:
    (table,) = tables
    return ParquetWriter(file, table.columns)


_FORMATS: Mapping[Format, Lines | Frames] = {
    Format.XLSX: Frames(
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        open=_xlsx,
        holds_many_tables=True,
    ),
    Format.JSON: Lines(media_type="application/json", open=JsonWriter),
    Format.CSV: Frames(media_type="text/csv; charset=utf-8", open=_csv, keeps_dates_spelled=True),
    Format.NDJSON: Lines(media_type="application/x-ndjson", open=NdjsonWriter),
    Format.PARQUET: Frames(media_type="application/vnd.apache.parquet", open=_parquet),
    Format.ODS: Frames(media_type=ODS_MEDIA_TYPE, open=_ods, holds_many_tables=True),
    Format.ZIP: Lines(media_type="application/zip", open=JsonPartsWriter),
}
_IN_PARTS = {Format.JSON: Format.ZIP}

ASKED_FOR = tuple(each for each in Format if each not in _IN_PARTS.values())
"""The formats that a client asks for by name."""
