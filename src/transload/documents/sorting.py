"""Documents in an order that no index has, materialised once in a temporary table.

Where they are small enough together, the table has their lines, to be read one after the other;
else it has the address of each one's row, by which the row is then looked up.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
)

from transload.db.dialect import address_of, materialise_rows
from transload.db.types import RowAddress
from transload.documents.source import Source

MAX_CARRIED = 1 << 30
positions = Table(
    "document_positions",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("id", String(24), nullable=False),
    Column("size", Integer, nullable=False),
    Column("address", RowAddress),
    Column("line", Text),
    prefixes=["TEMPORARY"],
)


def materialise(
    connection: Connection,
    source: Source,
    ways: Sequence[ColumnElement[Any]],
    line: ColumnElement[str],
) -> tuple[FromClause, ColumnElement[str]]:
    """Materialise the sorted documents; returns the FROM clause and the line's column.

    Where some may be in an earlier form of their schema, the rows themselves have to be read; where
    they are filtered, to ask for their size would take as long again.
    """
    address = address_of(connection, source.table)
    is_plain = not source.schemas and not source.is_filtered
    carries_lines = is_plain and _are_small(connection, source)
    carried = line.label("line") if carries_lines else address.label("address")
    key, size = source.key.label("id"), source.size.label("size")
    rows = select(key, size, carried).where(*source.conditions)
    materialise_rows(connection, positions, rows, ways)
    if carries_lines:
        return positions, positions.c.line
    return positions.join(source.table, address == positions.c.address), line


def _are_small(connection: Connection, source: Source) -> bool:
    """Tell whether the documents have 1 GiB together at most.

    While it sorts, the store needs twice the room on its disk for what is materialised.
    """
    size = select(func.coalesce(func.sum(source.size), 0)).where(*source.conditions)
    return bool(connection.execute(size).scalar_one() <= MAX_CARRIED)
