"""The HTTP routes of records that are named by their type's name and their dataId."""

from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from transload.accounts.caller import Caller
from transload.db.ids import is_id
from transload.errors import NotFoundError
from transload.path_names import is_path_step
from transload.records import single
from transload.records.external import Elsewhere
from transload.records.model import is_storable
from transload.records.single import Place
from transload.records.wire import (
    MAX_BODY_BYTES,
    ONE,
    EditingPart,
    RecordAnswer,
    RecordBody,
    to_wire,
)
from transload.web.body import BulkBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.missing import in_lower_case
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID
from transload.web.parts import ClockPart, DatabasePart, part

router = APIRouter(tags=["Data"], route_class=error_route(explains=False))
TypeName = Annotated[
    str, Path(description="A data type's name.", openapi_examples={"name": {"value": "Outlets"}})
]
DataId = Annotated[
    str, Path(description="A record's dataId.", openapi_examples={"key": {"value": "A-001"}})
]
HubId = Annotated[
    str, Path(description="A hub's id.", openapi_examples={"id": {"value": EXAMPLE_ID}})
]
_BY_NAME = "/data/type/{data_type_name}/{data_id:path}"
_BY_HUB = "/data/hub/{hub_id}/type/{data_type_name}/{data_id:path}"


def _names(data_type_name: TypeName, data_id: DataId) -> tuple[str, str]:
    """Give the type's name and the dataId. Raises NotFoundError for what no record can have."""
    for name in (data_type_name, data_id):
        if not is_storable(name) or is_path_step(name):
            raise NotFoundError
    return data_type_name, data_id


def _place(request: Request, hub_id: HubId, data_type_name: TypeName, data_id: DataId) -> Place:
    with nullcontext() if request.method == "PUT" else in_lower_case():
        name, key = _names(data_type_name, data_id)
        if not is_id(hub_id):
            raise NotFoundError
        return Place(hub_id=hub_id, data_type_name=name, data_id=key)


ElsewherePart = Annotated[Elsewhere, Depends(part(Elsewhere))]
Names = Annotated[tuple[str, str], Depends(_names)]
PlaceOfPath = Annotated[Place, Depends(_place)]


@router.get(_BY_NAME, **described(RecordAnswer, example=ONE, errors=(403, 404)))
def get_by_name(actor: Caller, elsewhere: ElsewherePart, names: Names) -> Response:
    """Give the record of a type that has the dataId; of several hubs' records the oldest.

    Of a type of the provider `external-api`, the other system is asked: 503 where it does not give
    the record.
    """
    return success(data=to_wire(elsewhere.get_by_name(actor, *names)))


@router.get(_BY_HUB, **described(RecordAnswer, example=ONE, errors=(403, 404)))
def get_in_hub(actor: Caller, elsewhere: ElsewherePart, place: PlaceOfPath) -> Response:
    """Give the record of a hub and a type that has the dataId, as without the hub."""
    with in_lower_case():
        return success(data=to_wire(elsewhere.get(actor, place)))


@router.put(
    _BY_HUB,
    **described(
        RecordAnswer,
        example=ONE,
        body=RecordBody,
        body_example={"name": "Toko Berkah", "price": 1.5},
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_in_hub(editing: EditingPart, place: PlaceOfPath, body: BulkBody) -> Response:
    """Write all values of a record; its dataId stays unless another is named."""
    return editing.change(place, body, is_whole=True)


@router.delete(_BY_HUB, **described(RecordAnswer, example=ONE, errors=(403, 404)))
def delete_in_hub(
    actor: Caller, database: DatabasePart, clock: ClockPart, place: PlaceOfPath
) -> Response:
    """Delete a record."""
    with in_lower_case():
        found = single.delete(database, actor, place, clock.now())
        return success(data=to_wire(found))
