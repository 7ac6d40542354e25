"""Imports and their monitoring."""

from collections.abc import Callable
from typing import Any

from tests.contract.cases import Case, Sent, keys, without_token
from tests.factories import Tenant
from tests.imports.sending import imported
from transload.accounts.model import Role

_UNKNOWN = "f" * 24
_FILE = ("rows.csv", b"Code,Price\n1,2\n2,x\n")
_ANSWER = keys("status message data")
_REFUSAL = keys("status message failedCode")
_ALWAYS = keys(
    "_id organizationId type inputType hubId filename dataTypeId dataTypeName mode dryRun "
    "totalRows totalValid totalInvalid created updated unchanged leftOut totalChunks "
    "processedChunks status fileTemplate createdBy createdTime updatedTime expiresTime"
)
_ENDED = _ALWAYS | keys("errorMessage processedAt processingDuration updatedBy fileFailedImported")
_BAD = "Bad request - invalid parameters provided. "
_MONITORING = "/import-monitoring"
_DENIED = "You do not have permission to perform this action"
_PAGE = keys(
    "current_page data first_page_url from last_page last_page_url links next_page_url path "
    "per_page prev_page_url to total"
)


def _form(tenant: Tenant, **more: str) -> dict[str, str]:
    return {"dataTypeId": tenant.data_type(), "hubId": tenant.hub(), **more}


def _sent(tenant: Tenant) -> Sent:
    return Sent(form=_form(tenant), file=_FILE)


def _task_form(tenant: Tenant, **more: str) -> dict[str, str]:
    return {"type": "task", "flowId": tenant.flow(), "hubId": tenant.hub(), **more}


def _tasks(*without: str, **more: str) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        form = _task_form(tenant, **more)
        return Sent(
            form={name: value for name, value in form.items() if name not in without},
            file=("tasks.csv", b"Amount,title\n1,A\n2,B\n"),
        )

    return send


def _of_one(tenant: Tenant) -> Sent:
    sent = imported(tenant, _FILE[1], **_form(tenant))
    return Sent(ids={"id": sent.record["_id"]})


def _of_another(tenant: Tenant) -> Sent:
    return Sent(ids=_of_one(tenant).ids, by=tenant.user(Role.PLANNER))


def _refused(
    method: str,
    path: str,
    case: str,
    answer: tuple[int, str, str],
    send: Callable[[Tenant], Sent],
) -> Case:
    status, code, message = answer
    return Case(
        method=method,
        path=path,
        case=case,
        status=status,
        keys=_REFUSAL,
        message=message,
        send=send,
        holds=lambda body: body["status"] is False and body["failedCode"] == code,
    )


def _unauthorized(method: str, path: str) -> Case:
    answer = (401, "auth-001", "Unauthorized")
    return _refused(method, path, "without a token", answer, without_token)


def _is_queued(body: Any) -> bool:  # noqa: ANN401 - an answer's JSON
    data = body["data"]
    counted = ("totalValid", "totalInvalid", "processedChunks")
    return all(
        (
            data.keys() == _ALWAYS,
            data["status"] == "onprocess",
            (data["totalRows"], data["totalChunks"]) == (2, 1),
            all(data[name] == 0 for name in counted),
        )
    )


def _is_ended(data: Any) -> bool:  # noqa: ANN401 - likewise
    return all(
        (
            data.keys() == _ENDED,
            data["errorMessage"] is None,
            (data["totalRows"], data["totalValid"], data["totalInvalid"]) == (2, 1, 1),
            data["status"] == "partially",
            data["updatedBy"] == "system",
        )
    )


def _is_page(body: Any) -> bool:  # noqa: ANN401 - likewise
    page = body["data"]
    [one] = page["data"]
    return bool(page.keys() == _PAGE and one.keys() == _ENDED - {"errorMessage"})


def _one(
    method: str, path: str, holds: Callable[[Any], bool], envelope: frozenset[str] | None
) -> list[Case]:
    unknown = (404, "import-004", "Import monitoring record not found")
    return [
        Case(
            method=method,
            path=path,
            case="the caller's",
            status=200,
            keys=envelope,
            message="Success",
            send=_of_one,
            holds=holds,
        ),
        _refused(
            method, path, "an id that there is not", unknown, lambda _: Sent(ids={"id": _UNKNOWN})
        ),
        _refused(method, path, "a malformed id", unknown, lambda _: Sent(ids={"id": "x"})),
        _refused(
            method, path, "another's, without permission", (403, "auth-003", _DENIED), _of_another
        ),
        _unauthorized(method, path),
    ]


