"""Long reads on both stores: which records, in which windows, of which moment."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import delete, update

from tests.factories import Site, Tenant
from tests.records.reads import (
    CREATED,
    database_of,
    ids_in,
    ids_of,
    order_by,
    selected,
    windows_of,
)
from transload.db.tables import records
from transload.documents.lines import Content
from transload.documents.order import Order
from transload.documents.sorting import MAX_CARRIED
from transload.documents.windows import MAX_BYTES, MAX_ROWS, last_id
from transload.records.source import source_of
from transload.records.store import count

BY_ID_DESCENDING = order_by("_id", is_descending=True)
BY_NAME = order_by("name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """More records than one window takes; their names run against their creation."""

    tenant: Tenant
    data_type_id: str
    ids: list[str]

    def in_order(self, order: Order) -> list[str]:
        return self.ids if order is CREATED else self.ids[::-1]


@pytest.fixture(
    params=[(CREATED, 0), (BY_ID_DESCENDING, 0), (BY_NAME, MAX_CARRIED), (BY_NAME, 0)],
    ids=["created", "descending", "sorted with lines", "sorted with addresses"],
)
def order(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order, materialised in each of the ways that there are."""
    found: Order
    found, carried = request.param
    monkeypatch.setattr("transload.documents.sorting.MAX_CARRIED", carried)
    return found


@pytest.fixture(scope="module")
def many(site: Site) -> Many:
    tenant = Tenant.create(site)
    kind, total = tenant.data_type(), MAX_ROWS + 501
    rows = ({"dataId": str(n), "name": f"{total - n:05d}"} for n in range(total))
    return Many(tenant=tenant, data_type_id=kind, ids=tenant.add(kind, tenant.hub(), rows))


def test_every_record_comes_once_in_windows_of_five_thousand(many: Many, order: Order) -> None:
    """P19, P22."""
    selection = selected(many.tenant, many.data_type_id)
    with windows_of(many.tenant, selection, order) as (connection, windows):
        found, rows = [], []
        for window in windows:
            ids = ids_in(window.lines.split(b"\n"))
            assert last_id(connection, source_of(selection), order, window) == ids[-1]
            found += ids
            rows.append((window.rows, len(ids)))
        assert count(connection, selection) == len(found)
    assert rows == [(MAX_ROWS, MAX_ROWS), (501, 501)]
    assert found == many.in_order(order)


@pytest.mark.parametrize(
    ("offset", "limit"),
    [
        (0, 1),
        (0, 30),
        (1, 1),
        (4_999, 2),
        (0, MAX_ROWS),
        (1, MAX_ROWS),
        (MAX_ROWS, MAX_ROWS),
        (5_500, 30),
        (5_501, 30),
        (1_000_000, 30),
    ],
)
def test_a_slice_is_that_part_of_the_order(
    many: Many, order: Order, offset: int, limit: int
) -> None:
    """P25: pages neither double nor drop a record."""
    found = ids_of(
        many.tenant, selected(many.tenant, many.data_type_id), order, offset=offset, limit=limit
    )
    assert found == many.in_order(order)[offset : offset + limit]


def test_a_window_that_is_left_unread_spoils_no_later_read(many: Many) -> None:
    selection = selected(many.tenant, many.data_type_id)
    for _ in range(3):
        with windows_of(many.tenant, selection, BY_NAME) as (_connection, windows):
            assert next(windows).rows == MAX_ROWS
    assert ids_of(many.tenant, selection, BY_NAME, limit=2) == [many.ids[-1], many.ids[-2]]


def test_large_records_come_in_windows_of_sixteen_mebibytes(tenant: Tenant, order: Order) -> None:
    """P22: what is held at once is bounded by size, not only by the number of records."""
    kind, hub = tenant.data_type(), tenant.hub()
    large = "x" * ((1 << 20) - 1_000)
    ids = tenant.add(
        kind, hub, [{"dataId": f"{n:02d}", "name": f"{n:02d}{large}"} for n in range(20)]
    )
    content = Content(names=["_id", "name"], is_exact=True)
    with windows_of(tenant, selected(tenant, kind), order, content=content) as (_, windows):
        found, sizes = [], []
        for window in windows:
            found += ids_in(window.lines.split(b"\n"))
            sizes.append(len(window.lines))
    assert found == (ids[::-1] if order.is_descending else ids)
    assert max(sizes) <= MAX_BYTES
    assert len(sizes) < len(ids)


