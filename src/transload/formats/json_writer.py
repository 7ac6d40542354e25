"""Stored documents to a JSON file."""

from typing import BinaryIO

from transload.formats.columns import Losses
from transload.formats.writer import Writer


class JsonWriter(Writer):
    """Writes documents to `file` as one JSON array, an object a line, their bytes as stored."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._is_empty = True

    def write(self, lines: bytes) -> None:
        """Append documents: JSON objects, one a line, with or without a newline at the end."""
        with self._working():
            objects = lines.removesuffix(b"\n")
            if not objects:
                return
            self._file.write(b"[\n" if self._is_empty else b",\n")
            self._is_empty = False
            # A newline inside of a JSON string is escaped: each one here ends an object.
            self._file.write(objects.replace(b"\n", b",\n"))

    def _completed(self) -> Losses:
        self._file.write(b"[]" if self._is_empty else b"\n]")
        return Losses()

    def _stop(self) -> None:
        """Nothing runs beside the caller."""
