"""Imports step by step."""

from collections.abc import Callable
from typing import Any

from tests.contract.cases import Case, Sent, keys, without_token
from tests.factories import Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import imported
from transload.accounts.model import Role

_UNKNOWN = "f" * 24
_ROWS = b"Code,Price\n1,2\n2,x\n"
_ANSWER = keys("status message data")
_REFUSAL = keys("status message failedCode")
_ONE = "/imports/{id}"
_CELLS = {"cells": [{"row": 1, "field": "price", "value": "3"}]}
_READING = {"field": "price", "reading": {"decimalSeparator": ","}}
_EDIT = keys("number kind row field value createdBy createdTime")
_PROPOSED = keys(
    "id title type format description default optionData required primaryKey show visible "
    "column why"
)
_KNOWN = keys(
    "upload choices table columns fields readings proposal counts isChecked revision edits job "
    "status _id"
)


def _places(tenant: Tenant) -> dict[str, str]:
    return {"dataTypeId": tenant.data_type(), "hubId": tenant.hub()}


def _draft(tenant: Tenant) -> Draft:
    return Draft.create(tenant, _ROWS, **_places(tenant))


def _proposed(tenant: Tenant) -> Draft:
    return Draft.create(tenant, _ROWS)


def _checked(tenant: Tenant) -> Draft:
    draft = _draft(tenant)
    draft.checked()
    return draft


def _ended(tenant: Tenant) -> Draft:
    return Draft(tenant=tenant, id=imported(tenant, _ROWS, **_places(tenant)).record["_id"])


def _edited(tenant: Tenant) -> Draft:
    draft = _checked(tenant)
    draft.data("PATCH", "cells", _CELLS)
    return draft


def _begun(tenant: Tenant) -> Draft:
    answer = tenant.request("POST", "/imports", params=_places(tenant))
    return Draft(tenant=tenant, id=answer.json()["data"]["_id"])


def _is_draft(body: Any) -> bool:  # noqa: ANN401 - an answer's JSON
    return bool(body["data"].keys() >= _KNOWN)


def _case(
    method: str,
    path: str,
    make: Callable[[Tenant], Draft],
    *,
    body: object = None,
    holds: Callable[[Any], bool] = _is_draft,
    envelope: frozenset[str] | None = _ANSWER,
    headers: dict[str, str] | None = None,
) -> list[Case]:
    """Give the cases of a route of one import: it succeeds, and it does not."""

    def send(tenant: Tenant) -> Sent:
        ids = {"id": make(tenant).id, "number": "1"}
        return Sent(ids=ids, body=body, headers=headers or {})

    def of_another(tenant: Tenant) -> Sent:
        sent = send(tenant)
        return Sent(ids=sent.ids, body=body, headers=sent.headers, by=tenant.user(Role.PLANNER))

    def unknown(_tenant: Tenant) -> Sent:
        return Sent(ids={"id": _UNKNOWN, "number": "1"}, body=body, headers=headers or {})

    def nobody(tenant: Tenant) -> Sent:
        bare = without_token(tenant)
        return Sent(ids={"id": _UNKNOWN, "number": "1"}, body=body, by=bare.by)

    def refused(case: str, answer: tuple[int, str, str], send: Callable[[Tenant], Sent]) -> Case:
        status, code, message = answer
        return Case(
            method=method,
            path=path,
            case=case,
            status=status,
            keys=_REFUSAL,
            message=message,
            send=send,
            holds=lambda found: bool(found["failedCode"] == code),
        )

    denied = "You do not have permission to perform this action"
    return [
        Case(
            method=method,
            path=path,
            case="the caller's",
            status=200,
            keys=envelope,
            message="Success",
            send=send,
            holds=holds,
        ),
        refused("another's, without permission", (403, "auth-003", denied), of_another),
        refused(
            "an id that there is not",
            (404, "import-004", "Import monitoring record not found"),
            unknown,
        ),
        refused("without a token", (401, "auth-001", "Unauthorized"), nobody),
    ]


