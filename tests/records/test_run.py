"""Many records at once: written over, written in part, deleted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.factories import Tenant
from tests.records.test_duplicates import counts
from transload.accounts.model import Role

CREATED = (True, "Data has been created successfully.", "create")
UPDATED = (True, "Data has been updated successfully.", "update")
HUB_CHANGED = (False, "The hubId of a record cannot be changed.", None)


def send(tenant: Tenant, method: str, path: str, *items: object) -> list[dict[str, Any]]:
    answer = tenant.request(method, path, json={"data": items})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    assert answer.json()["success"] == sum(item["status"] for item in found)
    assert answer.json()["failed"] == len(items) - answer.json()["success"]
    return found


def upsert(tenant: Tenant, *items: object) -> list[tuple[bool, str, str | None]]:
    found = send(tenant, "POST", "/data/bulk/upsert", *items)
    return [(item["status"], item["message"], item.get("event")) for item in found]


def patch(tenant: Tenant, *items: object) -> list[str]:
    return [item["message"] for item in send(tenant, "PATCH", "/datas/bulk", *items)]


def read(tenant: Tenant, record_id: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.get(f"/data/{record_id}").json()["data"]
    return found


def test_new_keys_are_created_and_old_ones_written_whole(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    [old] = tenant.add(kind, hub, [{"dataId": "1", "name": "old", "price": 1}])
    place = {"dataTypeId": kind, "hubId": hub}
    admin = tenant.user(Role.ADMIN)
    outcomes = upsert(
        admin, {**place, "dataId": "2"}, {**place, "dataId": "1", "name": "new"}, {**place}, None
    )
    assert outcomes == [
        CREATED,
        UPDATED,
        (False, "dataId is required.", None),
        (False, "The record must be a JSON object.", None),
    ]
    record = read(tenant, old)
    assert (record["name"], record["price"]) == ("new", None)
    assert (record["createdBy"], record["updatedBy"]) == (tenant.email, admin.email)
    assert counts(tenant, kind, hub) == (2, 2)


def test_a_key_that_stands_twice_is_created_then_updated_and_the_last_wins(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    place = {"dataTypeId": kind, "hubId": hub, "dataId": "1"}
    found = send(
        tenant,
        "POST",
        "/data/bulk/upsert",
        {**place, "name": "a"},
        {**place, "name": "b"},
        {**place, "name": "c", "price": "x"},
    )
    assert [item.get("event") for item in found] == ["create", "update", None]
    assert found[0]["_id"] == found[1]["_id"]
    assert read(tenant, found[0]["_id"])["name"] == "b"
    assert counts(tenant, kind, hub) == (1, 1)
    assert upsert(tenant, place, place) == [UPDATED, UPDATED]


def test_a_record_of_a_common_type_stays_in_its_hub(tenant: Tenant) -> None:
    kind, one, other = tenant.data_type(common=True), tenant.hub(), tenant.hub()
    item = {"dataTypeId": kind, "dataId": "1"}
    assert upsert(tenant, {**item, "hubId": one}, {**item, "hubId": other}, item) == [
        CREATED,
        HUB_CHANGED,
        UPDATED,
    ]
    assert upsert(tenant, {**item, "hubId": other}) == [HUB_CHANGED]
    assert counts(tenant, kind, one) == (1, 1)


def test_a_key_in_a_hub_that_is_not_seen_is_taken(tenant: Tenant) -> None:
    """P10."""
    kind, seen, unseen = tenant.data_type(common=True), tenant.hub(), tenant.hub()
    [record_id] = tenant.add(kind, unseen, [{"dataId": "1", "name": "old"}])
    planner = tenant.user(Role.PLANNER, [seen])
    item = {"dataTypeId": kind, "dataId": "1", "name": "new"}
    taken = (False, "The dataId 1 is taken already.", None)
    assert upsert(planner, item, {**item, "hubId": seen}) == [taken, taken]
    assert patch(planner, item) == ["Data not found"]
    assert read(tenant, record_id)["name"] == "old"


def test_a_patch_writes_what_it_names_on_what_the_one_before_left(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    [record_id] = tenant.add(kind, hub, [{"dataId": "1", "name": "a", "price": 1}])
    item = {"dataTypeId": kind, "hubId": hub, "dataId": "1"}
    messages = patch(
        tenant,
        {**item, "name": "b"},
        {**item, "tags": ["x"]},
        {**item, "price": "x"},
        {**item, "dataId": "2"},
        {**item, "hubId": None},
        {**item, "dataTypeId": "f" * 24},
        {**item, "dataId": "\0"},
    )
    assert messages == [
        "Success.",
        "Success.",
        "price must be a number, with a point and without separators.",
        "Data not found",
        "The hubId field is required.",
        "The selected dataTypeId is invalid.",
        "dataId is required.",
    ]
    record = read(tenant, record_id)
    assert (record["name"], record["price"], record["tags"]) == ("b", 1, ["x"])


def test_records_are_deleted_once_and_counted_out(tenant: Tenant) -> None:
    """P19."""
    kind, hub = tenant.data_type(), tenant.hub()
    first, second, third = tenant.add(kind, hub, [{"dataId": str(n)} for n in range(3)])
    stranger = Tenant.create(tenant.site)
    theirs = stranger.add(stranger.data_type(), stranger.hub(), [{"dataId": "1"}])[0]
    found = send(
        tenant, "DELETE", "/datas/bulk", first, {"_id": second}, first, theirs, "x", None, {"id": 1}
    )
    assert [item["status"] for item in found] == [True, True, *[False] * 5]
    assert tenant.get("/data").json()["data"]["total"] == 1
    assert counts(tenant, kind, hub) == (1, 1)
    assert stranger.get(f"/data/{theirs}").status_code == 200
    assert read(tenant, third)["dataId"] == "2"


@pytest.mark.parametrize("order", [1, -1])
def test_clients_that_upsert_the_same_keys_at_once_make_each_once(
    tenant: Tenant, order: int
) -> None:
    """P19: whatever the order in which they come, none fails and none waits for ever."""
    kind, hub = tenant.data_type(), tenant.hub()
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": str(n)} for n in range(500)]

    def one(turn: int) -> int:
        sent = items[:: order if turn % 2 else 1]
        return sum(outcome == CREATED for outcome in upsert(tenant, *sent))

    with ThreadPoolExecutor(4) as clients:
        assert sum(clients.map(one, range(8))) == 500
    assert counts(tenant, kind, hub) == (500, 500)


def test_two_thousand_records_go_in_at_once(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": str(n), "price": n} for n in range(2_000)]
    assert upsert(tenant, *items) == [CREATED] * 2_000
    assert upsert(tenant, *items) == [UPDATED] * 2_000
    assert patch(tenant, *items) == ["Success."] * 2_000
    ids = [
        record["_id"]
        for page in (1, 2)
        for record in tenant.get("/data", limit=1_000, page=page).json()["data"]["data"]
    ]
    assert all(item["status"] for item in send(tenant, "DELETE", "/datas/bulk", *ids))
    assert counts(tenant, kind, hub) == (0, 0)
