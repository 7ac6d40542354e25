"""The HTTP routes of what would not fit a change of a data type."""

from typing import Any

from fastapi import APIRouter, Response
from typing_extensions import TypedDict

from transload.data_types.wire import MAX_BODY_BYTES
from transload.records.misfits import find_misfits
from transload.records.schema.routes import ChangesBody, Editor
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, PathId, validated
from transload.web.parts import ClockPart, DatabasePart
from transload.web.shares import LongReadsPart

router = APIRouter(tags=["Data Type"], route_class=error_route(explains=False))


class MisfitObject(TypedDict):
    """A value that would not fit; `value` is its JSON, cut after 100 characters."""

    _id: str
    dataId: str
    field: str
    value: str
    message: str


class MisfitsObject(TypedDict):
    """How many values would not fit, and the first hundred of those that the caller may see."""

    total: int
    misfits: list[MisfitObject]


class MisfitsAnswer(TypedDict):
    """What would not fit."""

    status: bool
    message: str
    data: MisfitsObject


_ANSWER: dict[str, Any] = {
    "status": True,
    "message": "Success",
    "data": {
        "total": 1,
        "misfits": [
            {
                "_id": EXAMPLE_ID,
                "dataId": "000023",
                "field": "area",
                "value": '"12,5"',
                "message": "must be a number, with a point and without separators",
            }
        ],
    },
}
_FIELDS = [
    {
        "id": "dataId",
        "title": "Code",
        "type": "string",
        "required": True,
        "primaryKey": True,
    },
    {"id": "area", "title": "Area", "type": "number"},
]


@router.post(
    "/data-type/{data_type_id}/misfits",
    **described(
        MisfitsAnswer,
        example=_ANSWER,
        body=ChangesBody,
        body_example={"fields": _FIELDS},
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404),
    ),
)
async def list_misfits(  # noqa: PLR0917 - the framework fills them in by name
    actor: Editor,
    database: DatabasePart,
    clock: ClockPart,
    long_reads: LongReadsPart,
    data_type_id: PathId,
    body: JsonBody,
) -> Response:
    """Give the values that a change of a data type would be refused for; nothing is changed."""
    changes = validated(ChangesBody, body, noun="field").to_changes()
    found = await long_reads.run(
        lambda: find_misfits(database, actor, data_type_id, changes, clock.now())
    )
    return success(
        data={
            "total": found.total,
            "misfits": [
                {
                    "_id": one.record_id,
                    "dataId": one.data_id,
                    "field": one.field_id,
                    "value": one.value,
                    "message": one.sentence,
                }
                for one in found.shown
            ],
        }
    )
