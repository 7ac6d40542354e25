"""Import links, and what becomes of imports that came by one."""

from collections.abc import Callable
from typing import Any

from tests.contract.cases import Case, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from tests.imports.visiting import Visit, link_body
from transload.accounts.model import Role

_DATA = keys("status message data")
_DENIED = (403, "You do not have permission to perform this action")
_LINK = keys(
    "_id name dataTypeId dataTypeName hubId importConfigId mode maxRows createdBy createdTime"
    " expiresTime usedTime drafts sent waiting problem"
)
_OFFER = keys("name organizationName dataTypeName mode maxRows maxBytes expiresTime fields")
_SUBMISSION = keys("linkId linkName stage name email sentence sentTime decidedBy decidedTime")
_UNKNOWN = "f" * 24
_SENDER = {"name": "Mei", "email": "mei@supplier.example"}
_SENTENCE = {"sentence": "Not these."}


def _visit(tenant: Tenant) -> Sent:
    return Sent(by=Visit.of(tenant).holder)


def _checked(tenant: Tenant) -> Sent:
    visit = Visit.of(tenant)
    draft = visit.begun()
    draft.checked()
    return Sent(ids={"id": draft.id}, body=_SENDER, by=draft.tenant)


def _sent(tenant: Tenant) -> Sent:
    return Sent(ids={"id": Visit.of(tenant).sent().id}, body=_SENTENCE)


def _stage(stage: str) -> Callable[[Any], bool]:
    def holds(body: Any) -> bool:  # noqa: ANN401 - an answer's JSON
        found = body["data"]["submission"]
        return bool(found.keys() == _SUBMISSION and found["stage"] == stage)

    return holds


def _turned_down(way: str, stage: str) -> list[Case]:
    path = f"/imports/{{id}}/{way}"
    return [
        Case(
            method="POST",
            path=path,
            case="one that waits",
            status=200,
            keys=_DATA,
            message="Success",
            send=_sent,
            holds=_stage(stage),
        ),
        Case(
            method="POST",
            path=path,
            case="by who may import nothing",
            status=403,
            keys=keys("status message failedCode"),
            message=_DENIED[1],
            send=lambda tenant: Sent(
                ids={"id": _UNKNOWN}, body=_SENTENCE, by=tenant.user(Role.FIELD)
            ),
        ),
    ]


IMPORT_LINKS = [
    Case(
        method="POST",
        path="/import-links",
        case="with its secret, this once",
        status=201,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(body=link_body(tenant)),
        holds=lambda body: (
            body["data"].keys() == _LINK | {"secret", "address"}
            and body["data"]["address"].endswith(f"/{body['data']['_id']}#{body['data']['secret']}")
        ),
    ),
    refused(
        "POST",
        "/import-links",
        "without a type",
        (400, "Bad request - invalid parameters provided. The dataTypeId field is required."),
        lambda _: Sent(body={"name": "Suppliers", "expiresTime": "2035-01-01"}),
    ),
    refused(
        "POST",
        "/import-links",
        "without permission",
        _DENIED,
        lambda tenant: Sent(body=link_body(tenant), by=tenant.user(Role.FIELD)),
    ),
    Case(
        method="GET",
        path="/import-links",
        case="the caller's",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(ids={"id": Visit.of(tenant).link_id}),
        holds=lambda body: [one.keys() for one in body["data"]] == [_LINK],
    ),
    unauthorized("GET", "/import-links"),
    Case(
        method="DELETE",
        path="/import-link/{id}",
        case="the caller's",
        status=200,
        keys=_DATA,
        message="Success",
        send=lambda tenant: Sent(ids={"id": Visit.of(tenant).link_id}),
        holds=lambda body: body["data"].keys() == _LINK,
    ),
    refused(
        "DELETE",
        "/import-link/{id}",
        "unknown",
        (404, "There is no such import link."),
        lambda _: Sent(ids={"id": _UNKNOWN}),
    ),
    Case(
        method="GET",
        path="/import-link",
        case="by its holder",
        status=200,
        keys=_DATA,
        message="Success",
        send=_visit,
        holds=lambda body: body["data"].keys() == _OFFER,
    ),
    refused(
        "GET",
        "/import-link",
        "by a user",
        (403, "This is for the holders of import links."),
    ),
    Case(
        method="POST",
        path="/imports/{id}/send",
        case="by its sender",
        status=200,
        keys=_DATA,
        message="Success",
        send=_checked,
        holds=_stage("sent"),
    ),
    Case(
        method="POST",
        path="/imports/{id}/send",
        case="by a user",
        status=403,
        keys=keys("status message failedCode"),
        message="This is for the holders of import links.",
        send=lambda _: Sent(ids={"id": _UNKNOWN}, body=_SENDER),
    ),
    *_turned_down("return", "returned"),
    *_turned_down("refuse", "refused"),
]
