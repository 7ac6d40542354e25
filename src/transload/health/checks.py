"""What `/readyz` asks of a process: its store, its files, its jobs, and that it is not stopping."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select

from transload.db.engine import Database
from transload.files.model import Files
from transload.jobs.pool import Jobs
from transload.shutdown import Shutdown
from transload.web.readiness import Readiness

_PATIENCE_SECONDS = 5
_NO_FILE = "readiness"  # a key that no file ever has


class Thread(Protocol):
    """A thread that is to run as long as the process."""

    @property
    def is_well(self) -> bool:
        """Whether it runs."""


def readiness_of(
    database: Database,
    files: Files,
    jobs: Jobs,
    shutdowns: Sequence[Shutdown],
    threads: Sequence[Thread] = (),
) -> Readiness:
    """Give the checks of a process, by the names that `/readyz` gives them."""

    def answers() -> bool:
        database.require_file()
        with database.read() as connection:
            return connection.scalar(select(1)) == 1

    def is_usable() -> bool:
        with files.stage():
            return files.find(_NO_FILE) is None

    return Readiness(
        {
            "database": answers,
            "files": is_usable,
            "jobs": lambda: jobs.is_launched,
            "upkeep": lambda: (
                database.is_looked_after
                and jobs.is_looked_after
                and all(one.is_well for one in threads)
            ),
            "running": lambda: not any(shutdown.has_begun for shutdown in shutdowns),
        },
        _PATIENCE_SECONDS,
    )
