"""Selected records in an order that no index has, laid down once in a temporary table.

Where they are small enough together, their lines are laid down with them, to be read one after the
other; else it is where each lies, at which it is then looked up.
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

from transload.db.dialect import lay_down, place_of
from transload.db.tables import records
from transload.db.types import Place

MAX_CARRIED = 1 << 30
positions = Table(
    "record_positions",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("id", String(24), nullable=False),
    Column("size", Integer, nullable=False),
    Column("place", Place),
    Column("line", Text),
    prefixes=["TEMPORARY"],
)


def lay_lines(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    ways: Sequence[ColumnElement[Any]],
    line: ColumnElement[str],
) -> None:
    """Lay down the records' lines."""
    _lay(connection, wanted, ways, line.label("line"))


def lay_places(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    ways: Sequence[ColumnElement[Any]],
) -> FromClause:
    """Lay down the records' places; give the table joined with the records themselves."""
    place = place_of(connection, records)
    _lay(connection, wanted, ways, place.label("place"))
    return positions.join(records, place == positions.c.place)


def can_carry(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> bool:
    """Tell whether the records are small enough together, 1 GiB, for their lines to be laid down.

    While it sorts, the store needs twice the room on its disk for what is laid down.
    """
    size = select(func.coalesce(func.sum(records.c.size), 0)).where(*wanted)
    return bool(connection.execute(size).scalar_one() <= MAX_CARRIED)


def _lay(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    ways: Sequence[ColumnElement[Any]],
    carried: ColumnElement[Any],
) -> None:
    rows = select(records.c.id, records.c.size, carried).where(*wanted)
    lay_down(connection, positions, rows, ways)
