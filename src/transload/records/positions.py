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


def lay(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    ways: Sequence[ColumnElement[Any]],
    line: ColumnElement[str],
    *,
    has_older: bool,
) -> tuple[FromClause, ColumnElement[str]]:
    """Lay down the records in an order; give what to read there, and the line to read of it.

    Where some may have older documents, their places are laid down: these have to be read.
    """
    place = place_of(connection, records)
    carries_lines = not has_older and _are_small(connection, wanted)
    carried = line.label("line") if carries_lines else place.label("place")
    rows = select(records.c.id, records.c.size, carried).where(*wanted)
    lay_down(connection, positions, rows, ways)
    if carries_lines:
        return positions, positions.c.line
    return positions.join(records, place == positions.c.place), line


def _are_small(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> bool:
    """Tell whether the records have 1 GiB together at most.

    While it sorts, the store needs twice the room on its disk for what is laid down.
    """
    size = select(func.coalesce(func.sum(records.c.size), 0)).where(*wanted)
    return bool(connection.execute(size).scalar_one() <= MAX_CARRIED)
