"""The wire of hubs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from transload.accounts.caller import Caller
from transload.db.engine import Database
from transload.hubs import run
from transload.hubs.model import Hub
from transload.web.body import JsonBody
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.parameters import Parameters, validated
from transload.web.parts import ClockPart, part
from transload.web.times import zulu

router = APIRouter(tags=["Hub"], route_class=error_route(explains=False))
DatabasePart = Annotated[Database, Depends(part(Database))]


class HubBody(Parameters):
    """A hub as a client sends it; `lat` and `lng` in degrees, as numbers or text."""

    name: str = Field(min_length=1, max_length=255)
    address: str = Field(max_length=10_000)
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    country: dict[str, Any] | None = None
    country_code: str = Field("IDN", alias="countryCode", max_length=10)
    delete_access: bool = Field(default=False, alias="deleteAccess")


@router.post("/hub")
def create_hub(actor: Caller, database: DatabasePart, clock: ClockPart, body: JsonBody) -> Response:
    """Create a hub."""
    sent = validated(HubBody, body, noun="field")
    new = run.NewHub(
        name=sent.name,
        address=sent.address,
        lat=sent.lat,
        lng=sent.lng,
        country=sent.country,
        country_code=sent.country_code,
        has_delete_access=sent.delete_access,
    )
    hub = run.create(database, actor, new, clock.now())
    return json_response({"status": True, "data": _wire(hub)})


@router.get("/hub/{hub_id}")
def get_hub(actor: Caller, database: DatabasePart, hub_id: str) -> Response:
    """Give a hub."""
    hub = run.get(database, actor, hub_id)
    return json_response({"data": _wire(hub), "status": True})


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
