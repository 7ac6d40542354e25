"""What signed links lead to: kept files of every kind, under public names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from transload.clock import Clock
from transload.errors import ForbiddenError, NotFoundError
from transload.files.links import LinkSigner
from transload.files.model import Files, StoredObject
from transload.files.recent import Recent

_BAD_LINK = "This link is not valid or has expired."
_ONE_DOWNLOAD = timedelta(hours=1)


class Extent(Enum):
    """What of a file is sent."""

    NOTHING = auto()
    PART = auto()
    WHOLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A kept file. `name` is `<folder>/<file>`, its public name; `key` where its bytes are.

    Without a key it is made when it is fetched.
    It is there until `expires_time`. `thing`, `thing_id` and `detail` are what a download is
    recorded as.
    """

    organization_id: str
    name: str
    key: str
    media_type: str
    expires_time: datetime
    thing: str
    thing_id: str
    detail: str


class Shelf(Protocol):
    """Where files of one kind are listed under their public names."""

    def find_published(self, name: str) -> Published | None:
        """Give the file of that name, None if there is none, no more, or not yet."""

    def may_fetch(self, name: str, user_id: str) -> bool:
        """Tell whether a user may have the file of that name, as things are today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes links to published files: the bucket's own, where links are its to give, or ours."""

    files: Files
    clock: Clock
    signer: LinkSigner

    def to(self, published: Published, base_url: str, given_to: str = "") -> str:
        """Give a fresh link, which never outlives the file, nor a user's right to it if named.

        A bucket's own link outlives the right.
        """
        now = self.clock.now()
        lifetime = min(self.signer.lifetime, published.expires_time - now)
        own = self.files.link(published.key, lifetime) if published.key else None
        return own or self.signer.sign(
            base_url, published.name, now, published.expires_time, given_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Opens what links lead to.

    `note` is told of each download that sends content; parts of a file that are fetched by one link
    within an hour are one. `admit` raises BusyError for a file that is asked for too often.
    """

    links: Links
    shelves: Sequence[Shelf]
    note: Callable[[Published, datetime], None]
    admit: Callable[[str, datetime], None]
    begun: Recent = field(default_factory=Recent)

    def fetch(
        self,
        name: str,
        expires: str,
        signature: str,
        extent: Extent = Extent.WHOLE,
        given_to: str = "",
    ) -> tuple[Published, Path | StoredObject]:
        """Give the file that a link leads to.

        Raises ForbiddenError for a link that is not genuine, has expired, or was given to a user
        who may not have the file any more; NotFoundError for one that was removed or is past.
        """
        signer, now = self.links.signer, self.links.clock.now()
        if not signer.is_genuine(name, expires, signature, given_to):
            raise ForbiddenError(_BAD_LINK)
        self.admit(name, now)
        shelf, published = next(
            ((shelf, one) for shelf in self.shelves if (one := shelf.find_published(name))),
            (None, None),
        )
        if shelf is None or published is None:
            raise NotFoundError
        if given_to and not shelf.may_fetch(name, given_to):
            raise ForbiddenError(_BAD_LINK)
        if signer.has_expired(expires, now):
            raise ForbiddenError(_BAD_LINK)
        found = self.links.files.find(published.key)
        if found is None:
            raise NotFoundError
        if extent is Extent.WHOLE or (
            extent is Extent.PART and self.begun.is_new(signature, now, _ONE_DOWNLOAD)
        ):
            self.note(published, now)
        return published, found
