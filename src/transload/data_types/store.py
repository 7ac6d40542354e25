"""The SQL of data types. Only a type's removal finds a type that is being removed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from transload.data_types.model import DataType, Field, FieldType, Provider, Source
from transload.db.tables import data_types

_CACHED = 256
_COLUMNS = [
    # As text: what it says is worked out once.
    cast(column, Text).label(column.name) if column is data_types.c.fields else column
    for column in data_types.c
]
_OWN: ColumnElement[bool] = data_types.c.organization_id == bindparam("organization_id")
# Made once, as are the next: every page has them.
_ALL = select(*_COLUMNS).where(_OWN).order_by(data_types.c.id)
_BY_ID = select(*_COLUMNS).where(
    _OWN, data_types.c.deleted_time.is_(None), data_types.c.id == bindparam("id")
)
_DYING = select(data_types.c.id).where(_OWN, data_types.c.deleted_time.is_not(None))


def add(connection: Connection, data_type: DataType) -> None:
    """Insert a data type."""
    connection.execute(insert(data_types), _values(data_type))


def find(connection: Connection, organization_id: str, data_type_id: str) -> DataType | None:
    """Give the organization's data type with that id."""
    sought = {"organization_id": organization_id, "id": data_type_id}
    row = connection.execute(_BY_ID, sought).first()
    return None if row is None else _data_type(row)


def find_by_name(connection: Connection, organization_id: str, name: str) -> DataType | None:
    """Give the organization's data type of that exact name."""
    row = connection.execute(
        select(*_COLUMNS).where(*_live(organization_id), data_types.c.name == name)
    ).first()
    return None if row is None else _data_type(row)


def find_all(
    connection: Connection, organization_id: str
) -> tuple[Sequence[DataType], frozenset[str]]:
    """Give all data types of the organization, oldest first, and the ids of `dying` ones."""
    rows = connection.execute(_ALL, {"organization_id": organization_id}).all()
    living = [_data_type(row) for row in rows if row.deleted_time is None]
    return living, frozenset(row.id for row in rows if row.deleted_time is not None)


def open_types(*, is_named: bool) -> ScalarSelect[int]:
    """Count the types that are neither limited nor dying, as a part of another statement.

    Its parameters are `organization_id` and, of the one type that is named, `data_type_id`.
    """
    counted = select(func.count()).where(
        _OWN, ~data_types.c.is_limited, data_types.c.deleted_time.is_(None)
    )
    if is_named:
        counted = counted.where(data_types.c.id == bindparam("data_type_id"))
    return counted.scalar_subquery()


def find_page(
    connection: Connection,
    organization_id: str,
    providers: Collection[Provider],
    *,
    offset: int,
    limit: int,
) -> tuple[int, Sequence[DataType]]:
    """Give how many types have one of the providers, and a page of them, oldest first."""
    wanted = [*_live(organization_id), data_types.c.provider.in_(sorted(providers))]
    total = connection.execute(
        select(func.count()).select_from(data_types).where(*wanted)
    ).scalar_one()
    rows = connection.execute(
        select(*_COLUMNS).where(*wanted).order_by(data_types.c.id).offset(offset).limit(limit)
    )
    return total, [_data_type(row) for row in rows]


def hold(
    connection: Connection, organization_id: str, data_type_ids: Collection[str]
) -> dict[str, DataType]:
    """Give those of the types that there are, unchanged until the end of the transaction.

    Who writes a document does so in a transaction that holds its type, and marks the document with
    the shape of the type held: what was checked by a type of another shape is checked anew. Many
    can hold a type at once; who `lock`s it waits for them.
    """
    rows = connection.execute(
        select(*_COLUMNS)
        .where(*_live(organization_id), data_types.c.id.in_(sorted(data_type_ids)))
        .order_by(data_types.c.id)
        .with_for_update(read=True)
    )
    return {row.id: _data_type(row) for row in rows}


def lock(connection: Connection, organization_id: str, data_type_id: str) -> DataType | None:
    """Give the organization's data type with that id to one transaction, which may change it.

    What is written after it is in the form of the type as this transaction leaves it.
    """
    row = connection.execute(
        select(*_COLUMNS)
        .where(*_live(organization_id), data_types.c.id == data_type_id)
        .with_for_update()
    ).first()
    return None if row is None else _data_type(row)


def replace(connection: Connection, data_type: DataType) -> None:
    """Write all of a data type that is locked."""
    connection.execute(
        update(data_types)
        .where(*_live(data_type.organization_id), data_types.c.id == data_type.id)
        .values(_values(data_type))
    )


def dying(connection: Connection, organization_id: str) -> frozenset[str]:
    """Give the ids of the types whose records are still being removed: nobody sees these."""
    return frozenset(connection.scalars(_DYING, {"organization_id": organization_id}))


def mark_deleted(
    connection: Connection, organization_id: str, data_type_id: str, now: datetime
) -> None:
    """Take a type away from everybody but its removal; its name is free from here on."""
    connection.execute(
        update(data_types)
        .where(*_live(organization_id), data_types.c.id == data_type_id)
        .values(deleted_time=now)
    )


def remove_deleted(connection: Connection, organization_id: str, data_type_id: str) -> None:
    """Remove what is left of a type that was taken away."""
    connection.execute(
        delete(data_types).where(
            data_types.c.organization_id == organization_id,
            data_types.c.id == data_type_id,
            data_types.c.deleted_time.is_not(None),
        )
    )


def _live(organization_id: str) -> list[ColumnElement[bool]]:
    return [data_types.c.organization_id == organization_id, data_types.c.deleted_time.is_(None)]


def _values(data_type: DataType) -> dict[str, object]:
    return {
        "organization_id": data_type.organization_id,
        "id": data_type.id,
        "name": data_type.name,
        "fields": [asdict(field) for field in data_type.fields],
        "shape": data_type.shape,
        "same_since": data_type.same_since,
        "is_common": data_type.is_common,
        "is_limited": data_type.is_limited,
        "provider": data_type.provider.value,
        "provider_config": None if data_type.source is None else asdict(data_type.source),
        "created_by": data_type.created_by,
        "updated_by": data_type.updated_by,
        "created_time": data_type.created_time,
        "updated_time": data_type.updated_time,
    }


def _data_type(row: Row[*tuple[Any, ...]]) -> DataType:
    return DataType(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        fields=_fields(row.fields),
        shape=row.shape,
        same_since=row.same_since,
        is_common=row.is_common,
        is_limited=row.is_limited,
        provider=Provider(row.provider),
        source=None if row.provider_config is None else Source(**row.provider_config),
        created_by=row.created_by,
        updated_by=row.updated_by,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )


@lru_cache(maxsize=_CACHED)
def _fields(text: str) -> tuple[Field, ...]:
    return tuple(field_of(stored) for stored in orjson.loads(text))


def field_of(stored: Mapping[str, Any]) -> Field:
    """Give the field that was stored so."""
    return Field(
        **{**stored, "type": FieldType(stored["type"]), "options": tuple(stored["options"])}
    )
