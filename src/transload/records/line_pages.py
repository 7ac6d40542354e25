"""A page of a line of records: how many there are in one statement, the page in another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, Dialect, Select, and_, bindparam, func, select

from transload.db.tables import record_counts, record_removals, records
from transload.records import rows
from transload.records.anchors import BEFORE_ALL, BEHIND_ALL, STEP, Anchors, Line, along, beyond
from transload.records.model import Record
from transload.records.order import Slice

_MADE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where the walk to a page begins: beyond an id, so many more, in one of the two orders."""

    after: str
    skipped: int
    is_descending: bool


def find(
    connection: Connection, anchors: Anchors, line: Line, part: Slice, *, is_descending: bool
) -> tuple[Sequence[Record], int]:
    """Give the records of a part of the line, in order, and how many records the line has."""
    total, removals = connection.execute(_size(line.shape), line.sought).one()
    limit = min(part.limit, total - part.offset)
    if limit <= 0:
        return [], total
    before = total - part.offset - limit if is_descending else part.offset
    behind = total - before - limit
    if min(before, behind) >= STEP:
        after, skipped = anchors.before(connection, line, before, total=total, removals=removals)
        start = _Start(after=after, skipped=skipped, is_descending=False)
    elif before <= behind:
        start = _Start(after=BEFORE_ALL, skipped=before, is_descending=False)
    else:
        start = _Start(after=BEHIND_ALL, skipped=behind, is_descending=True)
    found = _walk(connection, line, start, limit)
    return (found if start.is_descending is is_descending else found[::-1]), total


def _walk(connection: Connection, line: Line, start: _Start, limit: int) -> list[Record]:
    found: list[Record] = []
    for done in range(0, limit, rows.MOST):
        skipped, count = start.skipped + done, min(rows.MOST, limit - done)
        first = None if skipped else count
        statement = _page(connection.dialect, line.shape, first, is_descending=start.is_descending)
        sought = {**line.sought, "after": start.after, "skipped": skipped, "count": count}
        found += rows.read(connection, statement, sought)
    return found


@lru_cache(maxsize=_MADE)
def _page(
    dialect: Dialect, shape: tuple[bool, bool], first: int | None, *, is_descending: bool
) -> Select[str | bytes | None]:
    """Give the statement of a page: of the first so many records where none is skipped.

    Else their ids are found beforehand, for which the index alone is walked.
    """
    if first is not None:
        wanted = and_(*beyond(shape, is_descending=is_descending))
        return rows.joined(dialect, wanted, is_descending=is_descending, count=first)
    ids = along(shape, is_descending=is_descending)
    return rows.joined(dialect, records.c.id.in_(ids), is_descending=is_descending)


@lru_cache(maxsize=_MADE)
def _size(shape: tuple[bool, bool]) -> Select[int, int]:
    organization_id: ColumnElement[str] = bindparam("organization_id")
    conditions: list[ColumnElement[bool]] = [record_counts.c.organization_id == organization_id]
    columns = (record_counts.c.data_type_id, record_counts.c.hub_id)
    for column, is_named in zip(columns, shape, strict=True):
        if is_named:
            conditions.append(column == bindparam(column.name))
    removals = (
        select(record_removals.c.times)
        .where(record_removals.c.organization_id == organization_id)
        .scalar_subquery()
    )
    return select(
        func.coalesce(func.sum(record_counts.c.records), 0), func.coalesce(removals, 0)
    ).where(*conditions)
