"""Who did what: events kept in the transaction of what they tell of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection, insert, select

from transload.db.ids import new_id
from transload.db.tables import audit_events


class Action(StrEnum):
    """What was done, or refused."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"
    DOWNLOAD = "download"
    CANCEL = "cancel"
    DENY = "deny"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"


class Who(Protocol):
    """Whose doing it was."""

    @property
    def organization_id(self) -> str:
        """The id of the organization."""

    @property
    def email(self) -> str:
        """The user's address; empty where nobody is known, as for the holder of a link."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Who is no user of the API: the command line, or nobody that is known."""

    organization_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder of a link, of whom nothing else is known."""

    organization_id: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `thing` is a kind (`hub`, `record`), `detail` what else there is to say."""

    id: str
    time: datetime
    email: str
    action: Action
    thing: str
    thing_id: str
    detail: str


def record(
    connection: Connection,
    who: Who,
    action: Action,
    *,
    thing: str,
    thing_id: str,
    now: datetime,
    detail: str = "",
) -> None:
    """Keep an event; it is there if, and only if, the caller's transaction commits."""
    connection.execute(
        insert(audit_events),
        {
            "organization_id": who.organization_id,
            "id": new_id(),
            "time": now,
            "email": who.email,
            "action": action.value,
            "thing": thing,
            "thing_id": thing_id,
            "detail": detail,
        },
    )


def find_latest(connection: Connection, organization_id: str, limit: int) -> list[Event]:
    """Give the organization's last events, the newest first."""
    rows = connection.execute(
        select(audit_events)
        .where(audit_events.c.organization_id == organization_id)
        .order_by(audit_events.c.id.desc())
        .limit(limit)
    )
    return [
        Event(
            id=row.id,
            time=row.time,
            email=row.email,
            action=Action(row.action),
            thing=row.thing,
            thing_id=row.thing_id,
            detail=row.detail,
        )
        for row in rows
    ]
