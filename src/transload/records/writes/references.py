"""What the items of one request refer to: types and hubs, looked up once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType, Provider
from transload.db.ids import is_id
from transload.errors import DENIED
from transload.hubs import store as hubs
from transload.records.access import hidden_fields, unseen
from transload.records.model import (
    Fault,
    Rejected,
    accept,
    is_storable,
    unknown,
    unknown_keys,
)
from transload.records.writes import statements
from transload.records.writes.planning import Checked, Part, Way, Whole, key_of

UNKNOWN_HUB = "The selected hubId is invalid."


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The types and hubs that items name, as far as the organization has them.

    `refuses_unknown`: an item with a key that its type does not know is refused, where the key is
    passed over otherwise.
    """

    actor: Actor
    refuses_unknown: bool
    types: Mapping[str, DataType]
    hub_ids: frozenset[str]

    def hold(self, connection: Connection) -> bool:
        """Keep them as they are until the transaction ends; False if they have changed already."""
        organization_id = self.actor.organization_id
        statements.lock(connection, organization_id)
        held = data_types.hold(connection, organization_id, self.types.keys())
        return held == self.types and self.hub_ids == statements.hold_hubs(
            connection, organization_id, self.hub_ids
        )

    def check(self, item: object, way: Way) -> Checked | Rejected:
        """Check a record that a client sends, whole or in part."""
        found = self._placed(item)
        if isinstance(found, Rejected):
            return found
        data_type, hub_id, values = found
        # A patch of what nobody sees finds nothing; it makes no record that would be in the hub.
        if hub_id and way is not Way.PATCH and not self.actor.sees_hub(hub_id):
            return Rejected(reason=DENIED, fault=Fault.FORBIDDEN)
        refused = unseen(hidden_fields(self.actor, data_type), values)
        if refused is not None:
            return Rejected(reason=refused, fault=Fault.FORBIDDEN)
        ignored = unknown_keys(data_type, values)
        if ignored and self.refuses_unknown:
            return unknown(data_type, ignored)
        if way.is_partial:
            return _part(data_type, hub_id, values, ignored)
        accepted = accept(data_type, values)
        if isinstance(accepted, Rejected):
            return accepted
        key = key_of(data_type, hub_id, accepted.data_id)
        return Whole(
            data_type=data_type, hub_id=hub_id, key=key, accepted=accepted, ignored=ignored
        )

    def _placed(self, item: object) -> tuple[DataType, str, Mapping[str, object]] | Rejected:
        if not isinstance(item, Mapping):
            return Rejected(reason="The record must be a JSON object.")
        data_type = self.types.get(_text(item, "dataTypeId"))
        if data_type is None:
            reason = "The selected dataTypeId is invalid."
            return Rejected(reason=reason, fault=Fault.NOT_CHOSEN)
        if data_type.provider is not Provider.INTERNAL:
            reason = f"Another system has the records of {data_type.name}: they are written there."
            return Rejected(reason=reason, fault=Fault.NOT_CHOSEN)
        hub_id = _text(item, "hubId")
        if not hub_id and item.get("hubId") in (None, "") and not data_type.is_common:
            return Rejected(reason="The hubId field is required.")
        if hub_id not in self.hub_ids and item.get("hubId") not in (None, ""):
            return Rejected(reason=UNKNOWN_HUB, fault=Fault.NOT_CHOSEN)
        return data_type, hub_id, item


def find_references(
    connection: Connection, actor: Actor, items: Sequence[object], *, refuses_unknown: bool
) -> References:
    """Look up what the items name."""
    mappings = [item for item in items if isinstance(item, Mapping)]
    found = (
        data_types.find(connection, actor.organization_id, type_id)
        for type_id in _ids(mappings, "dataTypeId")
    )
    hub_ids = hubs.existing(connection, actor.organization_id, _ids(mappings, "hubId"))
    return References(
        actor=actor,
        refuses_unknown=refuses_unknown,
        types={data_type.id: data_type for data_type in found if data_type is not None},
        hub_ids=frozenset(hub_ids),
    )


def _part(
    data_type: DataType, hub_id: str, values: Mapping[str, object], ignored: tuple[str, ...]
) -> Part | Rejected:
    data_id = values.get(KEY_FIELD)
    if not isinstance(data_id, str) or not data_id or not is_storable(data_id):
        return Rejected(reason=f"{KEY_FIELD} is required.")
    key = key_of(data_type, hub_id, data_id)
    return Part(data_type=data_type, hub_id=hub_id, key=key, values=values, ignored=ignored)


def _text(item: Mapping[str, object], name: str) -> str:
    """Give the item's text of that name, empty where it has none."""
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _ids(items: Iterable[Mapping[str, object]], name: str) -> list[str]:
    return sorted({found for item in items if is_id(found := _text(item, name))})
