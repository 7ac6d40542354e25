"""The rows that were read, as the Parquet file that `model` describes."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import polars as pl

from transload.formats.parquet_file import MAGIC, read_footer, row_group_at, written_footer
from transload.formats.reading.model import (
    EXTRA,
    FAULT,
    GROUP_ROWS,
    LINE,
    Cause,
    Limits,
    UnreadableError,
    form_column,
    text_column,
)
from transload.formats.row_groups import RowGroups


def rows_schema(columns: int, *, has_forms: bool) -> dict[str, type[pl.DataType]]:
    """Give names and types of the Parquet file's columns, in their order."""
    texts: dict[str, type[pl.DataType]] = {text_column(at): pl.String for at in range(columns)}
    forms: dict[str, type[pl.DataType]] = {form_column(at): pl.UInt8 for at in range(columns)}
    return {
        LINE: pl.UInt32,
        FAULT: pl.String,
        EXTRA: pl.String,
        **texts,
        **(forms if has_forms else {}),
    }


class RowsWriter:
    """Writes frames with the columns of `rows_schema` to a new file, counting their rows.

    Raises UnreadableError past the most rows or bytes that are taken.
    """

    def __init__(self, path: Path, *, columns: int, has_forms: bool, limits: Limits) -> None:
        self.rows = 0
        self.faulty_rows = 0
        self._file: BinaryIO = path.open("wb")
        self._limits = limits
        self._schema = rows_schema(columns, has_forms=has_forms)
        self._groups = RowGroups(max_rows=GROUP_ROWS)
        self._entries: list[bytes] = []
        self._offset = len(MAGIC)
        self._file.write(MAGIC)

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows."""
        self.rows += frame.height
        self.faulty_rows += frame.height - frame.get_column(FAULT).null_count()
        if self.rows > self._limits.rows:
            raise UnreadableError(
                Cause.TOO_LARGE, f"The file has more than {self._limits.rows:,} rows: split it."
            )
        self._append(self._groups.add(frame.select(*self._schema)))

    def close(self) -> None:
        """Complete the file."""
        self._append(self._groups.finish())
        empty = _encoded(pl.DataFrame(schema=self._schema))
        self._file.write(written_footer(read_footer(empty), self.rows, self._entries))
        self._file.close()

    def abandon(self) -> None:
        """Leave the file incomplete."""
        self._file.close()

    def _append(self, groups: Iterable[pl.DataFrame]) -> None:
        for frame in groups:
            group = row_group_at(self._offset, _encoded(frame))
            self._file.write(group.pages)
            self._offset += len(group.pages)
            self._entries.append(group.entry)
            if self._offset > self._limits.written_bytes:
                raise UnreadableError(
                    Cause.TOO_LARGE, "The file holds more text than is taken at once: split it."
                )


def _encoded(group: pl.DataFrame) -> bytes:
    file = BytesIO()
    group.write_parquet(
        file,
        compression="zstd",
        compression_level=1,
        statistics=False,
        row_group_size=max(1, group.height),
    )
    return file.getvalue()
