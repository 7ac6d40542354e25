"""Users, roles, tokens."""

import re
from typing import Any

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Permission, Role

_USER = keys(
    "_id name email hubId organizationId organization status roleId role teamId phoneNumber"
    " lastLogin updatedTime createdTime"
)
_BAD = "Bad request - invalid parameters provided. "
_FORBIDDEN = "You do not have permission to perform this action"


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(by=tenant.user(Role.FIELD))


_ROLE = keys(
    "_id name isAdmin isDefault isDeleted permissions permissionList permissionDetails"
    " organizationId updatedTime createdTime"
)
_PERMISSION = keys("_id name module menu displayName access")
_NO_ROLE = "Data not found. Please check the ID/reference number and try again."


def _is_planner(role: dict[str, Any]) -> bool:
    names = [permission["name"] for permission in role["permissions"]]
    return (
        role.keys() == _ROLE
        and all(permission.keys() == _PERMISSION for permission in role["permissions"])
        and role["permissionList"] == [permission["_id"] for permission in role["permissions"]]
        and "export/data" in names
        and "view/role" not in names
        and role["name"] == "planner"
        and (role["isDefault"], role["isAdmin"], role["isDeleted"]) == (True, False, False)
        and re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", role["createdTime"])
        is not None
    )


def _sought(tenant: Tenant, name: str) -> Sent:
    """Ask for a planner by one of the filters."""
    hub = tenant.hub()
    planner = tenant.user(Role.PLANNER, [hub])
    tenant.user(Role.FIELD)
    part = planner.email.upper().partition("@")[0]
    return Sent(query={name: {"hubId": hub, "roleId": Role.PLANNER.id, "q": part}[name]})


def _by(name: str) -> Case:
    return Case(
        method="GET",
        path="/users",
        case=f"by {name}",
        status=200,
        keys=keys("data status"),
        send=lambda tenant: _sought(tenant, name),
        holds=lambda body: (
            [user["role"]["name"] for user in body["data"]]
            # Whoever made the hub has it too.
            == (["owner", "planner"] if name == "hubId" else ["planner"])
        ),
    )


def _by_what_nobody_has(name: str, value: str) -> Case:
    return Case(
        method="GET",
        path="/users",
        case=f"by {name} {value}: none",
        status=200,
        keys=keys("data status"),
        send=lambda _: Sent(query={name: value}),
        holds=lambda body: body["data"] == [],
    )


USERS = [
    Case(method="GET", path="/user", case="the caller, bare", status=200, keys=_USER),
    *(unauthorized("GET", path) for path in ("/user", "/users", "/roles")),
    Case(
        method="GET",
        path="/user",
        case="a time with its offset",
        status=200,
        keys=_USER,
        holds=lambda body: (
            re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+00:00", body["createdTime"])
            is not None
            and body["role"].keys() == {"_id", "name"}
        ),
    ),
    Case(
        method="GET",
        path="/users",
        case="all",
        status=200,
        keys=keys("data status"),
        holds=lambda body: [user.keys() for user in body["data"]] == [_USER],
    ),
    Case(
        method="GET",
        path="/users",
        case="without permission",
        status=403,
        keys=keys("status message"),
        message=_FORBIDDEN,
        send=_by_field_user,
    ),
    Case(
        method="GET",
        path="/users",
        case="a limit over the maximum",
        status=400,
        keys=keys("status message"),
        message=(
            "Bad request - invalid parameters provided. The limit parameter must be at most 1000."
        ),
        send=lambda _: Sent(query={"limit": 1_001}),
    ),
    Case(
        method="GET",
        path="/roles",
        case="all, without a message",
        status=200,
        keys=keys("data status"),
        holds=lambda body: (
            [role["name"] for role in body["data"]] == ["owner", "admin", "planner", "Field User"]
        ),
    ),
    Case(
        method="GET",
        path="/roles",
        case="without permission",
        status=403,
        keys=keys("status message"),
        message=_FORBIDDEN,
        send=_by_field_user,
    ),
    Case(
        method="GET",
        path="/roles",
        case="each with its permissions",
        status=200,
        keys=keys("data status"),
        holds=lambda body: (
            all(role.keys() == _ROLE for role in body["data"])
            and [role["isAdmin"] for role in body["data"]] == [True, True, False, False]
            and all(len(role["permissions"]) == len(Permission) for role in body["data"][:2])
        ),
    ),
    unauthorized("GET", "/role/{id}"),
    Case(
        method="GET",
        path="/role/{id}",
        case="a built-in role, without a message",
        status=200,
        keys=keys("data status"),
        send=lambda _: Sent(ids={"id": Role.PLANNER.id}),
        holds=lambda body: _is_planner(body["data"]),
    ),
    refused(
        "GET",
        "/role/{id}",
        "unknown",
        (404, _NO_ROLE),
        lambda _: Sent(ids={"id": "f" * 24}),
    ),
    refused("GET", "/role/{id}", "no id", (404, _NO_ROLE), lambda _: Sent(ids={"id": "planner"})),
    refused(
        "GET",
        "/role/{id}",
        "without permission",
        (403, _FORBIDDEN),
        lambda tenant: Sent(ids={"id": Role.PLANNER.id}, by=tenant.user(Role.PLANNER)),
    ),
    *(_by(name) for name in ("hubId", "roleId", "q")),
    *(
        _by_what_nobody_has(name, value)
        for name, value in (
            ("teamId", "f" * 24),
            ("status", "pending"),
            ("status", "inactive"),
            ("q", "100%_"),
        )
    ),
    Case(
        method="GET",
        path="/users",
        case="some of their keys, _id among them",
        status=200,
        keys=keys("data status"),
        send=lambda _: Sent(query={"fields": "email"}),
        holds=lambda body: [list(user) for user in body["data"]] == [["_id", "email"]],
    ),
    refused(
        "GET",
        "/users",
        "by a status that is none",
        (
            400,
            f"{_BAD}The status parameter must be 'active', 'pending' or 'inactive'.",
        ),
        lambda _: Sent(query={"status": "gone"}),
    ),
    Case(
        method="GET",
        path="/users",
        case="a page of one",
        status=200,
        keys=keys("data status"),
        send=lambda tenant: Sent(query={"limit": 1, "page": 2}, by=tenant.user(Role.ADMIN)),
        holds=lambda body: [user["role"]["name"] for user in body["data"]] == ["admin"],
    ),
]
