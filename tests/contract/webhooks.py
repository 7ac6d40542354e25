"""Webhooks and their deliveries."""

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_DATA = keys("status message data")
_FORBIDDEN = (403, "You do not have permission to perform this action")
_NOT_FOUND = (404, "Data not found")
_BAD = "Bad request - invalid parameters provided. "
_UNKNOWN = "f" * 24
_BODY = {"url": "https://hooks.example.com/", "events": ["export.ended"], "active": False}
_WEBHOOK = keys("_id name url events active problem createdTime updatedTime")
_DELIVERY = keys(
    "_id event status attempts body responseStatus responseBody error milliseconds nextTime"
    " createdTime completedTime"
)
_ONE = "/webhook/{id}"
_RETRY = "/webhook/{id}/deliveries/{n}/retry"


def _a_webhook(tenant: Tenant, body: object = None) -> Sent:
    made = tenant.post("/webhooks", {**_BODY, "url": "https://hooks.invalid/"}).json()["data"]
    return Sent(ids={"id": made["_id"], "n": _UNKNOWN}, body=body)


def _a_delivery(tenant: Tenant) -> Sent:
    webhook = _a_webhook(tenant).ids["id"]
    delivery = tenant.post(f"/webhook/{webhook}/test").json()["data"]["_id"]
    return Sent(ids={"id": webhook, "n": delivery})


def _nothing(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN, "n": _UNKNOWN}, body={})


def _by_planner(tenant: Tenant) -> Sent:
    sent = _a_delivery(tenant)
    return Sent(ids=sent.ids, body=_BODY, by=tenant.user(Role.PLANNER))


WEBHOOKS = [
    Case(
        method="POST",
        path="/webhooks",
        case="with the secret, this once",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda _: Sent(body=_BODY),
        holds=lambda body: (
            body["data"].keys() == _WEBHOOK | {"secret"}
            and body["data"]["secret"].startswith("whsec_")
        ),
    ),
    refused(
        "POST",
        "/webhooks",
        "told of nothing",
        (400, f"{_BAD}The events field must name what the webhook is told of."),
        lambda _: Sent(body={**_BODY, "events": []}),
    ),
    refused(
        "POST",
        "/webhooks",
        "without an address",
        (400, f"{_BAD}The url field is required."),
        lambda _: Sent(body={"events": ["export.ended"]}),
    ),
    Case(
        method="GET",
        path="/webhooks",
        case="all",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_webhook,
        holds=lambda body: [one.keys() for one in body["data"]] == [_WEBHOOK],
    ),
    Case(
        method="GET",
        path=_ONE,
        case="one",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_webhook,
        holds=lambda body: body["data"].keys() == _WEBHOOK,
    ),
    Case(
        method="PATCH",
        path=_ONE,
        case="another name",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: _a_webhook(tenant, {"name": "warehouse"}),
        holds=lambda body: (body["data"]["name"], body["data"]["active"]) == ("warehouse", False),
    ),
    Case(
        method="DELETE",
        path=_ONE,
        case="one",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_webhook,
    ),
    Case(
        method="POST",
        path=f"{_ONE}/test",
        case="queued",
        status=201,
        keys=_DATA,
        message="Success",
        send=_a_webhook,
        holds=lambda body: body["data"].keys() == _DELIVERY and body["data"]["event"] == "test",
    ),
    Case(
        method="GET",
        path=f"{_ONE}/deliveries",
        case="a page",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_delivery,
        holds=lambda body: [one.keys() for one in body["data"]["data"]] == [_DELIVERY],
    ),
    Case(
        method="POST",
        path=_RETRY,
        case="queued again",
        status=201,
        keys=_DATA,
        message="Success",
        send=_a_delivery,
        holds=lambda body: body["data"]["status"] == "waiting",
    ),
    *(
        case
        for method, path in (
            ("GET", _ONE),
            ("PATCH", _ONE),
            ("DELETE", _ONE),
            ("POST", f"{_ONE}/test"),
            ("GET", f"{_ONE}/deliveries"),
            ("POST", _RETRY),
        )
        for case in (
            refused(method, path, "unknown", _NOT_FOUND, _nothing),
            refused(method, path, "without permission", _FORBIDDEN, _by_planner),
        )
    ),
    *(unauthorized(method, "/webhooks") for method in ("GET", "POST")),
]
