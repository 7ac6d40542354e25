"""What mails to users say, written when they are sent; and who may look at mails."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from transload.accounts import user_store
from transload.accounts.links import new_link
from transload.accounts.model import Actor
from transload.accounts.sign_in import LinkKind, link
from transload.accounts.store import find_organization, is_let_in
from transload.accounts.user import User
from transload.db.engine import Database
from transload.errors import ForbiddenError, NotFoundError
from transload.mail import letters, store
from transload.mail.model import Kind, Letter, Mail


def renderer(base_url: str) -> Callable[[Connection, Mail, datetime], Letter | None]:
    """Give what makes a letter of a mail, with links that start with `base_url`."""

    def render(connection: Connection, mail: Mail, now: datetime) -> Letter | None:
        if mail.kind is Kind.IMPORT_DECIDED:
            return _decision(connection, mail)
        user = user_store.find(connection, mail.organization_id, mail.user_id)
        if user is None or not is_let_in(connection, user.organization_id, user.id):
            return None
        match mail.kind:
            case Kind.INVITATION:
                return _invitation(connection, user, mail, base_url, now)
            case Kind.EXPORT_ENDED:
                return letters.export_ended(mail.data, base_url)
            case Kind.IMPORT_ENDED:
                return letters.import_ended(mail.data, base_url)
            case Kind.IMPORT_WAITING:
                return letters.import_waiting(mail.data, base_url)
            case Kind.WEBHOOK_OFF:
                return letters.webhook_off(mail.data, base_url)
            case Kind.SCHEDULE_FAILING:
                return letters.schedule_failing(mail.data, base_url)
        assert_never(mail.kind)

    return render


def find_page(
    database: Database, actor: Actor, *, offset: int, limit: int
) -> tuple[list[Mail], int]:
    """Give a page of the mails to the organization's users, the newest first, and how many.

    Raises ForbiddenError unless the user is an owner or an admin.
    """
    _require_admin(actor)
    with database.read() as connection:
        return store.find_page(connection, actor.organization_id, offset=offset, limit=limit)


def retry(database: Database, actor: Actor, mail_id: str, now: datetime) -> Mail:
    """Have a mail sent again now, whatever became of it; raise NotFoundError if unknown."""
    _require_admin(actor)
    with database.write() as connection:
        mail = store.find(connection, actor.organization_id, mail_id)
        if mail is None:
            raise NotFoundError
        store.reset(connection, mail, now)
        return store.find(connection, actor.organization_id, mail_id) or mail


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise ForbiddenError


def _decision(connection: Connection, mail: Mail) -> Letter | None:
    """Write to the sender of a file by an import link, who is no user."""
    organization = find_organization(connection, mail.organization_id)
    if organization is None or organization.is_disabled:
        return None
    return letters.import_decided(mail.data, organization.name)


def _invitation(
    connection: Connection, user: User, mail: Mail, base_url: str, now: datetime
) -> Letter | None:
    """Write an invitation, whose link is made now: nothing that lets anybody in is kept."""
    if user.last_login_time is not None and user.last_login_time > mail.created_time:
        return None
    secret, _ = new_link(connection, LinkKind.INVITATION, user.id, now, is_further=True)
    return letters.invitation(
        user.organization_name,
        str(mail.data.get("by", "")),
        link(base_url, LinkKind.INVITATION, secret),
        LinkKind.INVITATION.lifetime.days,
    )
