"""In which order records come, and which part of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, asc, desc, func

from transload.data_types.model import KEY_FIELD
from transload.db.dialect import by_code_point, sort_key
from transload.db.tables import records

NATURAL = frozenset({"createdTime", "_id"})
_SORT_COLUMNS: dict[str, ColumnElement[str]] = {
    "dataTypeId": records.c.data_type_id,
    "hubId": func.nullif(records.c.hub_id, ""),
    "organizationId": records.c.organization_id,
    "createdBy": records.c.created_by,
    "updatedBy": records.c.updated_by,
    "updatedTime": records.c.updated_time,
    KEY_FIELD: records.c.data_id,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which name, system's or field's; missing values come last, ties go by `_id`."""

    name: str
    is_number: bool
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of the ordered records: `limit` of them after the first `offset`."""

    offset: int
    limit: int


def order_of(connection: Connection, order: Order) -> list[ColumnElement[Any]]:
    """Give what selected records are sorted by: missing values last, ties by `_id`."""
    way = desc if order.is_descending else asc
    if order.name in NATURAL:
        return [way(records.c.id)]
    column = _SORT_COLUMNS.get(order.name)
    if column is None:
        key = sort_key(connection, records.c.document, order.name, is_number=order.is_number)
    else:
        key = by_code_point(connection, column)
    # Not by "is missing" first: the key would be made twice, and PostgreSQL sorts text slower.
    return [way(key).nulls_last(), way(records.c.id)]
