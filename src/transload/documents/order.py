"""In which order documents come, and which part of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, asc, desc

from transload.db.dialect import by_code_point, decimal_of, sort_key
from transload.documents.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which name, system's or field's; missing values come last, ties go by the key.

    `is_number`: by JSON numbers; `is_decimal`: by numbers that are kept as text.
    """

    name: str
    is_number: bool
    is_descending: bool
    is_decimal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of the ordered documents: `limit` of them after the first `offset`."""

    offset: int
    limit: int


def order_of(connection: Connection, source: Source, order: Order) -> list[ColumnElement[Any]]:
    """Give what the documents are sorted by: missing values last, ties by the key."""
    way = desc if order.is_descending else asc
    if order.name in source.natural:
        return [way(source.key)]
    key: ColumnElement[Any]
    column = source.sort_columns.get(order.name)
    if column is None and order.is_decimal:
        key = decimal_of(connection, source.document, order.name)
    elif column is None:
        key = sort_key(connection, source.document, order.name, is_number=order.is_number)
    else:
        key = by_code_point(connection, column)
    # Not by "is missing" first: the key would be made twice, and PostgreSQL sorts text slower.
    return [way(key).nulls_last(), way(source.key)]
