"""The HTTP routes of the caller's organization."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts import organizations
from transload.accounts.caller import Admin, Caller
from transload.accounts.model import Organization
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, Parameters, validated
from transload.web.parts import ClockPart, DatabasePart

router = APIRouter(tags=["Organization"], route_class=error_route(explains=False))


class OrganizationBody(Parameters):
    """What is to be different of an organization."""

    name: str = Field(min_length=1, max_length=255, examples=["Acme"])


class OrganizationObject(TypedDict):
    """An organization."""

    _id: str
    name: str


class OrganizationAnswer(TypedDict):
    """The caller's organization."""

    status: bool
    message: str
    data: OrganizationObject


_ANSWER: dict[str, Any] = {
    "status": True,
    "message": "Success",
    "data": {"_id": EXAMPLE_ID, "name": "Acme"},
}


@router.get("/organization", **described(OrganizationAnswer, example=_ANSWER))
def get_organization(actor: Caller, database: DatabasePart) -> Response:
    """Give the caller's organization."""
    return success(data=_wire(organizations.get_own(database, actor)))


@router.patch(
    "/organization",
    **described(
        OrganizationAnswer,
        example=_ANSWER,
        body=OrganizationBody,
        body_example={"name": "Acme"},
        errors=(400, 403, 409),
    ),
)
def rename_organization(
    actor: Admin, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Give the caller's organization another name; for owners and admins."""
    asked = validated(OrganizationBody, body, noun="field")
    return success(data=_wire(organizations.rename(database, actor, asked.name, clock.now())))


def _wire(organization: Organization) -> dict[str, str]:
    return {"_id": organization.id, "name": organization.name}
