"""Where the records of one request are to go: their types and hubs, looked up once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor
from transload.data_types import store as data_types
from transload.data_types.model import KEY_FIELD, DataType
from transload.db.ids import is_id
from transload.hubs import store as hubs
from transload.records import writes
from transload.records.model import Accepted, Fault, Key, Rejected, accept, is_storable

UNSEEN_HUB = "You do not have permission to perform this action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A record that may be written as far as it can be told from itself, its type and its hub."""

    data_type: DataType
    hub_id: str
    accepted: Accepted

    @property
    def key(self) -> Key:
        """What no other record may have."""
        return key_of(self.data_type, self.hub_id, self.accepted.data_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Values for the record of a key."""

    data_type: DataType
    key: Key
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The types and hubs that a request names, as far as the organization has them."""

    actor: Actor
    types: Mapping[str, DataType]
    hub_ids: frozenset[str]

    def hold(self, connection: Connection) -> bool:
        """Keep them as they are until the transaction ends; False if they have changed already."""
        organization_id = self.actor.organization_id
        writes.lock(connection, organization_id)
        held = data_types.hold(connection, organization_id, self.types.keys())
        return held == self.types and self.hub_ids == writes.hold_hubs(
            connection, organization_id, self.hub_ids
        )

    def check(self, item: object) -> Ready | Rejected:
        """Check a record that a client sends whole."""
        found = self._placed(item)
        if isinstance(found, Rejected):
            return found
        data_type, hub_id, values = found
        if hub_id and not self.actor.sees_hub(hub_id):
            return Rejected(reason=UNSEEN_HUB, fault=Fault.FORBIDDEN)
        accepted = accept(data_type, values)
        if isinstance(accepted, Rejected):
            return accepted
        return Ready(data_type=data_type, hub_id=hub_id, accepted=accepted)

    def check_patch(self, item: object) -> Patch | Rejected:
        """Check some of the values of a record that the client names by its key."""
        found = self._placed(item)
        if isinstance(found, Rejected):
            return found
        data_type, hub_id, values = found
        data_id = values.get(KEY_FIELD)
        if not isinstance(data_id, str) or not data_id or not is_storable(data_id):
            return Rejected(reason=f"{KEY_FIELD} is required.")
        return Patch(data_type=data_type, key=key_of(data_type, hub_id, data_id), values=values)

    def _placed(self, item: object) -> tuple[DataType, str, Mapping[str, object]] | Rejected:
        if not isinstance(item, Mapping):
            return Rejected(reason="The record must be a JSON object.")
        data_type = self.types.get(text(item, "dataTypeId"))
        if data_type is None:
            reason = "The selected dataTypeId is invalid."
            return Rejected(reason=reason, fault=Fault.NOT_CHOSEN)
        hub_id = text(item, "hubId")
        if not hub_id and item.get("hubId") in (None, "") and not data_type.is_common:
            return Rejected(reason="The hubId field is required.")
        if hub_id not in self.hub_ids and item.get("hubId") not in (None, ""):
            return Rejected(reason="The selected hubId is invalid.", fault=Fault.NOT_CHOSEN)
        return data_type, hub_id, item


def find_places(connection: Connection, actor: Actor, items: Sequence[object]) -> Places:
    """Look up what the items name."""
    mappings = [item for item in items if isinstance(item, Mapping)]
    found = (
        data_types.find(connection, actor.organization_id, type_id)
        for type_id in _ids(mappings, "dataTypeId")
    )
    hub_ids = hubs.existing(connection, actor.organization_id, _ids(mappings, "hubId"))
    return Places(
        actor=actor,
        types={data_type.id: data_type for data_type in found if data_type is not None},
        hub_ids=frozenset(hub_ids),
    )


def key_of(data_type: DataType, hub_id: str, data_id: str) -> Key:
    """Give the key that a record of the type has in the hub."""
    return Key(data_type.id, "" if data_type.is_common else hub_id, data_id)


def text(item: Mapping[str, object], name: str) -> str:
    """Give the item's text of that name, empty where it has none."""
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _ids(items: Iterable[Mapping[str, object]], name: str) -> list[str]:
    return sorted({found for item in items if is_id(found := text(item, name))})
