"""What is refused of a record, alone and among others."""

from collections.abc import Callable, Mapping

from tests.contract.cases import Case, Send, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_UNKNOWN = "f" * 24
_ONE = "/data/{id}"
_BY_NAME = "/data/type/{name}/{data_id}"
_BY_HUB = "/data/hub/{hub}/type/{name}/{data_id}"
_BULKS = (
    ("POST", "/data/bulk"),
    ("POST", "/data/bulk/upsert"),
    ("PATCH", "/datas/bulk"),
    ("DELETE", "/datas/bulk"),
)


def _there(tenant: Tenant) -> dict[str, str]:
    hub, kind = tenant.hub(), tenant.data_type(name="Outlets")
    [record_id] = tenant.add(kind, hub, [{"dataId": "A"}])
    return {"id": record_id, "hub": hub, "kind": kind, "name": "Outlets", "data_id": "A"}


def _at(**ids: str) -> Send:
    return lambda tenant: Sent(ids={**_there(tenant), **ids}, body={"dataId": "B"})


def _writing(value: str) -> Send:
    """Send a record with this JSON as the value of name, and of no other type than text."""

    def send(tenant: Tenant) -> Sent:
        ids = _there(tenant)
        place = f'"dataTypeId": "{ids["kind"]}", "hubId": "{ids["hub"]}", "dataId": "B"'
        return Sent(ids=ids, body=f"{{{place}, {value}}}")

    return send


def _sending(body: object) -> Send:
    return lambda _: Sent(body=body)


