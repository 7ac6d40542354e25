"""The use case of a page of records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types.model import KEY_FIELD, SYSTEM_NAMES
from transload.db.engine import Database
from transload.documents.order import Slice
from transload.documents.pages import PageItems
from transload.errors import ForbiddenError, InvalidError
from transload.records import rows
from transload.records.access import Readable, Request, find_readable, require_hub
from transload.records.elsewhere import names_elsewhere, sentence_of_many, sentence_of_one
from transload.records.lists.bookmarks import Bookmarks
from transload.records.lists.pages import PageQuery, find_page, find_page_at_once
from transload.records.model import ALL, EXPORTED_SYSTEM_NAMES, Narrowing, Record
from transload.records.single import Found
from transload.records.source import NATURAL, order_by

_MAX_UNKNOWN_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a user asks for, checked by itself.

    `fields` None: all. `is_limited`: of types limited to named users only what lists the user.
    """

    fields: tuple[str, ...] | None
    sort_by: str
    is_descending: bool
    hub_id: str | None
    data_type_id: str | None
    data_type_name: str | None
    is_limited: bool
    narrowing: Narrowing
    part: Slice

    @property
    def is_short(self) -> bool:
        """Whether an index leads to the page; else the store may go through all records."""
        return self.sort_by in NATURAL and not self.narrowing.filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How many records match on all pages, the last id of the page, and what is said of the list.

    `notes`: of which types it leaves the records out, as another system has them.
    """

    total: int
    last_id: str | None
    notes: Sequence[str] = ()


def list_records(
    database: Database,
    bookmarks: Bookmarks,
    actor: Actor,
    query: Query,
    page_items: PageItems[Found],
) -> Listing:
    """Render a page of the records that the user sees.

    Raises InvalidError naming a filter or a name that is nothing of the organization's,
    ForbiddenError for a hub that the user may not see, and for all records of limited types unless
    the user is an admin; what `page_items` raises for a page that is too large.
    """
    actor.require(Permission.VIEW_DATA)
    if not query.is_limited and not actor.is_admin:
        raise ForbiddenError
    request = Request(
        data_type_id=query.data_type_id,
        data_type_name=query.data_type_name,
        hub_id=query.hub_id,
        hides_limited=query.is_limited,
    )
    if _is_whole_list(actor, query):
        with database.read() as connection:
            readable = find_readable(connection, actor, request)
            at_once = find_page_at_once(connection, bookmarks, _page_query(query, readable))
            if at_once is not None:
                found, total = at_once
                _require_hub(connection, actor, query, total)
                page_items.add(_found(readable, found))
                last_id = found[-1].id if found else None
                return Listing(total=total, last_id=last_id, notes=_notes(readable))
    with database.snapshot() as connection:
        readable = find_readable(connection, actor, request)
        page = find_page(connection, bookmarks, _page_query(query, readable))
        _require_hub(connection, actor, query, page.total)
        page_items.expect(page.documents)
        for piece in rows.iterate(connection, actor.organization_id, page.documents):
            page_items.add(_found(readable, piece))
        last_id = page.documents[-1][0] if page.documents else None
        return Listing(total=page.total, last_id=last_id, notes=_notes(readable))


def _notes(readable: Readable) -> list[str]:
    names = names_elsewhere(readable.stored_types)
    if not names:
        return []
    if readable.stored_type is not None:
        return [sentence_of_one(names[0], "not listed")]
    return [sentence_of_many(names, "not listed")]


def _is_whole_list(actor: Actor, query: Query) -> bool:
    """Tell whether the page is one of a whole line, unless the types are such that it is not."""
    is_whole = query.sort_by in NATURAL and query.narrowing == ALL
    return is_whole and (actor.hub_ids is None or query.hub_id is not None)


def _page_query(query: Query, readable: Readable) -> PageQuery:
    _check_names(query, readable)
    return PageQuery(
        readable=readable,
        narrowing=query.narrowing,
        order=order_by(readable.types, query.sort_by, is_descending=query.is_descending),
        part=query.part,
    )


def _require_hub(connection: Connection, actor: Actor, query: Query, total: int) -> None:
    # A hub that has records is there: to ask for it beforehand would be one statement more.
    if query.hub_id is not None and not total:
        require_hub(connection, actor, query.hub_id)


def _found(readable: Readable, records: Sequence[Record]) -> Iterator[Found]:
    by_id = {data_type.id: data_type for data_type in readable.stored_types}
    for record in records:
        yield Found(record=record, data_type=by_id[record.data_type_id], hidden=readable.hidden)


def _check_names(query: Query, readable: Readable) -> None:
    readable.require_seen([*(query.fields or ()), query.sort_by])
    types = readable.types
    known = {KEY_FIELD, *(field.id for data_type in types for field in data_type.fields)}
    unknown = [name for name in query.fields or () if name not in known | SYSTEM_NAMES]
    if unknown:
        named = ", ".join(unknown[:_MAX_UNKNOWN_NAMED])
        raise InvalidError(f"The fields parameter names what is no field: {named}.")
    if query.sort_by not in known.union(EXPORTED_SYSTEM_NAMES):
        raise InvalidError(f"The sortBy parameter names what is no field: {query.sort_by}.")
    if query.narrowing.after is not None and query.sort_by not in NATURAL:
        raise InvalidError("The cursor parameter goes with sortBy createdTime or _id alone.")
