"""The SQL of data types."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from transload.data_types.model import DataType, Field, FieldType
from transload.db.tables import data_types


def add(connection: Connection, data_type: DataType) -> None:
    """Insert a data type."""
    connection.execute(
        insert(data_types),
        {
            "organization_id": data_type.organization_id,
            "id": data_type.id,
            "name": data_type.name,
            "fields": [asdict(field) for field in data_type.fields],
            "shape": data_type.shape,
            "is_common": data_type.is_common,
            "created_by": data_type.created_by,
            "updated_by": data_type.updated_by,
            "created_time": data_type.created_time,
            "updated_time": data_type.updated_time,
        },
    )


def find(connection: Connection, organization_id: str, data_type_id: str) -> DataType | None:
    """Give the organization's data type with that id."""
    row = connection.execute(
        select(data_types).where(
            data_types.c.organization_id == organization_id, data_types.c.id == data_type_id
        )
    ).first()
    return None if row is None else _data_type(row)


def find_all(connection: Connection, organization_id: str) -> Sequence[DataType]:
    """Give all data types of the organization, oldest first."""
    rows = connection.execute(
        select(data_types)
        .where(data_types.c.organization_id == organization_id)
        .order_by(data_types.c.id)
    )
    return [_data_type(row) for row in rows]


def _data_type(row: Row[*tuple[Any, ...]]) -> DataType:
    return DataType(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        fields=tuple(_field(field) for field in row.fields),
        shape=row.shape,
        is_common=row.is_common,
        created_by=row.created_by,
        updated_by=row.updated_by,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )


def _field(stored: dict[str, Any]) -> Field:
    return Field(
        **{**stored, "type": FieldType(stored["type"]), "options": tuple(stored["options"])}
    )
