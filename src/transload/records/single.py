"""Use cases of one record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType
from transload.data_types.values import Value
from transload.db.engine import Database
from transload.db.ids import is_id
from transload.errors import ForbiddenError, InvalidError, NotFoundError
from transload.records import rows, run, store
from transload.records.access import (
    Request,
    find_readable,
    hidden_fields,
    is_seen,
    require_seen,
)
from transload.records.model import Record, Rejected, accept, unknown, unknown_keys
from transload.records.schema.upgrade import current_values
from transload.records.writes import bulk, statements
from transload.records.writes.planning import PendingWrite, key_of, taken
from transload.records.writes.references import UNKNOWN_HUB

_TYPE, _HUB = "dataTypeId", "hubId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record is by its names: its hub, the name of its type, its dataId."""

    hub_id: str
    data_type_name: str
    data_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record that the user sees, its type, and the ids of the fields that they do not see.

    `ignored` are the keys that were passed over when it was written.
    """

    record: Record
    data_type: DataType
    hidden: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Value | None]:
        """The values of the type's present fields that the user sees, in their order."""
        found = current_values(self.record, self.data_type)
        for name in self.hidden:
            found.pop(name, None)
        return found


def get(database: Database, actor: Actor, where: str | Place) -> Found:
    """Give the record with that id or at that place.

    Raises NotFoundError if the user can see none there.
    """
    actor.require(Permission.VIEW_DATA)
    with database.snapshot() as connection:
        return _seen(connection, actor, where)


def get_by_name(database: Database, actor: Actor, data_type_name: str, data_id: str) -> Found:
    """Give the record of a type with that dataId; of several hubs' records the oldest one.

    Raises NotFoundError if the user can see none.
    """
    actor.require(Permission.VIEW_DATA)
    with database.snapshot() as connection:
        try:
            readable = find_readable(
                connection,
                actor,
                Request(data_type_name=data_type_name, hides_limited=not actor.is_admin),
            )
        except InvalidError as error:
            raise NotFoundError from error
        [data_type] = readable.stored_types
        record = store.find_first(connection, readable.selection, data_type, data_id)
    if record is None:
        raise NotFoundError
    return Found(record=record, data_type=data_type, hidden=readable.hidden)


def add(
    database: Database,
    actor: Actor,
    values: Mapping[str, object],
    now: datetime,
    *,
    refuses_unknown: bool = False,
) -> Found:
    """Add a record; `refuses_unknown`: with no key that its type does not know.

    Raises InvalidError naming each field that breaks the type's schema, ConflictError for a dataId
    that is taken, ForbiddenError for a hub that the user may not see.
    """
    [result] = run.add_many(database, actor, [values], now, refuses_unknown=refuses_unknown)
    if result.rejected is not None or result.record_id is None:
        raise result.rejected.error() if result.rejected else NotFoundError()
    with database.snapshot() as connection:
        return replace(_find(connection, actor, result.record_id), ignored=result.ignored)


def change(
    database: Database,
    actor: Actor,
    where: str | Place,
    values: Mapping[str, object],
    now: datetime,
    *,
    is_whole: bool,
    refuses_unknown: bool = False,
) -> Found:
    """Write a record's values, all of them or those named; give the record as it is then.

    What `limitUser` lists stays where the values do not name it; another `hubId` moves the record
    there. Raises NotFoundError, InvalidError naming each field that breaks the type's schema,
    ConflictError for a dataId that is taken, ForbiddenError for a hub that the user may not see.
    """
    actor.require(Permission.EDIT_DATA)
    organization_id = actor.organization_id
    with database.write() as connection:
        statements.lock(connection, organization_id)
        found = _held(connection, actor, where)
        record, data_type = found.record, found.data_type
        _require_type(record, values)
        require_seen(found.hidden, values)
        ignored = unknown_keys(data_type, values)
        if ignored and refuses_unknown:
            raise unknown(data_type, ignored).error()
        present = current_values(record, data_type)
        kept: Mapping[str, object] = (
            {name: present.get(name) for name in found.hidden} if is_whole else present
        )
        if isinstance(where, Place):
            kept = {KEY_FIELD: record.data_id, **kept}
        accepted = accept(data_type, {**kept, **values})
        if isinstance(accepted, Rejected):
            raise accepted.error()
        hub_id = _hub(connection, actor, record, values)
        key = key_of(data_type, hub_id, accepted.data_id)
        if key != record.key and rows.find_by_keys(connection, organization_id, [key]):
            raise taken(key.data_id).error()
        limited_to = accepted.limited_to
        pending = PendingWrite(
            data_type=data_type,
            hub_id=record.hub_id,
            record=record,
            accepted=accepted,
            limited_to=record.limited_to if limited_to is None else limited_to,
        )
        written = pending.to_change(record, now.strftime("%Y-%m-%d %H:%M:%S"))
        statements.change(connection, organization_id, actor.email, [written])
        if hub_id != record.hub_id:
            statements.move(connection, organization_id, record, hub_id=hub_id, scope=key.scope)
        _record(connection, actor, audit.Action.UPDATE, found, now)
        return replace(_find(connection, actor, record.id), ignored=ignored)


