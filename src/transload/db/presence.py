"""Whether an embedded database is still the file that was opened."""

import os
from pathlib import Path

from transload.errors import UnavailableError

_RETRY_SECONDS = 60


class DatabaseFile:
    """The file of an embedded database.

    One that is removed or replaced while it is open takes writes on as if nothing were, and all of
    them are gone when the process ends.
    """

    def __init__(self, path: Path) -> None:
        """Take the path; the file that is there at the first look is the one."""
        self._path = path
        self._opened: tuple[int, int] | None = None

    def require(self) -> None:
        """Raise UnavailableError where the file is not there any more, or is another one."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - at every write, and three times as fast
        except FileNotFoundError:
            identity = None
        else:
            identity = (found.st_dev, found.st_ino)
            if self._opened is None:
                self._opened = identity
        if identity is None or identity != self._opened:
            raise UnavailableError(
                "The file of the database was removed or replaced while the service runs; "
                "nothing is written until it is restored and the service started anew.",
                retry_after_seconds=_RETRY_SECONDS,
            )
