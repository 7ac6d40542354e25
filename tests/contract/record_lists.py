"""Lists of records: every parameter, alone and with others."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Sent, keys
from tests.factories import Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_UNKNOWN = "f" * 24
_NO_ID = "must be an id of 24 hexadecimal digits."

Ids = Mapping[str, str]


def _arranged(tenant: Tenant) -> Ids:
    """Add A and B of one type in two hubs, C of a common one in none; give what leads to them."""
    one, other = tenant.hub(), tenant.hub()
    kind, common = tenant.data_type(name="Outlets"), tenant.data_type(name="Common", common=True)
    tenant.add(kind, one, [{"dataId": "A", "price": 10}])
    tenant.add(kind, other, [{"dataId": "B", "price": 9}])
    tenant.add(common, None, [{"dataId": "C"}])
    return {"one": one, "other": other, "kind": kind, "common": common}


def _asking(query: Callable[[Ids], Mapping[str, object]]) -> Callable[[Tenant], Sent]:
    return lambda tenant: Sent(query=query(_arranged(tenant)))


def _listed(case: str, names: str, query: Callable[[Ids], Mapping[str, object]]) -> Case:
    """Give the case of a query that finds these records, in this order."""

    def holds(body: Mapping[str, Any]) -> bool:
        page = body["data"]
        found = [record["dataId"] for record in page["data"]]
        return (found, page["total"]) == (names.split(), len(names.split()))

    return Case(
        method="GET",
        path="/data",
        case=case,
        status=200,
        keys=keys("status message data"),
        message="Success",
        send=_asking(query),
        holds=holds,
    )


def _since(time: str) -> Callable[[Ids], Mapping[str, object]]:
    return lambda _: {"updatedTime": time}


def _bad(name: str, value: object, fault: str) -> Case:
    return Case(
        method="GET",
        path="/data",
        case=f"{name} {value}",
        status=400,
        keys=keys("status message"),
        message=f"{_BAD_REQUEST} The {name} parameter {fault}",
        send=lambda _: Sent(query={name: value}),
    )


def _by_user_of_one_hub(tenant: Tenant) -> Sent:
    ids = _arranged(tenant)
    return Sent(by=tenant.user(Role.FIELD, [ids["one"]]), query={"hubId": ids["other"]})


def _limited(tenant: Tenant) -> Sent:
    tenant.add(tenant.data_type(limited=True), tenant.hub(), [{"dataId": "L"}])
    return Sent(query={"limitUser": "0"})


RECORD_LISTS = [
    _listed("the newest first", "C B A", lambda _: {}),
    _listed("the oldest first", "A B C", lambda _: {"sortOrder": "asc"}),
    _listed("of a hub", "B", lambda ids: {"hubId": ids["other"]}),
    _listed("of a type", "B A", lambda ids: {"dataTypeId": ids["kind"]}),
    _listed("of a type by its name", "C", lambda _: {"dataTypeName": "Common"}),
    _listed("with one of the dataIds", "C A", lambda _: {"dataId": " A,, C ,X"}),
    _listed(
        "by a field, missing values last",
        "B A C",
        lambda _: {"sortBy": "price", "sortOrder": "asc"},
    ),
    _listed("by a field, falling", "A B C", lambda _: {"sortBy": "price"}),
    _listed(
        "by a key that every record has", "A B C", lambda _: {"sortBy": "_id", "sortOrder": "asc"}
    ),
    _listed("of types that are limited to none", "C B A", lambda _: {"limitUser": "TRUE"}),
    *(
        _listed(f"changed since {time}", names, _since(time))
        for time, names in (
            ("2001-01-31 10:20:30", "C B A"),
            ("2001-01-31T10:20:30", "C B A"),
            ("2001-01-31T10:20:30.125Z", "C B A"),
            ("2001-01-31 10:20:30+07:00", "C B A"),
            ("2999-01-31T10:20:30.5-0330", ""),
        )
    ),
    Case(
        method="GET",
        path="/data",
        case="all of limited types by an admin",
        status=200,
        keys=keys("status message data"),
        message="Success",
        send=_limited,
        holds=lambda body: [one["dataId"] for one in body["data"]["data"]] == ["L"],
    ),
    Case(
        method="GET",
        path="/data",
        case="of a hub that the user does not see",
        status=403,
        keys=keys("status message"),
        message="You do not have permission to perform this action",
        send=_by_user_of_one_hub,
    ),
    _bad("page", 0, "must be at least 1."),
    _bad("page", "x", "must be a whole number."),
    _bad("limit", 0, "must be at least 1."),
    _bad("limit", "1e2", "must be a whole number."),
    _bad("sortOrder", "up", "must be 'asc' or 'desc'."),
    _bad("limitUser", "maybe", "must be true or false."),
    _bad("hubId", "x", _NO_ID),
    _bad("dataTypeId", _UNKNOWN.upper(), _NO_ID),
]
