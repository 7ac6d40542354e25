"""Gives kept files as files of this machine, from a folder or a bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore

from transload.errors import NotFoundError
from transload.files.model import Files


@contextmanager
def local_file(files: Files, key: str) -> Iterator[Path]:
    """Give the path of a kept file, from a bucket that of a copy which is gone after the block.

    Raises NotFoundError where there is none.
    """
    found = files.find(key)
    if found is None:
        raise NotFoundError
    if isinstance(found, Path):
        yield found
        return
    with files.stage() as staged:
        for part in obstore.get(found.store, found.key):
            staged.stream.write(part)
        staged.stream.flush()
        yield staged.path
