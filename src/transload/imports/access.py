"""Who may know of an import, see what is in its file, and change it: the one rule."""

from collections.abc import Mapping

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.errors import ForbiddenError, TransloadError
from transload.imports.model import Import, Kind
from transload.imports.subject import Subject

_HUB = "hubId"


def may_import(actor: Actor) -> bool:
    """Tell whether the actor may import anything at all."""
    return actor.may(Permission.IMPORT_DATA) or actor.may(Permission.IMPORT_TASK)


def require_sight(actor: Actor, one: Import) -> None:
    """Raise ForbiddenError unless the actor may know of the import."""
    is_own = one.user_id == actor.user_id and may_import(actor)
    if not is_own and not actor.may(Permission.VIEW_LOG):
        raise ForbiddenError


def require_own(actor: Actor, one: Import) -> None:
    """Raise ForbiddenError unless the import is the actor's own, or they are an admin."""
    if not may_import(actor) or (one.user_id != actor.user_id and not actor.is_admin):
        raise ForbiddenError


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
