"""Schedules of exports and their runs."""

from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_DATA = keys("status message data")
_FORBIDDEN = (403, "You do not have permission to perform this action")
_NOT_FOUND = (404, "Data not found")
_BAD = "Bad request - invalid parameters provided. "
_TOO_OFTEN = (
    "The cron field must leave 15 minutes between two runs at the least; */5 * * * * leaves 5 "
    "minutes."
)
_NOT_WHOLE = (
    "The sinceLast field goes with no limit and no page: what is left out would never come."
)
_UNKNOWN = "f" * 24
_HOOK = {"kind": "webhook", "url": "https://hooks.invalid/exports"}
_BODY: dict[str, Any] = {
    "name": "Outlets",
    "cron": "0 3 * * *",
    "timeZone": "Asia/Jakarta",
    "reportType": "data",
    "export": {"download": "csv"},
    "destination": _HOOK,
    "active": False,
}
_BUCKET = {
    "kind": "bucket",
    "bucket": "reports",
    "endpoint": "https://s3.invalid",
    "accessKeyId": "key",
    "secretAccessKey": "never shown",
}
_SCHEDULE = keys(
    "_id name cron timeZone reportType export sinceLast destination active nextTime failures"
    " problem lastRun email createdTime updatedTime"
)
_RUN = keys(
    "_id status dueTime exportId removalsId since records removals attempts nextTime to error"
    " createdTime completedTime"
)
_ALL = "/export-schedules"
_ONE = "/export-schedule/{id}"


def _a_schedule(tenant: Tenant, body: object = None) -> Sent:
    made = tenant.post(_ALL, _BODY)
    assert made.status_code == 201, made.text
    return Sent(ids={"id": made.json()["data"]["_id"]}, body=body)


def _that_ran(tenant: Tenant) -> Sent:
    sent = _a_schedule(tenant)
    assert tenant.post(f"/export-schedule/{sent.ids['id']}/run").status_code == 201
    return sent


def _sending(body: object) -> Send:
    return lambda _tenant: Sent(body=body)


def _nothing(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN}, body=_BODY)


def _by_field_user(tenant: Tenant) -> Sent:
    sent = _a_schedule(tenant)
    return Sent(ids=sent.ids, body=_BODY, by=tenant.user(Role.FIELD))


def _by_another_planner(tenant: Tenant) -> Sent:
    sent = _a_schedule(tenant)
    return Sent(ids=sent.ids, body=_BODY, by=tenant.user(Role.PLANNER))


def _but(**more: object) -> dict[str, Any]:
    return {**_BODY, **more}


def _twice(tenant: Tenant) -> Sent:
    """Ask for a run while one is not over: what it exports waits for somebody to do it."""
    sent = _that_ran(tenant)
    return Sent(ids=sent.ids)


SCHEDULES = [
    Case(
        method="POST",
        path=_ALL,
        case="with the webhook's secret, this once",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda _: Sent(body=_BODY),
        holds=lambda body: (
            body["data"].keys() == _SCHEDULE | {"secret"}
            and body["data"]["secret"].startswith("whsec_")
        ),
    ),
    Case(
        method="POST",
        path=_ALL,
        case="to a bucket, whose secret is not shown",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda _: Sent(body=_but(destination=_BUCKET, active=True)),
        holds=lambda body: (
            body["data"]["secret"] is None
            and body["data"]["destination"]
            == {
                **{name: one for name, one in _BUCKET.items() if name != "secretAccessKey"},
                "prefix": "",
                "region": "us-east-1",
            }
            and body["data"]["nextTime"].endswith("T20:00:00.000000Z")
        ),
    ),
    *(
        refused("POST", _ALL, case, (400, _BAD + said), _sending(sent))
        for case, said, sent in (
            (
                "too often",
                _TOO_OFTEN,
                _but(cron="*/5 * * * *"),
            ),
            (
                "without such a time zone",
                "The timeZone field names no time zone: Mars.",
                _but(timeZone="Mars"),
            ),
            (
                "to nowhere",
                "The destination field must name its kind: 'bucket', 'sftp', 'email', 'webhook'.",
                _but(destination={"kind": "fax"}),
            ),
            (
                "of changes with a limit",
                _NOT_WHOLE,
                _but(sinceLast=True, export={"download": "csv", "limit": 10}),
            ),
        )
    ),
    refused(
        "POST",
        _ALL,
        "of no format",
        (400, "The download field is required."),
        lambda _: Sent(body=_but(export={})),
    ),
    refused(
        "POST",
        _ALL,
        "by mail, of which there is none",
        (400, "No mail server is set up, so that nothing can be sent to an e-mail address."),
        lambda _: Sent(body=_but(destination={"kind": "email", "email": "ada@acme.example"})),
    ),
    Case(
        method="GET",
        path=_ALL,
        case="all",
        status=200,
        keys=_DATA,
        message="Success",
        send=_that_ran,
        holds=lambda body: (
            [one.keys() for one in body["data"]] == [_SCHEDULE]
            and body["data"][0]["lastRun"].keys() == _RUN
        ),
    ),
    Case(
        method="GET",
        path=_ALL,
        case="none of others' without view/log",
        status=200,
        keys=_DATA,
        message="Success",
        send=_by_another_planner,
        holds=lambda body: body["data"] == [],
    ),
    Case(
        method="GET",
        path=_ONE,
        case="one",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_schedule,
        holds=lambda body: body["data"].keys() == _SCHEDULE,
    ),
    Case(
        method="PUT",
        path=_ONE,
        case="anew",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: _a_schedule(tenant, _but(name="Shops", cron="30 4 * * 1")),
        holds=lambda body: (
            (body["data"]["name"], body["data"]["cron"], body["data"]["secret"])
            == ("Shops", "30 4 * * 1", None)
        ),
    ),
    Case(
        method="DELETE",
        path=_ONE,
        case="one",
        status=200,
        keys=_DATA,
        message="Success",
        send=_a_schedule,
    ),
    Case(
        method="POST",
        path=f"{_ONE}/run",
        case="at once",
        status=201,
        keys=_DATA,
        message="Success",
        send=_a_schedule,
        holds=lambda body: (
            body["data"].keys() == _RUN and body["data"]["exportId"].startswith("exp_")
        ),
    ),
    refused(
        "POST",
        f"{_ONE}/run",
        "while a run is not over",
        (409, "A run of the schedule is not over yet."),
        _twice,
    ),
    Case(
        method="GET",
        path=f"{_ONE}/runs",
        case="a page",
        status=200,
        keys=_DATA,
        message="Success",
        send=_that_ran,
        holds=lambda body: [one.keys() for one in body["data"]["data"]] == [_RUN],
    ),
    *(
        case
        for method, path in (
            ("GET", _ONE),
            ("PUT", _ONE),
            ("DELETE", _ONE),
            ("POST", f"{_ONE}/run"),
            ("GET", f"{_ONE}/runs"),
        )
        for case in (
            refused(method, path, "unknown", _NOT_FOUND, _nothing),
            refused(method, path, "without permission", _FORBIDDEN, _by_field_user),
            refused(method, path, "another's", _FORBIDDEN, _by_another_planner),
        )
    ),
    *(unauthorized(method, _ALL) for method in ("GET", "POST")),
]
