"""Records: the data sources."""

from collections.abc import Mapping

from tests.contract.cases import Case, Send, Sent, keys, refused
from tests.factories import Tenant
from transload.accounts.model import Role

_RECORD = keys(
    "_id dataId dataTypeId hubId organizationId limitUser data_type createdBy updatedBy"
    " createdTime updatedTime name address price active opened visited tags"
)
_ANSWER = keys("status message data")
_BULK = keys("success failed data")
_FORBIDDEN = "You do not have permission to perform this action"
_BAD_REQUEST = "Bad request - invalid parameters provided."
_UNKNOWN = "f" * 24
_ONE = "/data/{id}"
_BY_NAME = "/data/type/{name}/{data_id}"
_BY_HUB = "/data/hub/{hub}/type/{name}/{data_id}"


def _there(tenant: Tenant, data_id: str = "A 1") -> dict[str, str]:
    """Add a record; give its id and its names."""
    hub, kind = tenant.hub(), tenant.data_type(name="Outlets")
    [record_id] = tenant.add(kind, hub, [{"dataId": data_id, "name": "Berkah"}])
    return {"id": record_id, "hub": hub, "kind": kind, "name": "Outlets", "data_id": data_id}


def _sent(body: object = None) -> Send:
    return lambda tenant: Sent(ids=_there(tenant), body=body)


def _unknown(body: object = None) -> Send:
    def send(tenant: Tenant) -> Sent:
        return Sent(ids={**_there(tenant), "id": _UNKNOWN, "data_id": "B"}, body=body)

    return send


