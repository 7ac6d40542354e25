"""Writes stored documents to a JSON file."""

from typing import BinaryIO

from transload.formats.columns import Losses
from transload.formats.writer import OneTable


class JsonArray:
    """Spells documents as one JSON array, an object a line, their bytes as stored."""

    def __init__(self) -> None:
        self._is_empty = True

    def add(self, lines: bytes) -> bytes:
        """Give the array's next piece: JSON objects, one a line, with or without a last newline."""
        objects = lines.removesuffix(b"\n")
        if not objects:
            return b""
        opening = b"[\n" if self._is_empty else b",\n"
        self._is_empty = False
        # A newline inside of a JSON string is escaped: each one here ends an object.
        return opening + objects.replace(b"\n", b",\n")

    def end(self) -> bytes:
        """Give the array's last piece."""
        return b"[]" if self._is_empty else b"\n]"


class JsonWriter(OneTable[bytes]):
    """Writes documents to `file` as one JSON array, an object a line, their bytes as stored."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._array = JsonArray()

    def _add(self, lines: bytes) -> None:
        self._file.write(self._array.add(lines))

    def _completed(self) -> Losses:
        self._file.write(self._array.end())
        return Losses()

    def _stop(self) -> None:
        """Nothing runs beside the caller."""
