"""Batches: what becomes of each item, in the caller's transaction."""

from collections.abc import Sequence

from tests.factories import FIELDS, Tenant
from tests.records.reads import actor_of, database_of
from tests.records.test_duplicates import counts
from tests.records.test_run import read, upsert
from transload.records.writes.bulk import Batch, Effect, ItemResult, check, prepare, write
from transload.records.writes.planning import Way


def batch_of(tenant: Tenant, way: Way, items: Sequence[object]) -> Batch:
    with database_of(tenant).read() as connection:
        piece = check(connection, actor_of(tenant), items, way)
        return prepare(connection, piece, skips_unchanged=True)


def written(tenant: Tenant, batch: Batch) -> list[ItemResult]:
    with database_of(tenant).write() as connection:
        return write(connection, batch, tenant.site.clock.now())


def test_results_are_told_before_and_after_the_caller_s_transaction(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    ids = tenant.add(kind, hub, [{"dataId": str(n), "price": n} for n in range(2)])
    place = {"dataTypeId": kind, "hubId": hub}
    items = [
        {**place, "dataId": "0", "price": 0},
        {**place, "dataId": "1", "name": "b"},
        {**place, "dataId": "2", "price": 2},
        {**place, "dataId": "3", "price": "x"},
    ]
    batch = batch_of(tenant, Way.MERGE, items)
    effects = [Effect.UNCHANGED, Effect.UPDATED, Effect.CREATED, Effect.REJECTED]
    assert [one.effect for one in batch.results] == effects
    assert counts(tenant, kind, hub) == (2, 2)
    unchanged, updated, created, rejected = written(tenant, batch)
    assert [one.effect for one in (unchanged, updated, created, rejected)] == effects
    assert [unchanged.record_id, updated.record_id] == ids
    assert [one.version for one in (unchanged, updated, created)] == [1, 2, 1]
    assert updated.before is not None
    assert (updated.before.values["name"], updated.before.values["price"]) == (None, 1)
    assert created.before is rejected.before is None
    assert rejected.rejected is not None
    assert "price" in rejected.rejected.reason
    assert read(tenant, str(created.record_id))["price"] == 2
    assert (read(tenant, ids[1])["name"], read(tenant, ids[1])["price"]) == ("b", 1)
    assert counts(tenant, kind, hub) == (3, 3)


def test_nothing_is_written_when_the_caller_rolls_back(tenant: Tenant) -> None:
    """P18."""
    kind, hub = tenant.data_type(), tenant.hub()
    batch = batch_of(tenant, Way.PUT, [{"dataTypeId": kind, "hubId": hub, "dataId": "1"}])
    with database_of(tenant).writer.connect() as connection, connection.begin() as transaction:
        write(connection, batch, tenant.site.clock.now())
        transaction.rollback()
    assert counts(tenant, kind, hub) == (0, 0)


def test_a_batch_is_worked_out_again_where_a_record_or_its_type_has_changed(tenant: Tenant) -> None:
    """P25."""
    kind, hub = tenant.data_type(), tenant.hub()
    [record_id] = tenant.add(kind, hub, [{"dataId": "1", "name": "a"}])
    place = {"dataTypeId": kind, "hubId": hub}
    items = [{**place, "dataId": "1", "price": 1}, {**place, "dataId": "2", "price": 2}]
    batch = batch_of(tenant, Way.MERGE, items)
    upsert(tenant, {**place, "dataId": "1", "name": "b"}, {**place, "dataId": "2", "name": "c"})
    results = written(tenant, batch)
    assert [one.effect for one in results] == [Effect.UPDATED] * 2
    assert [one.before and one.before.values["name"] for one in results] == ["b", "c"]
    assert (read(tenant, record_id)["name"], read(tenant, record_id)["price"]) == ("b", 1)

    batch = batch_of(tenant, Way.MERGE, [{**place, "dataId": "1", "price": 3}])
    fields = [one for one in FIELDS if one["id"] != "price"]
    assert tenant.request("PATCH", f"/data-type/{kind}", json={"fields": fields}).status_code == 200
    [result] = written(tenant, batch)
    assert (result.effect, result.ignored) == (Effect.UNCHANGED, ("price",))
