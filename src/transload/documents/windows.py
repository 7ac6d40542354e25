"""Long reads: documents, in order, as JSON lines in windows of bounded size.

A window is a range of keys. A first statement, answered from an index alone, finds how far the next
5,000 rows reach and how many bytes they have; a second has the database join their documents into
one text, so that no row is handled in Python. The natural order, that of creation, walks the index.
Any other order is materialised once in a temporary table, inside the same snapshot.

Chosen values are cut out of whole documents when a window is asked for its lines, which a thread
beside the reading one may do.

Documents that are not yet in the present form of their schema are brought into it one by one, in
Python, a window at a time. Until they are rewritten they sort by their older values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    bindparam,
    func,
    literal,
    select,
)

from transload.db.dialect import encoded, joined_lines
from transload.db.ids import AFTER_ALL, BEFORE_ALL
from transload.documents.lines import Content, projected_line, read_line
from transload.documents.order import Order, Slice, order_of
from transload.documents.sorting import materialise, positions
from transload.documents.source import Source
from transload.formats.json_cutter import Cutter

MAX_ROWS = 5_000
MAX_BYTES = 16 << 20
_MAX_POSITION = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Up to 5,000 documents and about 16 MiB."""

    read: bytes
    cutter: Cutter | None
    rows: int
    last_key: str | int

    @property
    def lines(self) -> bytes:
        """JSON objects, one a line, no newline at the end; each time made anew."""
        return self.read if self.cutter is None else self.cutter.cut(self.read)


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """Rows along a key: `index` answers where a window ends, `rows` gives its lines.

    `cutter` cuts what is wanted out of lines that hold more. `before` and `behind` are keys around
    all others. Statements are made once: to make them for every window takes a quarter of the time
    that reading it does.
    """

    key: ColumnElement[Any]
    size: ColumnElement[int]
    index: FromClause
    rows: FromClause
    line: ColumnElement[str]
    cutter: Cutter | None
    conditions: Sequence[ColumnElement[bool]]
    is_descending: bool
    before: str | int
    behind: str | int

    @property
    def ordered_key(self) -> ColumnElement[Any]:
        return self.key.desc() if self.is_descending else self.key.asc()

    @property
    def beyond(self) -> list[ColumnElement[bool]]:
        """The conditions of what comes after the key `after`, which is a parameter."""
        after = bindparam("after", type_=self.key.type)
        return [*self.conditions, self.key < after if self.is_descending else self.key > after]

    @property
    def within(self) -> list[ColumnElement[bool]]:
        """The conditions of a range that excludes the parameter `after` and includes `last`."""
        last = bindparam("last", type_=self.key.type)
        return [*self.beyond, self.key >= last if self.is_descending else self.key <= last]

    @cached_property
    def end(self) -> Select[Any]:
        """The key `further` rows past `after`."""
        return (
            select(self.key)
            .select_from(self.index)
            .where(*self.beyond)
            .order_by(self.ordered_key)
            .offset(bindparam("further", type_=BigInteger))
            .limit(1)
        )

    @cached_property
    def extent(self) -> Select[Any]:
        """Count the rows of a range, and their bytes, and give the last one's key."""
        last = func.min(self.key) if self.is_descending else func.max(self.key)
        rows = select(func.count(), func.coalesce(func.sum(self.size), 0), last)
        return rows.select_from(self.index).where(*self.within)

    def joined(self, connection: Connection) -> Select[Any]:
        """Join the lines of a range into one text."""
        part = (
            select(self.line.label("line"), self.key.label("key"))
            .select_from(self.rows)
            .where(*self.within)
            .order_by(self.ordered_key)
            .subquery()
        )
        order = part.c.key.desc() if self.is_descending else part.c.key.asc()
        return select(joined_lines(connection, part.c.line, order))


