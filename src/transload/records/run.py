"""Use cases of many records at once: one item's fault never fails the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.counts import counted
from transload.data_types import store as data_types
from transload.db.engine import Database, is_outage
from transload.db.ids import is_id
from transload.db.patience import to_the_end
from transload.documents.pages import pieces
from transload.errors import InvalidError
from transload.records import rows
from transload.records.access import is_seen
from transload.records.model import Fault, Rejected
from transload.records.writes import bulk, statements
from transload.records.writes.bulk import Effect, ItemResult
from transload.records.writes.planning import NOT_FOUND, Way

MAX_BULK = 2_000
MAX_BULK_DELETED = 3_000
_MOST_DELETED_BYTES = 16 << 20
_OUT_OF_REACH = Rejected(reason="The database went out of reach; send this one again.")


def add_many(
    database: Database,
    actor: Actor,
    items: Sequence[object],
    now: datetime,
    *,
    refuses_unknown: bool = False,
) -> list[ItemResult]:
    """Add records; give what became of each, in order. Of equal keys the first is taken.

    `refuses_unknown`, here and below: see `bulk.prepare`.
    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.ADD_DATA)
    return _write(database, actor, items, Way.ADD, now, refuses_unknown=refuses_unknown)


def upsert_many(
    database: Database,
    actor: Actor,
    items: Sequence[object],
    now: datetime,
    *,
    refuses_unknown: bool = False,
) -> list[ItemResult]:
    """Add records, or write them whole over those of the same key; of equal keys the last wins.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.ADD_DATA)
    actor.require(Permission.EDIT_DATA)
    return _write(database, actor, items, Way.PUT, now, refuses_unknown=refuses_unknown)


def patch_many(
    database: Database,
    actor: Actor,
    items: Sequence[object],
    now: datetime,
    *,
    refuses_unknown: bool = False,
) -> list[ItemResult]:
    """Write some values of records, found by their keys; give what became of each, in order.

    Raises InvalidError for more than 2,000 items.
    """
    actor.require(Permission.EDIT_DATA)
    return _write(database, actor, items, Way.PATCH, now, refuses_unknown=refuses_unknown)


def delete_many(
    database: Database, actor: Actor, items: Sequence[object], now: datetime
) -> list[ItemResult]:
    """Delete records by id; of an id that stands twice the first counts.

    Raises InvalidError for more than 3,000 items.
    """
    actor.require(Permission.DELETE_DATA)
    ids = [_id_in(item) for item in _bounded(items, MAX_BULK_DELETED)]
    wanted = sorted({one for one in ids if one is not None})
    with database.read() as connection:
        outlines = rows.find_outlines(connection, actor.organization_id, wanted)
    removed: set[str] = set()
    sized = ((one.id, one.size) for one in outlines.values())
    for piece in pieces(sized, most_rows=bulk.MOST_ITEMS, most_bytes=_MOST_DELETED_BYTES):
        with database.write() as connection:
            removed |= _delete(connection, actor, piece, now)
    return [_removed(one, removed) for one in ids]


def _delete(
    connection: Connection, actor: Actor, ids: Sequence[str], now: datetime
) -> frozenset[str]:
    """Delete those of the records that the actor sees; give their ids.

    Those that are there and not seen leave an event: whoever asked does not learn of them.
    """
    organization_id = actor.organization_id
    statements.lock(connection, organization_id)
    found = rows.find_outlines(connection, organization_id, ids)
    types = data_types.hold(
        connection, organization_id, {record.data_type_id for record in found.values()}
    )
    seen = [
        record
        for record in found.values()
        if record.data_type_id in types and is_seen(actor, record, types[record.data_type_id])
    ]
    statements.remove(connection, organization_id, seen, now)
    removed = frozenset(record.id for record in seen)
    bulk.record(connection, actor, audit.Action.DELETE, [one for one in ids if one in removed], now)
    for unseen in found.keys() - removed:
        audit.record(
            connection,
            actor,
            audit.Action.DENY,
            thing=bulk.THING,
            thing_id=unseen,
            now=now,
            detail="Not deleted: the user does not see it.",
        )
    return removed


def _removed(record_id: str | None, left: set[str]) -> ItemResult:
    """Take the record from those that were deleted and are still to be told of."""
    if record_id is None or record_id not in left:
        return ItemResult(effect=Effect.REJECTED, record_id=record_id, rejected=NOT_FOUND)
    left.remove(record_id)
    return ItemResult(effect=Effect.DELETED, record_id=record_id)


def _write(
    database: Database,
    actor: Actor,
    items: Sequence[object],
    way: Way,
    now: datetime,
    *,
    refuses_unknown: bool,
) -> list[ItemResult]:
    """Write the items piece by piece: what has been written stays, whatever becomes of the rest.

    The records as they were are forgotten: 2,000 of 1 MiB would be 2 GB.
    """
    with database.read() as connection:
        whole = bulk.check(
            connection, actor, _bounded(items, MAX_BULK), way, refuses_unknown=refuses_unknown
        )
        cut = bulk.cut(connection, whole)
    results: list[ItemResult] = []
    with to_the_end():
        for piece in cut:
            try:
                with database.read() as connection:
                    batch = bulk.prepare(connection, piece)
                with database.write() as connection:
                    written = bulk.write(connection, batch, now)
                    _record_denials(connection, actor, written, len(items), now)
            except SQLAlchemyError as error:
                if not (results and is_outage(error)):
                    raise
                left = ItemResult(effect=Effect.REJECTED, rejected=_OUT_OF_REACH)
                return results + [left] * (len(items) - len(results))
            results += [replace(one, before=None) for one in written]
    return results


def _record_denials(
    connection: Connection,
    actor: Actor,
    results: Sequence[ItemResult],
    number_of_items: int,
    now: datetime,
) -> None:
    """Leave an event for the items that the actor may not write, as for a request of one.

    A request of one item that is refused leaves its event as it is answered.
    """
    reasons = Counter(
        result.rejected.reason
        for result in results
        if result.rejected is not None and result.rejected.fault is Fault.FORBIDDEN
    )
    if number_of_items > 1 and reasons:
        detail = " ".join(f"{number} of {len(results)}: {what}" for what, number in reasons.items())
        place = counted(len(results), "record")
        audit.record(
            connection,
            actor,
            audit.Action.DENY,
            thing="bulk",
            thing_id=place,
            now=now,
            detail=detail,
        )


def _bounded(items: Sequence[object], most: int) -> Sequence[object]:
    if len(items) > most:
        raise InvalidError(f"At most {most} records are taken at once.")
    return items


def _id_in(item: object) -> str | None:
    found = item.get("_id") if isinstance(item, Mapping) else item
    return found if isinstance(found, str) and is_id(found) else None
