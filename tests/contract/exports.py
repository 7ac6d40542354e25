"""Exports and their log."""

from collections.abc import Callable
from typing import Any

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.exports.queued import queued
from tests.factories import Tenant
from transload.accounts.model import Role

_UNKNOWN = "f" * 24
_BAD = "Bad request - invalid parameters provided. "
_REFUSAL = keys("status message")
_LOG_REFUSAL = keys("status message data")
_HIT = keys("_index _type _id _score _source")
_SOURCE = keys(
    "organizationId dataType dataName status requestAt completedAt email fileUrl fileType "
    "totalRecords errorMessage progress totalMatched truncated fileName fileSize startedAt "
    "expiresAt notes delivery"
)
_ONE = _SOURCE | {"_id"}
_ANSWER = keys("status message data")


def _direct(tenant: Tenant) -> Sent:
    hub, kind = tenant.hub(), tenant.data_type()
    tenant.add(kind, hub, [{"dataId": "1"}])
    return Sent(query={"download": "xlsx", "dataTypeId": kind})


def _after_an_export(tenant: Tenant) -> Sent:
    tenant.export(download="json")
    return Sent(query={"limit": "100"})


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(query={"download": "xlsx"}, by=tenant.user(Role.FIELD))


def _log_of_another(tenant: Tenant) -> Sent:
    return Sent(query={"email": tenant.email}, by=tenant.user(Role.PLANNER))


def _is_direct(body: Any) -> bool:  # noqa: ANN401 - an answer's JSON
    return all(
        (
            body["total_data_be"] == 1,
            body["last_field"] == "tags",
            body["data"].keys()
            == keys("time organizationId reportType exportId link status totalMatched truncated"),
            body["data"]["status"] == "Done",
            body["data"]["reportType"] == "data",
        )
    )


def _is_queued(body: Any) -> bool:  # noqa: ANN401 - likewise
    return all(
        (
            body["total_data_be"] == 0,
            body["data"].keys() == keys("time organizationId reportType exportId status"),
            body["data"]["status"] == "Processing",
        )
    )


def _is_log(body: Any) -> bool:  # noqa: ANN401 - likewise
    (hit,) = body["data"]
    return all(
        (
            body["total"] == 1,
            hit.keys() == _HIT,
            hit["_source"].keys() == _SOURCE,
            body["params"].keys() == keys("from size query sort"),
        )
    )


def _refused(case: str, message: str, **query: object) -> Case:
    return refused("POST", "/data/export", case, (400, message), lambda _: Sent(query=query))


def _of_an_export(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.export(download="json").json()["data"]["exportId"]})


def _of_another(tenant: Tenant) -> Sent:
    return Sent(ids=_of_an_export(tenant).ids, by=tenant.user(Role.PLANNER))


def _is_one(body: Any) -> bool:  # noqa: ANN401 - likewise
    return bool(body["data"].keys() == _ONE and body["data"]["fileUrl"])


def _is_without_file(body: Any) -> bool:  # noqa: ANN401 - likewise
    data = body["data"]
    return all((data.keys() == _ONE, data["status"] == "Done", data["fileUrl"] is None))


def _one(
    method: str, path: str, holds: Callable[[Any], bool], envelope: frozenset[str] | None
) -> list[Case]:
    """Give the cases of a route of one export: it succeeds, and it does not."""
    return [
        Case(
            method=method,
            path=path,
            case="the caller's",
            status=200,
            keys=envelope,
            message="Success",
            send=_of_an_export,
            holds=holds,
        ),
        Case(
            method=method,
            path=path,
            case="an id that there is not",
            status=404,
            keys=_REFUSAL,
            message="Data not found",
            send=lambda _: Sent(ids={"id": f"exp_{_UNKNOWN}"}),
        ),
        Case(
            method=method,
            path=path,
            case="a malformed id",
            status=404,
            keys=_REFUSAL,
            message="Data not found",
            send=lambda _: Sent(ids={"id": _UNKNOWN}),
        ),
        unauthorized(method, path),
        Case(
            method=method,
            path=path,
            case="another's, without permission",
            status=403,
            keys=_REFUSAL,
            message="You do not have permission to view export logs",
            send=_of_another,
        ),
    ]


