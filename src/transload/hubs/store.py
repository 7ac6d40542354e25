"""The SQL of hubs."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from transload.db.dialect import by_code_point, holds_part
from transload.db.tables import hubs, record_counts, tasks, users
from transload.hubs.model import Hub, HubQuery, SortKey

_SORTED_COLUMNS: dict[SortKey, ColumnElement[Any]] = {
    SortKey.ID: hubs.c.id,
    SortKey.NAME: hubs.c.name,
    SortKey.ADDRESS: hubs.c.address,
    SortKey.LAT: hubs.c.lat,
    SortKey.LNG: hubs.c.lng,
    SortKey.COUNTRY_CODE: hubs.c.country_code,
    SortKey.DELETE_ACCESS: hubs.c.delete_access,
    SortKey.CREATED_TIME: hubs.c.created_time,
    SortKey.UPDATED_TIME: hubs.c.updated_time,
}
_ONE = select(hubs).where(
    hubs.c.organization_id == bindparam("organization_id"), hubs.c.id == bindparam("id")
)


def add(connection: Connection, hub: Hub) -> None:
    """Insert a hub."""
    connection.execute(insert(hubs), _values(hub))


def replace(connection: Connection, hub: Hub) -> None:
    """Write all of a hub over the one with its id."""
    connection.execute(
        update(hubs)
        .where(hubs.c.organization_id == hub.organization_id, hubs.c.id == hub.id)
        .values(_values(hub))
    )


def assign(connection: Connection, user_id: str, hub_id: str) -> None:
    """Put a hub into the list of those that a user is assigned to."""
    found = connection.execute(
        select(users.c.hub_ids).where(users.c.id == user_id).with_for_update()
    ).scalar_one_or_none()
    if found is not None:
        connection.execute(
            update(users).where(users.c.id == user_id).values(hub_ids=sorted({*found, hub_id}))
        )


def remove(connection: Connection, organization_id: str, hub_id: str) -> None:
    """Delete the hub, and take it out of the lists of the users that it is assigned to."""
    connection.execute(
        delete(hubs).where(hubs.c.organization_id == organization_id, hubs.c.id == hub_id)
    )
    rows = connection.execute(
        select(users.c.id, users.c.hub_ids)
        .where(
            users.c.organization_id == organization_id,
            cast(users.c.hub_ids, Text).contains(hub_id, autoescape=True),
        )
        .order_by(users.c.id)
        .with_for_update()
    ).all()
    if rows:
        connection.execute(
            update(users)
            .where(users.c.id == bindparam("user_id"))
            .values(hub_ids=bindparam("others")),
            [
                {"user_id": row.id, "others": [one for one in row.hub_ids if one != hub_id]}
                for row in rows
            ],
        )


def find(connection: Connection, organization_id: str, hub_id: str) -> Hub | None:
    """Give the organization's hub with that id."""
    row = connection.execute(_ONE, {"organization_id": organization_id, "id": hub_id}).first()
    return None if row is None else _hub(row)


def lock(connection: Connection, organization_id: str, hub_id: str) -> Hub | None:
    """Give the organization's hub with that id to one transaction at a time."""
    sought = {"organization_id": organization_id, "id": hub_id}
    row = connection.execute(_ONE.with_for_update(), sought).first()
    return None if row is None else _hub(row)


def find_many(
    connection: Connection,
    organization_id: str,
    hub_ids: Collection[str] | None,
    query: HubQuery,
) -> list[Hub]:
    """Give the page that the query asks for; `hub_ids`: of these hubs only, None: of all.

    Text sorts by code point, what is equal by id. A part is found in any case, as PostgreSQL's
    locale knows it, on SQLite as Unicode does.
    """
    statement = select(hubs).where(hubs.c.organization_id == organization_id)
    if hub_ids is not None:
        statement = statement.where(hubs.c.id.in_(sorted(hub_ids)))
    if query.name is not None:
        statement = statement.where(hubs.c.name == query.name)
    if query.part is not None:
        statement = statement.where(
            holds_part(connection, hubs.c.name, query.part)
            | holds_part(connection, hubs.c.address, query.part)
        )
    key = _SORTED_COLUMNS[query.sort_key]
    if isinstance(key.type, Text):
        key = by_code_point(connection, key)
    rows = connection.execute(
        statement.order_by(key.desc() if query.is_descending else key, hubs.c.id)
        .offset(query.offset)
        .limit(query.limit)
    )
    return [_hub(row) for row in rows]


def existing(connection: Connection, organization_id: str, hub_ids: Collection[str]) -> set[str]:
    """Give those of the ids that are hubs of the organization."""
    return set(
        connection.scalars(
            select(hubs.c.id).where(
                hubs.c.organization_id == organization_id, hubs.c.id.in_(hub_ids)
            )
        )
    )


def count_records(connection: Connection, organization_id: str, hub_id: str) -> int:
    """Give the number of records that the hub has."""
    return int(
        connection.execute(
            select(func.coalesce(func.sum(record_counts.c.records), 0)).where(
                record_counts.c.organization_id == organization_id,
                record_counts.c.hub_id == hub_id,
            )
        ).scalar_one()
    )


def has_tasks(connection: Connection, organization_id: str, hub_id: str) -> bool:
    """Tell whether the hub has a task."""
    found = exists().where(tasks.c.organization_id == organization_id, tasks.c.hub_id == hub_id)
    return bool(connection.execute(select(found)).scalar_one())


def _values(hub: Hub) -> dict[str, object]:
    return {
        "organization_id": hub.organization_id,
        "id": hub.id,
        "name": hub.name,
        "address": hub.address,
        "lat": hub.lat,
        "lng": hub.lng,
        "country": hub.country,
        "country_code": hub.country_code,
        "delete_access": hub.has_delete_access,
        "created_time": hub.created_time,
        "updated_time": hub.updated_time,
    }


def _hub(row: Row[*tuple[Any, ...]]) -> Hub:
    return Hub(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        address=row.address,
        lat=row.lat,
        lng=row.lng,
        country=row.country,
        country_code=row.country_code,
        has_delete_access=row.delete_access,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )
