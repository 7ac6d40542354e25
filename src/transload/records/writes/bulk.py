"""Many records written together, in a transaction that the caller opens.

    with database.read() as connection:
        pieces = cut(connection, check(connection, actor, items, Way.PUT))
    for piece in pieces:
        with database.read() as connection:
            batch = prepare(connection, piece)
        with database.write() as connection:
            results += write(connection, batch, now)

`prepare` does the work and writes nothing, so that the transaction is short. `write` looks whether
the records are still those that it was prepared with, and works it out again where they are not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.counts import counted
from transload.documents.pages import pieces
from transload.records import rows
from transload.records.model import Key, Record, Rejected
from transload.records.writes import statements
from transload.records.writes.planning import (
    Checked,
    PendingWrite,
    Plan,
    Planned,
    Way,
    Whole,
    make_plan,
)
from transload.records.writes.references import References, find_references
from transload.webhooks import outbox
from transload.webhooks.model import Event

THING = "record"
MOST_ITEMS = 1_000
MOST_BYTES = 4 << 20
_TOLD_AT_ONCE = 100


class Effect(Enum):
    """What becomes of one item."""

    CREATED = auto()
    UPDATED = auto()
    UNCHANGED = auto()
    DELETED = auto()
    REJECTED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What became of one item, or, before the batch is written, what would.

    `record_id` is None for an item that was rejected, and for one that would make a record.
    `before` is the record as it was before the batch, None where there was none; `version` is the
    record's after it. `rejected` says why. `ignored` are the keys that were passed over.
    """

    effect: Effect
    record_id: str | None = None
    before: Record | None = None
    version: int | None = None
    rejected: Rejected | None = None
    ignored: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the item made the record."""
        return self.effect is Effect.CREATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Items that have been checked, each by itself.

    `taken` are those of their keys that records had when they were last looked for, if they were.
    """

    actor: Actor
    way: Way
    items: Sequence[object]
    references: References
    checked: Sequence[Checked | Rejected]
    taken: Collection[Key] | None = None

    @property
    def keys(self) -> list[Key]:
        """The keys that the items name, each once."""
        return list(dict.fromkeys(one.key for one in self.checked if not isinstance(one, Rejected)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Items, and what is to be written of them.

    `existing` are the records, as they were read, that have the items' keys.
    """

    piece: Piece
    skips_unchanged: bool
    existing: Mapping[Key, Record]
    plan: Plan

    @property
    def results(self) -> list[ItemResult]:
        """What would become of each item, in their order, as far as it is known."""
        return _results(self, {})

    def is_skipped(self, pending: PendingWrite) -> bool:
        """Tell whether nothing is to be written, because it would change nothing."""
        return self.skips_unchanged and pending.is_unchanged


def check(
    connection: Connection,
    actor: Actor,
    items: Sequence[object],
    way: Way,
    *,
    refuses_unknown: bool = False,
) -> Piece:
    """Look up what the items refer to, and check each by itself.

    An item is a mapping of field ids to values, with `dataTypeId` and, unless the type is common,
    `hubId`. One that cannot go in becomes a `Rejected` and leaves the others as they are. With
    `refuses_unknown`, a key that the type does not know refuses its item.
    """
    references = find_references(connection, actor, items, refuses_unknown=refuses_unknown)
    checked = [references.check(item, way) for item in items]
    return Piece(actor=actor, way=way, items=items, references=references, checked=checked)


def cut(connection: Connection, whole: Piece) -> list[Piece]:
    """Cut items into those that are written together: 1,000, and 4 MiB of old and new documents.

    Of the documents that there are, no more is read than their sizes.
    """
    known = rows.find_sizes(connection, whole.actor.organization_id, whole.keys)
    sized = ((at, _size(one, known)) for at, one in enumerate(whole.checked))
    return [
        replace(
            whole,
            items=[whole.items[at] for at in places],
            checked=[whole.checked[at] for at in places],
            taken=known.keys(),
        )
        for places in pieces(sized, most_rows=MOST_ITEMS, most_bytes=MOST_BYTES)
    ]


def prepare(connection: Connection, piece: Piece, *, skips_unchanged: bool = False) -> Batch:
    """Work out what is to be written; writes nothing.

    With `skips_unchanged`, what would change nothing is not written: the record's time, author and
    version stay too.
    """
    sought = piece.keys
    if piece.taken is not None:
        sought = [key for key in sought if key in piece.taken]
    existing = rows.find_by_keys(connection, piece.actor.organization_id, sought)
    return Batch(
        piece=piece,
        skips_unchanged=skips_unchanged,
        existing=existing,
        plan=make_plan(piece.actor, piece.checked, existing, piece.way),
    )


def write(connection: Connection, batch: Batch, now: datetime) -> list[ItemResult]:
    """Write a batch; give what became of each item, in their order.

    The transaction, which is the caller's, holds the organization's records until it ends: nobody
    else writes any of them meanwhile. Documents are read again only where a record has changed
    since the batch was prepared. Leaves an audit event for what it created, and one for what it
    changed.
    """
    batch = _as_of_now(connection, batch)
    actor, pending = batch.piece.actor, batch.plan.pending
    new = {key: one.to_insert() for key, one in pending.items() if one.record is None}
    inserted = list(new.values())
    ids = statements.insert(connection, actor.organization_id, actor.email, inserted)
    time = now.strftime("%Y-%m-%d %H:%M:%S")
    changes = [
        one.to_change(one.record, time)
        for one in pending.values()
        if one.record is not None and not batch.is_skipped(one)
    ]
    statements.change(connection, actor.organization_id, actor.email, changes)
    record(connection, actor, audit.Action.CREATE, ids, now)
    for start in range(0, len(ids), _TOLD_AT_ONCE):
        told = {"ids": ids[start : start + _TOLD_AT_ONCE]}
        outbox.tell(connection, actor.organization_id, Event.DATA_CREATED, told, now)
    record(connection, actor, audit.Action.UPDATE, [change.id for change in changes], now)
    return _results(batch, dict(zip(new, ids, strict=True)))


def record(
    connection: Connection, actor: Actor, action: audit.Action, ids: Sequence[str], now: datetime
) -> None:
    """Leave an audit event for what was done with these records, if there are any."""
    if ids:
        number = counted(len(ids), "record")
        audit.record(
            connection, actor, action, thing=THING, thing_id=ids[0], now=now, detail=number
        )


def _as_of_now(connection: Connection, batch: Batch) -> Batch:
    """Give the batch as it is by what the store holds, which from here on nobody else changes."""
    piece = batch.piece
    while not piece.references.hold(connection):
        piece = check(
            connection,
            piece.actor,
            piece.items,
            piece.way,
            refuses_unknown=piece.references.refuses_unknown,
        )
        batch = prepare(connection, piece, skips_unchanged=batch.skips_unchanged)
    known = {one.id: one.version for one in batch.existing.values()}
    if rows.find_versions(connection, piece.actor.organization_id, piece.keys) == known:
        return batch
    piece = replace(piece, taken=None)
    return prepare(connection, piece, skips_unchanged=batch.skips_unchanged)


def _size(one: Checked | Rejected, known: Mapping[Key, int]) -> int:
    if isinstance(one, Rejected):
        return 0
    return known.get(one.key, 0) + (one.accepted.size if isinstance(one, Whole) else 0)


def _results(batch: Batch, given: Mapping[Key, str]) -> list[ItemResult]:
    return [_result(batch, planned, given) for planned in batch.plan.outcomes]


def _result(batch: Batch, planned: Planned | Rejected, given: Mapping[Key, str]) -> ItemResult:
    if isinstance(planned, Rejected):
        return ItemResult(effect=Effect.REJECTED, rejected=planned)
    pending, ignored = planned.pending, planned.item.ignored
    before = pending.record
    if before is None:
        effect = Effect.CREATED if planned.is_new else Effect.UPDATED
        record_id = given.get(planned.item.key)
        return ItemResult(effect=effect, record_id=record_id, version=1, ignored=ignored)
    if batch.is_skipped(pending):
        effect, version = Effect.UNCHANGED, before.version
    else:
        effect, version = Effect.UPDATED, before.version + 1
    return ItemResult(
        effect=effect, record_id=before.id, before=before, version=version, ignored=ignored
    )
