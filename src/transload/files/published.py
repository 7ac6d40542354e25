"""What signed links lead to: kept files of every kind, under public names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from transload.clock import Clock
from transload.errors import ForbiddenError, NotFoundError
from transload.files.links import LinkSigner
from transload.files.model import Files, StoredObject

_BAD_LINK = "This link is not valid or has expired."


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A kept file. `name` is `<folder>/<file>`, its public name; `key` where its bytes are.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes links to published files: the bucket's own, where links are its to give, or ours."""

    files: Files
    clock: Clock
    signer: LinkSigner

    def to(self, published: Published, base_url: str) -> str:
        """Give a fresh link, which never outlives the file."""
        now = self.clock.now()
        lifetime = min(self.signer.lifetime, published.expires_time - now)
        return self.files.link(published.key, lifetime) or self.signer.sign(
            base_url, published.name, now, published.expires_time
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """Opens what links lead to. `note` is told of each download."""

    links: Links
    shelves: Sequence[Shelf]
    note: Callable[[Published, datetime], None]

    def fetch(
        self, name: str, expires: str, signature: str
    ) -> tuple[Published, Path | StoredObject]:
        """Give the file that a link leads to.

        Raises ForbiddenError for a link that is not genuine or has expired, NotFoundError for a
        file that was removed or is past its time.
        """
        signer, now = self.links.signer, self.links.clock.now()
        if not signer.is_genuine(name, expires, signature):
            raise ForbiddenError(_BAD_LINK)
        published = next(
            (one for shelf in self.shelves if (one := shelf.find_published(name))), None
        )
        if published is None:
            raise NotFoundError
        if signer.has_expired(expires, now):
            raise ForbiddenError(_BAD_LINK)
        found = self.links.files.find(published.key)
        if found is None:
            raise NotFoundError
        self.note(published, now)
        return published, found
