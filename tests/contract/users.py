"""Users, roles, tokens."""

import re

from tests.contract.cases import Case, Sent, keys, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_USER = keys("_id organizationId name email hubId role createdTime")
_FORBIDDEN = "You do not have permission to perform this action"


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(by=tenant.user(Role.FIELD))


_THINGS = ("data", "dataType", "hub")
_ADMINS = {f"{verb}/{thing}" for verb in ("view", "add", "edit", "delete") for thing in _THINGS} | {
    "view/role",
    "view/user",
    "export/data",
    "view/log",
}


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
            [role["name"] for role in body["data"]] == ["Owner", "Admin", "Planner", "Field User"]
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
        case="each with the names of its permissions",
        status=200,
        keys=keys("data status"),
        holds=lambda body: (
            all(role.keys() == {"_id", "name", "permissions"} for role in body["data"])
            and all(set(role["permissions"]) == _ADMINS for role in body["data"][:2])
            and "export/data" in body["data"][2]["permissions"]
            and set(body["data"][3]["permissions"]) == {f"view/{thing}" for thing in _THINGS}
        ),
    ),
    Case(
        method="GET",
        path="/users",
        case="a page of one",
        status=200,
        keys=keys("data status"),
        send=lambda tenant: Sent(query={"limit": 1, "page": 2}, by=tenant.user(Role.ADMIN)),
        holds=lambda body: [user["role"]["name"] for user in body["data"]] == ["Admin"],
    ),
]