def _waiting(tenant: Tenant) -> Sent:
    tenant.data_type()
    return Sent(ids={"id": f"exp_{queued(tenant, tenant).row_id}"})


def _is_cancelled(body: Any) -> bool:  # noqa: ANN401 - likewise
    data = body["data"]
    return all(
        (
            data.keys() == _ONE | {"cancelled"},
            (data["status"], data["cancelled"]) == ("Failed", True),
            data["errorMessage"].startswith("The export was cancelled by "),
        )
    )


def _is_waiting(body: Any) -> bool:  # noqa: ANN401 - likewise
    data = body["data"]
    unknown = ("completedAt", "fileUrl", "errorMessage", "totalRecords", "startedAt", "fileSize")
    return data["status"] == "Processing" and all(data[name] is None for name in unknown)


EXPORTS = [
    *(unauthorized(*route) for route in (("POST", "/data/export"), ("GET", "/tasks/export-log"))),
    Case(
        method="GET",
        path="/export/{id}",
        case="one that has not begun",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_waiting,
        holds=_is_waiting,
    ),
    Case(
        method="DELETE",
        path="/export/{id}",
        case="one that has not begun, which is cancelled",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_waiting,
        holds=_is_cancelled,
    ),
    *_one("GET", "/export/{id}", _is_one, _ANSWER),
    *_one("DELETE", "/export/{id}", _is_without_file, _ANSWER),
    *_one("GET", "/export/{id}/events", lambda body: [one.keys() for one in body] == [_ONE], None),
    Case(
        method="POST",
        path="/data/export",
        case="direct",
        status=200,
        keys=keys("status message total_data_be last_id last_field data"),
        message="Success",
        send=_direct,
        holds=_is_direct,
    ),
    Case(
        method="POST",
        path="/data/export",
        case="in the background",
        status=200,
        keys=keys("status message total_data_be data"),
        message=("Export queued for background processing. Check status at GET /tasks/export-log"),
        send=lambda _: Sent(query={"download": "json", "background": "true"}),
        holds=_is_queued,
    ),
    _refused("without download", "The download parameter is required."),
    _refused(
        "a format that there is not",
        f"{_BAD}The download parameter must be "
        "'xlsx', 'json', 'csv', 'ndjson', 'parquet' or 'ods'.",
        download="pdf",
    ),
    _refused(
        "a hub that there is not",
        "The selected hubId is invalid.",
        download="json",
        hubId=_UNKNOWN,
    ),
    _refused(
        "a data type that there is not",
        "The selected dataTypeId is invalid.",
        download="json",
        dataTypeId=_UNKNOWN,
    ),
    _refused(
        "a limit over the maximum",
        f"{_BAD}The limit parameter must be at most 1000000.",
        download="json",
        limit=1_000_001,
    ),
    Case(
        method="POST",
        path="/data/export",
        case="without permission",
        status=403,
        keys=_REFUSAL,
        message="You do not have permission to export data",
        send=_by_field_user,
    ),
    Case(
        method="GET",
        path="/tasks/export-log",
        case="one entry",
        status=200,
        keys=keys("status message total data params"),
        message="Success",
        send=_after_an_export,
        holds=_is_log,
    ),
    Case(
        method="GET",
        path="/tasks/export-log",
        case="a limit over the maximum",
        status=400,
        keys=_LOG_REFUSAL,
        message="Invalid limit parameter. Must be between 1 and 100.",
        send=lambda _: Sent(query={"limit": 101}),
        holds=lambda body: body["data"] == [],
    ),
    Case(
        method="GET",
        path="/tasks/export-log",
        case="another's, without permission",
        status=403,
        keys=_LOG_REFUSAL,
        message="You do not have permission to view export logs",
        send=_log_of_another,
    ),
]
