"""Use cases of accounts: create, authenticate, revoke."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import IntegrityError

from transload.accounts import store, tokens
from transload.accounts.model import (
    BUILT_IN_ROLES,
    MAX_TOKENS_PER_USER,
    Actor,
    LiveToken,
    Organization,
    Permission,
    Role,
    parse_email,
)
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError

NO_ROLE = "Data not found. Please check the ID/reference number and try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Accounts of one installation."""

    database: Database
    token_key: Ed25519PrivateKey

    def authenticate(self, token: str, now: datetime) -> Actor:
        """Give the user of a valid token; raise UnauthenticatedError for any other."""
        claims = tokens.verify(self.token_key, token, now)
        with self.database.read() as connection:
            actor = store.find_user_by_token(connection, claims.token_id, claims.user_id, now)
        if actor is None:
            raise UnauthenticatedError
        return actor

    def create_token(self, *, email: str, name: str, lifetime: timedelta, now: datetime) -> str:
        """Give a new token of the user with that address.

        Raises NotFoundError if there is no such user, ConflictError if they have 10 that work.
        """
        expires_time = now + lifetime
        with self.database.write() as connection:
            user = store.lock_user_by_email(connection, parse_email(email))
            if user is None:
                raise NotFoundError(f"There is no user with the e-mail {email}.")
            if store.count_live_tokens(connection, user.user_id, now) >= MAX_TOKENS_PER_USER:
                raise ConflictError(
                    f"{user.email} has {MAX_TOKENS_PER_USER} tokens already; revoke one first."
                )
            claims = tokens.Claims(token_id=secrets.token_hex(16), user_id=user.user_id)
            store.add_token(
                connection,
                token_id=claims.token_id,
                user_id=user.user_id,
                name=name,
                now=now,
                expires_time=expires_time,
            )
        return tokens.sign(self.token_key, claims, now=now, expires_time=expires_time)

    def live_tokens(self, email: str, now: datetime) -> list[LiveToken]:
        """Give the tokens that work of the user with that address, oldest first.

        Raises NotFoundError if there is no such user.
        """
        with self.database.write() as connection:
            user = store.lock_user_by_email(connection, parse_email(email))
            if user is None:
                raise NotFoundError(f"There is no user with the e-mail {email}.")
            return store.live_tokens(connection, user.user_id, now)

    def revoke_token(self, token: str, now: datetime) -> None:
        """Make a token, given whole or by its jti, stop working at once.

        Raises UnauthenticatedError for a text that is no token of this installation, NotFoundError
        if there is no such token that still works.
        """
        is_whole = "." in token
        token_id = tokens.verify(self.token_key, token, now).token_id if is_whole else token
        with self.database.write() as connection:
            if not store.revoke_token(connection, token_id, now):
                raise NotFoundError("There is no such token, or it is revoked already.")


def create_organization(database: Database, name: str, now: datetime) -> Organization:
    """Create an organization; raise ConflictError if the name is taken."""
    if not name.strip():
        raise InvalidError("An organization's name must not be blank.")
    organization = Organization(id=new_id(), name=name.strip())
    try:
        with database.write() as connection:
            store.add_organization(connection, organization, now)
    except IntegrityError as error:
        raise ConflictError(f"There is an organization {organization.name} already.") from error
    return organization


def all_organizations(database: Database) -> list[Organization]:
    """Give the installation's organizations, oldest first."""
    with database.read() as connection:
        return store.all_organizations(connection)


def find_organization(database: Database, id_or_name: str) -> Organization | None:
    """Give the organization of that id or name."""
    with database.read() as connection:
        return store.find_organization(connection, id_or_name)


def get_organization(database: Database, id_or_name: str) -> Organization:
    """Give the organization of that id or name; raise NotFoundError if there is none."""
    organization = find_organization(database, id_or_name)
    if organization is None:
        raise NotFoundError(f"There is no organization {id_or_name}.")
    return organization


def create_user(
    database: Database,
    *,
    organization_id: str,
    email: str,
    role: Role,
    hub_ids: Iterable[str],
    now: datetime,
) -> Actor:
    """Create a user; raise ConflictError if the e-mail is taken anywhere in the installation."""
    address = parse_email(email)
    user = Actor(
        user_id=new_id(),
        organization_id=organization_id,
        email=address,
        name=address.partition("@")[0],
        role=role,
        assigned_hub_ids=frozenset(hub_ids),
    )
    try:
        with database.write() as connection:
            store.add_user(connection, user, now)
    except IntegrityError as error:
        raise ConflictError(f"There is a user with the e-mail {address} already.") from error
    return user


def find_roles(actor: Actor) -> list[Role]:
    """Give the roles that users can have."""
    actor.require(Permission.VIEW_ROLE)
    return list(BUILT_IN_ROLES.values())


def get_role(actor: Actor, role_id: str) -> Role:
    """Give a role; raise NotFoundError if the organization has none with that id."""
    for role in find_roles(actor):
        if role.id == role_id:
            return role
    raise NotFoundError(NO_ROLE)
