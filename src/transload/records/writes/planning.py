"""Items applied, in their order, to the records that there are: what is to be written.

Pure: the same records and items give the same plan, so that it can be made before the transaction
that writes, and once more in it only if the records have changed meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import assert_never

import orjson

from transload.accounts.model import Actor
from transload.data_types.model import DataType
from transload.data_types.values import Value
from transload.records.access import hidden_fields, is_seen
from transload.records.model import Accepted, Fault, Key, Record, Rejected, accept, stored_emails
from transload.records.schema.upgrade import current_values
from transload.records.writes.statements import Change, NewRecord

NOT_FOUND = Rejected(reason="Data not found", fault=Fault.UNKNOWN)
HUB_FIXED = Rejected(reason="The hubId of a record cannot be changed.")


class Way(Enum):
    """How items are written.

    `ADD` makes records, and refuses a key that is taken. `PUT` also writes whole records over those
    of the same key: what an item does not name gets its default. `PATCH` writes the values that an
    item names, and refuses a key that no record has. `MERGE` does that too, and makes the record
    where there is none.
    """

    ADD = auto()
    PUT = auto()
    PATCH = auto()
    MERGE = auto()

    @property
    def is_partial(self) -> bool:
        """Whether values that an item does not name stay as they are."""
        return self in {Way.PATCH, Way.MERGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A record that may be written as far as it can be told from itself, its type and its hub.

    `key` is what no other record may have. `ignored` are the keys that were passed over.
    """

    data_type: DataType
    hub_id: str
    key: Key
    accepted: Accepted
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some values for the record of a key; `ignored` as in a whole one."""

    data_type: DataType
    hub_id: str
    key: Key
    values: Mapping[str, object]
    ignored: tuple[str, ...] = ()


Checked = Whole | Part


@dataclass(slots=True, kw_only=True)
class PendingWrite:
    """What is to be written under one key: over the record that has it, or as a new one."""

    data_type: DataType
    hub_id: str
    record: Record | None
    accepted: Accepted
    limited_to: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether the record is already as it would be written."""
        if self.record is None or self.limited_to != self.record.limited_to:
            return False
        present = orjson.dumps(current_values(self.record, self.data_type)).decode()
        return present == self.accepted.document

    def fill(self, accepted: Accepted) -> None:
        """Write that document; whom the record is limited to stays unless it says so."""
        self.accepted = accepted
        if accepted.limited_to is not None:
            self.limited_to = accepted.limited_to

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
            version=record.version + 1,
            shape=self.data_type.shape,
            document=self.accepted.document,
            size=self.accepted.size,
            limited_to=stored_emails(self.limited_to),
            updated_time=max(time, record.created_time),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An item that goes in: with which write, and whether it makes the record."""

    item: Checked
    pending: PendingWrite
    is_new: bool


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of the items, in their order, and what is to be written under their keys."""

    outcomes: list[Planned | Rejected] = field(default_factory=list)
    pending: dict[Key, PendingWrite] = field(default_factory=dict)


def make_plan(
    actor: Actor, items: Iterable[Checked | Rejected], existing: Mapping[Key, Record], way: Way
) -> Plan:
    """Apply items to the records that have their keys; each to what the one before it left."""
    plan = Plan()
    for item in items:
        match item:
            case Rejected():
                plan.outcomes.append(item)
            case Whole():
                may_change = way is Way.PUT
                plan.outcomes.append(_put(actor, plan, item, existing, may_change=may_change))
            case Part():
                may_create = way is Way.MERGE
                plan.outcomes.append(_patch(actor, plan, item, existing, may_create=may_create))
            case _:
                assert_never(item)
    return plan


def key_of(data_type: DataType, hub_id: str, data_id: str) -> Key:
    """Give the key that a record of the type has in the hub."""
    return Key(data_type.id, "" if data_type.is_common else hub_id, data_id)


def taken(data_id: str) -> Rejected:
    """Refuse a key that another record has, whether or not the user may see that one."""
    return Rejected(reason=f"The dataId {data_id} is taken already.", fault=Fault.TAKEN)


def _put(
    actor: Actor, plan: Plan, item: Whole, existing: Mapping[Key, Record], *, may_change: bool
) -> Planned | Rejected:
    pending, record = plan.pending.get(item.key), existing.get(item.key)
    is_there = pending is not None or record is not None
    is_free = record is None or is_seen(actor, record, item.data_type)
    if is_there and not (may_change and is_free):
        return taken(item.accepted.data_id)
    hub_id = pending.hub_id if pending else record.hub_id if record else item.hub_id
    if item.hub_id not in {hub_id, ""}:
        return HUB_FIXED
    accepted = item.accepted
    if record is not None:
        accepted = _with_hidden(actor, item.data_type, accepted, record)
    return _written(plan, item, hub_id, record, accepted)


def _patch(
    actor: Actor, plan: Plan, item: Part, existing: Mapping[Key, Record], *, may_create: bool
) -> Planned | Rejected:
    pending, record = plan.pending.get(item.key), existing.get(item.key)
    is_free = record is None or is_seen(actor, record, item.data_type)
    if may_create and (not is_free or (record is None and pending is None)):
        accepted = accept(item.data_type, item.values)
        if isinstance(accepted, Rejected):
            return accepted
        whole = Whole(data_type=item.data_type, hub_id=item.hub_id, key=item.key, accepted=accepted)
        return _put(actor, plan, whole, existing, may_change=False)
    if not is_free or (record is None and pending is None):
        return NOT_FOUND
    hub_id = pending.hub_id if pending else record.hub_id if record else ""
    if item.hub_id not in {hub_id, ""}:
        return HUB_FIXED if may_create else NOT_FOUND
    accepted = accept(item.data_type, {**_values(pending, record, item.data_type), **item.values})
    if isinstance(accepted, Rejected):
        return accepted
    return _written(plan, item, hub_id, record, accepted)


def _with_hidden(actor: Actor, data_type: DataType, accepted: Accepted, record: Record) -> Accepted:
    """Give a document that is written whole with the values that the user does not see."""
    hidden = hidden_fields(actor, data_type)
    if not hidden:
        return accepted
    document = orjson.loads(accepted.document)
    present = current_values(record, data_type)
    document.update({name: present[name] for name in hidden if name in present})
    encoded = orjson.dumps(document)
    return replace(accepted, document=encoded.decode(), size=len(encoded))


def _values(
    pending: PendingWrite | None, record: Record | None, data_type: DataType
) -> Mapping[str, Value | None]:
    """Give the values that the items before have left, or else those of the record."""
    if pending is not None:
        found: dict[str, Value | None] = orjson.loads(pending.accepted.document)
        return found
    return {} if record is None else current_values(record, data_type)


def _written(
    plan: Plan,
    item: Checked,
    hub_id: str,
    record: Record | None,
    accepted: Accepted,
) -> Planned:
    pending = plan.pending.get(item.key)
    is_new = pending is None and record is None
    if pending is None:
        pending = plan.pending[item.key] = PendingWrite(
            data_type=item.data_type,
            hub_id=hub_id,
            record=record,
            accepted=accepted,
            limited_to=record.limited_to if record else (),
        )
    pending.fill(accepted)
    return Planned(item=item, pending=pending, is_new=is_new)
