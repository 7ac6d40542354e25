"""The data folder: readable by its owner alone, used by one service at a time."""

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from transload.errors import StartupError

DATABASE = "transload.db"
_LOCK = "service.lock"
_MARK = ".installation"
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_OTHERS = 0o077
_MARK_LENGTH = 32
_SQLITE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")
_log = logging.getLogger(__name__)


def make_folder(folder: Path) -> None:
    """Make the data folder, for its owner alone, and tell where one that is there is wider.

    Raises StartupError where nothing can be written into it.
    """
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(_FOLDER_MODE)  # whatever the umask takes away or leaves
        is_writable = os.access(folder, os.W_OK | os.X_OK)
        reason = "Permission denied"
    except OSError as error:
        is_writable, reason = False, error.strerror or str(error)
    if not is_writable:
        raise StartupError(
            f"The data folder {folder.resolve()} cannot be written ({reason}): give it to the "
            "user that runs Transload, or name another with --data or TRANSLOAD_DATA_DIR."
        )


def make_database_file(folder: Path) -> None:
    """Make the file of an embedded database for its owner alone; SQLite follows for its others.

    Where the folder is closed to others, so is a file in it that is wider: nothing is said then.
    """
    path = folder / DATABASE
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _FILE_MODE))
        path.chmod(_FILE_MODE)
    if not folder.stat().st_mode & _OTHERS:
        return
    for one in (path.with_name(name) for name in _SQLITE_FILES):
        if one.exists() and one.stat().st_mode & _OTHERS:
            _log.warning(
                "%s can be read by other users of this machine, and with it the keys that sign "
                "tokens; close the data folder: chmod -R go= %s",
                one.resolve(),
                folder.resolve(),
            )
            return


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go however the process ends.

    The folder itself is locked, and a file in it for what other versions look at: whoever removes
    the file opens nothing. Raises StartupError if another service has the folder.
    """
    descriptors = [
        os.open(folder, os.O_RDONLY | os.O_DIRECTORY),
        os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, _FILE_MODE),
    ]
    try:
        try:
            for descriptor in descriptors:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartupError(
                f"Another Transload service already uses the data folder {folder.resolve()}; "
                "stop it, or name another folder with --data."
            ) from error
        yield
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def require_database(folder: Path, files: Path) -> None:
    """Raise StartupError where an installation's files are there, and its database is not."""
    path = folder / DATABASE
    if path.exists() and path.stat().st_size:
        return
    if files.is_dir() and any(one.name != "unfinished" for one in files.iterdir()):
        state = "empty" if path.exists() else "missing"
        raise StartupError(
            f"The database {path.resolve()} is {state}, but {files.resolve()} holds an "
            "installation's files: restore the database, or name another folder with --data."
        )


def require_same_installation(files: Path, secret: bytes) -> None:
    """Raise StartupError where the files are another installation's than the database.

    Files that say nothing yet are marked as this one's. `secret` is one that the database keeps;
    of it a hash is written.
    """
    mark = hashlib.sha256(b"installation" + secret).hexdigest()[:_MARK_LENGTH]
    path = files / _MARK
    try:
        found = path.read_text().strip()
    except FileNotFoundError:
        files.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        path.write_text(f"{mark}\n")
        return
    if found != mark:
        raise StartupError(
            f"The files in {files.resolve()} are another installation's than the database: "
            "restore the database that belongs to them, or name another folder."
        )
