"""Exports of tasks."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_UNKNOWN = "f" * 24
_DIRECT = keys("time organizationId reportType exportId link status totalMatched truncated")
_QUEUED = keys("time organizationId reportType exportId status")


def _sending(**body: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        tenant.flow(name="Delivery")
        tenant.add_tasks("Delivery", tenant.hub(), [{"title": "A"}])
        return Sent(body=body)

    return send


def _every_parameter(tenant: Tenant) -> Sent:
    flow, hub = tenant.flow(name="Delivery"), tenant.hub()
    done = {"status": "DONE", "assignee": ["a@example.com"], "doneBy": "b@example.com"}
    tenant.add_tasks("Delivery", hub, [done])
    config = tenant.post(
        "/export-config",
        {
            "name": "Saved",
            "collection": "task",
            "flowIds": [flow],
            "fields": [{"id": "title", "component": "x", "title": "Name"}],
        },
    ).json()["data"]["_id"]
    return Sent(
        body={
            "download": "csv",
            "fields": ["title", "outlet"],
            "doneBy": "b@example.com",
            "assignee": "a@example.com",
            "status": "DONE",
            "flowId": [flow],
            "hubId": hub,
            "page": 1,
            "limit": 1_000_000,
            "sortBy": "doneTime",
            "sortOrder": "asc",
            "background": False,
            "exportConfigId": config,
            "q": "A@EXAMPLE",
            "filter": [{"field": "status", "operator": "eq", "value": "DONE"}],
            "separator": ";",
            "decimalSeparator": ",",
            "bom": False,
        }
    )


def _in_texts(tenant: Tenant) -> Sent:
    """Send lists as texts with commas, blanks and nothing between some."""
    flow, other = tenant.flow(name="Delivery"), tenant.flow(name="Other")
    tenant.add_tasks("Delivery", tenant.hub(), [{"title": "A"}])
    return Sent(
        body={"download": "csv", "fields": " title, outlet,,", "flowId": f"{flow} ,{other}"}
    )


def _by_config_of_records(tenant: Tenant) -> Sent:
    fields = [{"id": "name", "component": "x", "title": "Name"}]
    types = [tenant.data_type()]
    body = {"name": "Saved", "collection": "data", "dataTypeIds": types, "fields": fields}
    config = tenant.post("/export-config", body).json()["data"]["_id"]
    return Sent(body={"download": "csv", "exportConfigId": config})


def _by_field_user(tenant: Tenant) -> Sent:
    return Sent(body={"download": "xlsx"}, by=tenant.user(Role.FIELD))


def _of_unseen_hub(tenant: Tenant) -> Sent:
    user = tenant.user(Role.PLANNER, [tenant.hub()])
    return Sent(body={"download": "xlsx", "hubId": tenant.hub()}, by=user)


def _refused(case: str, status: int, message: str, send: Send) -> Case:
    return Case(
        method="POST",
        path="/tasks/export",
        case=case,
        status=status,
        keys=keys("status message"),
        message=message,
        send=send,
    )


def _is_direct(body: Mapping[str, Any], total: int, extension: str) -> bool:
    data = body["data"]
    return (
        data.keys() == _DIRECT
        and (data["reportType"], data["status"]) == ("task", "Done")
        and (body["total_data_be"], data["totalMatched"], data["truncated"])
        == (total, total, False)
        and re.search(rf"/files/\d{{8}}/task_[0-9a-f]{{24}}_\d+\.{extension}\?", data["link"])
        is not None
    )


_ANSWER = keys("status message total_data_be last_id last_field data")

TASK_EXPORTS = [
    *(
        Case(
            method="POST",
            path="/tasks/export",
            case=f"to {download}",
            status=200,
            keys=_ANSWER,
            message="Success",
            send=_sending(download=download),
            holds=partial(_is_direct, total=1, extension=extension),
        )
        for download, extension in (
            ("xlsx", "xlsx"),
            ("json", "zip"),
            ("csv", "csv"),
            ("ndjson", "ndjson"),
            ("parquet", "parquet"),
        )
    ),
    Case(
        method="POST",
        path="/tasks/export",
        case="every parameter",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_every_parameter,
        holds=lambda body: _is_direct(body, 1, "csv") and body["last_field"] == "outlet",
    ),
    Case(
        method="POST",
        path="/tasks/export",
        case="lists as texts",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_in_texts,
        holds=lambda body: _is_direct(body, 1, "csv") and body["last_field"] == "outlet",
    ),
    Case(
        method="POST",
        path="/tasks/export",
        case="in the background",
        status=200,
        keys=keys("status message total_data_be data"),
        message=("Export queued for background processing. Check status at GET /tasks/export-log"),
        send=_sending(download="json", background=True),
        holds=lambda body: body["data"].keys() == _QUEUED and body["total_data_be"] == 0,
    ),
    unauthorized("POST", "/tasks/export"),
    _refused("without download", 400, "The download field is required.", _sending()),
    _refused(
        "without permission",
        403,
        "You do not have permission to export tasks",
        _by_field_user,
    ),
    _refused(
        "of a hub that is not seen",
        403,
        "You do not have permission to export tasks",
        _of_unseen_hub,
    ),
    *(
        _refused(f"an unknown {name}", 400, message, _sending(download="xlsx", **{name: _UNKNOWN}))
        for name, message in (
            ("flowId", "The selected flowId is invalid."),
            ("hubId", "The selected hubId is invalid."),
            ("exportConfigId", "The selected exportConfigId is invalid."),
        )
    ),
    _refused(
        "a config of records",
        400,
        "The selected exportConfigId is invalid.",
        _by_config_of_records,
    ),
    *(
        _refused(
            f"{name}={value}",
            400,
            f"{_BAD_REQUEST} {fault}",
            _sending(**{"download": "xlsx", name: value}),
        )
        for name, value, fault in (
            (
                "download",
                "zip",
                "The download field must be 'xlsx', 'json', 'csv', 'ndjson', 'parquet' or 'ods'.",
            ),
            ("status", "x", "The status field must be UNASSIGNED, ONGOING or DONE."),
            ("page", 0, "The page field must be at least 1."),
            ("sortOrder", "up", "The sortOrder field must be 'asc' or 'desc'."),
            (
                "filter",
                '[{"field": "x", "operator": "eq", "value": 1}]',
                "The filter parameter names what is no field: x.",
            ),
            ("limit", 1_000_001, "The limit field must be at most 1000000."),
            ("fields", "x", "The fields parameter names what is no field: x."),
            ("sortBy", "x", "The sortBy parameter names what is no field: x."),
        )
    ),
]
