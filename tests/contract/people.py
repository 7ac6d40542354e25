"""Users over HTTP, and the sessions of their browsers."""

from tests.accounts.browsers import PASSWORD, link_of, signed_in, with_password
from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role
from transload.accounts.sign_in import LinkKind

_DATA = keys("status message data")
_DONE = keys("status message")
_FORBIDDEN = (403, "You do not have permission to perform this action")
_NOT_FOUND = (404, "Data not found")
_LAST_OWNER = (409, "The organization would be left without an owner: make another one first.")
_BAD = "Bad request - invalid parameters provided. "
_NO_CURRENT = "The current password is missing or wrong; who has none signs in by a link first."
_UNKNOWN = "f" * 24
_SESSION = keys(
    "_id current address userAgent byLink createdTime lastUsedTime idleUntil expiresTime"
)


def _new(**body: object) -> Sent:
    return Sent(body={"email": "new@example.com", "roleId": Role.FIELD.id, **body})


def _by_planner(tenant: Tenant) -> Sent:
    user = tenant.user(Role.FIELD)
    return Sent(
        ids={"id": user.user_id, "email": user.email},
        body=_new().body,
        by=tenant.user(Role.PLANNER),
    )


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.user_id, "email": tenant.email}, by=tenant.user(Role.FIELD))


def _a_user(tenant: Tenant, **body: object) -> Sent:
    user = tenant.user(Role.FIELD)
    return Sent(ids={"id": user.user_id, "email": user.email}, body=body or None)


def _nobody(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN, "email": "nobody@example.com"}, body={})


def _oneself(tenant: Tenant, **body: object) -> Sent:
    return Sent(ids={"id": tenant.user_id}, body=body or None)


def _by_cookie(tenant: Tenant) -> Sent:
    session = signed_in(tenant).send("GET", "/session").json()["data"]["session"]
    return Sent(ids={"id": session["_id"]})


