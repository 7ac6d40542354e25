"""Where files lie while they are written."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from transload.files.model import StagedFile


class Scratch:
    """A folder of unfinished files, for any number of processes.

    Each file is locked by its writer as long as it is being written, and the system lets go of the
    lock however the process ends: so what is not locked is left over.
    """

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made if it is missing."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def stage(self) -> Iterator[StagedFile]:
        """Open a seekable file for writing; it is gone after the block unless it was moved away."""
        with self._created() as stream:
            path = Path(stream.name)
            try:
                yield StagedFile(path=path, stream=stream)
            finally:
                path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the files that nobody writes any more."""
        for path in self.folder.iterdir():
            with suppress(OSError), path.open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)

    def _created(self) -> BinaryIO:
        """Give a file of this process, locked; another may discard one that is not yet locked."""
        while True:
            stream = (self.folder / secrets.token_hex(16)).open("xb")
            fcntl.flock(stream, fcntl.LOCK_EX)
            if os.fstat(stream.fileno()).st_nlink:
                return stream
            stream.close()
