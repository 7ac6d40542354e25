"""The SQL of sessions, of links that begin them, and of attempts that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    insert,
    literal,
    select,
    update,
)

from transload.accounts.sign_in import Link, LinkKind, Session
from transload.accounts.user import Status
from transload.db.dialect import insert_or_ignore
from transload.db.tables import sessions, sign_in_failures, sign_in_links, users
from transload.db.types import UtcTime

SESSION_COLUMNS: tuple[ColumnElement[Any], ...] = (
    sessions.c.id.label("session_id"),
    sessions.c.user_id,
    sessions.c.created_time,
    sessions.c.used_time,
    sessions.c.expires_time,
    sessions.c.address,
    sessions.c.agent,
    sessions.c.is_by_link,
    sessions.c.is_single_sign_on,
)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often somebody was wrong, and when last."""

    count: int
    last_time: datetime


def add_session(connection: Connection, session: Session, secret_hash: str) -> None:
    """Insert a session, and note that its user signed in."""
    connection.execute(
        insert(sessions),
        {
            "id": session.id,
            "secret_hash": secret_hash,
            "user_id": session.user_id,
            "created_time": session.created_time,
            "used_time": session.used_time,
            "expires_time": session.expires_time,
            "address": session.address,
            "agent": session.agent,
            "is_by_link": session.is_by_link,
            "is_single_sign_on": session.is_single_sign_on,
        },
    )
    connection.execute(
        update(users)
        .where(users.c.id == session.user_id)
        .values(last_login_time=session.created_time, status=Status.ACTIVE.value)
    )


def touch_session(connection: Connection, session_id: str, now: datetime) -> None:
    """Note that a session is used."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(used_time=now))


def find_sessions(
    connection: Connection, user_id: str, used_after: datetime, now: datetime
) -> list[Session]:
    """Give the user's sessions that go on, the one used last first."""
    rows = connection.execute(
        select(*SESSION_COLUMNS)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.used_time > used_after,
            sessions.c.expires_time > now,
        )
        .order_by(sessions.c.used_time.desc(), sessions.c.id.desc())
    )
    return [session_of(row) for row in rows]


def end_session(connection: Connection, user_id: str, session_id: str) -> bool:
    """End a session of the user; False if they have none with that id."""
    return bool(
        connection.execute(
            delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id == session_id)
        ).rowcount
    )


def end_by_hash(connection: Connection, secret_hash: str) -> None:
    """End a session by what is kept of its secret."""
    connection.execute(delete(sessions).where(sessions.c.secret_hash == secret_hash))


def end_sessions(connection: Connection, user_id: str, but: str = "") -> None:
    """End the user's sessions, but one, and their links."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id != but))
    connection.execute(delete(sign_in_links).where(sign_in_links.c.user_id == user_id))


def add_link(
    connection: Connection,
    secret_hash: str,
    link: Link,
    now: datetime,
) -> None:
    """Insert a link."""
    connection.execute(
        insert(sign_in_links),
        {
            "secret_hash": secret_hash,
            "kind": link.kind.value,
            "user_id": link.user_id,
            "created_time": now,
            "expires_time": link.expires_time,
        },
    )


def end_invitations(connection: Connection, user_id: str) -> None:
    """Have the user's earlier invitations lead nowhere."""
    connection.execute(
        delete(sign_in_links).where(
            sign_in_links.c.user_id == user_id,
            sign_in_links.c.kind == LinkKind.INVITATION.value,
            sign_in_links.c.used_time.is_(None),
        )
    )


def lock_link(connection: Connection, secret_hash: str) -> Link | None:
    """Give a link to one transaction at a time."""
    row = connection.execute(
        select(sign_in_links).where(sign_in_links.c.secret_hash == secret_hash).with_for_update()
    ).first()
    if row is None:
        return None
    return Link(
        kind=LinkKind(row.kind),
        user_id=row.user_id,
        expires_time=row.expires_time,
        used_time=row.used_time,
    )


def use_link(connection: Connection, secret_hash: str, user_id: str, now: datetime) -> None:
    """Note that a link is used, and by whom."""
    connection.execute(
        update(sign_in_links)
        .where(sign_in_links.c.secret_hash == secret_hash)
        .values(used_time=now, user_id=user_id)
    )


def find_password(connection: Connection, email: str) -> tuple[str, str | None] | None:
    """Give the id of the user with an address, who may come in, and what is kept of a password."""
    row = connection.execute(
        select(users.c.id, users.c.password_hash).where(
            users.c.email == email, users.c.status != Status.INACTIVE.value
        )
    ).first()
    return None if row is None else (row.id, row.password_hash)


def set_password(connection: Connection, user_id: str, password_hash: str, now: datetime) -> None:
    """Keep a user's new password."""
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=password_hash, updated_time=now)
    )


def count_attempts(
    connection: Connection, attempt_keys: Sequence[str], now: datetime, forgotten_before: datetime
) -> list[Failures]:
    """Give how often each was wrong, to one transaction at a time; what is long ago not counted."""
    connection.execute(
        insert_or_ignore(connection, sign_in_failures),
        [{"key": key, "failures": 0, "last_time": now} for key in sorted(attempt_keys)],
    )
    rows = connection.execute(
        select(sign_in_failures)
        .where(sign_in_failures.c.key.in_(attempt_keys))
        .order_by(sign_in_failures.c.key)
        .with_for_update()
    )
    found = {row.key: Failures(row.failures, row.last_time) for row in rows}
    none = Failures(0, now)
    return [found[key] if found[key].last_time > forgotten_before else none for key in attempt_keys]


def set_failures(connection: Connection, key: str, failures: int, now: datetime) -> None:
    """Keep how often somebody was wrong."""
    connection.execute(
        update(sign_in_failures)
        .where(sign_in_failures.c.key == key)
        .values(failures=failures, last_time=now)
    )


def take_back(connection: Connection, key: str, attempt: datetime, earlier: Failures) -> None:
    """Count an attempt out again: it went well. Those that were counted meanwhile stay."""
    is_latest = sign_in_failures.c.last_time == attempt
    connection.execute(
        update(sign_in_failures)
        .where(sign_in_failures.c.key == key, sign_in_failures.c.failures > 0)
        .values(
            failures=sign_in_failures.c.failures - 1,
            last_time=case(
                (is_latest, literal(earlier.last_time, UtcTime)),
                else_=sign_in_failures.c.last_time,
            ),
        )
    )


def forgive(connection: Connection, key: str) -> None:
    """Forget the failures: this time it went well."""
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == key))


def forget_ended(
    connection: Connection, *, now: datetime, used_before: datetime, failed_before: datetime
) -> None:
    """Delete sessions, links and failures that no longer matter."""
    connection.execute(
        delete(sessions).where(
            (sessions.c.expires_time <= now) | (sessions.c.used_time <= used_before)
        )
    )
    # A used link is kept until it would have expired, so that its holder can be told.
    connection.execute(delete(sign_in_links).where(sign_in_links.c.expires_time <= used_before))
    connection.execute(
        delete(sign_in_failures).where(sign_in_failures.c.last_time <= failed_before)
    )


def session_of(row: Row[*tuple[Any, ...]]) -> Session:
    """Give the session of a row of `SESSION_COLUMNS`."""
    return Session(
        id=row.session_id,
        user_id=row.user_id,
        created_time=row.created_time,
        used_time=row.used_time,
        expires_time=row.expires_time,
        address=row.address,
        agent=row.agent,
        is_by_link=row.is_by_link,
        is_single_sign_on=row.is_single_sign_on,
    )
