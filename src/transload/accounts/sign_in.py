"""What lets people in: sessions of browsers, and links that begin one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)
TOUCHED_EVERY = timedelta(minutes=5)
_SECRET_BYTES = 32


class LinkKind(StrEnum):
    """What a link is for, and with it how long it works."""

    START = "start"
    INVITATION = "invitation"
    LOGIN = "login"

    @property
    def lifetime(self) -> timedelta:
        """How long it can be used."""
        match self:
            case LinkKind.START:
                return timedelta(days=3_650)
            case LinkKind.INVITATION:
                return timedelta(days=7)
            case LinkKind.LOGIN:
                return timedelta(minutes=15)

    @property
    def page(self) -> str:
        """The page of the console that takes its secret, in the fragment: no log sees that."""
        return "/console/start" if self is LinkKind.START else "/console/sign-in"


class Way(StrEnum):
    """How somebody signed in, as the audit trail tells it."""

    PASSWORD = "by password"  # noqa: S105 - no password
    LINK = "by link"
    SINGLE_SIGN_ON = "by single sign-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in; `is_by_link`: its user may set a password without the old.

    Where it is of `is_single_sign_on`, an identity provider has a session of the browser too.
    """

    id: str
    user_id: str
    created_time: datetime
    used_time: datetime
    expires_time: datetime
    address: str
    agent: str
    is_by_link: bool
    is_single_sign_on: bool = False

    @property
    def idle_until(self) -> datetime:
        """When it ends if nobody uses it."""
        return min(self.used_time + IDLE, self.expires_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that signs its holder in once; without a user, the first one to be."""

    kind: LinkKind
    user_id: str | None
    expires_time: datetime
    used_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where a request to sign in comes from."""

    address: str
    agent: str


def link(base_url: str, kind: LinkKind, secret: str) -> str:
    """Give a link: who listens on all addresses is reached at the machine's own."""
    reached = base_url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    return f"{reached.rstrip('/')}{kind.page}#{secret}"


def new_secret() -> str:
    """Give 256 random bits, as text."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hashed(secret: str) -> str:
    """Give what is kept of a secret: who reads the store can sign nobody in."""
    return hashlib.sha256(secret.encode()).hexdigest()
