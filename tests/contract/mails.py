"""Mails to users."""

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role
from transload.mail import store
from transload.mail.model import Kind
from transload.mail.outbox import Outbox

_DATA = keys("status message data")
_FORBIDDEN = (403, "You do not have permission to perform this action")
_MAIL = keys("_id to kind status attempts error nextTime createdTime completedTime")
_RETRY = "/mail/{id}/retry"


def a_mail(tenant: Tenant) -> str:
    """Keep a mail to the user, as a service with a mail server would; give its id."""
    with tenant.site.service.accounts.database.write() as connection:
        Outbox(is_set_up=True).put(
            connection,
            Kind.WEBHOOK_OFF,
            organization_id=tenant.organization_id,
            user_id=tenant.user_id,
            email=tenant.email,
            data={"id": "f" * 24, "name": "warehouse"},
            now=tenant.site.clock.now(),
        )
        found, _ = store.find_page(connection, tenant.organization_id, offset=0, limit=1)
    return found[0].id


def _sent(tenant: Tenant, by: Tenant | None = None) -> Sent:
    return Sent(ids={"id": a_mail(tenant)}, by=by)


MAILS = [
    Case(
        method="GET",
        path="/mails",
        case="a page",
        status=200,
        keys=_DATA,
        message="Success",
        send=_sent,
        holds=lambda body: [one.keys() for one in body["data"]["data"]] == [_MAIL],
    ),
    Case(
        method="POST",
        path=_RETRY,
        case="waits again",
        status=201,
        keys=_DATA,
        message="Success",
        send=_sent,
        holds=lambda body: (body["data"]["status"], body["data"]["attempts"]) == ("waiting", 0),
    ),
    refused(
        "POST", _RETRY, "unknown", (404, "Data not found"), lambda _: Sent(ids={"id": "f" * 24})
    ),
    *(
        refused(
            method,
            path,
            "by a planner",
            _FORBIDDEN,
            lambda tenant: _sent(tenant, tenant.user(Role.PLANNER)),
        )
        for method, path in (("GET", "/mails"), ("POST", _RETRY))
    ),
    unauthorized("GET", "/mails"),
]
