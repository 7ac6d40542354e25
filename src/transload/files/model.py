"""What a store of files does, whatever keeps the bytes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from obstore.store import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file that is being written and that nobody can see yet."""

    path: Path
    stream: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """A published file in a bucket; `size` in bytes."""

    store: ObjectStore
    key: str
    size: int
    modified: datetime


class Files(Protocol):
    """Files by key.

    A key is a relative path with `/`, made by this service and never from what a user sends.
    Whatever needs the store raises UnavailableError while that is out of reach.
    """

    @property
    def scratch_dir(self) -> Path:
        """The local folder of what is being written."""

    def stage(self) -> AbstractContextManager[StagedFile]:
        """Open a seekable file for writing; it is gone after the block unless it was published."""

    def stage_folder(self) -> AbstractContextManager[Path]:
        """Make a folder to write in, which is gone after the block."""

    def publish(self, staged: StagedFile, key: str) -> int:
        """Make the staged file readable under the key, in one step; give its size in bytes.

        It can be fetched whole when this returns. A file that had the key is replaced.
        """

    def find(self, key: str) -> Path | StoredObject | None:
        """Give a published file."""

    def link(self, key: str, lifetime: timedelta) -> str | None:
        """Give the store's own link to a published file; None where links are ours to give."""

    def remove(self, key: str) -> None:
        """Remove a published file, if there is one."""

    def iterate(self) -> Iterator[str]:
        """Give the keys of all published files; what changes meanwhile may be among them or not."""

    def discard_unfinished(self) -> None:
        """Remove what processes that were killed left behind on this machine."""
