"""The SQL of one page of records: their ids and sizes, from an index where the order is natural.

A page beyond the middle is walked to from the other end. Records of several hubs are merged from an
index for each. Unfiltered lists, which are read most, are in `records.lists.unfiltered`, long
reads in `documents.windows`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    func,
    select,
    union_all,
)

from transload.db.dialect import work_in_parallel
from transload.db.tables import records
from transload.documents.order import Order, Slice, in_order, order_of, sort_keys
from transload.documents.pages import Sized
from transload.records import rows, store
from transload.records.access import Readable
from transload.records.lists import unfiltered
from transload.records.lists.bookmarks import Bookmarks, RecordList
from transload.records.model import ALL, Narrowing, Record
from transload.records.narrowing import narrowed
from transload.records.source import NATURAL, source_of
from transload.records.store import Selection

_MAX_MERGED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which page, of which of the records that the user may read."""

    readable: Readable
    narrowing: Narrowing
    order: Order
    part: Slice

    @property
    def selection(self) -> Selection:
        """The records that the user may read of those asked for."""
        return self.readable.selection

    @property
    def record_list(self) -> RecordList | None:
        """The list that the records are, None where they are none."""
        selection = self.selection
        if self.narrowing != ALL or self.order.name not in NATURAL:
            return None
        is_single = selection.hub_ids is None or len(selection.hub_ids) == 1
        if not is_single or selection.without_type_ids or selection.limited_type_ids:
            return None
        return RecordList(
            organization_id=selection.organization_id,
            data_type_id=selection.data_type_id,
            hub_id=None if selection.hub_ids is None else next(iter(selection.hub_ids)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The ids and sizes of a page's records, in order, and how many match on all pages."""

    documents: Sequence[Sized]
    total: int


def find_page(connection: Connection, bookmarks: Bookmarks, query: PageQuery) -> Page:
    """Give the page; the connection's transaction is a snapshot."""
    ids, total = _find(connection, bookmarks, query)
    documents = rows.sized(connection, query.selection.organization_id, ids)
    return Page(documents=documents, total=total)


def _find(
    connection: Connection, bookmarks: Bookmarks, query: PageQuery
) -> tuple[Sequence[str], int]:
    selection, record_list = query.selection, query.record_list
    if record_list is not None:
        return unfiltered.find(
            connection, bookmarks, record_list, query.part, is_descending=query.order.is_descending
        )
    further = narrowed(connection, query.readable, query.narrowing)
    if query.narrowing.filter and query.narrowing.after is None:
        return _filtered(connection, query, further)
    if further:
        total = _count(connection, selection, further)
    else:
        total = store.count(connection, selection)
    ids = _ids(
        connection,
        selection,
        further,
        narrowing=query.narrowing,
        order=query.order,
        part=query.part,
        total=total,
    )
    return ids, total


def find_page_at_once(
    connection: Connection, bookmarks: Bookmarks, query: PageQuery
) -> tuple[Sequence[Record], int] | None:
    """Give a page's records, and how many match on all, in one statement; None if it takes more.

    It needs no transaction. It takes more where the page is large, and where the types are not
    those any more that the records are of.
    """
    if query.record_list is None:
        return None
    found = unfiltered.find_at_once(
        connection,
        bookmarks,
        query.record_list,
        query.part,
        is_descending=query.order.is_descending,
        open_types=sum(not data_type.is_limited for data_type in query.readable.stored_types),
    )
    shapes = {data_type.id: data_type.shape for data_type in query.readable.stored_types}
    if found is None or any(one.shape > shapes.get(one.data_type_id, -1) for one in found[0]):
        return None
    return found


def _filtered(
    connection: Connection, query: PageQuery, further: Sequence[ColumnElement[bool]]
) -> tuple[Sequence[str], int]:
    """Give a page for which all records are gone through: once, for the page and its total.

    The store sets aside what matches, as both are asked of it. A window over all, which would carry
    each row into the sort, takes nearly twice as long.
    """
    selection, part, order = query.selection, query.part, query.order
    keys = sort_keys(connection, source_of(selection), order)
    named = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    matching = (
        select(records.c.id, *named).where(*store.conditions(selection), *further).cte("matching")
    )
    total = select(func.count()).select_from(matching).scalar_subquery()
    work_in_parallel(connection)
    statement = (
        select(matching.c.id, total)
        .order_by(*in_order([matching.c[one.name] for one in named], order))
        .offset(part.offset)
        .limit(part.limit)
    )
    found = connection.execute(statement).all()
    if not found and part.offset:
        return [], _count(connection, selection, further)
    return [one for one, _ in found], found[0][1] if found else 0


def _count(
    connection: Connection, selection: Selection, further: Sequence[ColumnElement[bool]]
) -> int:
    statement = select(func.count()).select_from(records)
    return connection.execute(statement.where(*store.conditions(selection), *further)).scalar_one()


def _ids(
    connection: Connection,
    selection: Selection,
    further: Sequence[ColumnElement[bool]],
    *,
    narrowing: Narrowing,
    order: Order,
    part: Slice,
    total: int,
) -> list[str]:
    is_keyed = narrowing.data_ids is not None
    if order.name not in NATURAL:
        ways = order_of(connection, source_of(selection), order)
        statement = select(records.c.id).where(*store.conditions(selection), *further)
        statement = statement.order_by(*ways).offset(part.offset).limit(part.limit)
        return list(connection.scalars(statement))
    if narrowing.after is not None:
        is_beyond = (
            records.c.id < narrowing.after
            if order.is_descending
            else records.c.id > narrowing.after
        )
        walk = _Walk(
            conditions=[*further, is_beyond], is_keyed=is_keyed, is_descending=order.is_descending
        )
        return walk.ids(connection, selection, Slice(offset=0, limit=part.limit))
    limit = min(part.limit, total - part.offset)
    if limit <= 0:
        return []
    behind = total - part.offset - limit
    is_turned = part.offset > behind
    walk = _Walk(
        conditions=further,
        is_keyed=is_keyed,
        is_descending=order.is_descending is not is_turned,
    )
    offset = behind if is_turned else part.offset
    ids = walk.ids(connection, selection, Slice(offset=offset, limit=limit))
    return ids[::-1] if is_turned else ids


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """The selected records in the order of their creation, or against it."""

    conditions: Sequence[ColumnElement[bool]]
    is_keyed: bool
    is_descending: bool

    def ids(self, connection: Connection, selection: Selection, part: Slice) -> list[str]:
        """Give the ids of a part.

        Without a type, the records of each hub have an index of their own; the parts of several
        are merged. The few records of a dataId are sorted, by what no index has: else the stores
        would rather walk all records in order to meet them.
        """
        hub_ids = sorted(selection.hub_ids) if selection.hub_ids is not None else []
        is_merged = selection.data_type_id is None and 1 < len(hub_ids) <= _MAX_MERGED
        if self.is_keyed or not is_merged:
            key: ColumnElement[str] = records.c.id.concat("") if self.is_keyed else records.c.id
            found = select(records.c.id).where(*store.conditions(selection), *self.conditions)
        else:
            merged = union_all(
                *(select(self._of_hub(selection, one, part).c.id) for one in hub_ids)
            ).subquery()
            key = merged.c.id
            found = select(key)
        ordered = found.order_by(self._ordered(key)).offset(part.offset).limit(part.limit)
        return list(connection.scalars(ordered).all())

    def _of_hub(self, selection: Selection, hub_id: str, part: Slice) -> Subquery:
        return (
            select(records.c.id)
            .where(
                records.c.organization_id == selection.organization_id,
                records.c.hub_id == hub_id,
                *store.type_conditions(selection),
                *self.conditions,
            )
            .order_by(self._ordered(records.c.id))
            .limit(part.offset + part.limit)
            .subquery()
        )

    def _ordered(self, key: ColumnElement[str]) -> ColumnElement[str]:
        return key.desc() if self.is_descending else key.asc()
