"""The wire of roles."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, WithJsonSchema
from typing_extensions import TypedDict

from transload.accounts import run
from transload.accounts.caller import Caller
from transload.accounts.model import Actor, Detail, Permission, Role
from transload.db.ids import created_at, is_id
from transload.errors import NotFoundError
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID
from transload.web.times import zulu

router = APIRouter(tags=["Role"], route_class=error_route(explains=False))


def _role_id(value: str) -> str:
    if not is_id(value):
        raise NotFoundError(run.NO_ROLE)
    return value


RoleId = Annotated[
    str,
    AfterValidator(_role_id),
    WithJsonSchema({"type": "string"}),
    Path(description="An id.", openapi_examples={"id": {"value": Role.PLANNER.id}}),
]


class PermissionObject(TypedDict):
    """A permission: its name is a verb (`access`) and the thing that it is done to (`module`)."""

    _id: str
    name: str
    module: str
    menu: str
    displayName: str
    access: str


class DetailObject(TypedDict, total=False):
    """What narrows a permission: fields that the role does not see, or the only flows to add to."""

    permissionName: str
    dataTypeId: str
    flowId: str
    hiddenFields: list[str]
    items: list[str]


class RoleObject(TypedDict):
    """A role and what it allows; those that `isDefault` are in every organization."""

    _id: str
    name: str
    isAdmin: bool
    isDefault: bool
    isDeleted: bool
    permissions: list[PermissionObject]
    permissionList: list[str]
    permissionDetails: list[DetailObject]
    organizationId: str
    updatedTime: str
    createdTime: str


class RolesAnswer(TypedDict):
    """All roles."""

    data: list[RoleObject]
    status: bool


class RoleAnswer(TypedDict):
    """One role."""

    data: RoleObject
    status: bool


_MENUS = {
    "data": "Data",
    "dataType": "Data types",
    "task": "Tasks",
    "flow": "Flows",
    "hub": "Hubs",
    "user": "Users",
    "role": "Roles",
    "log": "Exports and imports of others",
    "config": "Export and import configs",
    "webhook": "Webhooks",
}


def _permission(permission: Permission) -> PermissionObject:
    access, _, module = permission.partition("/")
    menu = _MENUS[module]
    return {
        "_id": permission.id,
        "name": permission.value,
        "module": module,
        "menu": menu,
        "displayName": f"{access.capitalize()} {menu[0].lower()}{menu[1:]}",
        "access": access,
    }


_PERMISSIONS = {permission: _permission(permission) for permission in Permission}
_ROLE: RoleObject = {
    "_id": EXAMPLE_ID,
    "name": "Clerk",
    "isAdmin": False,
    "isDefault": False,
    "isDeleted": False,
    "permissions": [_PERMISSIONS[Permission.VIEW_DATA]],
    "permissionList": [Permission.VIEW_DATA.id],
    "permissionDetails": [
        {"permissionName": "view/data", "dataTypeId": EXAMPLE_ID, "hiddenFields": ["price"]}
    ],
    "organizationId": EXAMPLE_ID,
    "updatedTime": "2025-01-31T10:20:30.123456Z",
    "createdTime": "2025-01-31T10:20:30.123456Z",
}


@router.get(
    "/roles",
    **described(RolesAnswer, example={"data": [_ROLE], "status": True}, errors=(403,)),
)
def list_roles(actor: Caller) -> Response:
    """Give the roles that users can have."""
    data = [_wire(actor, role) for role in run.find_roles(actor)]
    return json_response({"data": data, "status": True})


@router.get(
    "/role/{role_id}",
    **described(RoleAnswer, example={"data": _ROLE, "status": True}, errors=(403, 404)),
)
def get_role(actor: Caller, role_id: RoleId) -> Response:
    """Give a role."""
    return json_response({"data": _wire(actor, run.get_role(actor, role_id)), "status": True})


def _wire(actor: Actor, role: Role) -> RoleObject:
    allowed = [permission for permission in Permission if permission in role.permissions]
    made = zulu(created_at(actor.organization_id))
    return {
        "_id": role.id,
        "name": role.name,
        "isAdmin": role.is_admin,
        "isDefault": role.is_built_in,
        "isDeleted": False,
        "permissions": [_PERMISSIONS[permission] for permission in allowed],
        "permissionList": [permission.id for permission in allowed],
        "permissionDetails": [_wire_detail(detail) for detail in role.details],
        "organizationId": actor.organization_id,
        "updatedTime": made,
        "createdTime": made,
    }


def _wire_detail(detail: Detail) -> DetailObject:
    wire: DetailObject = {"permissionName": detail.permission.value}
    if detail.flow_ids is not None:
        wire["items"] = sorted(detail.flow_ids)
    if detail.permission is Permission.VIEW_DATA:
        wire["dataTypeId"] = detail.thing_id
        wire["hiddenFields"] = sorted(detail.hidden_fields)
    if detail.permission is Permission.VIEW_TASK:
        wire["flowId"] = detail.thing_id
        wire["hiddenFields"] = sorted(detail.hidden_fields)
    return wire
