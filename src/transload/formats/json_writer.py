"""Stored documents to a JSON file."""

from types import TracebackType
from typing import BinaryIO, Self

from transload.formats.columns import Losses


class JsonWriter:
    """Writes documents to `file` as one JSON array, an object a line, their bytes as stored.

    Leaving the `with` block closes the array; leaving it by an exception leaves the file as it is.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_empty = True
        self._is_open = True
        self._is_complete = False

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the array, or abandon it after an exception."""
        if kind is None:
            self.close()
        self._is_open = False

    def write(self, lines: bytes) -> None:
        """Append documents: JSON objects, one a line, with or without a newline at the end."""
        self._require_open()
        objects = lines.removesuffix(b"\n")
        if not objects:
            return
        self._file.write(b"[\n" if self._is_empty else b",\n")
        self._is_empty = False
        # A newline inside of a JSON string is escaped: each one here ends an object.
        self._file.write(objects.replace(b"\n", b",\n"))

    def close(self) -> Losses:
        """End the array; the file stays open. Closing again changes nothing. JSON loses nothing."""
        if not self._is_complete:
            self._require_open()
            self._file.write(b"[]" if self._is_empty else b"\n]")
            self._is_open, self._is_complete = False, True
        return Losses()

    def _require_open(self) -> None:
        if not self._is_open:
            raise ValueError("The JSON array is closed.")
