"""The HTTP routes of many records at once."""

from collections.abc import Sequence
from typing import Literal, NotRequired

from fastapi import APIRouter, Response
from typing_extensions import TypedDict

from transload.records import run
from transload.records.wire import (
    SENT,
    Adder,
    Editor,
    RecordBody,
    Remover,
    Upserter,
    items_in,
)
from transload.records.writes.bulk import ItemResult
from transload.web.body import BulkBody
from transload.web.bounds import AS_SET
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.idempotency import OncePart
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID
from transload.web.parts import ClockPart, DatabasePart
from transload.web.preferences import Strict

router = APIRouter(tags=["Data"], route_class=error_route(explains=False))
_DONE = "Success."
_MAX_IDS_BYTES = 1 << 20


class RecordsBody(TypedDict):
    """Records, or values of records that are named by their keys."""

    data: list[RecordBody]


class RecordId(TypedDict):
    """A record to delete."""

    _id: str


class IdsBody(TypedDict):
    """Records to delete, by their ids."""

    data: list[RecordId | str]


class ItemAnswer(TypedDict):
    """What became of one item; `message` says what is wrong with one that failed.

    `ignoredFields` are the keys that its type does not know, where it has any.
    """

    status: bool
    message: str
    _id: str | None
    event: NotRequired[Literal["create", "update"]]
    ignoredFields: NotRequired[list[str]]


class BulkAnswer(TypedDict):
    """How many items went in and how many failed, and each in the order of the request."""

    success: int
    failed: int
    data: list[ItemAnswer]


def _example(item: ItemAnswer) -> BulkAnswer:
    failed: ItemAnswer = {"status": False, "message": "price must be a number.", "_id": None}
    return {"success": 1, "failed": 1, "data": [item, failed]}


@router.post(
    "/data/bulk",
    **described(
        BulkAnswer,
        example=_example({"status": True, "message": _DONE, "_id": EXAMPLE_ID}),
        status=201,
        body=RecordsBody,
        body_example={"data": [SENT]},
        max_body_bytes=AS_SET,
        errors=(400, 403, 409, 422),
    ),
)
def add_records(  # noqa: PLR0917 - what it is put together from
    actor: Adder,
    database: DatabasePart,
    clock: ClockPart,
    strict: Strict,
    body: BulkBody,
    once: OncePart,
) -> Response:
    """Add up to 2,000 records; one item's fault never fails the others."""

    def answer() -> Response:
        items = items_in(body)
        results = run.add_many(database, actor, items, clock.now(), refuses_unknown=strict)
        return _answer([_item(result) for result in results], status=201)

    return once(answer)


@router.post(
    "/data/bulk/upsert",
    **described(
        BulkAnswer,
        example=_example(
            {
                "status": True,
                "message": "Data has been created successfully.",
                "_id": EXAMPLE_ID,
                "event": "create",
            }
        ),
        body=RecordsBody,
        body_example={"data": [SENT]},
        max_body_bytes=AS_SET,
        errors=(400, 403),
    ),
)
def upsert_records(
    actor: Upserter, database: DatabasePart, clock: ClockPart, strict: Strict, body: BulkBody
) -> Response:
    """Add up to 2,000 records, or write them over those of the same type, hub and dataId."""
    items = items_in(body)
    results = run.upsert_many(database, actor, items, clock.now(), refuses_unknown=strict)
    return _answer([_upserted(result) for result in results])


@router.patch(
    "/datas/bulk",
    **described(
        BulkAnswer,
        example=_example({"status": True, "message": _DONE, "_id": EXAMPLE_ID}),
        body=RecordsBody,
        body_example={"data": [SENT]},
        max_body_bytes=AS_SET,
        errors=(400, 403),
    ),
)
def patch_records(
    actor: Editor, database: DatabasePart, clock: ClockPart, strict: Strict, body: BulkBody
) -> Response:
    """Write the named values of up to 2,000 records, found by type, hub and dataId."""
    items = items_in(body)
    results = run.patch_many(database, actor, items, clock.now(), refuses_unknown=strict)
    return _answer([_item(result) for result in results])


@router.delete(
    "/datas/bulk",
    **described(
        BulkAnswer,
        example=_example({"status": True, "message": _DONE, "_id": EXAMPLE_ID}),
        body=IdsBody,
        body_example={"data": [{"_id": EXAMPLE_ID}, EXAMPLE_ID]},
        max_body_bytes=_MAX_IDS_BYTES,
        errors=(400, 403),
    ),
)
def delete_records(
    actor: Remover, database: DatabasePart, clock: ClockPart, body: BulkBody
) -> Response:
    """Delete up to 3,000 records."""
    results = run.delete_many(database, actor, items_in(body), clock.now())
    return _answer([_item(result) for result in results])


def _answer(items: Sequence[ItemAnswer], status: int = 200) -> Response:
    succeeded = sum(item["status"] for item in items)
    return json_response(
        {"success": succeeded, "failed": len(items) - succeeded, "data": items}, status
    )


def _item(result: ItemResult) -> ItemAnswer:
    rejected = result.rejected
    answer: ItemAnswer = {
        "status": rejected is None,
        "message": _DONE if rejected is None else rejected.reason,
        "_id": result.record_id,
    }
    if result.ignored:
        answer["ignoredFields"] = list(result.ignored)
    return answer


def _upserted(result: ItemResult) -> ItemAnswer:
    if result.rejected is not None:
        return _item(result)
    done = "created" if result.is_new else "updated"
    return {
        **_item(result),
        "message": f"Data has been {done} successfully.",
        "event": "create" if result.is_new else "update",
    }
