"""The items of one request applied in order to the records that there are: what is to be written.

Pure: the same records and items give the same outcome, so that it can be worked out before the
transaction that writes, and once more in it only if the records have changed meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from transload.accounts.model import Actor
from transload.data_types.model import DataType
from transload.data_types.values import Value
from transload.records.model import Accepted, Fault, Key, Record, Rejected, accept, stored_emails
from transload.records.placing import Patch, Ready
from transload.records.upgrading import upgraded_values
from transload.records.writes import Change, NewRecord

NOT_FOUND = Rejected(reason="Data not found", fault=Fault.UNKNOWN)


@dataclass(slots=True, kw_only=True)
class Slot:
    """One key: the record that has it, if any, and what is to be written under it."""

    data_type: DataType
    hub_id: str
    record: Record | None
    accepted: Accepted
    limited_to: tuple[str, ...]

    def to_insert(self) -> NewRecord:
        """Give the row of a record that is not there yet."""
        return NewRecord(
            data_type_id=self.data_type.id,
            hub_id=self.hub_id,
            scope="" if self.data_type.is_common else self.hub_id,
            data_id=self.accepted.data_id,
            shape=self.data_type.shape,
            document=self.accepted.document,
            size=self.accepted.size,
            limited_to=stored_emails(self.limited_to),
        )

    def to_change(self, record: Record, time: str) -> Change:
        """Give the change of a record that is there; it never seems older than its creation."""
        return Change(
            id=record.id,
            data_id=self.accepted.data_id,
            shape=self.data_type.shape,
            document=self.accepted.document,
            size=self.accepted.size,
            limited_to=stored_emails(self.limited_to),
            updated_time=max(time, record.created_time),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """An item that goes in: under which key, and whether it makes the record."""

    slot: Slot
    is_new: bool


@dataclass(slots=True, kw_only=True)
class Applied:
    """What becomes of the items, in their order, and of the keys that they write to."""

    outcomes: list[Write | Rejected] = field(default_factory=list)
    slots: dict[Key, Slot] = field(default_factory=dict)


def put_all(
    actor: Actor,
    items: Sequence[Ready | Rejected],
    existing: Mapping[Key, Record],
    *,
    may_change: bool,
) -> Applied:
    """Create records or, where that is allowed, write whole records over those of the same key.

    Of several items of one key each is applied to what the one before it left.
    """
    applied = Applied()
    for item in items:
        if isinstance(item, Rejected):
            applied.outcomes.append(item)
        else:
            applied.outcomes.append(_put(actor, applied, item, existing, may_change=may_change))
    return applied


def patch_all(
    actor: Actor, items: Iterable[Patch | Rejected], existing: Mapping[Key, Record]
) -> Applied:
    """Write some values of records that are there, each item on what the one before it left."""
    applied = Applied()
    for item in items:
        if isinstance(item, Rejected):
            applied.outcomes.append(item)
        else:
            applied.outcomes.append(_patch(actor, applied, item, existing))
    return applied


def current_values(record: Record, data_type: DataType) -> dict[str, Value | None]:
    """Give a record's values in the form of its type's present fields."""
    return upgraded_values(data_type, record.shape, record.values)


def _put(
    actor: Actor,
    applied: Applied,
    item: Ready,
    existing: Mapping[Key, Record],
    *,
    may_change: bool,
) -> Write | Rejected:
    slot, record = applied.slots.get(item.key), existing.get(item.key)
    is_there = slot is not None or record is not None
    is_seen = record is None or record.is_seen_by(actor, item.data_type)
    if is_there and not (may_change and is_seen):
        return taken(item.accepted.data_id)
    hub_id = slot.hub_id if slot else record.hub_id if record else item.hub_id
    if item.hub_id not in {hub_id, ""}:
        return Rejected(reason="The hubId of a record cannot be changed.")
    if slot is None:
        slot = applied.slots[item.key] = Slot(
            data_type=item.data_type,
            hub_id=hub_id,
            record=record,
            accepted=item.accepted,
            limited_to=record.limited_to if record else (),
        )
    _fill(slot, item.accepted)
    return Write(slot=slot, is_new=not is_there)


def _patch(
    actor: Actor, applied: Applied, item: Patch, existing: Mapping[Key, Record]
) -> Write | Rejected:
    record = existing.get(item.key)
    if record is None or not record.is_seen_by(actor, item.data_type):
        return NOT_FOUND
    hub_id = item.values.get("hubId")
    if hub_id and hub_id != record.hub_id:
        return NOT_FOUND
    slot = applied.slots.get(item.key)
    values = (
        orjson.loads(slot.accepted.document) if slot else current_values(record, item.data_type)
    )
    accepted = accept(item.data_type, {**values, **item.values})
    if isinstance(accepted, Rejected):
        return accepted
    if slot is None:
        slot = applied.slots[item.key] = Slot(
            data_type=item.data_type,
            hub_id=record.hub_id,
            record=record,
            accepted=accepted,
            limited_to=record.limited_to,
        )
    _fill(slot, accepted)
    return Write(slot=slot, is_new=False)


def _fill(slot: Slot, accepted: Accepted) -> None:
    slot.accepted = accepted
    if accepted.limited_to is not None:
        slot.limited_to = accepted.limited_to


def taken(data_id: str) -> Rejected:
    """Refuse a key that another record has, whether or not the user may see that one."""
    return Rejected(reason=f"The dataId {data_id} is taken already.", fault=Fault.TAKEN)
