"""Users, roles, tokens."""

from tests.contract.cases import Case, Sent, keys
from tests.factories import Tenant
from transload.accounts.model import Role

_USER = keys("_id organizationId name email hubId role createdTime")
_FORBIDDEN = "You do not have permission to perform this action"


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(by=tenant.user(Role.FIELD))


def _without_token(tenant: Tenant) -> Sent:
    return Sent(by=tenant.with_token("none"))


USERS = [
    Case(method="GET", path="/user", case="the caller, bare", status=200, keys=_USER),
    Case(
        method="GET",
        path="/user",
        case="without a token",
        status=401,
        keys=keys("status message"),
        message="Unauthorized",
        send=_without_token,
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
]
