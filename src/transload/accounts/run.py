"""Use cases of accounts: create, authenticate, revoke."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import store, tokens
from transload.accounts.model import (
    MAX_TOKENS_PER_USER,
    Actor,
    LiveToken,
    Organization,
    Role,
    parse_email,
)
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError

_LONGEST = timedelta(days=3_653)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was made: its text is shown this once."""

    id: str
    name: str
    text: str
    expires_time: datetime


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
        """Give a new token of the user with that address, to whoever runs the installation.

        Raises NotFoundError if there is no such user, ConflictError if they have 10 that work.
        """
        with self.database.write() as connection:
            user = store.lock_user_by_email(connection, parse_email(email))
            if user is None:
                raise NotFoundError(f"There is no user with the e-mail {email}.")
            who = audit.Unnamed(user.organization_id)
            return self._add_token(
                connection, user, who=who, name=name, expires_time=now + lifetime, now=now
            ).text

    def create_own_token(
        self, actor: Actor, name: str, expires_time: datetime, now: datetime
    ) -> NewToken:
        """Give a new token of the caller.

        Raises InvalidError for an end that is past or beyond ten years, ConflictError if they have
        10 that work.
        """
        if not now < expires_time <= now + _LONGEST:
            raise InvalidError("The expires_at field must be a time within the next ten years.")
        with self.database.write() as connection:
            user = store.lock_user(connection, actor.user_id)
            if user is None:
                raise UnauthenticatedError
            return self._add_token(
                connection, user, who=actor, name=name, expires_time=expires_time, now=now
            )

    def own_tokens(self, actor: Actor, now: datetime) -> list[LiveToken]:
        """Give the caller's tokens that work, oldest first."""
        with self.database.read() as connection:
            return store.live_tokens(connection, actor.user_id, now)

    def revoke_own_token(self, actor: Actor, token_id: str, now: datetime) -> None:
        """Make a token of the caller stop working at once, in every process.

        Raises NotFoundError if they have none with that id that works.
        """
        with self.database.write() as connection:
            live = store.live_tokens(connection, actor.user_id, now)
            found = next((one for one in live if one.id == token_id), None)
            if found is None or not store.revoke_token(connection, token_id, now):
                raise NotFoundError
            audit.record(
                connection,
                actor,
                audit.Action.DELETE,
                thing="token",
                thing_id=token_id,
                now=now,
                detail=found.name,
            )

    def _add_token(
        self,
        connection: Connection,
        user: Actor,
        *,
        who: audit.Who,
        name: str,
        expires_time: datetime,
        now: datetime,
    ) -> NewToken:
        if store.count_live_tokens(connection, user.user_id, now) >= MAX_TOKENS_PER_USER:
            raise ConflictError(
                f"{user.email} has {MAX_TOKENS_PER_USER} tokens already; revoke one first."
            )
        claims = tokens.Claims(token_id=secrets.token_hex(16), user_id=user.user_id)
        expires_time = expires_time.replace(microsecond=0)
        store.add_token(
            connection,
            token_id=claims.token_id,
            user_id=user.user_id,
            name=name,
            now=now,
            expires_time=expires_time,
        )
        audit.record(
            connection,
            who,
            audit.Action.CREATE,
            thing="token",
            thing_id=claims.token_id,
            now=now,
            detail=f"{user.email} {name}".strip(),
        )
        text = tokens.sign(self.token_key, claims, now=now, expires_time=expires_time)
        return NewToken(id=claims.token_id, name=name, text=text, expires_time=expires_time)

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

        Raises NotFoundError for a text that is no token of this installation, and if there is no
        such token that still works.
        """
        try:
            token_id = tokens.verify(self.token_key, token, now).token_id if "." in token else token
        except UnauthenticatedError as error:
            raise NotFoundError(
                "This is no token of this installation, or it has expired."
            ) from error
        with self.database.write() as connection:
            if not store.revoke_token(connection, token_id, now):
                raise NotFoundError("There is no such token, or it is revoked already.")
            organization_id = store.organization_of_token(connection, token_id)
            audit.record(
                connection,
                audit.Unnamed(organization_id),
                audit.Action.DELETE,
                thing="token",
                thing_id=token_id,
                now=now,
            )


def create_organization(database: Database, name: str, now: datetime) -> Organization:
    """Create an organization; raise ConflictError if the name is taken."""
    if not name.strip():
        raise InvalidError("An organization's name must not be blank.")
    organization = Organization(id=new_id(), name=name.strip())
    try:
        with database.write() as connection:
            store.add_organization(connection, organization, now)
            audit.record(
                connection,
                audit.Unnamed(organization.id),
                audit.Action.CREATE,
                thing="organization",
                thing_id=organization.id,
                now=now,
                detail=organization.name,
            )
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
            audit.record(
                connection,
                audit.Unnamed(organization_id),
                audit.Action.CREATE,
                thing="user",
                thing_id=user.user_id,
                now=now,
                detail=address,
            )
    except IntegrityError as error:
        raise ConflictError(f"There is a user with the e-mail {address} already.") from error
    return user
