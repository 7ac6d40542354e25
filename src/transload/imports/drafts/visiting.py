"""Somebody without an account begins an import by a link."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from transload.accounts.model import Actor
from transload.errors import ConflictError, ForbiddenError, UnauthenticatedError
from transload.imports import store
from transload.imports.drafts import showing
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.showing import Shown
from transload.imports.drafts.uploading import Come, create
from transload.imports.links import store as link_store
from transload.imports.links.model import GUEST_MARK, MOST_DRAFTS, hashed, new_secret
from transload.imports.links.run import ImportLinks
from transload.imports.model import Submission
from transload.imports.run import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An import that was begun by a link: who began it, how it stands, and what tells them."""

    actor: Actor
    shown: Shown
    secret: str


def begin(drafts: Drafts, links: ImportLinks, actor: Actor, request: Request, come: Come) -> Begun:
    """Make a draft by a link, whose rows go where the link says; raise as `create` does.

    Raises ForbiddenError for who has begun one already and asks by its secret, ConflictError where
    too many of the link are undecided.
    """
    guest = actor.guest
    if guest is None:
        raise UnauthenticatedError
    if guest.import_id:
        raise ForbiddenError("Another import is begun by the link itself.")
    secret = new_secret(GUEST_MARK)

    def admitted(connection: Connection) -> Submission:
        link = links.get(connection, actor)
        undecided = store.find_drafts_of_link(connection, link.organization_id, link.id)
        if len(undecided) >= MOST_DRAFTS:
            raise ConflictError(
                f"{MOST_DRAFTS} imports by this link are undecided: ask whoever gave it to you to"
                " decide of some first."
            )
        link_store.count_use(connection, link, drafts.now(), drafts=1)
        return Submission(link_id=link.id, link_name=link.name, secret_hash=hashed(secret))

    one = create(drafts, actor, links.asked(actor, request), come, admitted)
    sender = replace(actor, guest=replace(guest, import_id=one.id))
    return Begun(actor=sender, shown=showing.show(drafts, sender, one.id), secret=secret)
