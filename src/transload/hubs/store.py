"""The SQL of hubs."""

from collections.abc import Collection

from sqlalchemy import Connection, insert, select

from transload.db.tables import hubs
from transload.hubs.model import Hub


def add(connection: Connection, hub: Hub) -> None:
    """Insert a hub."""
    connection.execute(
        insert(hubs),
        {
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
        },
    )


def find(connection: Connection, organization_id: str, hub_id: str) -> Hub | None:
    """Give the organization's hub with that id."""
    row = connection.execute(
        select(hubs).where(hubs.c.organization_id == organization_id, hubs.c.id == hub_id)
    ).first()
    if row is None:
        return None
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


def existing(connection: Connection, organization_id: str, hub_ids: Collection[str]) -> set[str]:
    """Give those of the ids that are hubs of the organization."""
    return set(
        connection.scalars(
            select(hubs.c.id).where(
                hubs.c.organization_id == organization_id, hubs.c.id.in_(hub_ids)
            )
        )
    )