def test_filters_choose_by_type_and_hub_within_the_organization(
    tenant: Tenant, order: Order
) -> None:
    """P7, P10."""
    stranger = Tenant.create(tenant.site)
    stranger.add(stranger.data_type(), stranger.hub(), [{"dataId": "1"}])
    shops, common, empty = tenant.data_type(), tenant.data_type(common=True), tenant.data_type()
    one, other = tenant.hub(), tenant.hub()
    a, b = tenant.add(shops, one, [{"dataId": "1"}, {"dataId": "2"}])
    [c] = tenant.add(common, one, [{"dataId": "1"}])
    [d] = tenant.add(shops, other, [{"dataId": "1"}])
    [e] = tenant.add(common, None, [{"dataId": "2"}])

    def found(data_type_id: str | None, *hub_ids: str) -> list[str]:
        hubs = frozenset(hub_ids) if hub_ids else None
        ids = ids_of(tenant, selected(tenant, data_type_id, hubs), order)
        return ids if order.is_descending is False else ids[::-1]

    assert found(None) == [a, b, c, d, e]
    assert found(shops) == [a, b, d]
    assert found(shops, one) == [a, b]
    assert found(None, one) == [a, b, c]
    assert found(None, one, "") == [a, b, c, e]
    assert found(common, "") == [e]
    assert found(empty) == []
    assert ids_of(tenant, selected(tenant, hub_ids=frozenset()), order) == []


def test_no_address_is_taken_for_a_part_of_the_statement(tenant: Tenant, order: Order) -> None:
    kind, hub = tenant.data_type(limited=True), tenant.hub()
    mine = r"o'neil%_\{a}:b?\'--@example.org"
    theirs = mine.replace("_", "x").replace("%", "--")
    rows = [{"dataId": str(n), "limitUser": [one]} for n, one in enumerate([mine, theirs, mine])]
    ids = tenant.add(kind, hub, rows)
    selection = replace(selected(tenant, kind), limited_type_ids=frozenset({kind}), email=mine)
    assert sorted(ids_of(tenant, selection, order)) == [ids[0], ids[2]]


def test_what_others_write_meanwhile_changes_nothing(tenant: Tenant, order: Order) -> None:
    """P25, P19: the records and their count are of one moment."""
    kind, hub, total = tenant.data_type(), tenant.hub(), MAX_ROWS + 10
    rows = ({"dataId": str(n), "name": f"{n:05d}"} for n in range(total))
    ids = tenant.add(kind, hub, rows)
    selection = selected(tenant, kind)
    content = Content(names=["_id", "name"], is_exact=True)

    with windows_of(tenant, selection, order, content=content) as (connection, windows):
        lines = next(windows).lines.split(b"\n")
        tenant.add(kind, hub, [{"dataId": f"new {n}", "name": f"{n:05d}"} for n in range(10)])
        own = records.c.organization_id == tenant.organization_id
        with database_of(tenant).write() as writer:
            writer.execute(delete(records).where(own, records.c.id.in_([*ids[:5], *ids[-5:]])))
            changed = update(records).where(own, records.c.id.in_([*ids[5:8], *ids[-8:-5]]))
            writer.execute(changed.values(document='{"dataId":"1","name":"changed"}'))
        lines += [line for window in windows for line in window.lines.split(b"\n")]
        assert count(connection, selection) == total

    expected = [f'{{"_id":"{one}","name":"{n:05d}"}}'.encode() for n, one in enumerate(ids)]
    assert lines == (expected[::-1] if order.is_descending else expected)
    assert len(ids_of(tenant, selection, order)) == total
