"""The wire of users."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from typing_extensions import TypedDict

from transload.accounts import run
from transload.accounts.caller import Caller
from transload.accounts.model import Actor, Role
from transload.db.ids import created_at
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.paging import PageParameters
from transload.web.parameters import EXAMPLE_ID, query
from transload.web.parts import DatabasePart
from transload.web.times import offset

router = APIRouter(tags=["User"], route_class=error_route(explains=False))
PageQuery = Annotated[PageParameters, Depends(query(PageParameters))]


class RoleName(TypedDict):
    """A role as a user has it."""

    _id: str
    name: str


class UserObject(TypedDict):
    """A user; `hubId` names the hubs that they see, unless their role sees all."""

    _id: str
    organizationId: str
    name: str
    email: str
    hubId: list[str]
    role: RoleName
    createdTime: str | None


class UsersAnswer(TypedDict):
    """A page of users."""

    data: list[UserObject]
    status: bool


_USER = {
    "_id": EXAMPLE_ID,
    "organizationId": EXAMPLE_ID,
    "name": "planner",
    "email": "planner@example.com",
    "hubId": [EXAMPLE_ID],
    "role": {"_id": Role.PLANNER.id, "name": Role.PLANNER.name},
    "createdTime": "2025-01-31T10:20:30+00:00",
}


@router.get("/user", **described(UserObject, example=_USER))
def get_user(actor: Caller) -> Response:
    """Give the caller."""
    return json_response({**_wire(actor)})


@router.get(
    "/users",
    **described(
        UsersAnswer,
        example={"data": [_USER], "status": True},
        query=PageParameters,
        errors=(400, 403),
    ),
)
def list_users(actor: Caller, database: DatabasePart, asked: PageQuery) -> Response:
    """Give the organization's users, oldest first."""
    users = run.find_users(database, actor, offset=asked.offset, limit=asked.limit)
    return json_response({"data": [_wire(user) for user in users], "status": True})


def _wire(user: Actor) -> UserObject:
    return {
        "_id": user.user_id,
        "organizationId": user.organization_id,
        "name": user.name,
        "email": user.email,
        "hubId": sorted(user.assigned_hub_ids),
        "role": _wire_role(user.role),
        "createdTime": offset(created_at(user.user_id)),
    }


def _wire_role(role: Role) -> RoleName:
    return {"_id": role.id, "name": role.name}
