"""Use cases of many records at once: one item's fault never fails the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.data_types import store as data_types
from transload.db.engine import Database
from transload.db.ids import is_id
from transload.errors import InvalidError
from transload.records import rows, writes
from transload.records.applying import NOT_FOUND, Applied, Slot, Write, patch_all, put_all
from transload.records.model import Key, Record, Rejected
from transload.records.placing import Patch, Places, Ready, find_places

MAX_BULK = 2_000
MAX_BULK_DELETED = 3_000
THING = "record"

Checked = TypeVar("Checked", Ready, Patch)
Existing = Mapping[Key, Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one item: the record's id, if it has one, or why it was refused.

    `is_new` tells a record that was made from one that was there.
    """

    record_id: str | None
    rejected: Rejected | None = None
    is_new: bool = False


def add_many(
    database: Database, actor: Actor, items: Sequence[object], now: datetime
) -> list[Outcome]:
    """Add records; give what became of each, in order. Of equal keys the first is taken.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.ADD_DATA)
    return _put(database, actor, items, now, may_change=False)


def upsert_many(
    database: Database, actor: Actor, items: Sequence[object], now: datetime
) -> list[Outcome]:
    """Add records, or write them whole over those of the same key; of equal keys the last wins.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.ADD_DATA)
    actor.require(Permission.EDIT_DATA)
    return _put(database, actor, items, now, may_change=True)


def patch_many(
    database: Database, actor: Actor, items: Sequence[object], now: datetime
) -> list[Outcome]:
    """Write some values of records, found by their keys; give what became of each, in order.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.EDIT_DATA)
    return _apply(
        database,
        actor,
        _bounded(items, MAX_BULK),
        now,
        check=Places.check_patch,
        work=lambda checked, existing: patch_all(actor, checked, existing),
    )


def delete_many(
    database: Database, actor: Actor, items: Sequence[object], now: datetime
) -> list[Outcome]:
    """Delete records by id; of an id that stands twice the first counts.

    Raises InvalidError for more than 3,000 items.
    """
    actor.require(Permission.DELETE_DATA)
    ids = [_id_in(item) for item in _bounded(items, MAX_BULK_DELETED)]
    organization_id = actor.organization_id
    with database.write() as connection:
        writes.lock(connection, organization_id)
        wanted = sorted({one for one in ids if one is not None})
        found = rows.find_by_ids(connection, organization_id, wanted)
        types = data_types.hold(
            connection, organization_id, {record.data_type_id for record in found.values()}
        )
        seen = {
            record.id: record
            for record in found.values()
            if record.data_type_id in types and record.is_seen_by(actor, types[record.data_type_id])
        }
        writes.remove(connection, organization_id, list(seen.values()))
        removed = [one for one in dict.fromkeys(ids) if one in seen]
        _record(connection, actor, audit.Action.DELETE, removed, now)
    outcomes = []
    for one in ids:
        is_removed = one is not None and seen.pop(one, None) is not None
        outcomes.append(Outcome(record_id=one, rejected=None if is_removed else NOT_FOUND))
    return outcomes


def _put(
    database: Database, actor: Actor, items: Sequence[object], now: datetime, *, may_change: bool
) -> list[Outcome]:
    return _apply(
        database,
        actor,
        _bounded(items, MAX_BULK),
        now,
        check=Places.check,
        work=lambda checked, existing: put_all(actor, checked, existing, may_change=may_change),
    )


def _apply(
    database: Database,
    actor: Actor,
    items: Sequence[object],
    now: datetime,
    *,
    check: Callable[[Places, object], Checked | Rejected],
    work: Callable[[Sequence[Checked | Rejected], Existing], Applied],
) -> list[Outcome]:
    """Work all out beforehand; once more in the transaction only where the records have changed."""
    while True:
        with database.read() as connection:
            places = find_places(connection, actor, items)
        checked = [check(places, item) for item in items]
        keys = list(dict.fromkeys(item.key for item in checked if not isinstance(item, Rejected)))
        with database.read() as connection:
            existing = rows.find_by_keys(connection, actor.organization_id, keys)
        applied = work(checked, existing)
        with database.write() as connection:
            if not places.hold(connection):
                continue
            present = rows.find_by_keys(connection, actor.organization_id, keys)
            if present != existing:
                applied = work(checked, present)
            return _write(connection, actor, applied, now)


def _write(connection: Connection, actor: Actor, applied: Applied, now: datetime) -> list[Outcome]:
    organization_id = actor.organization_id
    new = [slot for slot in applied.slots.values() if slot.record is None]
    rows = [slot.to_insert() for slot in new]
    ids = writes.insert(connection, organization_id, actor.email, rows) if rows else []
    given = {id(slot): record_id for slot, record_id in zip(new, ids, strict=True)}
    time = now.strftime("%Y-%m-%d %H:%M:%S")
    changes = [
        slot.to_change(slot.record, time)
        for slot in applied.slots.values()
        if slot.record is not None
    ]
    writes.change(connection, organization_id, actor.email, changes)
    _record(connection, actor, audit.Action.CREATE, ids, now)
    _record(connection, actor, audit.Action.UPDATE, [change.id for change in changes], now)
    return [_outcome(outcome, given) for outcome in applied.outcomes]


def _outcome(outcome: Write | Rejected, given: Mapping[int, str]) -> Outcome:
    if isinstance(outcome, Rejected):
        return Outcome(record_id=None, rejected=outcome)
    return Outcome(record_id=_id_of(outcome.slot, given), is_new=outcome.is_new)


def _id_of(slot: Slot, given: Mapping[int, str]) -> str:
    return given[id(slot)] if slot.record is None else slot.record.id


def _record(
    connection: Connection, actor: Actor, action: audit.Action, ids: Sequence[str], now: datetime
) -> None:
    if ids:
        number = "1 record" if len(ids) == 1 else f"{len(ids)} records"
        audit.record(
            connection, actor, action, thing=THING, thing_id=ids[0], now=now, detail=number
        )


def _bounded(items: Sequence[object], most: int) -> Sequence[object]:
    if len(items) > most:
        raise InvalidError(f"At most {most} records are taken at once.")
    return items


def _id_in(item: object) -> str | None:
    found = item.get("_id") if isinstance(item, Mapping) else item
    return found if isinstance(found, str) and is_id(found) else None