PEOPLE = [
    Case(
        method="GET",
        path="/user/{id}",
        case="a user",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_user,
    ),
    Case(
        method="GET",
        path="/user/email/{email}",
        case="a user by e-mail",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_user,
    ),
    Case(
        method="POST",
        path="/user",
        case="an invitation",
        status=201,
        keys=keys("status message data invitation"),
        message="Success",
        send=lambda tenant: _new(
            email=f"{tenant.user_id}@new.example", name="New", hubId=[tenant.hub()]
        ),
        holds=lambda body: (
            body["data"]["status"] == "pending"
            and body["data"]["role"]["name"] == "Field User"
            and len(body["data"]["hubId"]) == 1
            and "/console/sign-in#" in body["invitation"]["link"]
        ),
    ),
    Case(
        method="POST",
        path="/user/{id}/invitation",
        case="another invitation",
        status=201,
        keys=keys("status message data invitation"),
        message="Success",
        send=_a_user,
    ),
    Case(
        method="PATCH",
        path="/user/{id}",
        case="another role and name",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: _a_user(tenant, roleId=Role.PLANNER.id, name="Pat"),
        holds=lambda body: (
            (body["data"]["role"]["name"], body["data"]["name"]) == ("planner", "Pat")
        ),
    ),
    Case(
        method="DELETE",
        path="/user/{id}",
        case="gives who it was",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_user,
    ),
    *(
        case
        for method, path in (
            ("GET", "/user/{id}"),
            ("GET", "/user/email/{email}"),
            ("POST", "/user/{id}/invitation"),
            ("PATCH", "/user/{id}"),
            ("DELETE", "/user/{id}"),
        )
        for case in (
            refused(method, path, "nobody", _NOT_FOUND, _nobody),
            refused(
                method,
                path,
                "without permission",
                _FORBIDDEN,
                _by_field_user if method == "GET" else _by_planner,
            ),
        )
    ),
    refused("POST", "/user", "without permission", _FORBIDDEN, _by_planner),
    refused(
        "POST",
        "/user",
        "an e-mail that is taken",
        (409, "There is a user with the e-mail taken@taken.example already."),
        lambda tenant: Sent(body=_taken(tenant)),
    ),
    refused(
        "POST",
        "/user",
        "without an e-mail",
        (400, f"{_BAD}The email field is required."),
        lambda _: Sent(body={"roleId": Role.FIELD.id}),
    ),
    refused(
        "POST",
        "/user",
        "an e-mail that is none",
        (400, f"{_BAD}new is not an e-mail address."),
        lambda _: _new(email="new"),
    ),
    refused(
        "POST",
        "/user",
        "an unknown role",
        (400, "The selected roleId is invalid."),
        lambda _: _new(roleId=_UNKNOWN),
    ),
    refused(
        "POST",
        "/user",
        "an unknown hub",
        (400, f"{_BAD}The hubId field names what is no hub: {_UNKNOWN}."),
        lambda _: _new(hubId=[_UNKNOWN]),
    ),
    refused("DELETE", "/user/{id}", "the last owner", _LAST_OWNER, _oneself),
    refused(
        "PATCH",
        "/user/{id}",
        "the last owner, demoted",
        _LAST_OWNER,
        lambda tenant: _oneself(tenant, roleId=Role.ADMIN.id),
    ),
    refused(
        "PATCH",
        "/user/{id}",
        "the last owner, locked out",
        _LAST_OWNER,
        lambda tenant: _oneself(tenant, status="inactive"),
    ),
    *(
        refused(
            method,
            path,
            "an owner, by an admin",
            (403, "Owners are made, changed and removed by owners alone."),
            lambda tenant: Sent(
                ids={"id": tenant.user_id}, body={"name": "x"}, by=tenant.user(Role.ADMIN)
            ),
        )
        for method, path in (
            ("DELETE", "/user/{id}"),
            ("PATCH", "/user/{id}"),
            ("POST", "/user/{id}/invitation"),
        )
    ),
    refused(
        "PATCH",
        "/user/{id}",
        "an admin makes themselves an owner",
        (403, "Owners are made, changed and removed by owners alone."),
        lambda tenant: _by_themselves(tenant.user(Role.ADMIN), roleId=Role.OWNER.id),
    ),
    Case(
        method="GET",
        path="/session",
        case="who calls, with a token",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: (
            body["data"].keys() == {"user", "isAdmin", "permissions", "session"}
            and body["data"]["session"] is None
        ),
    ),
    Case(
        method="POST",
        path="/session",
        case="by password",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(body={"email": with_password(tenant).email, "password": PASSWORD}),
        holds=lambda body: body["data"]["session"].keys() == _SESSION,
    ),
    Case(
        method="POST",
        path="/session",
        case="by an invitation",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(
            body={"secret": link_of(tenant, LinkKind.INVITATION), "password": PASSWORD}
        ),
        holds=lambda body: body["data"]["session"]["byLink"] is True,
    ),
    refused(
        "POST",
        "/session",
        "with nothing",
        (400, f"{_BAD}An email and a password, or the secret of a link, are required."),
        lambda _: Sent(body={}),
    ),
    refused(
        "POST",
        "/session",
        "by nobody",
        (401, "The e-mail or the password is wrong."),
        lambda tenant: Sent(
            body={"email": f"{tenant.user_id}@no.example", "password": PASSWORD},
            headers={"X-Forwarded-For": "192.0.2.1"},
        ),
    ),
    Case(
        method="DELETE",
        path="/session",
        case="with a token",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: body["data"] == {"signOutLink": None},
    ),
    Case(
        method="GET",
        path="/session/ways",
        case="by password alone",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: body["data"] == {"password": True, "singleSignOn": None},
    ),
    refused(
        "GET",
        "/session/ways",
        "no JSON",
        (406, "Only application/json is served."),
        lambda _: Sent(headers={"Accept": "text/html"}),
    ),
    Case(
        method="GET",
        path="/sessions",
        case="the caller's",
        status=200,
        keys=_DATA,
        message="Success",
        send=_by_cookie,
        holds=lambda body: [one.keys() for one in body["data"]] == [_SESSION],
    ),
    Case(
        method="DELETE",
        path="/session/{id}",
        case="one of the caller's",
        status=200,
        keys=_DONE,
        message="Success",
        send=_by_cookie,
    ),
    refused("DELETE", "/session/{id}", "unknown", _NOT_FOUND, _nobody),
    Case(
        method="PUT",
        path="/user/password",
        case="the current one given",
        status=200,
        keys=_DONE,
        message="Success",
        send=lambda tenant: Sent(
            body={"password": "eight yellow otters", "current": PASSWORD},
            by=with_password(tenant),
        ),
    ),
    refused(
        "PUT",
        "/user/password",
        "without the current one",
        (
            400,
            f"{_BAD}{_NO_CURRENT}",
        ),
        lambda _: Sent(body={"password": "eight yellow otters"}),
    ),
    *(
        unauthorized(method, path)
        for method, path in (
            ("GET", "/session"),
            ("DELETE", "/session"),
            ("GET", "/sessions"),
            ("PUT", "/user/password"),
        )
    ),
]


def _taken(tenant: Tenant) -> object:
    body = {"email": "taken@taken.example", "roleId": Role.FIELD.id}
    tenant.post("/user", body)
    return body


def _by_themselves(user: Tenant, **body: object) -> Sent:
    return Sent(ids={"id": user.user_id}, body=body, by=user)
