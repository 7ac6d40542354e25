"""A page of an unfiltered list of records, with how many there are: in one statement if it can be.

One statement sees one moment without a transaction around it, which on PostgreSQL takes as long as
a statement does. Where the page begins may depend on the length of the list: the statement assumes
the list's last known length, and the page is discarded if that has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from transload.data_types import store as data_types
from transload.db.ids import AFTER_ALL, BEFORE_ALL
from transload.db.tables import record_counts, record_removals, records
from transload.documents.order import Slice
from transload.documents.pages import PIECE_BYTES, PIECE_ROWS
from transload.records import rows
from transload.records.lists.bookmarks import (
    STEP,
    Bookmarks,
    RecordList,
    Size,
    along,
    beyond,
)
from transload.records.model import Record

_MADE = 64

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    """Where a page lies: so many records, beyond an id and so many more, in one of two orders."""

    after: str
    skipped: int
    count: int
    is_descending: bool

    @property
    def way(self) -> tuple[int | None, bool]:
        """How many are to be read where none is skipped, and in which order: one statement each."""
        return None if self.skipped else self.count, self.is_descending

    def parameters(self, record_list: RecordList) -> dict[str, object]:
        """Give the parameters of the statements about it."""
        return {
            **record_list.parameters,
            "after": self.after,
            "skipped": self.skipped,
            "count": self.count,
        }

    def ordered(self, found: list[Found], *, is_descending: bool) -> list[Found]:
        """Give what was found along it in the order asked for."""
        return found if self.is_descending is is_descending else found[::-1]


def find(
    connection: Connection,
    bookmarks: Bookmarks,
    record_list: RecordList,
    part: Slice,
    *,
    is_descending: bool,
) -> tuple[list[str], int]:
    """Give the ids of a part of the list, in order, and how many records the list has.

    The connection's transaction is a snapshot.
    """
    total, removals = connection.execute(_size(record_list.shape), record_list.parameters).one()
    size = Size(total=total, removals=removals)
    bookmarks.note(record_list, size)
    before, count = _place(part, total, is_descending=is_descending)
    if count <= 0:
        return [], total
    found_range = _from_an_end(before, count, total)
    if found_range is None:
        found_range = _from(bookmarks.before(connection, record_list, before, size), count)
    statement = along(record_list.shape, is_descending=found_range.is_descending)
    ids = list(connection.scalars(statement, found_range.parameters(record_list)))
    return found_range.ordered(ids, is_descending=is_descending), total


def find_at_once(
    connection: Connection,
    bookmarks: Bookmarks,
    record_list: RecordList,
    part: Slice,
    *,
    is_descending: bool,
    open_types: int,
) -> tuple[Sequence[Record], int] | None:
    """Give the records of the part, and how many the list has, in one statement, or None.

    It takes more than one where more or fewer of the list's types are open to all than the caller
    knows of, and where the part has more records, or more bytes, than are read together.
    """
    if part.limit > PIECE_ROWS:
        return None
    known: Size | None = None
    if part.offset < STEP:
        end = AFTER_ALL if is_descending else BEFORE_ALL
        found_range: _Range | None = _Range(
            after=end, skipped=part.offset, count=part.limit, is_descending=is_descending
        )
    else:
        known = bookmarks.size(record_list)
        found_range = _known(bookmarks, record_list, part, known, is_descending=is_descending)
    if found_range is None:
        return None
    statement = _size_and_page(connection.dialect, record_list.shape, found_range.way)
    found = connection.execute(statement, found_range.parameters(record_list)).one()
    total, removals, open_now, text = found
    is_as_known = known is None or known == Size(total=total, removals=removals)
    is_small = text is not None or part.offset >= total
    if not is_as_known or open_now != open_types or not is_small:
        return None
    return found_range.ordered(rows.parsed(text), is_descending=is_descending), total


def _place(part: Slice, total: int, *, is_descending: bool) -> tuple[int, int]:
    """Give how many records are before a page on the list, and how many on it, none below 1."""
    count = min(part.limit, total - part.offset)
    return total - part.offset - count if is_descending else part.offset, count


def _known(
    bookmarks: Bookmarks,
    record_list: RecordList,
    part: Slice,
    known: Size | None,
    *,
    is_descending: bool,
) -> _Range | None:
    """Give where a page lies on a list of that size, None where that would have to be asked."""
    if known is None:
        return None
    before, count = _place(part, known.total, is_descending=is_descending)
    if count <= 0:
        return None
    near = _from_an_end(before, count, known.total)
    if near is not None:
        return near
    bookmark = bookmarks.known_before(record_list, before, known)
    return None if bookmark is None else _from(bookmark, count)


def _from_an_end(before: int, count: int, total: int) -> _Range | None:
    behind = total - before - count
    if min(before, behind) >= STEP:
        return None
    if before <= behind:
        return _Range(after=BEFORE_ALL, skipped=before, count=count, is_descending=False)
    return _Range(after=AFTER_ALL, skipped=behind, count=count, is_descending=True)


def _from(bookmark: tuple[str, int], count: int) -> _Range:
    after, skipped = bookmark
    return _Range(after=after, skipped=skipped, count=count, is_descending=False)


@lru_cache(maxsize=_MADE)
def _page(
    dialect: Dialect, shape: tuple[bool, bool], way: tuple[int | None, bool]
) -> Select[str | bytes | None]:
    """Give the statement of a page: of the first so many records where none is skipped.

    Else their ids are found beforehand, for which the index alone is walked.
    """
    first, is_descending = way
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


@lru_cache(maxsize=_MADE)
def _size_and_page(
    dialect: Dialect, shape: tuple[bool, bool], way: tuple[int | None, bool]
) -> Select[int, int, int, str | bytes | None]:
    has_type, _ = shape
    open_types = data_types.open_types(is_named=has_type)
    page = _page(dialect, shape, way).scalar_subquery()
    # Both stores look at what a condition leads to only where it leads there.
    if_small = case((_bytes_of(shape, way) <= PIECE_BYTES, page))
    return _size(shape).add_columns(open_types, if_small)


def _bytes_of(shape: tuple[bool, bool], way: tuple[int | None, bool]) -> ScalarSelect[int]:
    first, is_descending = way
    found = along(shape, is_descending=is_descending).with_only_columns(records.c.size)
    if first is not None:
        # As the page's own: PostgreSQL plans for so many once, and keeps the plan.
        found = found.offset(None).limit(literal_column(str(first), Integer))
    return select(func.coalesce(func.sum(found.subquery().c.size), 0)).scalar_subquery()
