"""The SQL of configs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from transload.configs.model import Collection, Config, Kind
from transload.db.tables import configs


def add(connection: Connection, config: Config) -> None:
    """Insert a config."""
    connection.execute(insert(configs), _values(config))


def find(connection: Connection, organization_id: str, kind: Kind, config_id: str) -> Config | None:
    """Give the organization's config of that kind and id."""
    row = connection.execute(select(configs).where(*_one(organization_id, kind, config_id))).first()
    return None if row is None else _config(row)


def lock(connection: Connection, organization_id: str, kind: Kind, config_id: str) -> Config | None:
    """Give the organization's config of that kind and id to one transaction at a time."""
    row = connection.execute(
        select(configs).where(*_one(organization_id, kind, config_id)).with_for_update()
    ).first()
    return None if row is None else _config(row)


def find_page(
    connection: Connection,
    organization_id: str,
    kind: Kind,
    *,
    name: str | None,
    collection: Collection | None,
    is_descending: bool,
    offset: int,
    limit: int,
) -> tuple[int, Sequence[Config]]:
    """Give how many configs there are, and a page of them, in the order of their creation."""
    wanted = [configs.c.organization_id == organization_id, configs.c.kind == kind.value]
    if name is not None:
        wanted.append(configs.c.name == name)
    if collection is not None:
        wanted.append(configs.c.document["collection"].as_string() == collection.value)
    total = connection.execute(
        select(func.count()).select_from(configs).where(*wanted)
    ).scalar_one()
    rows = connection.execute(
        select(configs)
        .where(*wanted)
        .order_by(configs.c.id.desc() if is_descending else configs.c.id)
        .offset(offset)
        .limit(limit)
    )
    return total, [_config(row) for row in rows]


def replace(connection: Connection, config: Config) -> None:
    """Write all of a config that is locked."""
    connection.execute(
        update(configs)
        .where(*_one(config.organization_id, config.kind, config.id))
        .values(_values(config))
    )


def remove(connection: Connection, config: Config) -> None:
    """Delete a config that is locked."""
    connection.execute(delete(configs).where(*_one(config.organization_id, config.kind, config.id)))


def _one(organization_id: str, kind: Kind, config_id: str) -> list[ColumnElement[bool]]:
    return [
        configs.c.organization_id == organization_id,
        configs.c.id == config_id,
        configs.c.kind == kind.value,
    ]


def _values(config: Config) -> dict[str, object]:
    return {
        "organization_id": config.organization_id,
        "id": config.id,
        "kind": config.kind.value,
        "name": config.name,
        "document": config.document,
        "created_time": config.created_time,
        "updated_time": config.updated_time,
    }


def _config(row: Row[*tuple[Any, ...]]) -> Config:
    return Config(
        id=row.id,
        organization_id=row.organization_id,
        kind=Kind(row.kind),
        name=row.name,
        document=row.document,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )
