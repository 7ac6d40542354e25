"""The caller's organization."""

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_DATA = keys("status message data")
_PATH = "/organization"


def _renamed(tenant: Tenant) -> Sent:
    return Sent(body={"name": f" Renamed {tenant.organization_id} "})


def _taken(tenant: Tenant) -> Sent:
    other = Tenant.create(tenant.site)
    return Sent(body={"name": other.get(_PATH).json()["data"]["name"]})


ORGANIZATIONS = [
    Case(
        method="GET",
        path=_PATH,
        case="the caller's",
        status=200,
        keys=_DATA,
        message="Success",
        holds=lambda body: body["data"].keys() == keys("_id name"),
    ),
    unauthorized("GET", _PATH),
    Case(
        method="PATCH",
        path=_PATH,
        case="another name",
        status=200,
        keys=_DATA,
        message="Success",
        send=_renamed,
        holds=lambda body: body["data"]["name"] == f"Renamed {body['data']['_id']}",
    ),
    refused(
        "PATCH",
        _PATH,
        "by a planner",
        (403, "You do not have permission to perform this action"),
        lambda tenant: Sent(body={"name": "Theirs"}, by=tenant.user(Role.PLANNER)),
    ),
    Case(
        method="PATCH",
        path=_PATH,
        case="a name that is taken",
        status=409,
        keys=None,
        send=_taken,
        holds=lambda body: body["message"].startswith("There is an organization "),
    ),
]
