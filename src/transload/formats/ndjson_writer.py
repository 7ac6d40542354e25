"""Writes stored documents to a file of JSON lines."""

from typing import BinaryIO

from transload.formats.columns import Losses
from transload.formats.writer import OneTable


class NdjsonWriter(OneTable[bytes]):
    """Writes documents to `file`, one JSON object a line, each line ended, their bytes as stored.

    No document makes an empty file.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def _add(self, lines: bytes) -> None:
        if lines:
            self._file.write(lines if lines.endswith(b"\n") else lines + b"\n")

    def _completed(self) -> Losses:
        return Losses()

    def _stop(self) -> None:
        """Nothing runs beside the caller."""
