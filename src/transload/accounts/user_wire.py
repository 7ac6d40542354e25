"""A user on the wire."""

from typing import Any

from typing_extensions import TypedDict

from transload.accounts.model import Role
from transload.accounts.user import User
from transload.web.parameters import EXAMPLE_ID
from transload.web.times import offset


class NameObject(TypedDict):
    """Something by its id and its name."""

    _id: str
    name: str


class UserObject(TypedDict):
    """A user; `hubId` names the hubs that they see, unless their role sees all."""

    _id: str
    name: str
    email: str
    hubId: list[str]
    organizationId: str
    organization: NameObject
    status: str
    roleId: str
    role: NameObject
    teamId: list[str]
    phoneNumber: str
    lastLogin: str | None
    updatedTime: str | None
    createdTime: str | None


class ListedUser(TypedDict, total=False):
    """A user in a list, with the keys that were asked for."""

    _id: str
    name: str
    email: str
    hubId: list[str]
    organizationId: str
    organization: NameObject
    status: str
    roleId: str
    role: NameObject
    teamId: list[str]
    phoneNumber: str
    lastLogin: str | None
    updatedTime: str | None
    createdTime: str | None


USER_EXAMPLE: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "name": "planner",
    "email": "planner@example.com",
    "hubId": [EXAMPLE_ID],
    "organizationId": EXAMPLE_ID,
    "organization": {"_id": EXAMPLE_ID, "name": "Acme"},
    "status": "active",
    "roleId": Role.PLANNER.id,
    "role": {"_id": Role.PLANNER.id, "name": Role.PLANNER.name},
    "teamId": [],
    "phoneNumber": "+62215551234",
    "lastLogin": "2025-02-28T10:20:30+00:00",
    "updatedTime": "2025-01-31T10:20:30+00:00",
    "createdTime": "2025-01-31T10:20:30+00:00",
}


def user_wire(user: User) -> UserObject:
    """Give a user as clients see it."""
    return {
        "_id": user.id,
        "name": user.name,
        "email": user.email,
        "hubId": sorted(user.hub_ids),
        "organizationId": user.organization_id,
        "organization": {"_id": user.organization_id, "name": user.organization_name},
        "status": user.status.value,
        "roleId": user.role.id,
        "role": {"_id": user.role.id, "name": user.role.name},
        "teamId": list(user.team_ids),
        "phoneNumber": user.phone_number,
        "lastLogin": offset(user.last_login_time),
        "updatedTime": offset(user.updated_time),
        "createdTime": offset(user.created_time),
    }
