"""A webhook, what is delivered to it, and how (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SECRET_PREFIX = "whsec_"  # noqa: S105 - no secret
"""What the standard begins secrets with."""

_SECRET_BYTES = 32
LEASE = timedelta(seconds=60)
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
)
"""How long after each attempt that failed the next one is made: a day in all."""


class Event(StrEnum):
    """What a webhook is told of."""

    EXPORT_ENDED = "export.ended"
    IMPORT_ENDED = "import.ended"
    IMPORT_WAITING = "import.waiting"
    IMPORT_DECIDED = "import.decided"
    DATA_CREATED = "data.created"
    SCHEDULE_FAILING = "schedule.failing"
    TEST = "test"


class Status(StrEnum):
    """What became of a delivery; `waiting` also between two attempts."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where an organization wants to be told, and of what.

    `problem`: why it was switched off. `secret` is sealed under `owner`; one that is in the
    standard's notation was made before secrets were.
    """

    id: str
    organization_id: str
    name: str
    url: str
    events: frozenset[Event]
    secret: str
    is_active: bool
    problem: str
    created_by: str
    created_time: datetime
    updated_time: datetime

    @property
    def owner(self) -> str:
        """The name under which its secret is sealed."""
        return f"{self.organization_id}.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something that a webhook is told; `next_time` is when it is tried next, while it waits."""

    id: str
    organization_id: str
    webhook_id: str
    event: Event
    body: str
    status: Status
    attempts: int
    next_time: datetime
    created_time: datetime
    completed_time: datetime | None
    response_status: int | None
    response_body: str
    error: str
    milliseconds: int | None


def new_secret() -> str:
    """Give a secret in the standard's notation."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(secret: str, delivery_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Give the headers of an attempt: the id stays the same over all, the time does not."""
    name, moment = f"msg_{delivery_id}", str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        "content-type": "application/json",
        "user-agent": "Transload",
    }
