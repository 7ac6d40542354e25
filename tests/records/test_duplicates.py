"""One key, one record: within a request, against the store, and from several clients at once."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from tests.factories import Tenant
from tests.records.bulks import ADDED, TAKEN, bulk, outcomes
from transload.db.tables import records
from transload.records.store import Selection, count


def counts(tenant: Tenant, data_type_id: str | None, *hub_ids: str) -> tuple[int, int]:
    """Give the count that the writers keep, and that of the rows themselves."""
    selection = Selection(
        organization_id=tenant.organization_id,
        data_type_id=data_type_id,
        hub_ids=frozenset(hub_ids) if hub_ids else None,
    )
    rows = select(func.count()).where(records.c.organization_id == tenant.organization_id)
    if data_type_id is not None:
        rows = rows.where(records.c.data_type_id == data_type_id)
    if hub_ids:
        rows = rows.where(records.c.hub_id.in_(hub_ids))
    with tenant.site.service.accounts.database.read() as connection:
        return count(connection, selection), connection.execute(rows).scalar_one()


def test_of_equal_keys_in_one_request_the_first_is_taken(tenant: Tenant) -> None:
    place = {"dataTypeId": tenant.data_type(), "hubId": tenant.hub(), "dataId": "1"}
    other = {**place, "dataId": "0"}
    answer = bulk(tenant, {**place, "name": "first"}, other, {**place, "name": "second"})
    assert outcomes(answer) == [ADDED, ADDED, TAKEN]
    [first, _, second] = [item["_id"] for item in answer.json()["data"]]
    assert tenant.get(f"/data/{first}").json()["data"]["name"] == "first"
    assert second is None


def test_of_equal_keys_far_apart_the_first_is_taken_or_the_last_wins(tenant: Tenant) -> None:
    """They are written in transactions of their own."""
    kind, hub = tenant.data_type(), tenant.hub()
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": str(n), "price": n} for n in range(1_100)]
    again = {"dataTypeId": kind, "hubId": hub, "dataId": "0", "price": 7}
    added = bulk(tenant, *items, again).json()
    assert (added["success"], added["failed"]) == (1_100, 1)
    assert added["data"][-1]["message"] == "The dataId 0 is taken already."
    put = tenant.post("/data/bulk/upsert", {"data": [*items, again]}).json()
    assert (put["success"], put["data"][-1]["event"]) == (1_101, "update")
    [first] = tenant.get("/data", dataId="0", dataTypeId=kind).json()["data"]["data"]
    assert (first["_id"], first["price"]) == (added["data"][0]["_id"], 7)


def test_a_key_that_the_store_has_is_taken_and_its_record_unchanged(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    [record_id] = tenant.add(kind, hub, [{"dataId": "1", "name": "old"}])
    place = {"dataTypeId": kind, "hubId": hub}
    new = {**place, "dataId": "1", "name": "new"}
    assert outcomes(bulk(tenant, new, {**place, "dataId": "2"})) == [TAKEN, ADDED]
    assert tenant.get(f"/data/{record_id}").json()["data"]["name"] == "old"


def test_keys_differ_by_case_blanks_and_leading_zeros(tenant: Tenant) -> None:
    """P23."""
    keys = ["a", "A", " a", "a ", "01", "1", "é", "e\u0301"]
    assert (
        len(set(tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": k} for k in keys]))) == 8
    )


def test_a_key_is_unique_in_its_hub(tenant: Tenant) -> None:
    kind, one, other = tenant.data_type(), tenant.hub(), tenant.hub()
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": "1"} for hub in (one, other, one)]
    assert outcomes(bulk(tenant, *items)) == [ADDED, ADDED, TAKEN]


def test_a_key_of_a_common_type_is_unique_in_the_organization(tenant: Tenant) -> None:
    kind = tenant.data_type(common=True)
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": "1"} for hub in (tenant.hub(), None)]
    assert outcomes(bulk(tenant, *items)) == [ADDED, TAKEN]
    assert outcomes(bulk(tenant, {**items[0], "hubId": tenant.hub()})) == [TAKEN]
    stranger = Tenant.create(tenant.site)
    theirs = {"dataTypeId": stranger.data_type(common=True), "dataId": "1"}
    assert outcomes(bulk(stranger, theirs)) == [ADDED]


def test_a_key_is_unique_in_its_type(tenant: Tenant) -> None:
    hub, kinds = tenant.hub(), (tenant.data_type(), tenant.data_type())
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": "1"} for kind in kinds]
    assert outcomes(bulk(tenant, *items)) == [ADDED, ADDED]


def test_counts_follow_what_went_in_and_nothing_else(tenant: Tenant) -> None:
    """P19: the total that is reported is the number of records that there are."""
    shops, common = tenant.data_type(), tenant.data_type(common=True)
    one, other = tenant.hub(), tenant.hub()
    tenant.add(shops, one, [{"dataId": "1"}, {"dataId": "2"}])
    bulk(
        tenant,
        {"dataTypeId": shops, "hubId": one, "dataId": "1"},
        {"dataTypeId": shops, "hubId": one, "dataId": "3"},
        {"dataTypeId": shops, "hubId": one, "dataId": "3"},
        {"dataTypeId": shops, "hubId": other, "dataId": "1"},
        {"dataTypeId": common, "hubId": other, "dataId": "1"},
        {"dataTypeId": common, "dataId": "2"},
        {"dataTypeId": common, "dataId": "3", "price": "x"},
        None,
    )
    assert counts(tenant, None) == (6, 6)
    assert counts(tenant, shops) == (4, 4)
    assert counts(tenant, shops, one) == (3, 3)
    assert counts(tenant, None, other) == (2, 2)
    assert counts(tenant, common) == (2, 2)
    assert counts(tenant, common, "") == (1, 1)


def test_clients_that_add_the_same_keys_at_once_add_each_once(tenant: Tenant) -> None:
    """P17, P19: in whatever order they send them, none fails and no record is lost or doubled."""
    hubs, kinds = [tenant.hub(), tenant.hub()], [tenant.data_type(), tenant.data_type()]
    items = [
        {"dataTypeId": kind, "hubId": hub, "dataId": f"{number}"}
        for kind in kinds
        for hub in hubs
        for number in range(500)
    ]

    def send(sent: list[dict[str, str]]) -> int:
        answer = bulk(tenant, *sent)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["success"])

    with ThreadPoolExecutor(4) as clients:
        added = sum(clients.map(send, [items, items[::-1]] * 4))

    assert added == len(items)
    assert counts(tenant, None) == (len(items), len(items))
    assert counts(tenant, kinds[0], hubs[0]) == (500, 500)


def test_clients_that_add_other_keys_at_once_lose_none(tenant: Tenant) -> None:
    """P19."""
    kind, hub = tenant.data_type(), tenant.hub()

    def send(client: int) -> list[str]:
        return tenant.add(kind, hub, [{"dataId": f"{client}-{number}"} for number in range(200)])

    with ThreadPoolExecutor(4) as clients:
        ids = [record_id for found in clients.map(send, range(8)) for record_id in found]

    assert len(set(ids)) == 1_600
    assert counts(tenant, kind, hub) == (1_600, 1_600)
