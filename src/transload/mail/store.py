"""The SQL of mails."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from transload.db.tables import mails
from transload.dispatch import attempts
from transload.mail.model import Kind, Mail, Status


def add(connection: Connection, mail: Mail) -> None:
    """Insert a mail."""
    values = {**asdict(mail), "kind": mail.kind.value, "status": mail.status.value}
    connection.execute(insert(mails), values)


def find(connection: Connection, organization_id: str, mail_id: str) -> Mail | None:
    """Give the organization's mail with that id."""
    row = connection.execute(
        select(mails).where(mails.c.organization_id == organization_id, mails.c.id == mail_id)
    ).first()
    return None if row is None else _mail(row)


def find_page(
    connection: Connection, organization_id: str, *, offset: int, limit: int
) -> tuple[list[Mail], int]:
    """Give a page of the organization's mails, the newest first, and how many there are."""
    own = mails.c.organization_id == organization_id
    rows = connection.execute(
        select(mails).where(own).order_by(mails.c.id.desc()).offset(offset).limit(limit)
    )
    total = select(func.count()).select_from(mails).where(own)
    return [_mail(row) for row in rows], connection.execute(total).scalar_one()


def has_recent(
    connection: Connection, organization_id: str, user_id: str, kind: Kind, since: datetime
) -> bool:
    """Tell whether the user was written to about this since an instant."""
    found = select(mails.c.id).where(
        mails.c.organization_id == organization_id,
        mails.c.user_id == user_id,
        mails.c.kind == kind.value,
        mails.c.created_time > since,
    )
    return connection.execute(found.limit(1)).first() is not None


def find_due(connection: Connection, now: datetime, limit: int) -> list[Mail]:
    """Give mails whose time has come, the oldest first."""
    return [_mail(row) for row in attempts.find_due(connection, mails, now, limit)]


def claim(connection: Connection, mail: Mail, lease_end: datetime) -> bool:
    """Begin an attempt, as `attempts.claim` does."""
    return attempts.claim(connection, mails, mail, lease_end)


def keep(connection: Connection, mail: Mail) -> None:
    """Write what became of an attempt, as `attempts.keep` does."""
    attempts.keep(
        connection,
        mails,
        mail,
        status=mail.status.value,
        next_time=mail.next_time,
        completed_time=mail.completed_time,
        error=mail.error,
    )


def reset(connection: Connection, mail: Mail, now: datetime) -> None:
    """Have a mail sent again now, with all of its attempts before it."""
    attempts.reset(connection, mails, mail, now)


def forget_before(connection: Connection, instant: datetime) -> None:
    """Delete mails that are older."""
    attempts.forget_before(connection, mails, instant)


def _mail(row: Row[*tuple[Any, ...]]) -> Mail:
    return Mail(
        id=row.id,
        organization_id=row.organization_id,
        user_id=row.user_id,
        email=row.email,
        kind=Kind(row.kind),
        data=row.data,
        status=Status(row.status),
        attempts=row.attempts,
        next_time=row.next_time,
        created_time=row.created_time,
        completed_time=row.completed_time,
        error=row.error,
    )
