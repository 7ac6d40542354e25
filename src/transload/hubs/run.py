"""Use cases of hubs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.db.ids import is_id, new_id
from transload.errors import ConflictError, NotFoundError
from transload.hubs import store
from transload.hubs.model import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHub:
    """What a user says of a hub to be."""

    name: str
    address: str
    lat: float
    lng: float
    country: Mapping[str, object] | None
    country_code: str
    has_delete_access: bool


def create(database: Database, actor: Actor, new: NewHub, now: datetime) -> Hub:
    """Create a hub; raise ConflictError if the organization has one of that name."""
    actor.require(Permission.ADD_HUB)
    hub = Hub(
        id=new_id(),
        organization_id=actor.organization_id,
        name=new.name,
        address=new.address,
        lat=new.lat,
        lng=new.lng,
        country=new.country,
        country_code=new.country_code,
        has_delete_access=new.has_delete_access,
        created_time=now,
        updated_time=now,
    )
    try:
        with database.write() as connection:
            store.add(connection, hub)
    except IntegrityError as error:
        raise ConflictError(f"There is a hub {new.name} already.") from error
    return hub


def get(database: Database, actor: Actor, hub_id: str) -> Hub:
    """Give a hub; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_HUB)
    if not is_id(hub_id) or not actor.sees_hub(hub_id):
        raise NotFoundError
    with database.read() as connection:
        hub = store.find(connection, actor.organization_id, hub_id)
    if hub is None:
        raise NotFoundError
    return hub
