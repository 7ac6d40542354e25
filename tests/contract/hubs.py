"""Hubs."""

import re
from collections.abc import Callable, Mapping

from tests.contract.cases import Case, Sent, keys, refused
from tests.factories import Tenant
from transload.accounts.model import Role

_HUB = keys(
    "_id name address lat lng country countryCode deleteAccess organizationId"
    " createdTime updatedTime"
)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_SORT_KEYS = (
    "'name', 'address', 'lat', 'lng', 'countryCode', 'deleteAccess', 'createdTime', 'updatedTime'"
    " or '_id'"
)
_UNKNOWN = "f" * 24
_BODY = {
    "name": "North",
    "address": "Jl. Utara 1",
    "lat": "-6.19",
    "lng": 106.8,
    "country": {"name": "Indonesia"},
}


def _sent(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.hub("South")}, body=_BODY)


def _to_unknown(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN}, body=_BODY)


def _to_malformed(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": "north"}, body=_BODY)


def _to_strangers(tenant: Tenant) -> Sent:
    return Sent(ids={"id": Tenant.create(tenant.site).hub()}, body=_BODY)


def _by_planner(tenant: Tenant) -> Sent:
    hub = tenant.hub()
    return Sent(ids={"id": hub}, body=_BODY, by=tenant.user(Role.PLANNER, [hub]))


def _without_token(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.hub()}, body=_BODY, by=tenant.with_token("none"))


def _unseen(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.hub()}, by=tenant.user(Role.FIELD, [tenant.hub()]))


def _with_taken_name(tenant: Tenant) -> Sent:
    tenant.hub("North")
    return _sent(tenant)


def _with_record(tenant: Tenant) -> Sent:
    hub = tenant.hub("South")
    tenant.add(tenant.data_type(), hub, [{"dataId": "1"}])
    return Sent(ids={"id": hub})


def _with_two_records(tenant: Tenant) -> Sent:
    sent = _with_record(tenant)
    tenant.add(tenant.data_type(), sent.ids["id"], [{"dataId": "1"}])
    return sent


def _changed(**changes: object) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        return Sent(ids={"id": tenant.hub("South")}, body={**_BODY, **changes})

    return send


def _without(name: str) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        body = {key: value for key, value in _BODY.items() if key != name}
        return Sent(ids={"id": tenant.hub("South")}, body=body)

    return send


def _asking(**query: object) -> Callable[[Tenant], Sent]:
    def send(tenant: Tenant) -> Sent:
        tenant.hub("South")
        return Sent(query=query)

    return send


def _of_twenty_one(tenant: Tenant) -> Sent:
    for number in range(20, -1, -1):
        tenant.hub(f"{number:02}")
    return Sent()


def _is_north(hub: Mapping[str, object]) -> bool:
    return (
        hub.keys() == _HUB
        and {
            **_BODY,
            "lat": -6.19,
            "countryCode": "IDN",
            "deleteAccess": True,
        }.items()
        <= hub.items()
        and all(_TIME.fullmatch(str(hub[name])) for name in ("createdTime", "updatedTime"))
    )


def _bad(method: str, path: str, case: str, fault: str, send: Callable[[Tenant], Sent]) -> Case:
    return refused(method, path, case, (400, f"{_BAD_REQUEST} {fault}"), send)


