"""Use cases of whole organizations: for their admins, and for whoever runs the installation."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import organization_store as store
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Organization
from transload.db.engine import Database
from transload.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

_PART = 500


def get_own(database: Database, actor: Actor) -> Organization:
    """Give the actor's organization."""
    with database.read() as connection:
        return _own(connection, actor)


def rename(database: Database, actor: Actor, name: str, now: datetime) -> Organization:
    """Give the actor's organization another name.

    Raises ForbiddenError for who is no owner or admin, InvalidError for a blank name, and
    ConflictError for one that another organization has.
    """
    if not actor.is_admin:
        raise ForbiddenError
    new = name.strip()
    if not new:
        raise InvalidError("The name field must not be blank.")
    try:
        with database.write() as connection:
            old = _own(connection, actor)
            store.rename(connection, old.id, new)
            audit.record(
                connection,
                actor,
                audit.Action.UPDATE,
                thing="organization",
                thing_id=old.id,
                now=now,
                detail=f"{old.name} -> {new}",
            )
    except IntegrityError as error:
        raise ConflictError(f"There is an organization {new} already.") from error
    return Organization(id=old.id, name=new)


def _own(connection: Connection, actor: Actor) -> Organization:
    found = accounts.find_organization(connection, actor.organization_id)
    if found is None:
        raise NotFoundError
    return found


def disable(database: Database, organization: Organization, now: datetime) -> None:
    """Let nobody of an organization in: not by sessions, tokens or links, in any process.

    Its jobs end, and links to its files lead nowhere. What it has stays.
    """
    _set(database, organization, now, now)


def enable(database: Database, organization: Organization, now: datetime) -> None:
    """Let the users of an organization in again, by the sessions and tokens that they had too."""
    _set(database, organization, None, now)


def remove_rows(database: Database, organization: Organization, now: datetime) -> None:
    """Remove all that the store holds of an organization, in many short transactions.

    Where it is broken off, what is left goes the next time.
    """
    while any(_empty(database, organization)):
        pass  # what requests that were under way have added meanwhile goes too
    with database.write() as connection:
        store.remove(connection, organization.id)
        audit.record(
            connection,
            audit.Unnamed(),
            audit.Action.DELETE,
            thing="organization",
            thing_id=organization.id,
            now=now,
            detail=organization.name,
        )


def _empty(database: Database, organization: Organization) -> list[int]:
    """Go through all tables once; give how many rows went from each."""
    removed = []
    for table in store.owned_tables():
        total = 0
        while True:
            with database.write() as connection:
                part = store.remove_part(connection, table, organization.id, _PART)
            total += part
            if part < _PART:
                break
        removed.append(total)
    return removed


def _set(
    database: Database, organization: Organization, since: datetime | None, now: datetime
) -> None:
    with database.write() as connection:
        store.set_disabled(connection, organization.id, since)
        audit.record(
            connection,
            audit.Unnamed(organization.id),
            audit.Action.UPDATE,
            thing="organization",
            thing_id=organization.id,
            now=now,
            detail="let in again" if since is None else "let in no more",
        )
