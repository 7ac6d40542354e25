"""The SQL of an organization as a whole: its name, who is let in, and removing all it has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, delete, select, tuple_, update

from transload.db.tables import metadata, organizations, users


def rename(connection: Connection, organization_id: str, name: str) -> None:
    """Give an organization another name."""
    connection.execute(
        update(organizations).where(organizations.c.id == organization_id).values(name=name)
    )


def lock_names(connection: Connection, organization_id: str) -> None:
    """Let one transaction at a time name things of the organization: before it locks any.

    So no two of a kind come by the same name.
    """
    connection.execute(
        select(organizations.c.id)
        .where(organizations.c.id == organization_id)
        .with_for_update(key_share=True)
    )


def set_disabled(connection: Connection, organization_id: str, since: datetime | None) -> None:
    """Let nobody of an organization in since an instant; None: let them in."""
    connection.execute(
        update(organizations)
        .where(organizations.c.id == organization_id)
        .values(disabled_time=since)
    )


def is_disabled(connection: Connection, organization_id: str) -> bool:
    """Tell whether nobody of an organization is let in."""
    found = select(organizations.c.id).where(
        organizations.c.id == organization_id, organizations.c.disabled_time.is_not(None)
    )
    return connection.execute(found).first() is not None


def owned_tables() -> Sequence[Table]:
    """Give the tables that hold what is an organization's, those that refer to others first."""
    return [
        table
        for table in reversed(metadata.sorted_tables)
        if {"organization_id", "user_id"} & {*table.c.keys()}
    ]


def remove_part(connection: Connection, table: Table, organization_id: str, most: int) -> int:
    """Delete at most so many of the organization's rows of such a table; give how many."""
    if "organization_id" in table.c:
        is_owned = table.c.organization_id == organization_id
    else:
        own = select(users.c.id).where(users.c.organization_id == organization_id)
        is_owned = table.c.user_id.in_(own)
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(is_owned).limit(most)
    return connection.execute(delete(table).where(key.in_(some))).rowcount


def remove(connection: Connection, organization_id: str) -> None:
    """Delete an organization that has nothing any more."""
    connection.execute(delete(organizations).where(organizations.c.id == organization_id))