_SUCCESSES = [
    Case(
        method="GET",
        path="/hubs",
        case="a plain list, without a message",
        status=200,
        keys=keys("data status"),
        send=_asking(),
        holds=lambda body: (
            body["status"] is True
            and [hub["name"] for hub in body["data"]] == ["South"]
            and body["data"][0].keys() == _HUB
        ),
    ),
    Case(
        method="GET",
        path="/hubs",
        case="none",
        status=200,
        keys=keys("data status"),
        holds=lambda body: body == {"data": [], "status": True},
    ),
    Case(
        method="GET",
        path="/hubs",
        case="chosen keys",
        status=200,
        keys=keys("data status"),
        send=_asking(fields=" name, lat,,"),
        holds=lambda body: (
            list(body["data"][0]) == ["_id", "name", "lat"] and body["data"][0]["lat"] == -6.0
        ),
    ),
    Case(
        method="GET",
        path="/hubs",
        case="every parameter",
        status=200,
        keys=keys("data status"),
        send=_asking(
            page=1,
            limit=1_000,
            name="South",
            q="sOUt",
            sortBy="updatedTime",
            sortOrder="desc",
            byUser="False",
        ),
        holds=lambda body: [hub["name"] for hub in body["data"]] == ["South"],
    ),
    Case(
        method="GET",
        path="/hubs",
        case="those that the user is assigned to",
        status=200,
        keys=keys("data status"),
        send=_asking(byUser="1"),
        holds=lambda body: [hub["name"] for hub in body["data"]] == ["South"],
    ),
    Case(
        method="GET",
        path="/hubs",
        case="twenty, by name",
        status=200,
        keys=keys("data status"),
        send=_of_twenty_one,
        holds=lambda body: [hub["name"] for hub in body["data"]] == [f"{n:02}" for n in range(20)],
    ),
    Case(
        method="GET",
        path="/hub/{id}",
        case="without a message",
        status=200,
        keys=keys("data status"),
        send=_sent,
        holds=lambda body: (
            body["status"] is True
            and body["data"].keys() == _HUB
            and (body["data"]["lat"], body["data"]["lng"]) == (-6.0, 106.8)
            and body["data"]["country"] is None
        ),
    ),
    Case(
        method="POST",
        path="/hub",
        case="created, without a message",
        status=200,
        keys=keys("status data"),
        send=lambda _: Sent(body=_BODY),
        holds=lambda body: body["status"] is True and _is_north(body["data"]),
    ),
    Case(
        method="POST",
        path="/hub",
        case="whether it may be deleted is not the client's to say",
        status=200,
        keys=keys("status data"),
        send=lambda _: Sent(body={**_BODY, "deleteAccess": False}),
        holds=lambda body: _is_north(body["data"]),
    ),
    Case(
        method="PUT",
        path="/hub/{id}",
        case="the hub as it is now",
        status=200,
        keys=keys("status property message"),
        message="Success",
        send=_sent,
        holds=lambda body: body["status"] is True and _is_north(body["property"]),
    ),
    Case(
        method="DELETE",
        path="/hub/{id}",
        case="the status alone",
        status=200,
        keys=keys("status"),
        send=_sent,
        holds=lambda body: body == {"status": True},
    ),
]
_UNAUTHORIZED = [
    refused(method, path, "without a token", (401, "Unauthorized"), _without_token)
    for method, path in (
        ("GET", "/hubs"),
        ("GET", "/hub/{id}"),
        ("POST", "/hub"),
        ("PUT", "/hub/{id}"),
        ("DELETE", "/hub/{id}"),
    )
]
_NOT_ALLOWED = [
    refused(method, path, "without permission", (403, _FORBIDDEN), _by_planner)
    for method, path in (("POST", "/hub"), ("PUT", "/hub/{id}"), ("DELETE", "/hub/{id}"))
]
_NOT_FOUND = [
    refused(method, "/hub/{id}", case, (404, message), send)
    for method, message in (
        ("GET", "Data not found"),
        ("PUT", "Data not found"),
        ("DELETE", "data not found"),
    )
    for case, send in (
        ("unknown", _to_unknown),
        ("no id", _to_malformed),
        ("another organization's", _to_strangers),
    )
]
_BAD_QUERIES = [
    _bad("GET", "/hubs", case, fault, _asking(**{case: value}))
    for case, value, fault in (
        ("limit", 0, "The limit parameter must be at least 1."),
        ("limit", 1_001, "The limit parameter must be at most 1000."),
        ("page", 0, "The page parameter must be at least 1."),
        ("sortOrder", "up", "The sortOrder parameter must be 'asc' or 'desc'."),
        (
            "sortBy",
            "country",
            f"The sortBy parameter must be {_SORT_KEYS}.",
        ),
        ("byUser", "maybe", "The byUser parameter must be true or false."),
        ("fields", "name,size,x", "The fields parameter names what is no field: size, x."),
        ("q", "x" * 256, "The q parameter must have at most 255 characters."),
    )
]
_BAD_BODIES = [
    _bad(method, path, case, fault, send)
    for method, path in (("POST", "/hub"), ("PUT", "/hub/{id}"))
    for case, send, fault in (
        *(
            (f"without {name}", _without(name), f"The {name} field is required.")
            for name in ("name", "address", "lat", "lng")
        ),
        ("an empty name", _changed(name=""), "The name field must not be empty."),
        ("a name that is no text", _changed(name=1), "The name field must be text."),
        ("too far north", _changed(lat=90.1), "The lat field must be at most 90.0."),
        ("too far west", _changed(lng="-180.1"), "The lng field must be at least -180.0."),
        ("a truth for a number", _changed(lat=True), "The lat field must be a number."),
        ("a number that is none", _changed(lng="NaN"), "The lng field must be a number."),
        ("no country", _changed(country="Indonesia"), "The country field must be a JSON object."),
        (
            "a large country",
            _changed(country={"name": "x" * 10_000}),
            "The country field must have at most 10000 bytes.",
        ),
    )
]

HUBS = [
    *_SUCCESSES,
    *_UNAUTHORIZED,
    *_NOT_ALLOWED,
    *_NOT_FOUND,
    *_BAD_QUERIES,
    *_BAD_BODIES,
    refused("GET", "/hub/{id}", "not seen", (404, "Data not found"), _unseen),
    *(
        refused(method, path, "a taken name", (409, "There is a hub North already."), send)
        for method, path, send in (
            ("POST", "/hub", _with_taken_name),
            ("PUT", "/hub/{id}", _with_taken_name),
        )
    ),
    refused(
        "DELETE",
        "/hub/{id}",
        "with a record",
        (409, "The hub South still has 1 record."),
        _with_record,
    ),
    refused(
        "DELETE",
        "/hub/{id}",
        "with records",
        (409, "The hub South still has 2 records."),
        _with_two_records,
    ),
]