def delete(database: Database, actor: Actor, where: str | Place, now: datetime) -> Found:
    """Delete a record; give it as it was. Raises NotFoundError if the user can see none there."""
    actor.require(Permission.DELETE_DATA)
    with database.write() as connection:
        statements.lock(connection, actor.organization_id)
        found = _held(connection, actor, where)
        statements.remove(connection, actor.organization_id, [found.record], now)
        _record(connection, actor, audit.Action.DELETE, found, now)
    return found


def _held(connection: Connection, actor: Actor, where: str | Place) -> Found:
    """Find what is to be written, its type held as it is until the transaction ends."""
    found = _seen(connection, actor, where)
    type_id = found.data_type.id
    held = data_types.hold(connection, actor.organization_id, [type_id])
    if type_id not in held:
        raise NotFoundError
    return replace(found, data_type=held[type_id])


def _seen(connection: Connection, actor: Actor, where: str | Place) -> Found:
    found = _find(connection, actor, where)
    if not is_seen(actor, found.record, found.data_type):
        raise NotFoundError
    return found


def _find(connection: Connection, actor: Actor, where: str | Place) -> Found:
    organization_id = actor.organization_id
    if isinstance(where, Place):
        data_type = data_types.find_by_name(connection, organization_id, where.data_type_name)
        if data_type is None:
            raise NotFoundError
        key = key_of(data_type, where.hub_id, where.data_id)
        record = rows.find_by_keys(connection, organization_id, [key]).get(key)
        if record is None or record.hub_id != where.hub_id:
            raise NotFoundError
        return _found(actor, record, data_type)
    record = store.find(connection, organization_id, where)
    if record is None:
        raise NotFoundError
    data_type = data_types.find(connection, organization_id, record.data_type_id)
    if data_type is None:
        raise NotFoundError
    return _found(actor, record, data_type)


def _found(actor: Actor, record: Record, data_type: DataType) -> Found:
    return Found(record=record, data_type=data_type, hidden=hidden_fields(actor, data_type))


def _require_type(record: Record, values: Mapping[str, object]) -> None:
    if values.get(_TYPE) not in (None, "", record.data_type_id):
        raise InvalidError(f"The {_TYPE} of a record cannot be changed.")


def _hub(connection: Connection, actor: Actor, record: Record, values: Mapping[str, object]) -> str:
    """Give the hub that the record is to be in, which stays until the transaction ends."""
    wanted = values.get(_HUB)
    if wanted in (None, "", record.hub_id):
        return record.hub_id
    if not isinstance(wanted, str) or not is_id(wanted):
        raise InvalidError(UNKNOWN_HUB, is_whole=True)
    if not statements.hold_hubs(connection, actor.organization_id, [wanted]):
        raise InvalidError(UNKNOWN_HUB, is_whole=True)
    if not actor.sees_hub(wanted):
        raise ForbiddenError
    return wanted


def _record(
    connection: Connection, actor: Actor, action: audit.Action, found: Found, now: datetime
) -> None:
    audit.record(
        connection,
        actor,
        action,
        thing=bulk.THING,
        thing_id=found.record.id,
        now=now,
        detail=f"{found.data_type.name}: {found.record.data_id}",
    )
