"""Links that let somebody in without a password: how they are made, and which are still good."""

from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts import session_store, store
from transload.accounts.model import parse_email
from transload.accounts.sign_in import Link, LinkKind, hashed, new_secret
from transload.db.engine import Database
from transload.errors import ForbiddenError, NotFoundError

_ASK = "Ask an admin for an invitation, or run `transload login-link` on the server."
FOREIGN = f"This link leads nowhere: it was replaced, or is another service's. {_ASK}"
_USED = f"This link has been used; it works once. {_ASK}"
_EXPIRED = f"This link has expired. {_ASK}"


def new_link(
    connection: Connection,
    kind: LinkKind,
    user_id: str | None,
    now: datetime,
    *,
    is_further: bool = False,
) -> tuple[str, datetime]:
    """Make a link; give its secret and when it ends.

    A new invitation takes the place of others, unless it `is_further`, beside the one that was
    shown. Whichever is used first ends the others.
    """
    if kind is LinkKind.INVITATION and user_id is not None and not is_further:
        session_store.end_invitations(connection, user_id)
    secret, expires_time = new_secret(), now + kind.lifetime
    link = Link(kind=kind, user_id=user_id, expires_time=expires_time, used_time=None)
    session_store.add_link(connection, hashed(secret), link, now)
    return secret, expires_time


def start_link(database: Database, now: datetime) -> str | None:
    """Give the secret of a link for the first user; None where there is one already."""
    with database.write() as connection:
        if store.has_users(connection):
            return None
        return new_link(connection, LinkKind.START, None, now)[0]


def login_link(database: Database, email: str, now: datetime) -> str:
    """Give the secret of a link that signs a user in, for 15 minutes.

    Raises NotFoundError if nobody has the address, or they are let in no more.
    """
    with database.write() as connection:
        user = store.lock_user_by_email(connection, parse_email(email))
        if user is None:
            raise NotFoundError(f"There is no user with the e-mail {email} who is let in.")
        secret, _ = new_link(connection, LinkKind.LOGIN, user.user_id, now)
        audit.record(
            connection,
            audit.Unnamed(user.organization_id),
            audit.Action.CREATE,
            thing="login link",
            thing_id=user.user_id,
            now=now,
            detail=user.email,
        )
    return secret


def lock_usable(connection: Connection, secret: str, now: datetime) -> Link:
    """Give a link, locked, so that it is used once.

    Raises ForbiddenError with what to ask for where it is unknown, used or expired.
    """
    link = session_store.lock_link(connection, hashed(secret))
    if link is None:
        raise ForbiddenError(FOREIGN)
    if link.used_time is not None:
        raise ForbiddenError(_USED)
    if link.expires_time <= now:
        raise ForbiddenError(_EXPIRED)
    return link
