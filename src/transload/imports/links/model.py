"""A link by which people without an account send files."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from transload.accounts.model import Actor, Guest, Permission, Role
from transload.imports.model import Import, Kind, Mode, Stage, Submission, Target

LINK_MARK, GUEST_MARK = "til_", "tig_"
"""How the secrets of links and of those who came by them begin: no other bearer token does so."""
MOST_LINKS = 100
MOST_DRAFTS = 50
MOST_ROWS = 1_000_000
LONGEST = timedelta(days=366)
_SECRET_BYTES = 32

UNKNOWN = "This link leads nowhere: ask whoever gave it to you for a new one."
ENDED = "This link has ended: ask whoever gave it to you for a new one."
_CLOSED = {
    Stage.SENT: "The import was sent, and waits for approval.",
    Stage.APPROVED: "The import was approved.",
    Stage.REFUSED: "The import was refused.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLink:
    """A link: where rows go that come by it, until when, and how it was used so far.

    `user_id` made it; it goes as far as that user may import today. `config_id` names saved
    columns; it and `hub_id` are empty for none.
    """

    id: str
    organization_id: str
    secret_hash: str
    name: str
    user_id: str
    email: str
    data_type_id: str
    hub_id: str
    config_id: str
    mode: Mode
    max_rows: int
    created_time: datetime
    expires_time: datetime
    drafts: int = 0
    sent: int = 0
    used_time: datetime | None = None

    @property
    def target(self) -> Target:
        """Where its rows go."""
        return Target(kind=Kind.DATA, data_type_id=self.data_type_id, hub_id=self.hub_id)

    def has_ended(self, now: datetime) -> bool:
        """Tell whether nothing more is taken by it."""
        return now >= self.expires_time


def new_secret(mark: str) -> str:
    """Give the secret of a link, or of somebody who came by one: 256 random bits after the mark."""
    return mark + secrets.token_urlsafe(_SECRET_BYTES)


def hashed(secret: str) -> str:
    """Give what is kept of a secret. It is random, so that a plain hash cannot be turned around."""
    return hashlib.sha256(secret.encode()).hexdigest()


def visitor(maker: Actor, link: ImportLink) -> Actor:
    """Give who holds a link that takes imports, in the place of the user that made it."""
    return _in_place_of(maker, Guest(link_id=link.id, max_rows=link.max_rows))


def sender(maker: Actor, link: ImportLink, one: Import, said: Submission, now: datetime) -> Actor:
    """Give who works at an import that they began by a link."""
    closed = _CLOSED.get(said.stage, ENDED if link.has_ended(now) else "")
    return _in_place_of(
        maker,
        Guest(link_id=link.id, max_rows=link.max_rows, import_id=one.id, closed=closed),
    )


def _in_place_of(maker: Actor, guest: Guest) -> Actor:
    """Narrow a user to imports; what is hidden from the user stays hidden."""
    role = Role(
        id=maker.role.id,
        key=maker.role.key,
        name=maker.role.name,
        permissions=frozenset({Permission.IMPORT_DATA}) & maker.role.permissions,
        details=maker.role.details,
        is_admin=maker.role.is_admin,
    )
    return Actor(
        user_id=maker.user_id,
        organization_id=maker.organization_id,
        email=maker.email,
        name="",
        role=role,
        assigned_hub_ids=maker.assigned_hub_ids,
        guest=guest,
    )
