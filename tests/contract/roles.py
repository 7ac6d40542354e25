"""Roles that organizations make, tokens over HTTP, and the audit trail."""

from typing import Any

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Permission, Role

_DATA = keys("status message data")
_FORBIDDEN = (403, "You do not have permission to perform this action")
_NO_ROLE = (404, "Data not found. Please check the ID/reference number and try again.")
_BAD = "Bad request - invalid parameters provided. "
_TAKEN = (409, "There is a role Clerk already.")
_UNKNOWN = "f" * 24
_BUILT_IN = "The built-in roles are the same for everybody: make a role of your own instead."
_HIDING = [{"permissionName": "view/data", "dataTypeId": _UNKNOWN, "hiddenFields": ["price"]}]
_ADDING = [{"permissionName": "add/task", "items": [_UNKNOWN]}]
_TOKEN = keys("_id name token expires_at expireUnix")


def _body(**more: object) -> dict[str, object]:
    return {"name": "Clerk", "permissionList": ["view/data"], **more}


def _a_role(tenant: Tenant, **more: object) -> Sent:
    return Sent(ids={"id": tenant.role("view/data").id}, body=_body(**more))


def _by_planner(tenant: Tenant) -> Sent:
    role = tenant.role("view/data")
    return Sent(ids={"id": role.id}, body=_body(), by=tenant.user(Role.PLANNER))


def _taken(tenant: Tenant) -> Sent:
    assert tenant.post("/role", _body()).status_code == 201
    return Sent(body=_body())


def _beyond(tenant: Tenant) -> Sent:
    """A clerk who may make roles makes one that may do more than they."""
    clerk = tenant.user(tenant.role("create/role", "view/data"))
    return Sent(body=_body(permissionList=["delete/data"]), by=clerk)


def _is_hiding(role: dict[str, Any]) -> bool:
    named = [Permission.VIEW_DATA.id]
    return bool(role["permissionDetails"] == _HIDING and role["permissionList"] == named)


def _refused_detail(case: str, detail: object, sentence: str) -> Case:
    return refused(
        "POST",
        "/role",
        case,
        (400, f"{_BAD}The permissionDetails field, entry 1, {sentence}"),
        lambda _: Sent(body=_body(permissionDetails=[detail])),
    )


def _a_token(tenant: Tenant) -> Sent:
    made = tenant.post("/token", {"name": "other"}).json()
    return Sent(ids={"id": made["_id"]})


