"""Who may know of an import, see what is in its file, and change it: the one rule."""

from collections.abc import Mapping

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.errors import ConflictError, ForbiddenError, NotFoundError, TransloadError
from transload.imports.model import Import, Kind
from transload.imports.subject import Subject

NOT_FOUND = "Import monitoring record not found"
_HUB = "hubId"


def may_import(actor: Actor) -> bool:
    """Tell whether the actor may import anything at all."""
    return actor.may(Permission.IMPORT_DATA) or actor.may(Permission.IMPORT_TASK)


def require_sight(actor: Actor, one: Import) -> None:
    """Raise ForbiddenError unless the actor may know of the import.

    Of another than their own, the holder of a link may not even know that it is there.
    """
    if actor.guest is not None:
        if actor.guest.import_id != one.id:
            raise NotFoundError(NOT_FOUND)
        return
    if not _is_theirs(actor, one) and not actor.may(Permission.VIEW_LOG):
        raise ForbiddenError


def require_own(actor: Actor, one: Import) -> None:
    """Raise ForbiddenError unless the import is the actor's own, or they are an admin.

    One that came by a link is of everybody who may import where its rows go. Its sender changes it
    until it is sent; raises ConflictError from then on.
    """
    if actor.guest is not None:
        require_sight(actor, one)
        if actor.guest.closed:
            raise ConflictError(actor.guest.closed)
        return
    if not _is_theirs(actor, one) and not (may_import(actor) and actor.is_admin):
        raise ForbiddenError


def link_hub_ids(actor: Actor) -> frozenset[str]:
    """Give the hubs, the empty one for none, into which the actor approves what comes by links."""
    return actor.assigned_hub_ids | {""} if actor.may(Permission.IMPORT_DATA) else frozenset()


def _is_theirs(actor: Actor, one: Import) -> bool:
    if one.user_id == actor.user_id:
        return may_import(actor)
    return one.submission is not None and (
        actor.is_admin or one.target.hub_id in link_hub_ids(actor)
    )


def sees_rows(
    subjects: Mapping[Kind, Subject], connection: Connection, actor: Actor, one: Import
) -> bool:
    """Tell whether the actor may see the rows of an import.

    Their own they may. Another's are kept from those who do not see the hub or a field of theirs
    (all hubs, where rows name theirs), and, where records are limited to named users, from all but
    admins.
    """
    if one.user_id == actor.user_id or one.target.is_open:
        return True
    try:
        destination = subjects[one.target.kind].open(connection, actor, one.target)
    except TransloadError:
        return False
    seen = {field.id for field in destination.mappable}
    named = set((one.mapping or {}).values())
    is_kept_back = destination.is_limited and not actor.is_admin
    # Rows that name hubs of their own may name any.
    sees_hubs = actor.hub_ids is None or _HUB not in named
    return not is_kept_back and sees_hubs and seen >= named