def _adding(**values: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        ids = _there(tenant)
        place = {"dataTypeId": ids["kind"], "hubId": ids["hub"], "dataId": "B"}
        return Sent(body={**place, **values})

    return send


def _by(role: Role) -> Callable[[Mapping[str, object]], Send]:
    def by(values: Mapping[str, object]) -> Send:
        def send(tenant: Tenant) -> Sent:
            ids = _there(tenant)
            body = {"dataTypeId": ids["kind"], "hubId": ids["hub"], **values}
            return Sent(ids=ids, body=body, by=tenant.user(role))

        return send

    return by


def _to_taken(tenant: Tenant) -> Sent:
    ids = _there(tenant)
    tenant.add(ids["kind"], ids["hub"], [{"dataId": "B"}])
    return Sent(ids=ids, body={"dataId": "B"})


def _items(tenant: Tenant) -> Sent:
    ids = _there(tenant)
    place = {"dataTypeId": ids["kind"], "hubId": ids["hub"], "dataId": "C"}
    return Sent(
        body={
            "data": [
                5,
                {**place, "dataTypeId": _UNKNOWN},
                {**place, "hubId": _UNKNOWN},
                {**place, "hubId": None},
                {**place, "dataId": None},
            ]
        }
    )


_FAULTY_ITEMS = [
    "The record must be a JSON object.",
    "The selected dataTypeId is invalid.",
    "The selected hubId is invalid.",
    "The hubId field is required.",
    "dataId is required.",
]
_VALUES = (
    ("U+0000", r'"name": "a\u0000"', "name must not hold U+0000 or a lone surrogate."),
    ("a lone surrogate", r'"name": "\ud800"', "name must not hold U+0000 or a lone surrogate."),
    ("a number that is not finite", '"price": 1e400', "price must be a finite number."),
    ("no number", '"price": NaN', "price must be a finite number."),
    (
        "an integer beyond 2^53",
        '"price": 9007199254740993',
        "price must be a number up to 2^53; keep longer ids as text.",
    ),
    (
        "a long document",
        f'"name": "{"x" * (1 << 20)}"',
        "The record is over 1 MiB.",
    ),
    (
        "several faults",
        '"active": "maybe", "opened": "2025-02-30", "visited": "now", "tags": {}',
        (
            "active must be true or false; opened must be a date of the calendar, YYYY-MM-DD;"
            " visited must be a time, YYYY-MM-DD HH:MM:SS with or without offset;"
            " tags must be a list."
        ),
    ),
)

RECORD_FAULTS = [
    *(
        unauthorized(method, path)
        for method, path in (
            ("GET", "/data"),
            ("POST", "/data"),
            *((method, _ONE) for method in ("GET", "PUT", "PATCH", "DELETE")),
            ("GET", _BY_NAME),
            *((method, _BY_HUB) for method in ("GET", "PUT", "DELETE")),
            *_BULKS,
        )
    ),
    *(
        refused(method, _ONE, case, (404, message), _at(id=unknown))
        for method, message in (
            *((method, "Data not found") for method in ("GET", "PUT", "PATCH")),
            ("DELETE", "data not found"),
        )
        for case, unknown in (("an unknown id", _UNKNOWN), ("a malformed id", "A"))
    ),
    *(
        refused(method, _BY_HUB, case, (404, message), _at(**ids))
        for method, message in (
            ("GET", "data not found"),
            ("PUT", "Data not found"),
            ("DELETE", "data not found"),
        )
        for case, ids in (
            ("an unknown hub", {"hub": _UNKNOWN}),
            ("a malformed hub", {"hub": "A"}),
            ("an unknown type", {"name": "Inlets"}),
        )
    ),
    refused("GET", _BY_NAME, "an unknown type", (404, "Data not found"), _at(name="Inlets")),
    *(
        refused(method, path, "without permission", (403, _FORBIDDEN), _by(Role.FIELD)({}))
        for method, path in (
            *((method, _ONE) for method in ("PUT", "PATCH", "DELETE")),
            *((method, _BY_HUB) for method in ("PUT", "DELETE")),
        )
    ),
    *(
        refused(
            method, path, "without permission", (403, _FORBIDDEN), _by(Role.FIELD)({"data": []})
        )
        for method, path in _BULKS
    ),
    refused(
        "POST",
        "/data",
        "into a hub that the user does not see",
        (403, _FORBIDDEN),
        _by(Role.PLANNER)({"dataId": "B"}),
    ),
    *(
        refused("POST", "/data", case, (400, message), _adding(**values))
        for case, values, message in (
            ("without a hub", {"hubId": None}, f"{_BAD_REQUEST} The hubId field is required."),
            ("into an unknown hub", {"hubId": _UNKNOWN}, "The selected hubId is invalid."),
            ("of an unknown type", {"dataTypeId": _UNKNOWN}, "The selected dataTypeId is invalid."),
            ("of no type", {"dataTypeId": None}, "The selected dataTypeId is invalid."),
            (
                "a long dataId",
                {"dataId": "x" * 256},
                f"{_BAD_REQUEST} dataId must be at most 255 characters.",
            ),
        )
    ),
    *(
        refused(method, path, case, (400, f"{_BAD_REQUEST} {fault}"), _writing(value))
        for method, path in (("POST", "/data"), ("PUT", _ONE), ("PATCH", _ONE), ("PUT", _BY_HUB))
        for case, value, fault in _VALUES
    ),
    *(
        refused(
            method,
            path,
            "a dataId that is taken",
            (409, "The dataId B is taken already."),
            _to_taken,
        )
        for method, path in (("PUT", _ONE), ("PATCH", _ONE), ("PUT", _BY_HUB))
    ),
    *(
        refused(
            method,
            path,
            case,
            (400, f"{_BAD_REQUEST} {fault}"),
            _sending(body),
        )
        for method, path in _BULKS
        for case, body, fault in (
            ("no list", {"data": "A"}, "The data field must be a list of records."),
            ("no data", {}, "The data field must be a list of records."),
            ("no object", [], "The request's body must be a JSON object."),
            ("no JSON", "{", "The request's body is not valid JSON."),
        )
    ),
    *(
        refused(
            method,
            path,
            "more than 2,000",
            (400, f"{_BAD_REQUEST} At most 2000 records are taken at once."),
            _sending({"data": [{}] * 2_001}),
        )
        for method, path in _BULKS[:3]
    ),
    *(
        Case(
            method=method,
            path=path,
            case="faulty items",
            status=status,
            keys=keys("success failed data"),
            send=_items,
            holds=lambda body: (
                body
                == {
                    "success": 0,
                    "failed": 5,
                    "data": [
                        {"status": False, "message": message, "_id": None}
                        for message in _FAULTY_ITEMS
                    ],
                }
            ),
        )
        for (method, path), status in zip(_BULKS, (201, 200, 200), strict=False)
    ),
]
