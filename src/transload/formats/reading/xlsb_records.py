"""Records of a binary workbook that its reader leaves out. Source: [MS-XLSB], 2.1.4 and 2.4."""

import struct
from collections.abc import Iterable, Iterator

from transload.formats.reading.cells import Stored
from transload.formats.reading.model import Form

_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
_CELLS = range(1, 12)
_SHORT_CELLS = range(12, 19)
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_NUMBER = struct.Struct("<I")
_CELL_BYTES = 9
_MAX_LENGTH_BYTES = 4


class ShortCellsError(Exception):
    """The sheet has cells that do not say in which column they are, which its reader leaves out."""


def find_errors(windows: Iterable[bytes]) -> dict[tuple[int, int], Stored]:
    """Find a sheet's error cells, by row and column from 0; raise ShortCellsError."""
    found, row = {}, 0
    for kind, content in _records(windows):
        if kind in _SHORT_CELLS:
            raise ShortCellsError
        if kind == _ROW and len(content) >= _NUMBER.size:
            (row,) = _NUMBER.unpack_from(content)
        elif kind in {_CELL_ERROR, _FORMULA_ERROR} and len(content) >= _CELL_BYTES:
            (column,) = _NUMBER.unpack_from(content)
            name = _ERRORS.get(content[_CELL_BYTES - 1], "#ERROR")
            found[row, column] = Stored(Form.ERROR, name)
    return found


def with_long_cells(windows: Iterable[bytes]) -> Iterator[bytes]:
    """Give a sheet's records with every cell saying its column.

    A short cell, as SheetJS writes them, is in the column after that of the cell before it.
    """
    column = -1
    for kind, content in _records(windows):
        if kind == _ROW:
            column = -1
        elif kind in _CELLS and len(content) >= _NUMBER.size:
            (column,) = _NUMBER.unpack_from(content)
        elif kind in _SHORT_CELLS:
            column += 1
            yield _written(kind - _SHORT_CELLS[0] + _CELLS[0], _NUMBER.pack(column) + content)
            continue
        yield _written(kind, content)


def sheet_relations(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Give the names of a workbook's sheets, each with the id of its relation."""
    for kind, content in _records([workbook]):
        if kind == _SHEET:
            relation, at = _text(content, 8)
            name, _ = _text(content, at)
            yield name, relation


def _text(content: bytes, at: int) -> tuple[str, int]:
    (length,) = _NUMBER.unpack_from(content, at)
    start, end = at + 4, at + 4 + 2 * length
    return content[start:end].decode("utf-16-le", "replace"), end


def _records(windows: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    rest = b""
    for window in windows:
        text, at = rest + window, 0
        while (record := _record(text, at)) is not None:
            kind, start, end = record
            yield kind, text[start:end]
            at = end
        rest = text[at:]


def _written(kind: int, content: bytes) -> bytes:
    """Give a record as it is stored: type and length seven bits a byte, the lowest first."""
    head = bytes([kind]) if kind < 0x80 else bytes([(kind & 0x7F) | 0x80, kind >> 7])  # noqa: PLR2004 - seven bits
    length = len(content)
    while length >= 0x80:  # noqa: PLR2004 - likewise
        head += bytes([(length & 0x7F) | 0x80])
        length >>= 7
    return head + bytes([length]) + content


def _record(text: bytes, at: int) -> tuple[int, int, int] | None:
    """Give a record's type, and where its content begins and ends; None: it is not all there."""
    if at + 2 > len(text):
        return None
    kind = text[at]
    at += 1
    if kind & 0x80:
        kind = (kind & 0x7F) | (text[at] << 7)
        at += 1
    length = 0
    for shift in range(_MAX_LENGTH_BYTES):
        if at >= len(text):
            return None
        byte = text[at]
        at += 1
        length |= (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            break
    return (kind, at, at + length) if at + length <= len(text) else None
