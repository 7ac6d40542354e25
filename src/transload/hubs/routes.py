"""The HTTP routes of hubs."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.hubs import run
from transload.hubs.model import Hub, HubQuery, SortKey
from transload.web.body import JsonBody
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.keys import shown_keys
from transload.web.missing import LowerCasePathId, in_lower_case
from transload.web.openapi import described
from transload.web.paging import PageParameters
from transload.web.parameters import (
    EXAMPLE_ID,
    Flag,
    Names,
    Parameters,
    PathId,
    query,
    validated,
)
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

router = APIRouter(tags=["Hub"], route_class=error_route(explains=False))
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MAX_COUNTRY_BYTES = 10_000
_MAX_PART_LENGTH = 255


def _number(value: object) -> object:
    """Take a number as such or as its decimal digits."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise PydanticCustomError("number", "must be a number")


def _object(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise PydanticCustomError("object", "must be a JSON object")
    if len(orjson.dumps(value)) > _MAX_COUNTRY_BYTES:
        raise PydanticCustomError(
            "object", "must have at most {bytes} bytes", {"bytes": _MAX_COUNTRY_BYTES}
        )
    return value


def _degrees(bound: int) -> WithJsonSchema:
    number = {"type": "number", "minimum": -bound, "maximum": bound}
    return WithJsonSchema({"anyOf": [number, {"type": "string"}]})


Number = BeforeValidator(_number)


class HubBody(Parameters):
    """A hub as a client sends it, whole: what is left out has its default value."""

    name: str = Field(
        min_length=1,
        max_length=255,
        description="Unique in the organization.",
        examples=["Jakarta"],
    )
    address: str = Field(max_length=10_000, examples=["Jl. M. H. Thamrin 1, Jakarta"])
    lat: Annotated[float, Number, _degrees(90)] = Field(
        ge=-90, le=90, description="Degrees north, as a number or as text.", examples=[-6.1944]
    )
    lng: Annotated[float, Number, _degrees(180)] = Field(
        ge=-180, le=180, description="Degrees east, as a number or as text.", examples=["106.8229"]
    )
    country: Annotated[dict[str, Any] | None, BeforeValidator(_object)] = Field(
        None, description="Given back as it is.", examples=[{"name": "Indonesia"}]
    )
    country_code: str = Field("IDN", alias="countryCode", max_length=10)

    def to_new(self) -> run.NewHub:
        """Give the hub to be."""
        return run.NewHub(
            name=self.name,
            address=self.address,
            lat=self.lat,
            lng=self.lng,
            country=self.country,
            country_code=self.country_code,
        )


class HubSortBy(StrEnum):
    """What a list of hubs can be sorted by; each is named as the key that it stands for."""

    NAME = "name"
    ADDRESS = "address"
    LAT = "lat"
    LNG = "lng"
    COUNTRY_CODE = "countryCode"
    DELETE_ACCESS = "deleteAccess"
    CREATED_TIME = "createdTime"
    UPDATED_TIME = "updatedTime"
    ID = "_id"


class HubParameters(PageParameters):
    """Which hubs a list shows, and what of them."""

    name: str | None = Field(None, description="The whole name, exactly.", examples=["Jakarta"])
    q: str | None = Field(
        None,
        max_length=_MAX_PART_LENGTH,
        description="A part of the name or address, in any case as the database knows it.",
        examples=["thamrin"],
    )
    sort_by: HubSortBy = Field(
        HubSortBy.NAME, alias="sortBy", description="The key to sort by; what is equal, by _id."
    )
    sort_order: Literal["asc", "desc"] = Field(
        "asc", alias="sortOrder", description="Rising or falling."
    )
    fields: Names = Field(
        (),
        description="The keys of a hub, in order, `_id` always among them; default: all.",
        examples=["_id,name"],
    )
    by_user: Flag = Field(
        default=False,
        alias="byUser",
        description="Only hubs that the caller is assigned to, even if their role sees all.",
    )

    def to_query(self) -> HubQuery:
        """Give what is asked of the store."""
        return HubQuery(
            name=self.name,
            part=self.q,
            is_assigned_only=self.by_user,
            sort_key=SortKey[self.sort_by.name],
            is_descending=self.sort_order == "desc",
            offset=self.offset,
            limit=self.limit,
        )


HubsQuery = Annotated[HubParameters, Depends(query(HubParameters))]
Adder = Annotated[Actor, Depends(caller_who_may(Permission.ADD_HUB))]
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_HUB))]


