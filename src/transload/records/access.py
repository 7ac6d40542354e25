"""What a user may read and write of records: one rule for lists, single reads, exports and writes.

A user sees the records of their hubs and those of no hub; of a type that is limited to named users,
the records that list them; of each record, the fields that their role does not hide. Owners and
admins see everything.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from transload.accounts.hidden import require_seen, unseen
from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType
from transload.errors import DENIED, ForbiddenError, InvalidError
from transload.hubs import store as hubs
from transload.records.store import Selection

__all__ = ["require_seen", "unseen"]
_NO_HUB = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Of which type and hub records are asked for; None: of any.

    `only_type_ids` count where no type is asked for; those that are gone are passed over.
    `hides_limited`: of types that are limited to named users, only what lists the user. `denied` is
    what a user reads who may not.
    """

    data_type_id: str | None = None
    data_type_name: str | None = None
    only_type_ids: tuple[str, ...] | None = None
    hub_id: str | None = None
    hides_limited: bool = True
    denied: str = DENIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """The records that a user may read of those asked for.

    `stored_types` are the types that they are of, `hidden` the ids of the fields that are left out.
    Where records of several types are read together, a field that is hidden in one of them is left
    out of all.
    """

    selection: Selection
    stored_types: Sequence[DataType]
    hidden: frozenset[str]

    @property
    def types(self) -> Sequence[DataType]:
        """The types as the user sees them: without the hidden fields."""
        return [without(one, self.hidden) for one in self.stored_types]

    @property
    def stored_type(self) -> DataType | None:
        """The one type that was asked for; None where any is read."""
        return self.stored_types[0] if self.selection.data_type_id is not None else None

    def require_seen(self, names: Iterable[str]) -> None:
        """Raise ForbiddenError naming those of the fields that are hidden from the user."""
        require_seen(self.hidden, names)


def find_readable(connection: Connection, actor: Actor, request: Request) -> Readable:
    """Give what the user may read, by permissions, types and hubs as they are now.

    Raises InvalidError for a type that the organization does not have, ForbiddenError for a hub
    that the user may not see. That a hub exists is checked by `require_hub`.
    """
    types, removed = _types(connection, actor, request)
    is_named = request.data_type_id is not None or request.data_type_name is not None
    return Readable(
        selection=Selection(
            organization_id=actor.organization_id,
            data_type_id=types[0].id if is_named else None,
            hub_ids=_hub_ids(connection, actor, request),
            without_type_ids=removed,
            limited_type_ids=limited_types(types) if request.hides_limited else frozenset(),
            email=actor.email,
        ),
        stored_types=types,
        hidden=frozenset().union(*(hidden_fields(actor, one) for one in types)),
    )


def require_hub(connection: Connection, actor: Actor, hub_id: str) -> None:
    """Raise InvalidError unless the organization has the hub."""
    if hubs.find(connection, actor.organization_id, hub_id) is None:
        raise InvalidError("The selected hubId is invalid.", is_whole=True)


class Owned(Protocol):
    """What is to be known of a record to tell who sees it."""

    @property
    def hub_id(self) -> str:
        """The hub that it is in; empty: none."""

    @property
    def limited_to(self) -> tuple[str, ...]:
        """The e-mails of those who see it, where its type is limited."""


def is_seen(actor: Actor, record: Owned, data_type: DataType) -> bool:
    """Tell whether the record is there at all for the user."""
    if record.hub_id and not actor.sees_hub(record.hub_id):
        return False
    return not data_type.is_limited or actor.is_admin or actor.email in record.limited_to


def limited_types(types: Sequence[DataType]) -> frozenset[str]:
    """Give the ids of those of the types that are limited to named users."""
    return frozenset(data_type.id for data_type in types if data_type.is_limited)


def hidden_fields(actor: Actor, data_type: DataType) -> frozenset[str]:
    """Give the ids of the type's fields that the user may neither read nor write.

    The key is never one of them: without it no record could be told from another.
    """
    return actor.hidden_fields(Permission.VIEW_DATA, data_type.id) - {KEY_FIELD}


def without(data_type: DataType, hidden: Collection[str]) -> DataType:
    """Give the type as a user sees it from whom these fields are hidden."""
    if not hidden:
        return data_type
    shown = tuple(field for field in data_type.fields if field.id not in hidden)
    return replace(data_type, fields=shown)


def _types(
    connection: Connection, actor: Actor, request: Request
) -> tuple[Sequence[DataType], frozenset[str]]:
    """Give the types that the records may be of, and the ids of those that they may not be of."""
    organization_id, found = actor.organization_id, None
    if request.data_type_id is None and request.data_type_name is None:
        types, removed = data_types.find_all(connection, organization_id)
        if request.only_type_ids is None:
            return types, removed
        kept = [one for one in types if one.id in request.only_type_ids]
        return kept, removed | {one.id for one in types if one not in kept}
    if request.data_type_id is not None:
        found = data_types.find(connection, organization_id, request.data_type_id)
        if found is None:
            raise InvalidError("The selected dataTypeId is invalid.", is_whole=True)
    if request.data_type_name is not None:
        by_id = found
        found = data_types.find_by_name(connection, organization_id, request.data_type_name)
        if by_id is not None and by_id != found:
            found = None
    if found is None:
        raise InvalidError("The selected dataTypeName is invalid.", is_whole=True)
    return [found], frozenset()


def _hub_ids(connection: Connection, actor: Actor, request: Request) -> frozenset[str] | None:
    """Give the hubs to read; records of no hub are everyone's, unless a hub is asked for."""
    if request.hub_id is None:
        return None if actor.hub_ids is None else actor.hub_ids | {_NO_HUB}
    if not actor.sees_hub(request.hub_id):
        require_hub(connection, actor, request.hub_id)
        raise ForbiddenError(request.denied)
    return frozenset({request.hub_id})