def iterate(
    connection: Connection, source: Source, order: Order, part: Slice, content: Content
) -> Iterator[Window]:
    """Give the documents window by window; the connection's transaction is the snapshot.

    Between two windows nothing is held but the key at which the next begins, and the table of the
    sorted documents: that goes with the snapshot, sooner than if it were dropped. So a snapshot is
    read in one such order only.
    """
    walk = _walk(connection, source, order, content)
    after = _end(connection, walk, walk.before, part.offset) if part.offset else walk.before
    remaining = part.limit
    joined = walk.joined(connection)
    while remaining and after is not None:
        rows, last = _reach(connection, walk, after, min(MAX_ROWS, remaining))
        if not rows:
            break
        reach = {"after": after, "last": last}
        if _has_older(connection, walk, source, reach):
            read = _upgraded(connection, walk, source, content, reach)
            yield Window(read=read, cutter=None, rows=rows, last_key=last)
        else:
            read = encoded(connection.execute(joined, reach).scalar_one())
            yield Window(read=read, cutter=walk.cutter, rows=rows, last_key=last)
        after = last
        remaining -= rows


def last_id(connection: Connection, source: Source, order: Order, window: Window) -> str:
    """Give the id of a window's last document; only while its iteration is under way."""
    if source.walks_index(order.name):
        return str(window.last_key)
    statement = select(positions.c.id).where(positions.c.position == window.last_key)
    found: str = connection.execute(statement).scalar_one()
    return found


def _walk(connection: Connection, source: Source, order: Order, content: Content) -> _Walk:
    line, cutter = read_line(connection, source, content)
    if source.walks_index(order.name):
        return _Walk(
            key=source.key,
            size=source.size,
            index=source.table,
            rows=source.table,
            line=line,
            cutter=cutter,
            conditions=source.conditions,
            is_descending=order.is_descending,
            before=AFTER_ALL if order.is_descending else BEFORE_ALL,
            behind=BEFORE_ALL if order.is_descending else AFTER_ALL,
        )
    ways = order_of(connection, source, order)
    rows, line = materialise(connection, source, ways, line)
    return _Walk(
        key=positions.c.position,
        size=positions.c.size,
        index=positions,
        rows=rows,
        line=line,
        cutter=cutter,
        conditions=(),
        is_descending=False,
        before=0,
        behind=_MAX_POSITION,
    )


def _reach(
    connection: Connection, walk: _Walk, after: str | int, limit: int
) -> tuple[int, str | int]:
    """Give how many rows the next window has, within both bounds, and its last key."""
    while True:
        last = _end(connection, walk, after, limit)
        reach = {"after": after, "last": walk.behind if last is None else last}
        rows, size, key = connection.execute(walk.extent, reach).one()
        if rows <= 1 or size <= MAX_BYTES:
            return rows, key
        limit = max(1, rows // 2)


def _end(connection: Connection, walk: _Walk, after: str | int, rows: int) -> str | int | None:
    """Give the key of the last one of so many rows, None where there are fewer.

    Positions are counted: one beyond them all serves as well.
    """
    if isinstance(after, int):
        return min(after + rows, _MAX_POSITION)
    sought = {"after": after, "further": rows - 1}
    found: str | int | None = connection.execute(walk.end, sought).scalar()
    return found


def _has_older(
    connection: Connection, walk: _Walk, source: Source, reach: Mapping[str, object]
) -> bool:
    """Tell whether a document of the window has still to be brought into its schema's form."""
    if not source.schemas:
        return False
    found = connection.execute(
        select(source.schema_id, func.min(source.schema_version))
        .select_from(walk.rows)
        .where(*walk.within)
        .group_by(source.schema_id),
        reach,
    )
    return any(
        schema_id in source.schemas and version < source.schemas[schema_id].compatible_since
        for schema_id, version in found
    )


def _upgraded(
    connection: Connection,
    walk: _Walk,
    source: Source,
    content: Content,
    reach: Mapping[str, object],
) -> bytes:
    """Give the window's lines, each document brought into its present form: exact, but slow."""
    names = content.members(source)
    line = projected_line(connection, source, names) if names else literal("{}")
    rows = connection.execute(
        select(line, source.schema_id, source.schema_version, source.document)
        .select_from(walk.rows)
        .where(*walk.within)
        .order_by(walk.ordered_key),
        reach,
    )
    lines = []
    for members, schema_id, version, document in rows:
        values = orjson.loads(document)
        if schema_id in source.schemas:
            values = source.schemas[schema_id].upgrade(version, values)
        values = {**values, **orjson.loads(members)}
        lines.append(orjson.dumps({name: values.get(name) for name in content.names}))
    return b"\n".join(lines)