class HubObject(TypedDict):
    """A hub."""

    _id: str
    name: str
    address: str
    lat: float
    lng: float
    country: dict[str, Any] | None
    countryCode: str
    deleteAccess: bool
    organizationId: str
    createdTime: str
    updatedTime: str


class ListedHub(TypedDict, total=False):
    """A hub in a list, with the keys that were asked for."""

    _id: str
    name: str
    address: str
    lat: float
    lng: float
    country: dict[str, Any] | None
    countryCode: str
    deleteAccess: bool
    organizationId: str
    createdTime: str
    updatedTime: str


class HubsAnswer(TypedDict):
    """A page of hubs."""

    data: list[ListedHub]
    status: Literal[True]


class HubAnswer(TypedDict):
    """One hub."""

    data: HubObject
    status: Literal[True]


class ReplacedHubAnswer(TypedDict):
    """The hub as it is now, under the name that clients know."""

    status: Literal[True]
    property: HubObject
    message: str


class DeletedHubAnswer(TypedDict):
    """No more than that it is done."""

    status: Literal[True]


_SENT = {
    "name": "Jakarta",
    "address": "Jl. M. H. Thamrin 1, Jakarta",
    "lat": -6.1944,
    "lng": 106.8229,
    "country": {"name": "Indonesia"},
    "countryCode": "IDN",
}
_HUB = {
    "_id": EXAMPLE_ID,
    **_SENT,
    "deleteAccess": True,
    "organizationId": EXAMPLE_ID,
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}
_ONE = {"data": _HUB, "status": True}


@router.get(
    "/hubs",
    **described(
        HubsAnswer,
        example={"data": [_HUB], "status": True},
        query=HubParameters,
        errors=(400, 403),
    ),
)
def list_hubs(actor: Caller, database: DatabasePart, asked: HubsQuery) -> Response:
    """Give the hubs that the caller sees."""
    names = shown_keys(asked.fields, list(HubObject.__annotations__))
    found = run.find_many(database, actor, asked.to_query())
    data = [{name: wire[name] for name in names} for wire in map(_wire, found)]
    return json_response({"data": data, "status": True})


@router.get("/hub/{hub_id}", **described(HubAnswer, example=_ONE, errors=(403, 404)))
def get_hub(actor: Caller, database: DatabasePart, hub_id: PathId) -> Response:
    """Give a hub."""
    hub = run.get(database, actor, hub_id)
    return json_response({"data": _wire(hub), "status": True})


@router.post(
    "/hub",
    **described(
        HubAnswer,
        example=_ONE,
        body=HubBody,
        body_example=_SENT,
        errors=(400, 403, 409),
        leads_to={
            name: {"hub_id": "data/_id"} for name in ("get_hub", "replace_hub", "delete_hub")
        },
    ),
)
def create_hub(actor: Adder, database: DatabasePart, clock: ClockPart, body: JsonBody) -> Response:
    """Create a hub."""
    new = validated(HubBody, body, noun="field").to_new()
    hub = run.create(database, actor, new, clock.now())
    return json_response({"status": True, "data": _wire(hub)})


@router.put(
    "/hub/{hub_id}",
    **described(
        ReplacedHubAnswer,
        example={"status": True, "property": _HUB, "message": "Success"},
        body=HubBody,
        body_example=_SENT,
        errors=(400, 403, 404, 409),
    ),
)
def replace_hub(
    actor: Editor, database: DatabasePart, clock: ClockPart, hub_id: PathId, body: JsonBody
) -> Response:
    """Change all of a hub."""
    new = validated(HubBody, body, noun="field").to_new()
    hub = run.replace(database, actor, hub_id, new, clock.now())
    return json_response({"status": True, "property": _wire(hub), "message": "Success"})


@router.delete(
    "/hub/{hub_id}",
    **described(DeletedHubAnswer, example={"status": True}, errors=(403, 404, 409)),
)
def delete_hub(
    actor: Caller, database: DatabasePart, clock: ClockPart, hub_id: LowerCasePathId
) -> Response:
    """Delete a hub that has no records; `deleteAccess` has no say in it."""
    with in_lower_case():
        run.delete(database, actor, hub_id, clock.now())
    return json_response({"status": True})


def _wire(hub: Hub) -> dict[str, object]:
    return {
        "_id": hub.id,
        "name": hub.name,
        "address": hub.address,
        "lat": hub.lat,
        "lng": hub.lng,
        "country": hub.country,
        "countryCode": hub.country_code,
        "deleteAccess": hub.has_delete_access,
        "organizationId": hub.organization_id,
        "createdTime": zulu(hub.created_time),
        "updatedTime": zulu(hub.updated_time),
    }
