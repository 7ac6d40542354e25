"""Parquet files of one row group, joined into one file of many.

Sources: Parquet's `README.md` (the file) and `parquet.thrift` (its footer), by whose names the
fields are called here.
"""

import struct
from dataclasses import dataclass

from transload.formats.thrift import (
    Field,
    Struct,
    integer,
    long_field,
    read_struct,
    struct_field,
    structs,
    structs_field,
    written_struct,
)

MAGIC = b"PAR1"
_LENGTH = struct.Struct("<I")

# FileMetaData
_NUM_ROWS, _ROW_GROUPS = 3, 4
# RowGroup
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7
# ColumnChunk; its fields from 4 on tell where the indexes are that are left behind here
_CHUNK_OFFSET, _META_DATA = 2, 3
# ColumnMetaData
_COMPRESSED_SIZE, _DATA_OFFSET, _DICTIONARY_OFFSET = 7, 9, 11
_OFFSETS = (_DATA_OFFSET, _DICTIONARY_OFFSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """A row group at its place in a file: its pages, and what the footer says of it."""

    pages: bytes
    entry: bytes
    rows: int


def read_footer(file: bytes) -> Struct:
    """Read the footer of a whole file."""
    end = len(file) - len(MAGIC) - _LENGTH.size
    (length,) = _LENGTH.unpack_from(file, end)
    return read_struct(file[end - length : end])


def row_group_at(offset: int, file: bytes) -> RowGroup:
    """Take the only row group out of a file, for another file that it will stand in at `offset`."""
    (group,) = structs(read_footer(file)[_ROW_GROUPS])
    pages, chunks = bytearray(), []
    for chunk in structs(group[_COLUMNS]):
        described = read_struct(chunk[_META_DATA].value)
        start = min(integer(described[at]) for at in _OFFSETS if at in described)
        shift = offset + len(pages) - start
        pages += file[start : start + integer(described[_COMPRESSED_SIZE])]
        chunks.append(_moved(described, shift))
    entry = {**group, _COLUMNS: structs_field(chunks), _GROUP_OFFSET: long_field(offset)}
    # Of 16 bits, and needed by nobody: only encryption asks for it.
    entry.pop(_ORDINAL, None)
    return RowGroup(
        pages=bytes(pages), entry=written_struct(entry), rows=integer(group[_GROUP_ROWS])
    )


def written_footer(model: Struct, rows: int, entries: list[bytes]) -> bytes:
    """Write all of a file that follows its pages; `model` is a footer of the same columns."""
    footer = written_struct(
        {**model, _NUM_ROWS: long_field(rows), _ROW_GROUPS: structs_field(entries)}
    )
    return footer + _LENGTH.pack(len(footer)) + MAGIC


def _moved(described: Struct, shift: int) -> bytes:
    """Give the ColumnChunk of pages that have moved by so many bytes."""
    places = {at: long_field(integer(described[at]) + shift) for at in _OFFSETS if at in described}
    moved: dict[int, Field] = {**described, **places}
    return written_struct({_CHUNK_OFFSET: long_field(0), _META_DATA: struct_field(moved)})
