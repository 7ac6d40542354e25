"""What a domain tells the engine of its documents: where they are stored, and what each is made of.

A document is one row: an id, times and other values of the system in columns of their own, and a
JSON object that holds every value of its schema, in the schema's order.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, func, literal, select

from transload.db.dialect import json_text

Values = Mapping[str, Any]
Member = Callable[[Connection], ColumnElement[str]]
"""Gives the JSON text of a value of the system, as an expression over the source's rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema of some documents; each document names the version that it was written in.

    Documents of `compatible_since` and later versions are in its present form; `upgrade` brings the
    values of an earlier version into it.
    """

    compatible_since: int
    upgrade: Callable[[int, Values], Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Documents to read: those rows of a table that fulfil the conditions.

    `key` is an id of 24 hexadecimal digits that rises with creation and that an index has in this
    order within the conditions; `natural` are the names that sort by it. `size` is in bytes.
    `members` are the system's values, `sort_columns` those of them that are sorted by as they are
    stored. `field_ids` are the keys of each document, in order; None where they differ. `schemas`
    are those of which there may be documents in an earlier form, by id. `count` gives how many
    documents there are; where `is_counted`, without going through them. `is_filtered`: the
    conditions are such that no index answers them, so that they are to be asked once.
    """

    table: Table
    conditions: Sequence[ColumnElement[bool]]
    key: ColumnElement[str]
    size: ColumnElement[int]
    document: ColumnElement[str]
    schema_id: ColumnElement[str]
    schema_version: ColumnElement[int]
    members: Mapping[str, Member]
    natural: Collection[str]
    sort_columns: Mapping[str, ColumnElement[str]]
    field_ids: Sequence[str] | None
    schemas: Mapping[str, Schema]
    count: Callable[[Connection], int]
    is_counted: bool
    is_filtered: bool = False

    def walks_index(self, name: str) -> bool:
        """Tell whether an index has the documents in the order of that name."""
        return name in self.natural and not self.is_filtered

    def narrowed(self, further: Sequence[ColumnElement[bool]]) -> "Source":
        """Give those of the documents that fulfil further conditions, which no index answers."""
        if not further:
            return self
        conditions = [*self.conditions, *further]
        statement = select(func.count()).select_from(self.table).where(*conditions)
        return replace(
            self,
            conditions=conditions,
            is_filtered=True,
            is_counted=False,
            count=lambda asked: asked.execute(statement).scalar_one(),
        )


def plain(column: ColumnElement[str]) -> Member:
    """Give the member of a text that JSON spells as it is, such as an id or a time."""
    return lambda _connection: _quoted(column)


def plain_or_null(column: ColumnElement[str]) -> Member:
    """Give the member of such a text; null where it is empty."""
    return lambda _connection: case((column == "", "null"), else_=_quoted(column))


def spelled(column: ColumnElement[str]) -> Member:
    """Give the member of any text."""
    return lambda connection: json_text(connection, column)


def _quoted(column: ColumnElement[str]) -> ColumnElement[str]:
    return literal('"') + column + literal('"')
