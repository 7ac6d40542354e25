"""Use cases of records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.data_types.model import DataType
from transload.db.engine import Database
from transload.db.ids import created_at, is_id, new_ids
from transload.errors import InvalidError, NotFoundError
from transload.hubs import store as hubs
from transload.records import store
from transload.records.model import Record, Rejected, accept

MAX_BULK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of one item: the new record's id, or the fault that kept it out."""

    record_id: str | None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What the items of one request refer to, looked up once."""

    actor: Actor
    data_types: Mapping[str, DataType]
    hub_ids: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    data_type: DataType
    row: store.NewRecord


def add_many(database: Database, actor: Actor, items: Sequence[object]) -> list[Added]:
    """Add records, each independent of the others; give what became of each, in order.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.ADD_DATA)
    if len(items) > MAX_BULK:
        raise InvalidError(f"At most {MAX_BULK} records are taken at once.")
    with database.read() as connection:
        context = _context(connection, actor, items)
    ids = new_ids(len(items))
    checked = [_check(context, item, new) for item, new in zip(items, ids, strict=True)]
    accepted = [item for item in checked if isinstance(item, _Item)]
    with database.write() as connection:
        inserted = _insert(connection, actor, accepted)
    return [_outcome(item, inserted) for item in checked]


def get(database: Database, actor: Actor, record_id: str) -> tuple[Record, DataType]:
    """Give a record and its type; raise NotFoundError if the user can see none with that id."""
    actor.require(Permission.VIEW_DATA)
    if not is_id(record_id):
        raise NotFoundError
    with database.read() as connection:
        record = store.find(connection, actor.organization_id, record_id)
        if record is None or (record.hub_id and not actor.sees_hub(record.hub_id)):
            raise NotFoundError
        data_type = data_types.find(connection, actor.organization_id, record.data_type_id)
    if data_type is None:
        raise NotFoundError
    return record, data_type


def _context(connection: Connection, actor: Actor, items: Sequence[object]) -> _Context:
    mappings = [item for item in items if isinstance(item, Mapping)]
    type_ids = {_text(item, "dataTypeId") for item in mappings}
    hub_ids = {_text(item, "hubId") for item in mappings}
    found = (
        data_types.find(connection, actor.organization_id, type_id)
        for type_id in type_ids
        if is_id(type_id)
    )
    return _Context(
        actor=actor,
        data_types={data_type.id: data_type for data_type in found if data_type is not None},
        hub_ids=hubs.existing(connection, actor.organization_id, list(filter(is_id, hub_ids))),
    )


def _check(context: _Context, item: object, record_id: str) -> _Item | Rejected:
    if not isinstance(item, Mapping):
        return Rejected(reason="The record must be a JSON object.")
    data_type = context.data_types.get(_text(item, "dataTypeId"))
    if data_type is None:
        return Rejected(reason="The selected dataTypeId is invalid.")
    hub_id = _text(item, "hubId")
    if not hub_id and not data_type.is_common:
        return Rejected(reason="The hubId field is required.")
    if hub_id and hub_id not in context.hub_ids:
        return Rejected(reason="The selected hubId is invalid.")
    if hub_id and not context.actor.sees_hub(hub_id):
        return Rejected(reason="You do not have permission to add records to this hub.")
    accepted = accept(data_type, item)
    if isinstance(accepted, Rejected):
        return accepted
    row = store.NewRecord(
        id=record_id,
        hub_id=hub_id,
        scope="" if data_type.is_common else hub_id,
        data_id=accepted.data_id,
        document=accepted.document,
        size=accepted.size,
        created_time=created_at(record_id).strftime("%Y-%m-%d %H:%M:%S"),
    )
    return _Item(data_type=data_type, row=row)


def _insert(connection: Connection, actor: Actor, items: Sequence[_Item]) -> set[str]:
    """Insert in the order of the keys, so that requests with the same keys never deadlock."""
    by_type: dict[str, list[_Item]] = {}
    for item in sorted(items, key=_key):
        by_type.setdefault(item.data_type.id, []).append(item)
    inserted: set[str] = set()
    for group in by_type.values():
        data_type = group[0].data_type
        inserted |= store.insert_many(
            connection,
            organization_id=actor.organization_id,
            data_type_id=data_type.id,
            shape=data_type.shape,
            author=actor.email,
            rows=[item.row for item in group],
        )
    return inserted


def _outcome(item: _Item | Rejected, inserted: set[str]) -> Added:
    if isinstance(item, Rejected):
        return Added(record_id=None, fault=item.reason)
    if item.row.id not in inserted:
        return Added(record_id=None, fault=f"The dataId {item.row.data_id} is taken already.")
    return Added(record_id=item.row.id)


def _key(item: _Item) -> tuple[str, str, str]:
    return item.data_type.id, item.row.scope, item.row.data_id


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""
