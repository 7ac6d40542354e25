"""Files without a name, for content that waits until another is complete."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

_COPIED_BYTES = 1 << 20


def aside(folder: Path | None) -> BinaryIO:
    """Make a file that is gone once it is closed, in `folder` or in the system's own for such."""
    return cast("BinaryIO", TemporaryFile(dir=folder))


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Give a file's content from its beginning on, a MiB at a time."""
    file.seek(0)
    while piece := file.read(_COPIED_BYTES):
        yield piece
