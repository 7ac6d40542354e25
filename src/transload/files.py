"""Finished files: written aside, published whole, found by key."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_UNFINISHED = "unfinished"


class StagedFile:
    """A file that is being written and that nobody can see yet."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        """Keep the open stream and where it leads."""
        self.path = path
        self.stream = stream


class LocalFiles:
    """Files below one folder of this machine.

    A key is a relative path with `/`, made by this service and never from what a user sends.
    """

    def __init__(self, root: Path) -> None:
        """Use the folder, which is made if it is missing."""
        self._root = root.resolve()
        self._unfinished = self._root / _UNFINISHED
        self._unfinished.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def stage(self) -> Iterator[StagedFile]:
        """Open a seekable file for writing; it is gone after the block unless it was published."""
        path = self._unfinished / secrets.token_hex(16)
        with path.open("xb") as stream:
            try:
                yield StagedFile(path, stream)
            finally:
                path.unlink(missing_ok=True)

    def publish(self, staged: StagedFile, key: str) -> int:
        """Make the staged file readable under the key, in one step; give its size in bytes.

        Its bytes are on the disk when this returns. A file that had the key is replaced.
        """
        staged.stream.flush()
        os.fsync(staged.stream.fileno())
        size = staged.path.stat().st_size
        target = self._root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.path.replace(target)
        return size

    def find(self, key: str) -> Path | None:
        """Give the path of a published file."""
        path = self._root / key
        return path if path.is_file() else None

    def remove(self, key: str) -> None:
        """Remove a published file, if there is one; who is reading it reads to its end."""
        (self._root / key).unlink(missing_ok=True)

    def iterate(self) -> Iterator[str]:
        """Give the keys of all published files; what changes meanwhile may be among them or not."""
        for folder, folders, names in os.walk(self._root):
            if Path(folder) == self._root and _UNFINISHED in folders:
                folders.remove(_UNFINISHED)
            for name in names:
                yield (Path(folder) / name).relative_to(self._root).as_posix()

    def discard_unfinished(self) -> None:
        """Remove what a process that was killed left behind; only while none is writing."""
        for path in self._unfinished.iterdir():
            path.unlink(missing_ok=True)
