"""The HTTP routes of roles."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from transload.accounts import roles
from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import NEVER_HIDDEN, Actor, Detail, Permission, Role
from transload.accounts.roles import NewRole
from transload.db.ids import created_at
from transload.errors import InvalidError
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, Id, Parameters, an_id, validated
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

router = APIRouter(tags=["Role"], route_class=error_route(explains=False))
Creator = Annotated[Actor, Depends(caller_who_may(Permission.CREATE_ROLE))]
Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_ROLE))]


FieldId = Annotated[str, Field(min_length=1, max_length=255)]
RoleId = Annotated[
    str,
    an_id(roles.NO_ROLE),
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


class DetailBody(Parameters):
    """What narrows a permission.

    `view/data` of a data type, or `view/task` of a flow, without its `hiddenFields`; `add/task` of
    the flows in `items` alone.
    """

    permission_name: str = Field(alias="permissionName", max_length=100)
    data_type_id: Id | None = Field(None, alias="dataTypeId")
    flow_id: Id | None = Field(None, alias="flowId")
    hidden_fields: Annotated[list[FieldId], Field(max_length=1_000)] | None = Field(
        None, alias="hiddenFields"
    )
    items: Annotated[list[Id], Field(max_length=1_000)] | None = None


class RoleBody(Parameters):
    """A role as a client sends it, whole. Permissions are named, or given by their ids."""

    name: str = Field(max_length=255, examples=["Clerk"])
    permission_list: list[str] = Field(
        max_length=1_000, alias="permissionList", examples=[["view/data", "export/data"]]
    )
    permission_details: list[DetailBody] = Field(
        [], max_length=10_000, alias="permissionDetails", examples=[[]]
    )


class RolesAnswer(TypedDict):
    """All roles."""

    data: list[RoleObject]
    status: bool


class RoleAnswer(TypedDict):
    """One role."""

    data: RoleObject
    status: bool


class SavedRoleAnswer(TypedDict):
    """A role as it is now, or as it was."""

    status: bool
    message: str
    data: RoleObject


_BY_ID_OR_NAME = {
    name: permission for permission in Permission for name in (permission.id, permission.value)
}
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


_SAVED = {"status": True, "message": "Success", "data": _ROLE}
_SENT = {
    "name": "Clerk",
    "permissionList": ["view/data", "export/data"],
    "permissionDetails": [
        {"permissionName": "view/data", "dataTypeId": EXAMPLE_ID, "hiddenFields": ["price"]}
    ],
}


@router.get(
    "/roles",
    **described(RolesAnswer, example={"data": [_ROLE], "status": True}, errors=(403,)),
)
def list_roles(actor: Caller, database: DatabasePart) -> Response:
    """Give the roles that users can have: the built-in ones first, then the organization's own."""
    data = [_wire(actor, role) for role in roles.find_many(database, actor)]
    return json_response({"data": data, "status": True})


@router.get(
    "/role/{role_id}",
    **described(RoleAnswer, example={"data": _ROLE, "status": True}, errors=(403, 404)),
)
def get_role(actor: Caller, database: DatabasePart, role_id: RoleId) -> Response:
    """Give a role."""
    role = roles.get(database, actor, role_id)
    return json_response({"data": _wire(actor, role), "status": True})


@router.post(
    "/role",
    **described(
        SavedRoleAnswer,
        example=_SAVED,
        status=201,
        body=RoleBody,
        body_example=_SENT,
        errors=(400, 403, 409),
        leads_to={
            name: {"role_id": "data/_id"} for name in ("get_role", "replace_role", "delete_role")
        },
    ),
)
def create_role(
    actor: Creator, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Make a role."""
    role = roles.create(database, actor, _new(body), clock.now())
    return success(status=201, data=_wire(actor, role))


@router.put(
    "/role/{role_id}",
    **described(
        SavedRoleAnswer,
        example=_SAVED,
        body=RoleBody,
        body_example=_SENT,
        errors=(400, 403, 404, 409),
    ),
)
def replace_role(
    actor: Editor, database: DatabasePart, clock: ClockPart, role_id: RoleId, body: JsonBody
) -> Response:
    """Change all of a role: it holds for those who have it from their next request on."""
    role = roles.change(database, actor, role_id, _new(body), clock.now())
    return success(data=_wire(actor, role))


@router.delete(
    "/role/{role_id}", **described(SavedRoleAnswer, example=_SAVED, errors=(403, 404, 409))
)
def delete_role(
    actor: Caller, database: DatabasePart, clock: ClockPart, role_id: RoleId
) -> Response:
    """Delete a role that nobody has: else the answer, 409, names who has it."""
    role = roles.remove(database, actor, role_id, clock.now())
    return success(data=_wire(actor, role))


def _new(body: dict[str, Any]) -> NewRole:
    sent = validated(RoleBody, body, noun="field")
    return NewRole(
        name=sent.name,
        permissions=frozenset(_named(one) for one in sent.permission_list),
        details=tuple(
            _detail(one, number) for number, one in enumerate(sent.permission_details, start=1)
        ),
    )


def _named(id_or_name: str) -> Permission:
    found = _BY_ID_OR_NAME.get(id_or_name)
    if found is None:
        raise InvalidError(
            f"The permissionList field names what is no permission: {id_or_name[:100]}."
        )
    return found


def _detail(sent: DetailBody, number: int) -> Detail:
    """Give a detail; raise InvalidError for one that would narrow nothing, naming its place."""
    place = f"The permissionDetails field, entry {number},"
    permission = _BY_ID_OR_NAME.get(sent.permission_name)
    if permission is Permission.ADD_TASK and sent.items is not None:
        return Detail(permission=permission, flow_ids=frozenset(sent.items))
    things = {
        Permission.VIEW_DATA: ("dataTypeId", sent.data_type_id),
        Permission.VIEW_TASK: ("flowId", sent.flow_id),
    }
    if permission not in things:
        raise InvalidError(
            f"{place} must narrow view/data or view/task by hiddenFields, or add/task by items."
        )
    name, thing_id = things[permission]
    if thing_id is None or sent.hidden_fields is None:
        raise InvalidError(f"{place} needs {name} and hiddenFields.")
    kept = sorted(NEVER_HIDDEN.intersection(sent.hidden_fields))
    if kept:
        raise InvalidError(f"{place} hides what cannot be hidden: {', '.join(kept)}.")
    return Detail(
        permission=permission, thing_id=thing_id, hidden_fields=frozenset(sent.hidden_fields)
    )


def _wire(actor: Actor, role: Role) -> RoleObject:
    allowed = [permission for permission in Permission if permission in role.permissions]
    founded = created_at(actor.organization_id)
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
        "updatedTime": zulu(role.updated_time or founded),
        "createdTime": zulu(role.created_time or founded),
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
