"""GET /data as a client sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from tests.factories import Site, Tenant
from transload.accounts.model import Role

HOSTILE = [
    "'",
    '"',
    "a'b",
    "name; DROP TABLE records",
    "$.name",
    "document",
    "*",
    "a.b.c",
    "id",
    "%",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shops:
    """Records of two types in two hubs and in none, and their ids in the order of creation."""

    tenant: Tenant
    hubs: Sequence[str]
    kinds: Sequence[str]
    ids: Sequence[str]


@pytest.fixture(scope="module")
def shops(site: Site) -> Shops:
    tenant = Tenant.create(site)
    hubs = [tenant.hub(), tenant.hub()]
    kinds = [tenant.data_type(name="Shops"), tenant.data_type(name="Common", common=True)]
    ids: list[str] = []
    for number in range(6):
        rows = [
            {"dataId": f"{number}-{n}", "name": f"{9 - n}", "price": n * 10 + number}
            for n in range(4)
        ]
        kind = kinds[number % 2]
        hub = None if number == 5 else hubs[number // 2 % 2]
        ids += tenant.add(kind, hub, rows)
    return Shops(tenant=tenant, hubs=hubs, kinds=kinds, ids=ids)


def page(tenant: Tenant, **query: object) -> dict[str, Any]:
    answer = tenant.get("/data", **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def ids_of(tenant: Tenant, **query: object) -> list[str]:
    return [record["_id"] for record in page(tenant, **query)["data"]]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 5, 7, 24, 1_000])
def test_pages_hold_every_record_once_in_order(shops: Shops, order: str, limit: int) -> None:
    """P25, from either end."""
    expected = list(shops.ids) if order == "asc" else list(shops.ids)[::-1]
    found: list[str] = []
    for number in range(1, -(-24 // limit) + 1):
        got = page(shops.tenant, page=number, limit=limit, sortOrder=order)
        assert (got["total"], got["per_page"], got["current_page"]) == (24, limit, number)
        found += [record["_id"] for record in got["data"]]
    assert found == expected
    assert ids_of(shops.tenant, page=30, limit=limit, sortOrder=order) == []


def test_newest_come_first_twenty_a_page(shops: Shops) -> None:
    assert ids_of(shops.tenant) == list(shops.ids)[::-1][:20]


def test_filters_choose_and_their_total_is_exact(shops: Shops) -> None:
    """P19."""
    ids, (one, other), (kind, common) = list(shops.ids), shops.hubs, shops.kinds
    for query, expected in (
        ({"dataTypeId": kind}, ids[0:4] + ids[8:12] + ids[16:20]),
        ({"dataTypeName": "Common"}, ids[4:8] + ids[12:16] + ids[20:24]),
        ({"hubId": one}, ids[0:8] + ids[16:20]),
        ({"hubId": other, "dataTypeId": common}, ids[12:16]),
        ({"dataId": "0-1, 1-0,nobody's"}, [ids[1], ids[4]]),
        ({"dataId": "0-1,5-0", "dataTypeId": common}, [ids[20]]),
        ({"dataId": "0-1,2-0", "hubId": other}, [ids[8]]),
        ({"updatedTime": "2001-01-01T00:00:00+07:00"}, ids),
        ({"updatedTime": "2999-01-01 00:00:00"}, []),
    ):
        got = page(shops.tenant, sortOrder="asc", limit=100, **query)
        assert [record["_id"] for record in got["data"]] == expected, query
        assert got["total"] == len(expected), query
        assert ids_of(shops.tenant, page=2, limit=2, sortOrder="asc", **query) == expected[2:4]


def test_a_change_moves_updated_time_and_not_the_place(tenant: Tenant) -> None:
    first, second = tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}, {"dataId": "2"}])
    tenant.site.clock.stop()
    tenant.site.clock.move(timedelta(days=30))
    later = tenant.site.clock.now().strftime("%Y-%m-%d %H:%M:%S")
    changed = tenant.request("PATCH", f"/data/{first}", json={"name": "x"}).json()["data"]
    assert changed["updatedTime"] == later
    assert changed["createdTime"] < later
    assert ids_of(tenant, updatedTime=later) == [first]
    assert ids_of(tenant) == [second, first]


def test_sorting_by_a_field_is_by_its_type(shops: Shops) -> None:
    prices = [record["price"] for record in page(shops.tenant, sortBy="price", limit=100)["data"]]
    assert prices == sorted(prices, reverse=True)
    names = page(shops.tenant, sortBy="name", sortOrder="asc", page=2, limit=10)["data"]
    assert [record["name"] for record in names] == ["7"] * 2 + ["8"] * 6 + ["9"] * 2


def test_fields_choose_the_keys(shops: Shops) -> None:
    [record] = page(shops.tenant, fields="price,hubId, data_type ,_id", limit=1)["data"]
    assert list(record) == ["price", "hubId", "data_type", "_id"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_checked_and_never_reach_the_database(shops: Shops, name: str) -> None:
    """P15, P20."""
    for parameter in ("sortBy", "fields"):
        answer = shops.tenant.get("/data", **{parameter: name})
        assert answer.status_code == 400
        assert answer.json()["message"].endswith(
            f"The {parameter} parameter names what is no field: {name}."
        )
    answer = shops.tenant.get("/data", dataTypeName=name)
    assert answer.json()["message"] == "The selected dataTypeName is invalid."
    assert ids_of(shops.tenant, dataId=name) == []


def test_anothers_hub_and_type_are_as_good_as_unknown(shops: Shops) -> None:
    """P7."""
    stranger = Tenant.create(shops.tenant.site)
    for name, theirs in (("hubId", shops.hubs[0]), ("dataTypeId", shops.kinds[0])):
        answers = [stranger.get("/data", **{name: one}) for one in (theirs, "f" * 24)]
        assert answers[0].status_code == 400
        assert answers[0].content == answers[1].content
    assert page(stranger)["total"] == 0


def test_a_user_lists_their_hubs_and_what_is_in_none(shops: Shops) -> None:
    """P10."""
    ids, (one, other) = list(shops.ids), shops.hubs
    user = shops.tenant.user(Role.FIELD, [one])
    seen = ids[0:8] + ids[16:24]
    assert ids_of(user, sortOrder="asc", limit=100) == seen
    assert ids_of(user, sortOrder="asc", limit=5, page=2) == seen[5:10]
    assert ids_of(user, sortOrder="desc", limit=5, page=3) == seen[::-1][10:15]
    assert page(user)["total"] == len(seen)
    assert ids_of(user, dataId="2-0,5-0") == [ids[20]]
    assert user.get("/data", hubId=other).status_code == 403


def by_cursor(tenant: Tenant, order: str, limit: int) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while ids := ids_of(tenant, lazyLoad=1, limit=limit, sortOrder=order, **cursor):
        found += ids
        cursor = {"cursor": ids[-1]}
    return found


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_cursor_walks_from_page_to_page(shops: Shops, order: str) -> None:
    expected = list(shops.ids) if order == "asc" else list(shops.ids)[::-1]
    assert by_cursor(shops.tenant, order, 5) == expected
    seen = shops.tenant.user(Role.FIELD, [shops.hubs[0]])
    assert len(by_cursor(seen, order, 5)) == 16
    following = page(shops.tenant, lazyLoad=1, limit=5, sortOrder=order)["next_page_url"]
    assert f"cursor={expected[4]}" in following
    assert page(shops.tenant, lazyLoad=1, limit=100)["next_page_url"] is None


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "f" * 24, "sortBy": "name"}])
def test_a_bad_cursor_is_refused(shops: Shops, query: dict[str, str]) -> None:
    answer = shops.tenant.get("/data", lazyLoad="true", **query)
    assert answer.status_code == 400
    assert "cursor" in answer.json()["message"]


def test_pages_neither_double_nor_drop_while_others_write(tenant: Tenant) -> None:
    """P25: by number in ascending order, by cursor in both, with a writer beside the reader."""
    kind, hub = tenant.data_type(), tenant.hub()
    before = tenant.add(kind, hub, [{"dataId": f"old {n}"} for n in range(300)])
    done, added = Event(), list[str]()

    def write(client: int) -> None:
        number = 0
        while not done.is_set():
            added.extend(
                tenant.add(kind, hub, [{"dataId": f"{client}.{number}.{n}"} for n in (1, 2)])
            )
            number += 1

    writers = [Thread(target=write, args=(client,)) for client in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        numbered: list[str] = []
        for number in range(1, 1_000):
            ids = ids_of(tenant, page=number, limit=37, sortOrder="asc")
            numbered += ids
            if len(ids) < 37:
                break
        down = by_cursor(tenant, "desc", 37)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    up = by_cursor(tenant, "asc", 37)

    assert up == sorted({*before, *added})
    assert numbered == up[: len(numbered)]
    assert down == up[: len(down)][::-1]
    assert set(before) <= set(down)
