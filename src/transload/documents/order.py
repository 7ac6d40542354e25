"""The order of documents, and which part of them is asked for."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, asc, desc

from transload.db.dialect import by_code_point, decimal_of, sort_key
from transload.documents.filters import Holds
from transload.documents.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which name, system's or field's; missing values come last, ties go by the key.

    `holds` says what a field's values are: numbers sort as numbers, all others as text.
    """

    name: str
    is_descending: bool
    holds: Holds = Holds.TEXT


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
    if column is None and order.holds is Holds.DECIMAL:
        key = decimal_of(connection, source.document, order.name)
    elif column is None:
        is_number = order.holds is Holds.NUMBER
        key = sort_key(connection, source.document, order.name, is_number=is_number)
    else:
        key = by_code_point(connection, column)
    # Not by "is missing" first: the key would be made twice, and PostgreSQL sorts text slower.
    return [way(key).nulls_last(), way(source.key)]