def _post(case: str, answer: tuple[int, str, str], send: Callable[[Tenant], Sent]) -> Case:
    return _refused("POST", "/data/import", case, answer, send)


IMPORTS = [
    Case(
        method="POST",
        path="/data/import",
        case="a file",
        status=200,
        keys=_ANSWER,
        message="Import process has been queued successfully",
        send=_sent,
        holds=_is_queued,
    ),
    Case(
        method="POST",
        path="/data/import",
        case="a file of tasks",
        status=200,
        keys=_ANSWER,
        message="Import process has been queued successfully",
        send=_tasks(),
        holds=lambda body: (
            body["data"].keys() == _ALWAYS - {"dataTypeId", "dataTypeName"} | {"flowId", "flowName"}
            and (body["data"]["type"], body["data"]["inputType"]) == ("task", "task")
            and "/template_task_import.xlsx?" in body["data"]["fileTemplate"]
        ),
    ),
    _post(
        "tasks without a flow",
        (400, "import-001", "The flowId field is required."),
        _tasks("flowId"),
    ),
    _post(
        "tasks without a hub", (400, "import-001", "The hubId field is required."), _tasks("hubId")
    ),
    _post(
        "tasks of a flow that there is not",
        (422, "import-002", "The selected flowId is invalid."),
        _tasks(flowId=_UNKNOWN),
    ),
    _post(
        "tasks by a config that there is not",
        (422, "import-002", "The selected importConfigId is invalid."),
        _tasks(importConfigId=_UNKNOWN),
    ),
    _post(
        "what is neither records nor tasks",
        (400, "import-015", f"{_BAD}The type field must be 'datasource' or 'task'."),
        _tasks(type="visit"),
    ),
    _unauthorized("POST", "/data/import"),
    _post(
        "without a file",
        (400, "import-001", "The file field is required."),
        lambda tenant: Sent(form=_form(tenant)),
    ),
    _post(
        "without a data type",
        (400, "import-001", "The dataTypeId field is required."),
        lambda _: Sent(form={}, file=_FILE),
    ),
    _post(
        "without the hub that the type needs",
        (400, "import-001", "The hubId field is required."),
        lambda tenant: Sent(form={"dataTypeId": tenant.data_type()}, file=_FILE),
    ),
    _post(
        "a data type that there is not",
        (422, "import-002", "The selected dataTypeId is invalid."),
        lambda tenant: Sent(form=_form(tenant) | {"dataTypeId": _UNKNOWN}, file=_FILE),
    ),
    _post(
        "a hub that there is not",
        (422, "import-002", "The selected hubId is invalid."),
        lambda tenant: Sent(form=_form(tenant) | {"hubId": _UNKNOWN}, file=_FILE),
    ),
    _post(
        "without permission",
        (403, "auth-003", _DENIED),
        lambda tenant: Sent(form=_form(tenant), file=_FILE, by=tenant.user(Role.FIELD)),
    ),
    _post(
        "a mode that there is not",
        (
            400,
            "import-015",
            f"{_BAD}The mode field must be 'upsert', 'insert' or 'update'.",
        ),
        lambda tenant: Sent(form=_form(tenant, mode="replace"), file=_FILE),
    ),
    Case(
        method="GET",
        path=_MONITORING,
        case="of the caller",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=lambda tenant: Sent(query={"status": "partially"}, ids=_of_one(tenant).ids),
        holds=_is_page,
    ),
    _unauthorized("GET", _MONITORING),
    _refused(
        "GET",
        _MONITORING,
        "a status that there is not",
        (400, "import-003", "Invalid status value"),
        lambda _: Sent(query={"status": "success,draft"}),
    ),
    _refused(
        "GET",
        _MONITORING,
        "more than there are in a page",
        (
            400,
            "import-015",
            f"{_BAD}The limit parameter must be at most 100.",
        ),
        lambda _: Sent(query={"limit": 101}),
    ),
    _refused(
        "GET",
        _MONITORING,
        "without permission",
        (403, "auth-003", _DENIED),
        lambda tenant: Sent(by=tenant.user(Role.FIELD)),
    ),
    *_one("GET", f"{_MONITORING}/{{id}}", lambda body: _is_ended(body["data"]), _ANSWER),
    *_one(
        "DELETE",
        f"{_MONITORING}/{{id}}",
        lambda body: body["data"].keys() == _ENDED - {"fileFailedImported"},
        _ANSWER,
    ),
    *_one("GET", f"{_MONITORING}/{{id}}/events", lambda body: all(map(_is_ended, body)), None),
]
