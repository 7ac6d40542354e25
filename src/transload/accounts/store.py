"""The SQL of organizations, users, tokens and keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from transload.accounts.model import Actor, LiveToken, Organization
from transload.accounts.role_store import ROLE_COLUMNS, USERS_AND_ROLES, role_of
from transload.accounts.session_store import SESSION_COLUMNS, session_of
from transload.accounts.sign_in import Session
from transload.accounts.user import Status
from transload.db.dialect import insert_or_ignore
from transload.db.tables import keys, organizations, sessions, tokens, users
from transload.db.types import UtcTime

_ACTOR = (
    users.c.id,
    users.c.organization_id,
    users.c.email,
    users.c.name,
    *ROLE_COLUMNS,
    users.c.hub_ids,
)
_IS_LET_IN = and_(
    users.c.status != Status.INACTIVE.value,
    ~exists().where(
        organizations.c.id == users.c.organization_id, organizations.c.disabled_time.is_not(None)
    ),
)


def find_key(connection: Connection, name: str) -> bytes | None:
    """Give the secret of that name."""
    return connection.execute(select(keys.c.secret).where(keys.c.name == name)).scalar()


def get_key(connection: Connection, name: str) -> bytes:
    """Give the secret of that name, which exists."""
    secret: bytes = connection.execute(
        select(keys.c.secret).where(keys.c.name == name)
    ).scalar_one()
    return secret


def add_key(connection: Connection, name: str, secret: bytes, now: datetime) -> None:
    """Keep a secret, unless the name has one already."""
    connection.execute(
        insert_or_ignore(connection, keys), {"name": name, "secret": secret, "created_time": now}
    )


def find_organization(connection: Connection, id_or_name: str) -> Organization | None:
    """Give the organization of that id or exact name."""
    row = connection.execute(
        select(organizations)
        .where((organizations.c.id == id_or_name) | (organizations.c.name == id_or_name))
        .order_by(organizations.c.id != id_or_name)
    ).first()
    return None if row is None else _organization(row)


def all_organizations(connection: Connection) -> list[Organization]:
    """Give the installation's organizations, oldest first."""
    rows = connection.execute(select(organizations).order_by(organizations.c.id))
    return [_organization(row) for row in rows]


def add_organization(connection: Connection, organization: Organization, now: datetime) -> None:
    """Insert an organization."""
    connection.execute(
        insert(organizations),
        {"id": organization.id, "name": organization.name, "created_time": now},
    )


def add_user(
    connection: Connection, user: Actor, now: datetime, status: Status = Status.ACTIVE
) -> None:
    """Insert a user."""
    connection.execute(
        insert(users),
        {
            "id": user.user_id,
            "organization_id": user.organization_id,
            "email": user.email,
            "name": user.name,
            "role": user.role.key,
            "hub_ids": sorted(user.assigned_hub_ids),
            "created_time": now,
            "status": status.value,
        },
    )


def lock_user_by_email(connection: Connection, email: str) -> Actor | None:
    """Give the user with that address, in the whole installation, to one transaction at a time."""
    return _actor(
        connection.execute(
            _ACTORS.where(users.c.email == email, _IS_LET_IN).with_for_update(of=users)
        ).first()
    )


def lock_user(connection: Connection, user_id: str) -> Actor | None:
    """Give the user with that id, in the whole installation, to one transaction at a time."""
    return _actor(
        connection.execute(
            _ACTORS.where(users.c.id == user_id, _IS_LET_IN).with_for_update(of=users)
        ).first()
    )


def find_user(connection: Connection, organization_id: str, user_id: str) -> Actor | None:
    """Give the organization's user with that id, unless they are let in no more."""
    return _actor(
        connection.execute(
            _ACTORS.where(
                users.c.organization_id == organization_id, users.c.id == user_id, _IS_LET_IN
            )
        ).first()
    )


def is_let_in(connection: Connection, organization_id: str, user_id: str) -> bool:
    """Tell whether the organization's user with that id can come in."""
    return find_user(connection, organization_id, user_id) is not None


def has_users(connection: Connection) -> bool:
    """Tell whether the installation has any user."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None


def lock_installation(connection: Connection) -> None:
    """Let one transaction at a time make the installation's first user."""
    connection.execute(select(keys.c.name).with_for_update())


