"""What a job is, and how it is told to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from sqlalchemy import Connection

Handler = Callable[[str, str], None]
"""Does a job, given an organization's id and the id of the row that the job is about.

A job is done when it returns, and tried again later when it raises. It may be run again from the
beginning, also while an earlier run of it, that was taken for dead, is still at work.
"""

Work = Callable[[], None]
"""Work that has to be done now and then, and may be done twice."""


class Lane(Enum):
    """Where a job waits: behind its likes, so that what takes seconds waits for no minutes."""

    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that runs jobs, and how long ago it last said that it lives."""

    name: str
    is_alive: bool
    silent_seconds: float


class Queue(Protocol):
    """Where background work is put, in the caller's transaction."""

    def enqueue(
        self,
        connection: Connection,
        name: str,
        *,
        organization_id: str,
        job_id: str,
        lane: Lane = Lane.LONG,
    ) -> None:
        """Queue the job about a row."""


class HandoverError(BaseException):
    """The process is stopping: the job is left as it is and starts anew in the next one."""


class LostError(Exception):
    """The job was taken over by another process, which took this one for dead."""
