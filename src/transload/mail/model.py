"""A mail to a user, what becomes of it, and the letter that it is sent as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
WAITS = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 1_800, 7_200, 21_600, 54_000))
"""How long after each attempt that failed the next one is made: a day in all."""


class Kind(StrEnum):
    """What a mail is about."""

    INVITATION = "invitation"
    EXPORT_ENDED = "export.ended"
    IMPORT_ENDED = "import.ended"
    IMPORT_WAITING = "import.waiting"
    IMPORT_DECIDED = "import.decided"
    WEBHOOK_OFF = "webhook.off"
    SCHEDULE_FAILING = "schedule.failing"


class Status(StrEnum):
    """What became of a mail; `waiting` also between two attempts."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to a user. `data` is what it tells: no secret, which is made when it is sent.

    `user_id` is empty for who has no account: the sender of a file by an import link.
    """

    id: str
    organization_id: str
    user_id: str
    email: str
    kind: Kind
    data: Mapping[str, object]
    status: Status
    attempts: int
    next_time: datetime
    created_time: datetime
    completed_time: datetime | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a user reads."""

    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