ROLES = [
    Case(
        method="POST",
        path="/role",
        case="by names",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda _: Sent(body=_body(permissionDetails=_HIDING)),
        holds=lambda body: _is_hiding(body["data"]) and body["data"]["isDefault"] is False,
    ),
    Case(
        method="POST",
        path="/role",
        case="by ids, and what was read sent back",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(
            body={
                **tenant.get(f"/role/{Role.FIELD.id}").json()["data"],
                "name": "Field clerk",
                "permissionDetails": _ADDING,
            }
        ),
        holds=lambda body: (
            body["data"]["permissionDetails"] == _ADDING and len(body["data"]["permissions"]) == 5
        ),
    ),
    refused(
        "POST", "/role", "a name that is taken", (409, "There is a role Clerk already."), _taken
    ),
    refused(
        "POST",
        "/role",
        "a built-in role's name",
        (409, "There is a role Owner already."),
        lambda _: Sent(body=_body(name="Owner")),
    ),
    refused(
        "POST",
        "/role",
        "a blank name",
        (400, f"{_BAD}The name field must not be blank."),
        lambda _: Sent(body=_body(name=" ")),
    ),
    refused(
        "POST",
        "/role",
        "an unknown permission",
        (400, f"{_BAD}The permissionList field names what is no permission: fly/moon."),
        lambda _: Sent(body=_body(permissionList=["fly/moon"])),
    ),
    refused(
        "POST",
        "/role",
        "more than its maker may do",
        (403, "A role can be given only by who may do all that it allows."),
        _beyond,
    ),
    _refused_detail(
        "a detail that would hide nothing",
        {"permissionName": "export/data", "dataTypeId": _UNKNOWN, "hiddenFields": ["price"]},
        "must narrow view/data or view/task by hiddenFields, or add/task by items.",
    ),
    _refused_detail(
        "a detail without its type",
        {"permissionName": "view/data", "hiddenFields": ["price"]},
        "needs dataTypeId and hiddenFields.",
    ),
    _refused_detail(
        "a detail that hides the key",
        {"permissionName": "view/data", "dataTypeId": _UNKNOWN, "hiddenFields": ["dataId"]},
        "hides what cannot be hidden: dataId.",
    ),
    Case(
        method="PUT",
        path="/role/{id}",
        case="a role",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: _a_role(tenant, permissionDetails=_HIDING),
        holds=lambda body: _is_hiding(body["data"]) and body["data"]["name"] == "Clerk",
    ),
    Case(
        method="DELETE",
        path="/role/{id}",
        case="a role that nobody has",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_role,
    ),
    *(
        case
        for method in ("PUT", "DELETE")
        for case in (
            refused(
                method,
                "/role/{id}",
                "unknown",
                _NO_ROLE,
                lambda _: Sent(ids={"id": _UNKNOWN}, body=_body()),
            ),
            refused(
                method,
                "/role/{id}",
                "built in",
                (409, _BUILT_IN),
                lambda _: Sent(ids={"id": Role.PLANNER.id}, body=_body()),
            ),
            refused(method, "/role/{id}", "without permission", _FORBIDDEN, _by_planner),
        )
    ),
    refused("POST", "/role", "without permission", _FORBIDDEN, _by_planner),
    Case(
        method="POST",
        path="/token",
        case="until a time",
        status=201,
        keys=_TOKEN,
        send=lambda _: Sent(body={"name": "warehouse", "expires_at": "2035-01-31 10:20:30"}),
        holds=lambda body: (
            body["expires_at"] == "2035-01-31T10:20:30+00:00"
            and body["expireUnix"] == 2_053_851_630
            and body["token"].count(".") == 2
        ),
    ),
    Case(
        method="POST",
        path="/token",
        case="for thirty days, as nothing is said",
        status=201,
        keys=_TOKEN,
        send=lambda _: Sent(body={}),
    ),
    refused(
        "POST",
        "/token",
        "until a time that is past",
        (400, f"{_BAD}The expires_at field must be a time within the next ten years."),
        lambda _: Sent(body={"expires_at": "2001-01-31"}),
    ),
    refused(
        "POST",
        "/token",
        "until what is no time",
        (400, f"{_BAD}The expires_at field must be a time such as 2025-01-31 10:20:30."),
        lambda _: Sent(body={"expires_at": "soon"}),
    ),
    Case(
        method="GET",
        path="/tokens",
        case="the caller's, without their text",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: (
            [one.keys() for one in body["data"]]
            == [keys("_id name createdTime expires_at expireUnix")]
        ),
    ),
    Case(
        method="DELETE",
        path="/token/{id}",
        case="one of the caller's",
        status=200,
        keys=keys("status message"),
        message="Success",
        send=_a_token,
    ),
    *(
        refused(
            "DELETE",
            "/token/{id}",
            case,
            (404, "Data not found"),
            lambda _, token_id=token_id: Sent(ids={"id": token_id}),  # type: ignore[misc]
        )
        for case, token_id in (("unknown", "0" * 32), ("no id", "x"))
    ),
    Case(
        method="GET",
        path="/audit/export",
        case="a file",
        status=200,
        keys=None,
        send=lambda _: Sent(query={"download": "json"}),
        holds=lambda body: isinstance(body, list),
    ),
    Case(
        method="POST",
        path="/audit/export",
        case="a file and its entry",
        status=200,
        keys=frozenset({"status", "message", "total_data_be", "last_id", "last_field", "data"}),
        message="Success",
        send=lambda _: Sent(body={"download": "csv", "action": "create"}),
        holds=lambda body: body["data"]["reportType"] == "audit" and body["data"]["link"],
    ),
    refused(
        "POST",
        "/audit/export",
        "without a format",
        (400, f"{_BAD}The download parameter is required."),
    ),
    refused(
        "POST",
        "/audit/export",
        "by a planner",
        _FORBIDDEN,
        lambda tenant: Sent(body={"download": "json"}, by=tenant.user(Role.PLANNER)),
    ),
    refused(
        "GET",
        "/audit/export",
        "without a format",
        (400, f"{_BAD}The download parameter is required."),
    ),
    refused(
        "GET",
        "/audit/export",
        "by a planner",
        _FORBIDDEN,
        lambda tenant: Sent(query={"download": "json"}, by=tenant.user(Role.PLANNER)),
    ),
    Case(
        method="GET",
        path="/audit",
        case="who did what",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(query={"user": tenant.email}, ids={"hub": tenant.hub("One")}),
        holds=lambda body: (
            [(event["action"], event["thing"], event["detail"]) for event in body["data"]["data"]]
            == [("create", "hub", "One")]
        ),
    ),
    refused(
        "GET",
        "/audit",
        "without being an admin",
        _FORBIDDEN,
        lambda tenant: Sent(by=tenant.user(tenant.role(*Permission))),
    ),
    refused(
        "GET",
        "/audit",
        "since what is no time",
        (400, f"{_BAD}The since parameter must be a time such as 2025-01-31 10:20:30."),
        lambda _: Sent(query={"since": "soon"}),
    ),
    Case(
        method="GET",
        path="/status",
        case="by an admin",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: (
            body["data"]["ready"]
            and [one["name"] for one in body["data"]["queues"]] == ["short", "long"]
            and any(one["alive"] for one in body["data"]["workers"])
            and body["data"]["disk"]["freeBytes"] <= body["data"]["disk"]["totalBytes"]
        ),
    ),
    refused(
        "GET",
        "/status",
        "without being an admin",
        _FORBIDDEN,
        lambda tenant: Sent(by=tenant.user(tenant.role(*Permission))),
    ),
    *(
        unauthorized(method, path)
        for method, path in (
            ("GET", "/status"),
            ("POST", "/role"),
            ("GET", "/tokens"),
            ("POST", "/token"),
            ("GET", "/audit"),
        )
    ),
]
