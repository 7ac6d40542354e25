"""The order of documents, and which part of them is asked for."""

from collections.abc import Sequence
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
    return in_order(sort_keys(connection, source, order), order)


def sort_keys(connection: Connection, source: Source, order: Order) -> list[ColumnElement[Any]]:
    """Give the values by which documents are compared, the most telling first, their key last."""
    if order.name in source.natural:
        return [source.key]
    column = source.sort_columns.get(order.name)
    if column is not None:
        return [by_code_point(connection, column), source.key]
    if order.holds is Holds.DECIMAL:
        return [decimal_of(connection, source.document, order.name), source.key]
    is_number = order.holds is Holds.NUMBER
    return [sort_key(connection, source.document, order.name, is_number=is_number), source.key]


def in_order(keys: Sequence[ColumnElement[Any]], order: Order) -> list[ColumnElement[Any]]:
    """Give the order by such values; the last of them is never missing."""
    way = desc if order.is_descending else asc
    *others, last = keys
    # Not by "is missing" first: the key would be made twice, and PostgreSQL sorts text slower.
    return [*(way(one).nulls_last() for one in others), way(last)]
