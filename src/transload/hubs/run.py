"""Use cases of hubs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import organization_store
from transload.accounts.model import Actor, Permission
from transload.counts import counted
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, NotFoundError
from transload.hubs import store
from transload.hubs.model import Hub, HubQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHub:
    """What a user says of a hub to be."""

    name: str
    address: str
    lat: float
    lng: float
    country: Mapping[str, object] | None
    country_code: str


def create(database: Database, actor: Actor, new: NewHub, now: datetime) -> Hub:
    """Create a hub, which the actor is assigned to.

    Raises ConflictError if the organization has one of that name.
    """
    actor.require(Permission.ADD_HUB)
    hub = _hub(
        new,
        hub_id=new_id(),
        organization_id=actor.organization_id,
        created_time=now,
        updated_time=now,
    )
    with _writing(database, new.name) as connection:
        store.add(connection, hub)
        store.assign(connection, actor.user_id, hub.id)
        _record(connection, actor, audit.Action.CREATE, hub, now)
    return hub


def get(database: Database, actor: Actor, hub_id: str) -> Hub:
    """Give a hub; raise NotFoundError if the user can see none with that id."""
    actor.require(Permission.VIEW_HUB)
    with database.read() as connection:
        return _seen(actor, store.find(connection, actor.organization_id, hub_id))


def find_many(database: Database, actor: Actor, query: HubQuery) -> list[Hub]:
    """Give a page of the hubs that the user sees."""
    actor.require(Permission.VIEW_HUB)
    hub_ids = actor.assigned_hub_ids if query.is_assigned_only else actor.hub_ids
    with database.read() as connection:
        return store.find_many(connection, actor.organization_id, hub_ids, query)


def replace(database: Database, actor: Actor, hub_id: str, new: NewHub, now: datetime) -> Hub:
    """Write all of a hub anew but its id and when it was made.

    Raises NotFoundError if the user can see none with that id, ConflictError if another hub of the
    organization has the name.
    """
    actor.require(Permission.EDIT_HUB)
    with _writing(database, new.name) as connection:
        # Without it, two hubs that take each other's names at once would wait for each other.
        organization_store.lock_names(connection, actor.organization_id)
        old = _seen(actor, store.lock(connection, actor.organization_id, hub_id))
        hub = _hub(
            new,
            hub_id=old.id,
            organization_id=old.organization_id,
            created_time=old.created_time,
            updated_time=now,
        )
        store.replace(connection, hub)
        _record(connection, actor, audit.Action.UPDATE, hub, now)
    return hub


def delete(database: Database, actor: Actor, hub_id: str, now: datetime) -> None:
    """Delete a hub, also from the lists of the users that it is assigned to.

    Raises NotFoundError if the user can see none with that id, ConflictError if it has records or
    tasks.
    """
    actor.require(Permission.DELETE_HUB)
    with database.write() as connection:
        hub = _seen(actor, store.lock(connection, actor.organization_id, hub_id))
        records = store.count_records(connection, actor.organization_id, hub_id)
        if records:
            raise ConflictError(f"The hub {hub.name} still has {counted(records, 'record')}.")
        if store.has_tasks(connection, actor.organization_id, hub_id):
            raise ConflictError(f"The hub {hub.name} still has tasks.")
        store.remove(connection, actor.organization_id, hub_id)
        _record(connection, actor, audit.Action.DELETE, hub, now)


@contextmanager
def _writing(database: Database, name: str) -> Iterator[Connection]:
    """Open a transaction that writes a hub of this name; raise ConflictError if it is taken."""
    try:
        with database.write() as connection:
            yield connection
    except IntegrityError as error:
        raise ConflictError(f"There is a hub {name} already.") from error


def _seen(actor: Actor, hub: Hub | None) -> Hub:
    if hub is None or not actor.sees_hub(hub.id):
        raise NotFoundError
    return hub


def _hub(
    new: NewHub,
    *,
    hub_id: str,
    organization_id: str,
    created_time: datetime,
    updated_time: datetime,
) -> Hub:
    return Hub(
        id=hub_id,
        organization_id=organization_id,
        name=new.name,
        address=new.address,
        lat=new.lat,
        lng=new.lng,
        country=new.country,
        country_code=new.country_code,
        has_delete_access=True,
        created_time=created_time,
        updated_time=updated_time,
    )


def _record(
    connection: Connection, actor: Actor, action: audit.Action, hub: Hub, now: datetime
) -> None:
    audit.record(connection, actor, action, thing="hub", thing_id=hub.id, now=now, detail=hub.name)
