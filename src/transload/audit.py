"""Who did what: events, each written in the transaction that it tells of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, tuple_

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
    SEND = "send"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    DENY = "deny"
    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    DELIVER = "deliver"


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
    """Who is no user of the API: the command line, the holder of a link, nobody that is known."""

    organization_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `thing` is a kind (`hub`, `record`), `detail` what else there is to say.

    `organization_id` is empty for what no organization's trail tells: that one was removed, and
    attempts to sign in as nobody.
    """

    id: str
    organization_id: str
    time: datetime
    email: str
    action: Action
    thing: str
    thing_id: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which events are asked for; None: all. An empty `email` is who is no user of the API."""

    email: str | None = None
    action: Action | None = None
    thing: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = 100


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
    return find_many(connection, organization_id, Query(limit=limit))


def find_latest_of_all(connection: Connection, limit: int) -> list[Event]:
    """Give the installation's last events, also those of no organization, the newest first."""
    return _events(connection, select(audit_events).limit(limit))


def find_many(connection: Connection, organization_id: str, query: Query) -> list[Event]:
    """Give a page of the organization's events, the newest first."""
    own = select(audit_events).where(*conditions(organization_id, query))
    return _events(connection, own.offset(query.offset).limit(query.limit))


def count(connection: Connection, organization_id: str, query: Query) -> int:
    """Count the events that a query finds."""
    found = select(func.count()).select_from(audit_events)
    return connection.execute(found.where(*conditions(organization_id, query))).scalar_one()


def forget_before(connection: Connection, instant: datetime, limit: int) -> int:
    """Delete events that are older, of all organizations, at most so many; give how many."""
    old = (
        select(audit_events.c.organization_id, audit_events.c.id)
        .where(audit_events.c.time < instant)
        .limit(limit)
    )
    keys = [tuple(row) for row in connection.execute(old)]
    if keys:
        key = tuple_(audit_events.c.organization_id, audit_events.c.id)
        connection.execute(delete(audit_events).where(key.in_(keys)))
    return len(keys)


def conditions(organization_id: str, query: Query) -> list[ColumnElement[bool]]:
    """Give what the events of an organization fulfil that a query finds; its own, first of all."""
    columns = audit_events.c
    found = [columns.organization_id == organization_id]
    if query.email is not None:
        found.append(columns.email == query.email)
    if query.action is not None:
        found.append(columns.action == query.action.value)
    if query.thing is not None:
        found.append(columns.thing == query.thing)
    if query.since is not None:
        found.append(columns.time >= query.since)
    if query.until is not None:
        found.append(columns.time <= query.until)
    return found


def _events(connection: Connection, found: Select[Any]) -> list[Event]:
    return [
        Event(
            id=row.id,
            organization_id=row.organization_id,
            time=row.time,
            email=row.email,
            action=Action(row.action),
            thing=row.thing,
            thing_id=row.thing_id,
            detail=row.detail,
        )
        for row in connection.execute(found.order_by(audit_events.c.id.desc()))
    ]
