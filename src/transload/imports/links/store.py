"""The SQL of import links."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from transload.db.tables import import_links, imports
from transload.imports.links.model import ImportLink
from transload.imports.model import Mode, Stage, Status


def add(connection: Connection, link: ImportLink) -> None:
    """Insert a link."""
    connection.execute(insert(import_links), {**asdict(link), "mode": link.mode.value})


def find(connection: Connection, organization_id: str, link_id: str) -> ImportLink | None:
    """Give the organization's link with that id."""
    return _first(connection, *_one(organization_id, link_id))


def find_by_secret(connection: Connection, secret_hash: str) -> ImportLink | None:
    """Give the link, of whatever organization, with that secret."""
    return _first(connection, import_links.c.secret_hash == secret_hash)


def find_many(
    connection: Connection, organization_id: str, user_id: str | None
) -> Sequence[ImportLink]:
    """Give the organization's links, the newest first: one user's, or for None all."""
    wanted = [import_links.c.organization_id == organization_id]
    if user_id is not None:
        wanted.append(import_links.c.user_id == user_id)
    rows = connection.execute(
        select(import_links).where(*wanted).order_by(import_links.c.id.desc())
    )
    return [_link(row) for row in rows]


def count_waiting(connection: Connection, organization_id: str) -> dict[str, int]:
    """Count, by link, the imports that wait for approval."""
    rows = connection.execute(
        select(imports.c.link_id, func.count().label("waiting"))
        .where(
            imports.c.organization_id == organization_id,
            imports.c.link_id != "",
            imports.c.status == Status.DRAFT.value,
            imports.c.submission["stage"].as_string() == Stage.SENT.value,
        )
        .group_by(imports.c.link_id)
    )
    return {row.link_id: row.waiting for row in rows}


def lock(connection: Connection, organization_id: str, link_id: str) -> ImportLink | None:
    """Give a link to one transaction at a time."""
    row = connection.execute(
        select(import_links).where(*_one(organization_id, link_id)).with_for_update()
    ).first()
    return None if row is None else _link(row)


def count_use(
    connection: Connection, link: ImportLink, now: datetime, *, drafts: int = 0, sent: int = 0
) -> None:
    """Count that an import was begun by a link, or sent."""
    connection.execute(
        update(import_links)
        .where(*_one(link.organization_id, link.id))
        .values(
            drafts=import_links.c.drafts + drafts,
            sent=import_links.c.sent + sent,
            used_time=now,
        )
    )


def remove(connection: Connection, link: ImportLink) -> None:
    """Remove a link."""
    connection.execute(delete(import_links).where(*_one(link.organization_id, link.id)))


def _one(organization_id: str, link_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        import_links.c.organization_id == organization_id,
        import_links.c.id == link_id,
    )


def _first(connection: Connection, *wanted: ColumnElement[bool]) -> ImportLink | None:
    row = connection.execute(select(import_links).where(*wanted)).first()
    return None if row is None else _link(row)


def _link(row: Row[*tuple[Any, ...]]) -> ImportLink:
    return ImportLink(**{**row._asdict(), "mode": Mode(row.mode)})
