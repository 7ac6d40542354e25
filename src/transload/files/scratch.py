"""Where files lie while they are written."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import BinaryIO

from typing_extensions import Buffer

from transload.files.model import StagedFile

_STEP_BYTES = 8 << 20


class Scratch:
    """A folder of unfinished files and folders, for any number of processes.

    Each is locked by its writer as long as it is being written, and the system lets go of the
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

    @contextmanager
    def stage_folder(self) -> Iterator[Path]:
        """Make a folder for files of other programs; it is gone with them after the block."""
        with self._created_folder() as path:
            try:
                yield path
            finally:
                shutil.rmtree(path, ignore_errors=True)

    def discard(self) -> None:
        """Remove the files and folders that nobody writes any more."""
        for path in self.folder.iterdir():
            with suppress(OSError), _opened(path) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    @contextmanager
    def _created_folder(self) -> Iterator[Path]:
        """Give a folder of this process, locked; another may discard one that is not yet locked."""
        while True:
            path = self.folder / secrets.token_hex(16)
            path.mkdir()
            with suppress(FileNotFoundError), _opened(path) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if os.fstat(lock).st_nlink:
                    yield path
                    return

    def _created(self) -> BinaryIO:
        """Give a file of this process, locked; another may discard one that is not yet locked."""
        while True:
            stream = BufferedWriter(_WrittenBehind(self.folder / secrets.token_hex(16), "xb"))
            fcntl.flock(stream, fcntl.LOCK_EX)
            if os.fstat(stream.fileno()).st_nlink:
                return stream
            stream.close()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Give what the system's lock of a file or a folder is held by."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class _WrittenBehind(FileIO):
    """A file that the system brings to the disk while it grows, not all of it at the end.

    Syncing a file of 300 MB at its end took as long as a tenth of the work before it.
    """

    _behind = 0

    def write(self, content: Buffer, /) -> int:
        """Write, and from time to time have the system begin with what it has taken so far."""
        written = super().write(content)
        end = self.tell()
        # What is not yet on the disk is not dropped: it is begun with, and nothing waits for it.
        if end - self._behind >= _STEP_BYTES and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(
                self.fileno(), self._behind, end - self._behind, os.POSIX_FADV_DONTNEED
            )
            self._behind = end
        return written
