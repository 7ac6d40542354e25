"""Synthetic outlets straight into the store, for measurements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from transload.accounts.model import Actor, Role
from transload.accounts.run import create_organization, create_user, find_organization
from transload.data_types import run as data_types
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.hubs import run as hubs
from transload.records import run as records
from transload.samples import outlet_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where synthetic outlets go: a data type and a hub of their own."""

    owner: Actor
    data_type_id: str
    hub_id: str
    now: datetime


def prepare(database: Database, organization_name: str, now: datetime) -> Target:
    """Make a data type, a hub and an owner in the organization, which is made if it is missing."""
    organization = find_organization(database, organization_name) or create_organization(
        database, organization_name, now
    )
    mark = new_id()
    owner = create_user(
        database,
        organization_id=organization.id,
        email=f"bench-{mark}@bench.example",
        role=Role.OWNER,
        hub_ids=(),
        now=now,
    )
    hub = hubs.NewHub(
        name=f"Bench {mark}",
        address="",
        lat=0,
        lng=0,
        country=None,
        country_code="IDN",
    )
    outlets = data_types.NewDataType(
        name=f"Outlets {mark}", fields=outlet_fields(), is_common=False
    )
    return Target(
        owner=owner,
        data_type_id=data_types.create(database, owner, outlets, now).id,
        hub_id=hubs.create(database, owner, hub, now).id,
        now=now,
    )


def load(
    database: Database, target: Target, outlets: Iterator[Mapping[str, object]]
) -> Iterator[int]:
    """Add the outlets, 2,000 a transaction; yield after each how many went in."""
    while batch := list(islice(outlets, records.MAX_BULK)):
        items = [
            {"hubId": target.hub_id, "dataTypeId": target.data_type_id, **outlet}
            for outlet in batch
        ]
        added = records.add_many(database, target.owner, items, target.now)
        yield sum(outcome.rejected is None for outcome in added)
