"""Long reads: selected records, in order, as JSON lines in windows of bounded size.

A window is a range of keys. A first statement, answered from an index alone, finds how far the next
5,000 rows reach and how many bytes they have; a second has the database join their documents into
one text, so that no row is handled in Python. The natural order, that of creation, walks the index.
Any other order is laid down once in a temporary table of positions, inside the same snapshot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    func,
    insert,
    select,
)

from transload.data_types.model import KEY_FIELD
from transload.db.dialect import by_code_point, encoded, joined_lines, sort_key
from transload.db.tables import records
from transload.records.lines import Content, projected_line, whole_line
from transload.records.store import Selection

MAX_ROWS = 5_000
MAX_BYTES = 16 << 20
_NATURAL = frozenset({"createdTime", "_id"})
_SORT_COLUMNS: dict[str, ColumnElement[str]] = {
    "dataTypeId": records.c.data_type_id,
    "hubId": func.nullif(records.c.hub_id, ""),
    "organizationId": records.c.organization_id,
    "createdBy": records.c.created_by,
    "updatedBy": records.c.updated_by,
    "updatedTime": records.c.updated_time,
    KEY_FIELD: records.c.data_id,
}
_positions = Table(
    "record_positions",
    MetaData(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(24), nullable=False),
    Column("size", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Up to 5,000 records and about 16 MiB: JSON objects, one a line, no newline at the end."""

    lines: bytes
    rows: int
    last_key: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """Rows along a key: `index` answers where a window ends, `rows` gives its lines."""

    key: ColumnElement[Any]
    size: ColumnElement[int]
    index: FromClause
    rows: FromClause
    conditions: Sequence[ColumnElement[bool]]
    is_descending: bool

    @property
    def ordered_key(self) -> ColumnElement[Any]:
        return self.key.desc() if self.is_descending else self.key.asc()

    def between(self, after: object, last: object = None) -> list[ColumnElement[bool]]:
        """Give the conditions of a range that excludes `after` and includes `last`."""
        found = list(self.conditions)
        if after is not None:
            found.append(self.key < after if self.is_descending else self.key > after)
        if last is not None:
            found.append(self.key >= last if self.is_descending else self.key <= last)
        return found


def iterate(
    connection: Connection, selection: Selection, order: Order, part: Slice, content: Content
) -> Iterator[Window]:
    """Give the records window by window; the connection's transaction is the snapshot.

    Between two windows nothing is held but the key at which the next begins.
    """
    walk = _walk(connection, selection, order)
    after, is_beyond = _start(connection, walk, part.offset)
    remaining = 0 if is_beyond else part.limit
    while remaining:
        rows, last = _reach(connection, walk, after, min(MAX_ROWS, remaining))
        if not rows:
            break
        lines = _lines(connection, walk, content, after, last)
        yield Window(lines=lines, rows=rows, last_key=last)
        after = last
        remaining -= rows
    if order.name not in _NATURAL:
        _positions.drop(connection)


def last_id(connection: Connection, order: Order, window: Window) -> str:
    """Give the `_id` of a window's last record; only while its iteration is under way."""
    if order.name in _NATURAL:
        return str(window.last_key)
    statement = select(_positions.c.id).where(_positions.c.position == window.last_key)
    found: str = connection.execute(statement).scalar_one()
    return found


def _walk(connection: Connection, selection: Selection, order: Order) -> _Walk:
    conditions = _conditions(selection)
    if order.name in _NATURAL:
        return _Walk(
            key=records.c.id,
            size=records.c.size,
            index=records,
            rows=records,
            conditions=conditions,
            is_descending=order.is_descending,
        )
    _lay_positions(connection, conditions, order)
    own = records.c.organization_id == selection.organization_id
    return _Walk(
        key=_positions.c.position,
        size=_positions.c.size,
        index=_positions,
        rows=_positions.join(records, own & (records.c.id == _positions.c.id)),
        conditions=(),
        is_descending=False,
    )


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    found = [records.c.organization_id == selection.organization_id]
    if selection.data_type_id is not None:
        found.append(records.c.data_type_id == selection.data_type_id)
    if selection.hub_ids is not None:
        found.append(records.c.hub_id.in_(sorted(selection.hub_ids)))
    return found


def _lay_positions(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], order: Order
) -> None:
    column = _SORT_COLUMNS.get(order.name)
    if column is None:
        key = sort_key(connection, records.c.document, order.name, is_number=order.is_number)
    else:
        key = by_code_point(connection, column)
    ways = [
        column.desc() if order.is_descending else column.asc() for column in (key, records.c.id)
    ]
    position = func.row_number().over(order_by=[key.is_(None), *ways])
    _positions.create(connection)
    connection.execute(
        insert(_positions).from_select(
            ["position", "id", "size"],
            select(position, records.c.id, records.c.size).where(*conditions),
        )
    )


def _start(connection: Connection, walk: _Walk, offset: int) -> tuple[object, bool]:
    """Give the key after which the slice begins, and whether it begins beyond the end."""
    if not offset:
        return None, False
    statement = (
        select(walk.key)
        .select_from(walk.index)
        .where(*walk.between(None))
        .order_by(walk.ordered_key)
        .offset(offset - 1)
        .limit(1)
    )
    key = connection.execute(statement).scalar()
    return key, key is None


def _reach(connection: Connection, walk: _Walk, after: object, limit: int) -> tuple[int, Any]:
    """Give how many rows the next window has, within both bounds, and its last key."""
    while True:
        part = (
            select(walk.key.label("key"), walk.size.label("size"))
            .select_from(walk.index)
            .where(*walk.between(after))
            .order_by(walk.ordered_key)
            .limit(limit)
            .subquery()
        )
        last = func.min(part.c.key) if walk.is_descending else func.max(part.c.key)
        rows, size, key = connection.execute(
            select(func.count(), func.coalesce(func.sum(part.c.size), 0), last).select_from(part)
        ).one()
        if rows <= 1 or size <= MAX_BYTES:
            return rows, key
        limit = max(1, rows // 2)


def _lines(
    connection: Connection, walk: _Walk, content: Content, after: object, last: object
) -> bytes:
    whole = whole_line(connection, content)
    if whole is not None:
        lines, shapes = _joined(connection, walk, whole, after, last)
        if content.accepts(shapes):
            return lines
    lines, _ = _joined(connection, walk, projected_line(connection, content), after, last)
    return lines


def _joined(
    connection: Connection, walk: _Walk, line: ColumnElement[str], after: object, last: object
) -> tuple[bytes, tuple[int, int]]:
    part = (
        select(line.label("line"), walk.key.label("key"), records.c.shape.label("shape"))
        .select_from(walk.rows)
        .where(*walk.between(after, last))
        .order_by(walk.ordered_key)
        .subquery()
    )
    order = part.c.key.desc() if walk.is_descending else part.c.key.asc()
    joined, lowest, highest = connection.execute(
        select(
            joined_lines(connection, part.c.line, order),
            func.min(part.c.shape),
            func.max(part.c.shape),
        )
    ).one()
    return encoded(joined), (lowest, highest)
