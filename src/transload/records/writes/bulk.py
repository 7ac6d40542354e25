"""Many records written together, in a transaction that the caller opens.

    with database.read() as connection:
        batch = prepare(connection, actor, items, Way.PUT)
    with database.write() as connection:
        results = write(connection, batch, now)

`prepare` does the work and writes nothing, so that the transaction is short. `write` looks whether
the records are still those that it was prepared with, and works it out again where they are not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.records import rows
from transload.records.model import Key, Record, Rejected
from transload.records.writes import statements
from transload.records.writes.planning import (
    Checked,
    PendingWrite,
    Plan,
    Planned,
    Way,
    make_plan,
)
from transload.records.writes.references import References, find_references
from transload.webhooks import outbox
from transload.webhooks.model import Event

THING = "record"
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
class Batch:
    """Items that have been checked, and what is to be written of them.

    `existing` are the records, as they were read, that have the items' keys.
    """

    actor: Actor
    way: Way
    skips_unchanged: bool
    items: Sequence[object]
    references: References
    checked: Sequence[Checked | Rejected]
    existing: Mapping[Key, Record]
    plan: Plan

    @property
    def results(self) -> list[ItemResult]:
        """What would become of each item, in their order, as far as it is known."""
        return _results(self, {})

    @property
    def keys(self) -> list[Key]:
        """The keys that the items name, each once."""
        return _keys(self.checked)

    def is_skipped(self, pending: PendingWrite) -> bool:
        """Tell whether nothing is to be written, because it would change nothing."""
        return self.skips_unchanged and pending.is_unchanged


def prepare(
    connection: Connection,
    actor: Actor,
    items: Sequence[object],
    way: Way,
    *,
    skips_unchanged: bool = False,
    refuses_unknown: bool = False,
) -> Batch:
    """Check the items, and work out what is to be written; writes nothing.

    An item is a mapping of field ids to values, with `dataTypeId` and, unless the type is common,
    `hubId`. One that cannot go in becomes a `Rejected` and leaves the others as they are. With
    `skips_unchanged`, what would change nothing is not written: the record's time, author and
    version stay too. With `refuses_unknown`, a key that the type does not know refuses its item.
    """
    references = find_references(connection, actor, items, refuses_unknown=refuses_unknown)
    checked = [references.check(item, way) for item in items]
    existing = rows.find_by_keys(connection, actor.organization_id, _keys(checked))
    return Batch(
        actor=actor,
        way=way,
        skips_unchanged=skips_unchanged,
        items=items,
        references=references,
        checked=checked,
        existing=existing,
        plan=make_plan(actor, checked, existing, way),
    )


def write(connection: Connection, batch: Batch, now: datetime) -> list[ItemResult]:
    """Write a batch; give what became of each item, in their order.

    The transaction, which is the caller's, holds the organization's records until it ends: nobody
    else writes any of them meanwhile. Documents are read again only where a record has changed
    since the batch was prepared. Leaves an audit event for what it created, and one for what it
    changed.
    """
    batch = _as_of_now(connection, batch)
    actor, pending = batch.actor, list(batch.plan.pending.values())
    new = [one for one in pending if one.record is None]
    inserted = [one.to_insert() for one in new]
    ids = statements.insert(connection, actor.organization_id, actor.email, inserted)
    time = now.strftime("%Y-%m-%d %H:%M:%S")
    changes = [
        one.to_change(one.record, time)
        for one in pending
        if one.record is not None and not batch.is_skipped(one)
    ]
    statements.change(connection, actor.organization_id, actor.email, changes)
    record(connection, actor, audit.Action.CREATE, ids, now)
    for start in range(0, len(ids), _TOLD_AT_ONCE):
        told = {"ids": ids[start : start + _TOLD_AT_ONCE]}
        outbox.tell(connection, actor.organization_id, Event.DATA_CREATED, told, now)
    record(connection, actor, audit.Action.UPDATE, [change.id for change in changes], now)
    given = {one.key: record_id for one, record_id in zip(new, ids, strict=True)}
    return _results(batch, given)


def record(
    connection: Connection, actor: Actor, action: audit.Action, ids: Sequence[str], now: datetime
) -> None:
    """Leave an audit event for what was done with these records, if there are any."""
    if ids:
        number = "1 record" if len(ids) == 1 else f"{len(ids)} records"
        audit.record(
            connection, actor, action, thing=THING, thing_id=ids[0], now=now, detail=number
        )


def _as_of_now(connection: Connection, batch: Batch) -> Batch:
    """Give the batch as it is by what the store holds, which from here on nobody else changes."""
    while not batch.references.hold(connection):
        batch = prepare(
            connection,
            batch.actor,
            batch.items,
            batch.way,
            skips_unchanged=batch.skips_unchanged,
            refuses_unknown=batch.references.refuses_unknown,
        )
    organization_id, keys = batch.actor.organization_id, batch.keys
    known = {one.id: one.version for one in batch.existing.values()}
    if rows.find_versions(connection, organization_id, keys) == known:
        return batch
    existing = rows.find_by_keys(connection, organization_id, keys)
    plan = make_plan(batch.actor, batch.checked, existing, batch.way)
    return replace(batch, existing=existing, plan=plan)


def _keys(checked: Sequence[Checked | Rejected]) -> list[Key]:
    return list(dict.fromkeys(item.key for item in checked if not isinstance(item, Rejected)))


def _results(batch: Batch, given: Mapping[Key, str]) -> list[ItemResult]:
    outcomes = zip(batch.checked, batch.plan.outcomes, strict=True)
    return [_result(batch, item, planned, given) for item, planned in outcomes]


def _result(
    batch: Batch,
    item: Checked | Rejected,
    planned: Planned | Rejected,
    given: Mapping[Key, str],
) -> ItemResult:
    if isinstance(planned, Rejected):
        return ItemResult(effect=Effect.REJECTED, rejected=planned)
    ignored = () if isinstance(item, Rejected) else item.ignored
    pending = planned.pending
    before = pending.record
    if before is None:
        effect = Effect.CREATED if planned.is_new else Effect.UPDATED
        record_id = given.get(pending.key)
        return ItemResult(effect=effect, record_id=record_id, version=1, ignored=ignored)
    if batch.is_skipped(pending):
        effect, version = Effect.UNCHANGED, before.version
    else:
        effect, version = Effect.UPDATED, before.version + 1
    return ItemResult(
        effect=effect, record_id=before.id, before=before, version=version, ignored=ignored
    )
