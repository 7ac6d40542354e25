"""The SQL of roles, and how a user's row names its role."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)

from transload.accounts.model import BUILT_IN_ROLES, Detail, Permission, Role
from transload.db.tables import roles, users

ROLE_COLUMNS: tuple[ColumnElement[Any], ...] = (
    users.c.role,
    roles.c.name.label("role_name"),
    roles.c.permissions.label("role_permissions"),
    roles.c.details.label("role_details"),
)
"""What a query of users takes along, for `role_of`."""

USERS_AND_ROLES: FromClause = users.outerjoin(
    roles, (roles.c.organization_id == users.c.organization_id) & (roles.c.id == users.c.role)
)


def role_of(row: Row[*tuple[Any, ...]]) -> Role:
    """Give the role of a user's row."""
    built_in = BUILT_IN_ROLES.get(row.role)
    if built_in is not None:
        return built_in
    return _role(row.role, row.role_name or "", row.role_permissions or (), row.role_details or ())


def find_roles(connection: Connection, organization_id: str) -> list[Role]:
    """Give the roles that the organization made, oldest first."""
    rows = connection.execute(
        select(roles).where(roles.c.organization_id == organization_id).order_by(roles.c.id)
    )
    return [_stored(row) for row in rows]


def find_role(connection: Connection, organization_id: str, role_id: str) -> Role | None:
    """Give the role of that id that the organization made."""
    row = connection.execute(
        select(roles).where(roles.c.organization_id == organization_id, roles.c.id == role_id)
    ).first()
    return None if row is None else _stored(row)


def add_role(connection: Connection, organization_id: str, role: Role, now: datetime) -> None:
    """Insert a role."""
    connection.execute(
        insert(roles),
        {
            "organization_id": organization_id,
            "created_time": now,
            "updated_time": now,
            **_values(role),
        },
    )


def replace_role(connection: Connection, organization_id: str, role: Role, now: datetime) -> None:
    """Write all of a role over the one with its id."""
    connection.execute(
        update(roles)
        .where(roles.c.organization_id == organization_id, roles.c.id == role.id)
        .values(updated_time=now, **_values(role))
    )


def remove_role(connection: Connection, organization_id: str, role_id: str) -> None:
    """Delete a role."""
    connection.execute(
        delete(roles).where(roles.c.organization_id == organization_id, roles.c.id == role_id)
    )


def find_holders(
    connection: Connection, organization_id: str, key: str, limit: int
) -> tuple[int, list[str]]:
    """Count the users that have a role; give the addresses of the first of them."""
    with_role = (users.c.organization_id == organization_id, users.c.role == key)
    total = connection.execute(
        select(func.count()).select_from(users).where(*with_role)
    ).scalar_one()
    emails = connection.execute(
        select(users.c.email).where(*with_role).order_by(users.c.email).limit(limit)
    )
    return total, list(emails.scalars())


def _values(role: Role) -> Mapping[str, object]:
    return {
        "id": role.id,
        "name": role.name,
        "permissions": sorted(permission.value for permission in role.permissions),
        "details": [
            {
                "permission": detail.permission.value,
                "thing_id": detail.thing_id,
                "hidden_fields": sorted(detail.hidden_fields),
                "flow_ids": None if detail.flow_ids is None else sorted(detail.flow_ids),
            }
            for detail in role.details
        ],
    }


def _stored(row: Row[*tuple[Any, ...]]) -> Role:
    role = _role(row.id, row.name, row.permissions, row.details)
    return replace(role, created_time=row.created_time, updated_time=row.updated_time)


def _role(
    role_id: str,
    name: str,
    permissions: Iterable[str],
    details: Iterable[Mapping[str, Any]],
) -> Role:
    known = set(Permission)
    return Role(
        id=role_id,
        key=role_id,
        name=name,
        # A permission that an earlier version knew allows nothing.
        permissions=frozenset(Permission(one) for one in permissions if one in known),
        details=tuple(
            Detail(
                permission=Permission(one["permission"]),
                thing_id=one["thing_id"],
                hidden_fields=frozenset(one["hidden_fields"]),
                flow_ids=None if one["flow_ids"] is None else frozenset(one["flow_ids"]),
            )
            for one in details
        ),
    )