def find_user_by_token(
    connection: Connection, token_id: str, user_id: str, now: datetime
) -> Actor | None:
    """Give the user of a token that is neither revoked nor expired."""
    sought = {"token_id": token_id, "sought_user": user_id, "now": now}
    return _actor(connection.execute(_BY_TOKEN, sought).first())


def find_user_by_session(
    connection: Connection, secret_hash: str, used_after: datetime, now: datetime
) -> tuple[Actor, Session] | None:
    """Give the user of a session that was used after an instant and has not ended."""
    sought = {"secret_hash": secret_hash, "used_after": used_after, "now": now}
    row = connection.execute(_BY_SESSION, sought).first()
    return None if row is None else (_user(row), session_of(row))


def count_live_tokens(connection: Connection, user_id: str, now: datetime) -> int:
    """Count the user's tokens that work."""
    return connection.execute(
        select(func.count()).select_from(tokens).where(tokens.c.user_id == user_id, _is_live(now))
    ).scalar_one()


def live_tokens(connection: Connection, user_id: str, now: datetime) -> list[LiveToken]:
    """Give the user's tokens that work, oldest first."""
    rows = connection.execute(
        select(tokens.c.id, tokens.c.name, tokens.c.created_time, tokens.c.expires_time)
        .where(tokens.c.user_id == user_id, _is_live(now))
        .order_by(tokens.c.created_time, tokens.c.id)
    )
    return [
        LiveToken(
            id=row.id,
            name=row.name,
            created_time=row.created_time,
            expires_time=row.expires_time,
        )
        for row in rows
    ]


def add_token(
    connection: Connection,
    *,
    token_id: str,
    user_id: str,
    name: str,
    now: datetime,
    expires_time: datetime,
) -> None:
    """Insert a token's record; the token itself is not kept."""
    connection.execute(
        insert(tokens),
        {
            "id": token_id,
            "user_id": user_id,
            "name": name,
            "created_time": now,
            "expires_time": expires_time,
        },
    )


def revoke_token(connection: Connection, token_id: str, now: datetime) -> bool:
    """Revoke a token; False if there is none with that id, or it is revoked already."""
    return bool(
        connection.execute(
            update(tokens)
            .where(tokens.c.id == token_id, tokens.c.revoked_time.is_(None))
            .values(revoked_time=now)
        ).rowcount
    )


def organization_of_token(connection: Connection, token_id: str) -> str:
    """Give the id of the organization whose user has a token."""
    found: str = connection.execute(
        select(users.c.organization_id)
        .join(tokens, tokens.c.user_id == users.c.id)
        .where(tokens.c.id == token_id)
    ).scalar_one()
    return found


def revoke_tokens(connection: Connection, user_id: str, now: datetime) -> None:
    """Revoke all tokens of a user."""
    connection.execute(
        update(tokens)
        .where(tokens.c.user_id == user_id, tokens.c.revoked_time.is_(None))
        .values(revoked_time=now)
    )


def _is_live(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(tokens.c.revoked_time.is_(None), tokens.c.expires_time > now)


_ACTORS = select(*_ACTOR).select_from(USERS_AND_ROLES)
_NOW = bindparam("now", type_=UtcTime)
_BY_TOKEN = (  # made once: every request has it
    select(*_ACTOR)
    .select_from(USERS_AND_ROLES.join(tokens, tokens.c.user_id == users.c.id))
    .where(
        tokens.c.id == bindparam("token_id"),
        users.c.id == bindparam("sought_user"),
        _is_live(_NOW),
        _IS_LET_IN,
    )
)
_BY_SESSION = (  # likewise
    select(*_ACTOR, *SESSION_COLUMNS)
    .select_from(USERS_AND_ROLES.join(sessions, sessions.c.user_id == users.c.id))
    .where(
        sessions.c.secret_hash == bindparam("secret_hash"),
        sessions.c.used_time > bindparam("used_after", type_=UtcTime),
        sessions.c.expires_time > _NOW,
        _IS_LET_IN,
    )
)


def _organization(row: Row[*tuple[Any, ...]]) -> Organization:
    is_disabled = row.disabled_time is not None
    return Organization(id=row.id, name=row.name, is_disabled=is_disabled)


def _actor(row: Row[*tuple[Any, ...]] | None) -> Actor | None:
    return None if row is None else _user(row)


def _user(row: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(
        user_id=row.id,
        organization_id=row.organization_id,
        email=row.email,
        name=row.name,
        role=role_of(row),
        assigned_hub_ids=frozenset(row.hub_ids),
    )
