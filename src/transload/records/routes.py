"""The HTTP routes of records, listed and one by one."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal, NotRequired
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.documents.order import Slice
from transload.documents.pages import MAX_LIMIT
from transload.documents.wire import CursorParameters, items_of_page
from transload.records import single
from transload.records.lists.bookmarks import Bookmarks
from transload.records.lists.listing import Listing, Query, list_records
from transload.records.single import Found
from transload.records.wire import (
    MAX_BODY_BYTES,
    ONE,
    RECORD,
    SENT,
    Adder,
    EditingPart,
    NarrowingParameters,
    RecordAnswer,
    RecordBody,
    RecordObject,
    to_wire,
    written,
)
from transload.web.body import BulkBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.keys import with_id
from transload.web.missing import LowerCasePathId, in_lower_case
from transload.web.openapi import described
from transload.web.paging import PageList, page_example, page_list
from transload.web.parameters import Flag, Id, Names, PathId, Whole, query
from transload.web.parts import ClockPart, DatabasePart, part
from transload.web.preferences import Strict
from transload.web.shares import LongReadsPart, ShortReadsPart

router = APIRouter(tags=["Data"], route_class=error_route(explains=False))


class RecordsQuery(NarrowingParameters, CursorParameters):
    """Which records, in which order, and which keys of them."""

    limit: Whole = Field(20, ge=1, le=MAX_LIMIT, description="Items a page.")
    fields: Names | None = Field(
        None,
        description="The keys to give, with commas between them; `_id` is always there.",
        examples=["_id,name"],
    )
    sort_by: str = Field("createdTime", alias="sortBy", description="A key of the records.")
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="Missing values come last either way."
    )
    hub_id: Id | None = Field(None, alias="hubId", description="Records of this hub only.")
    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="Records of this data type only."
    )
    data_type_name: str | None = Field(
        None,
        alias="dataTypeName",
        description="Records of the type of this name only.",
        examples=["Outlets"],
    )
    limit_user: Flag = Field(
        default=True,
        alias="limitUser",
        description="false: also records that are limited to others; for admins.",
    )

    def to_query(self) -> Query:
        """Give what is asked."""
        return Query(
            fields=with_id(self.fields) if self.fields else None,
            sort_by=self.sort_by,
            is_descending=self.sort_order == "desc",
            hub_id=self.hub_id,
            data_type_id=self.data_type_id,
            data_type_name=self.data_type_name,
            is_limited=self.limit_user,
            narrowing=self.to_narrowing(self.after),
            part=Slice(offset=self.offset, limit=self.limit),
        )


class RecordsAnswer(TypedDict):
    """A page of records; with `fields`, of the named keys of each.

    `notes`, where there are any: of which types the records are not listed, and why.
    """

    status: bool
    message: str
    data: PageList[RecordObject]
    notes: NotRequired[list[str]]


class DeletedAnswer(TypedDict):
    """The record that was deleted."""

    status: bool
    data: RecordObject


BookmarksPart = Annotated[Bookmarks, Depends(part(Bookmarks))]
RecordsParameters = Annotated[RecordsQuery, Depends(query(RecordsQuery))]


@router.get(
    "/data",
    **described(
        RecordsAnswer,
        example={"status": True, "message": "Success", "data": page_example("/data", RECORD)},
        query=RecordsQuery,
        errors=(400, 403),
    ),
)
async def get_records(  # noqa: PLR0917 - what it is put together from
    request: Request,
    actor: Caller,
    database: DatabasePart,
    bookmarks: BookmarksPart,
    short_reads: ShortReadsPart,
    long_reads: LongReadsPart,
    asked: RecordsParameters,
) -> Response:
    """Give a page of the records that the caller sees."""
    sought = asked.to_query()

    def read() -> Response:
        page_items = items_of_page(request, partial(_item, sought.fields), sought.fields)
        listing = list_records(database, bookmarks, actor, sought, page_items)
        notes: dict[str, Any] = {"notes": listing.notes} if listing.notes else {}
        return success(data=_page(request, asked, page_items.items, listing), **notes)

    return await (short_reads.run(read) if sought.is_short else long_reads.run(read))


@router.post(
    "/data",
    **described(
        RecordAnswer,
        example=ONE,
        status=201,
        body=RecordBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"record_id": "data/_id"}
            for name in ("get_record", "replace_record", "patch_record", "delete_record")
        },
    ),
)
def add_record(
    actor: Adder, database: DatabasePart, clock: ClockPart, strict: Strict, body: BulkBody
) -> Response:
    """Add a record."""
    found = single.add(database, actor, body, clock.now(), refuses_unknown=strict)
    return written(found, status=201)


@router.get("/data/{record_id}", **described(RecordAnswer, example=ONE, errors=(403, 404)))
async def get_record(
    actor: Caller, database: DatabasePart, short_reads: ShortReadsPart, record_id: PathId
) -> Response:
    """Give a record."""
    return await short_reads.run(
        lambda: success(data=to_wire(single.get(database, actor, record_id)))
    )


@router.put(
    "/data/{record_id}",
    **described(
        RecordAnswer,
        example=ONE,
        body=RecordBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_record(editing: EditingPart, record_id: PathId, body: BulkBody) -> Response:
    """Write all values of a record; those that are not named have none afterwards."""
    return editing.change(record_id, body, is_whole=True)


@router.patch(
    "/data/{record_id}",
    **described(
        RecordAnswer,
        example=ONE,
        body=RecordBody,
        body_example={"price": 1.5},
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def patch_record(editing: EditingPart, record_id: PathId, body: BulkBody) -> Response:
    """Write the named values of a record; the others stay as they are."""
    return editing.change(record_id, body, is_whole=False)


@router.delete(
    "/data/{record_id}",
    **described(DeletedAnswer, example={"status": True, "data": RECORD}, errors=(403, 404)),
)
def delete_record(
    actor: Caller, database: DatabasePart, clock: ClockPart, record_id: LowerCasePathId
) -> Response:
    """Delete a record."""
    with in_lower_case():
        found = single.delete(database, actor, record_id, clock.now())
    return json_response({"status": True, "data": to_wire(found)})


def _item(names: Sequence[str] | None, found: Found) -> dict[str, object]:
    return to_wire(found, names)


def _page(
    request: Request, asked: RecordsQuery, items: Sequence[object], listing: Listing
) -> dict[str, object]:
    if not asked.lazy_load:
        return page_list(request, asked, items, listing.total)
    counted = asked if asked.after is None else asked.model_copy(update={"page": 1})
    page = page_list(request, counted, items, listing.total)
    page["next_page_url"] = None
    if len(items) == asked.limit:
        query = request.query_params.multi_items()
        kept = [(name, value) for name, value in query if name not in {"page", "cursor"}]
        following = urlencode([*kept, ("cursor", listing.last_id)])
        page["next_page_url"] = f"{page['path']}?{following}"
    return page