def _asked(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        _there(tenant)
        return Sent(query=query)

    return send


def _place(ids: Mapping[str, str]) -> dict[str, object]:
    return {"dataTypeId": ids["kind"], "hubId": ids["hub"]}


def _new(**values: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        return Sent(body={**_place(_there(tenant)), **values})

    return send


def _many(*items: Mapping[str, object]) -> Send:
    def send(tenant: Tenant) -> Sent:
        place = _place(_there(tenant))
        return Sent(body={"data": [{**place, **item} for item in items]})

    return send


def _deleted(tenant: Tenant) -> Sent:
    record_id = _there(tenant)["id"]
    return Sent(body={"data": [{"_id": record_id}, record_id, _UNKNOWN]})


def _by_field_user(body: object = None) -> Send:
    return lambda tenant: Sent(by=tenant.user(Role.FIELD), body=body)


def _single(method: str, path: str, case: str, send: Send, status: int = 200) -> Case:
    return Case(
        method=method,
        path=path,
        case=case,
        status=status,
        keys=_ANSWER,
        message="Success",
        send=send,
        holds=lambda body: body["data"].keys() == _RECORD,
    )


def _bulk(
    method: str,
    path: str,
    case: str,
    send: Send,
    items: list[dict[str, object]],
    *,
    status: int = 200,
) -> Case:
    def holds(body: dict[str, list[dict[str, object]]]) -> bool:
        found = [{name: item[name] for name in item if name != "_id"} for item in body["data"]]
        return found == items and all("_id" in item for item in body["data"])

    return Case(
        method=method,
        path=path,
        case=case,
        status=status,
        keys=_BULK,
        send=send,
        holds=holds,
    )


_DONE: dict[str, object] = {"status": True, "message": "Success."}
_MADE = {"status": True, "message": "Data has been created successfully.", "event": "create"}
_CHANGED = {"status": True, "message": "Data has been updated successfully.", "event": "update"}
_LOST: dict[str, object] = {"status": False, "message": "Data not found"}
_MISFIT: dict[str, object] = {
    "status": False,
    "message": "price must be a number, with a point and without separators.",
}

RECORDS = [
    Case(
        method="GET",
        path="/data",
        case="a page of them",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_asked(),
        holds=lambda body: (
            [record.keys() for record in body["data"]["data"]] == [_RECORD]
            and body["data"]["per_page"] == 20
            and body["data"]["total"] == 1
        ),
    ),
    Case(
        method="GET",
        path="/data",
        case="some keys of them",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_asked(fields="name, _id"),
        holds=lambda body: list(body["data"]["data"][0]) == ["name", "_id"],
    ),
    Case(
        method="GET",
        path="/data",
        case="a key of them, and the id unasked",
        status=200,
        keys=_ANSWER,
        message="Success",
        send=_asked(fields="name"),
        holds=lambda body: list(body["data"]["data"][0]) == ["_id", "name"],
    ),
    *(
        refused("GET", "/data", f"{name} that is none", (400, message), _asked(**{name: value}))
        for name, value, message in (
            ("hubId", _UNKNOWN, "The selected hubId is invalid."),
            ("dataTypeId", _UNKNOWN, "The selected dataTypeId is invalid."),
            ("dataTypeName", "Inlets", "The selected dataTypeName is invalid."),
            (
                "sortBy",
                "colour",
                f"{_BAD_REQUEST} The sortBy parameter names what is no field: colour.",
            ),
            (
                "fields",
                "name,colour",
                f"{_BAD_REQUEST} The fields parameter names what is no field: colour.",
            ),
            ("limit", 10_001, f"{_BAD_REQUEST} The limit parameter must be at most 10000."),
            (
                "updatedTime",
                "yesterday",
                (
                    f"{_BAD_REQUEST} The updatedTime parameter must be a time,"
                    " YYYY-MM-DD HH:MM:SS with or without offset."
                ),
            ),
        )
    ),
    refused(
        "GET",
        "/data",
        "all of limited types by a user who is no admin",
        (403, _FORBIDDEN),
        lambda tenant: Sent(by=tenant.user(Role.FIELD), query={"limitUser": "false"}),
    ),
    _single("POST", "/data", "a new one", _new(dataId="B", price="1.5"), status=201),
    refused(
        "POST",
        "/data",
        "one that breaks its type's schema",
        (
            400,
            f"{_BAD_REQUEST} dataId is required; price must be a number.",
        ),
        _new(price=True, colour="red"),
    ),
    refused(
        "POST",
        "/data",
        "a dataId that is taken",
        (409, "The dataId A 1 is taken already."),
        _new(dataId="A 1"),
    ),
    refused("POST", "/data", "without permission", (403, _FORBIDDEN), _by_field_user({})),
    _single("GET", _ONE, "one", _sent()),
    refused("GET", _ONE, "an unknown one", (404, "Data not found"), _unknown()),
    _single("PUT", _ONE, "whole", _sent({"dataId": "C", "name": "Maju"})),
    refused(
        "PUT",
        _ONE,
        "without what is required",
        (400, f"{_BAD_REQUEST} dataId is required."),
        _sent({"name": "Maju"}),
    ),
    _single("PATCH", _ONE, "in part", _sent({"name": "Maju"})),
    refused(
        "PATCH",
        _ONE,
        "into a hub that is none",
        (400, "The selected hubId is invalid."),
        _sent({"hubId": _UNKNOWN}),
    ),
    Case(
        method="DELETE",
        path=_ONE,
        case="without a message",
        status=200,
        keys=keys("status data"),
        send=_sent(),
        holds=lambda body: body["data"].keys() == _RECORD,
    ),
    refused("DELETE", _ONE, "an unknown one", (404, "data not found"), _unknown()),
    _single("GET", _BY_NAME, "by its names", _sent()),
    refused("GET", _BY_NAME, "a dataId that is none", (404, "Data not found"), _unknown()),
    _single("GET", _BY_HUB, "by its names", _sent()),
    refused("GET", _BY_HUB, "a dataId that is none", (404, "data not found"), _unknown()),
    _single("PUT", _BY_HUB, "whole, its dataId from the path", _sent({"name": "Maju"})),
    refused("PUT", _BY_HUB, "a dataId that is none", (404, "Data not found"), _unknown({})),
    _single("DELETE", _BY_HUB, "by its names", _sent()),
    refused("DELETE", _BY_HUB, "a dataId that is none", (404, "data not found"), _unknown()),
    _bulk(
        "POST",
        "/data/bulk",
        "good ones and bad ones",
        _many({"dataId": "B"}, {"dataId": "C", "price": "x"}),
        [_DONE, _MISFIT],
        status=201,
    ),
    refused(
        "POST", "/data/bulk", "without permission", (403, _FORBIDDEN), _by_field_user({"data": []})
    ),
    _bulk(
        "POST",
        "/data/bulk/upsert",
        "a new one, an old one, a bad one",
        _many({"dataId": "B"}, {"dataId": "A 1"}, {"dataId": "C", "price": "x"}),
        [{**_MADE}, {**_CHANGED}, _MISFIT],
    ),
    refused(
        "POST",
        "/data/bulk/upsert",
        "more than 2,000",
        (400, f"{_BAD_REQUEST} At most 2000 records are taken at once."),
        lambda _: Sent(body={"data": [{}] * 2_001}),
    ),
    _bulk(
        "PATCH",
        "/datas/bulk",
        "one that is there, one that is not",
        _many({"dataId": "A 1", "name": "Maju"}, {"dataId": "B", "name": "Maju"}),
        [_DONE, _LOST],
    ),
    refused(
        "PATCH",
        "/datas/bulk",
        "no list",
        (400, f"{_BAD_REQUEST} The data field must be a list of records."),
        lambda _: Sent(body={"data": {}}),
    ),
    _bulk(
        "DELETE",
        "/datas/bulk",
        "by ids, one twice and one unknown",
        _deleted,
        [_DONE, _LOST, _LOST],
    ),
    refused(
        "DELETE",
        "/datas/bulk",
        "more than 3,000",
        (400, f"{_BAD_REQUEST} At most 3000 records are taken at once."),
        lambda _: Sent(body={"data": [_UNKNOWN] * 3_001}),
    ),
]
