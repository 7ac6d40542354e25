"""Files in a folder."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from transload.files.model import StagedFile
from transload.files.scratch import Scratch

_FOLDER_MODE = 0o700
_UNFINISHED = "unfinished"


class LocalFiles:
    """Files below one folder, of this machine or mounted on every one that needs it."""

    def __init__(self, root: Path) -> None:
        """Use the folder, which is made for its owner alone if it is missing."""
        self._root = root.resolve()
        self._root.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        self._scratch = Scratch(self._root / _UNFINISHED)

    @property
    def scratch_dir(self) -> Path:
        """A part of the same folder, so that a file is published by renaming it."""
        return self._scratch.folder

    def stage(self) -> AbstractContextManager[StagedFile]:
        """Open a seekable file for writing; it is gone after the block unless it was published."""
        return self._scratch.stage()

    def stage_folder(self) -> AbstractContextManager[Path]:
        """Make a folder to write in, which is gone after the block."""
        return self._scratch.stage_folder()

    def publish(self, staged: StagedFile, key: str) -> int:
        """Make the staged file readable under the key, in one step; give its size in bytes.

        Its bytes and its name are on the disk when this returns. A file that had the key is
        replaced.
        """
        staged.stream.flush()
        os.fsync(staged.stream.fileno())
        size = staged.path.stat().st_size
        target = self._root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.path.replace(target)
        for folder in (target.parent, target.parent.parent):
            _sync(folder)
        return size

    def find(self, key: str) -> Path | None:
        """Give the path of a published file."""
        path = self._root / key
        return path if path.is_file() else None

    def link(self, key: str, lifetime: timedelta) -> None:
        """Give none: a folder has no links of its own."""
        del key, lifetime

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
        """Remove what processes that were killed left behind."""
        self._scratch.discard()


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