DRAFTS = [
    Case(
        method="POST",
        path="/imports",
        case="with a file",
        status=201,
        keys=_ANSWER,
        message="Success",
        send=lambda tenant: Sent(form=_places(tenant), file=("rows.csv", _ROWS)),
        holds=_is_draft,
    ),
    Case(
        method="POST",
        path="/imports",
        case="of no data type",
        status=201,
        keys=_ANSWER,
        message="Success",
        send=lambda _: Sent(form={}, file=("rows.csv", _ROWS)),
        holds=lambda body: (
            body["data"]["proposal"].keys() == keys("name commonData limitUser fields")
            and body["data"]["proposal"]["fields"][0].keys() == _PROPOSED
        ),
    ),
    Case(
        method="POST",
        path="/imports",
        case="without permission",
        status=403,
        keys=_REFUSAL,
        message="You do not have permission to perform this action",
        send=lambda tenant: Sent(form={}, by=tenant.user(Role.FIELD)),
    ),
    Case(
        method="GET",
        path="/imports",
        case="of the caller",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=lambda tenant: Sent(query={"limit": 1}, ids={"id": _draft(tenant).id}),
        holds=lambda body: [one["status"] for one in body["data"]["data"]] == ["draft"],
    ),
    Case(
        method="GET",
        path="/imports",
        case="without permission",
        status=403,
        keys=_REFUSAL,
        message="You do not have permission to perform this action",
        send=lambda tenant: Sent(by=tenant.user(Role.FIELD)),
    ),
    *_case("GET", _ONE, _draft),
    *_case("PATCH", _ONE, _draft, body={"mode": "insert"}),
    *_case(
        "PATCH",
        _ONE,
        _proposed,
        body={"proposal": {"name": "Prices", "keyColumn": 2}},
        holds=lambda body: body["data"]["proposal"]["fields"][1]["id"] == "dataId",
    )[:1],
    *_case("DELETE", _ONE, _draft),
    *_case(
        "PATCH",
        f"{_ONE}/file",
        _begun,
        body=_ROWS.decode(),
        headers={"Upload-Offset": "0", "Upload-Complete": "?1"},
    ),
    *_case("POST", f"{_ONE}/check", _draft),
    *_case(
        "GET",
        f"{_ONE}/rows",
        _checked,
        holds=lambda body: (
            body["data"]["total"] == 2
            and body["data"]["rows"][0].keys()
            == keys("row line verdict cells errors recordId previous")
        ),
    ),
    *_case(
        "GET",
        f"{_ONE}/problems",
        _checked,
        holds=lambda body: [one["field"] for one in body["data"]] == ["price"],
    ),
    *_case(
        "PATCH",
        f"{_ONE}/cells",
        _checked,
        body=_CELLS,
        holds=lambda body: body["data"]["rows"][0]["verdict"] == "new",
    ),
    *_case("POST", f"{_ONE}/readings", _checked, body=_READING),
    *_case(
        "GET",
        f"{_ONE}/edits",
        _edited,
        holds=lambda body: [one.keys() for one in body["data"]] == [_EDIT],
    ),
    *_case("DELETE", f"{_ONE}/edits/{{number}}", _edited),
    *_case("POST", f"{_ONE}/commit", _checked, body={}),
    Case(
        method="POST",
        path=f"{_ONE}/commit",
        case="of another revision than is there",
        status=409,
        keys=_REFUSAL | {"data"},
        message="The records or the import have changed since the rows were checked; look again.",
        send=lambda tenant: Sent(ids={"id": _checked(tenant).id}, body={"revision": 1}),
        holds=lambda body: body["data"]["counts"]["new"] == 1,
    ),
    *_case("POST", f"{_ONE}/retry", _ended),
    *_case("POST", f"{_ONE}/undo", _ended, body={}),
    *_case(
        "GET",
        f"{_ONE}/events",
        _ended,
        envelope=None,
        holds=lambda body: body[-1]["job"]["status"] == "done",
    ),
]
