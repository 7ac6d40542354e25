"""The SQL of users, for those who manage them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, cast, delete, select, update

from transload.accounts.model import Role
from transload.accounts.role_store import ROLE_COLUMNS, USERS_AND_ROLES, role_of
from transload.accounts.user import Status, User, UserQuery
from transload.db.tables import hubs, organizations, sessions, sign_in_links, tokens, users

_COLUMNS = (
    users.c.id,
    users.c.organization_id,
    organizations.c.name.label("organization_name"),
    users.c.email,
    users.c.name,
    *ROLE_COLUMNS,
    users.c.hub_ids,
    users.c.status,
    users.c.team_ids,
    users.c.phone_number,
    users.c.last_login_time,
    users.c.created_time,
    users.c.updated_time,
)


def find(connection: Connection, organization_id: str, user_id: str) -> User | None:
    """Give the organization's user with that id."""
    return _first(connection, _select(organization_id).where(users.c.id == user_id))


def find_by_email(connection: Connection, organization_id: str, email: str) -> User | None:
    """Give the organization's user with that address."""
    return _first(connection, _select(organization_id).where(users.c.email == email))


def locate(connection: Connection, email: str) -> tuple[str, str] | None:
    """Give the ids of the organization and the user with an address, in the installation."""
    row = connection.execute(
        select(users.c.organization_id, users.c.id).where(users.c.email == email)
    ).first()
    return None if row is None else (row.organization_id, row.id)


def find_many(connection: Connection, organization_id: str, query: UserQuery) -> list[User]:
    """Give a page of the organization's users, oldest first."""
    rows = connection.execute(
        _select(organization_id)
        .where(*_conditions(query))
        .order_by(users.c.id)
        .offset(query.offset)
        .limit(query.limit)
    )
    return [_user(row) for row in rows]


def find_owners(connection: Connection, organization_id: str) -> list[User]:
    """Give the owners that can come in."""
    rows = connection.execute(
        _select(organization_id).where(
            users.c.role == Role.OWNER.key, users.c.status == Status.ACTIVE.value
        )
    )
    return [_user(row) for row in rows]


def lock_organization(connection: Connection, organization_id: str) -> None:
    """Let one transaction at a time change the organization's users and roles."""
    connection.execute(
        select(organizations.c.id).where(organizations.c.id == organization_id).with_for_update()
    )


def replace(connection: Connection, user: User) -> None:
    """Write what can be changed of a user."""
    connection.execute(
        update(users)
        .where(users.c.id == user.id)
        .values(
            name=user.name,
            role=user.role.key,
            hub_ids=sorted(user.hub_ids),
            status=user.status.value,
            team_ids=list(user.team_ids),
            phone_number=user.phone_number,
            updated_time=user.updated_time,
        )
    )


def remove(connection: Connection, user_id: str) -> None:
    """Delete a user, and all that lets them in."""
    for table in (tokens, sessions, sign_in_links):
        connection.execute(delete(table).where(table.c.user_id == user_id))
    connection.execute(delete(users).where(users.c.id == user_id))


def existing_hubs(
    connection: Connection, organization_id: str, hub_ids: Collection[str]
) -> set[str]:
    """Give those of the ids that are hubs of the organization."""
    found = select(hubs.c.id).where(
        hubs.c.organization_id == organization_id, hubs.c.id.in_(hub_ids)
    )
    return set(connection.execute(found).scalars())


def _select(organization_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .select_from(
            USERS_AND_ROLES.join(organizations, organizations.c.id == users.c.organization_id)
        )
        .where(users.c.organization_id == organization_id)
    )


def _conditions(query: UserQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.hub_id is not None:
        found.append(cast(users.c.hub_ids, Text).contains(query.hub_id, autoescape=True))
    if query.team_id is not None:
        quoted = f'"{query.team_id}"'
        found.append(cast(users.c.team_ids, Text).contains(quoted, autoescape=True))
    if query.role_id is not None:
        found.append(users.c.role == query.role_id)
    if query.status is not None:
        found.append(users.c.status == query.status.value)
    if query.part is not None:
        part = query.part
        found.append(
            users.c.name.icontains(part, autoescape=True)
            | users.c.email.icontains(part, autoescape=True)
        )
    return found


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> User | None:
    row = connection.execute(query).first()
    return None if row is None else _user(row)


def _user(row: Row[*tuple[Any, ...]]) -> User:
    created: datetime = row.created_time
    return User(
        id=row.id,
        organization_id=row.organization_id,
        organization_name=row.organization_name,
        email=row.email,
        name=row.name,
        role=role_of(row),
        hub_ids=frozenset(row.hub_ids),
        status=Status(row.status),
        team_ids=tuple(row.team_ids),
        phone_number=row.phone_number,
        last_login_time=row.last_login_time,
        created_time=created,
        updated_time=row.updated_time or created,
    )
