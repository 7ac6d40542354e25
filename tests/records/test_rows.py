"""Records of a page, which the database hands over as one text."""

from typing import Any

import pytest
from sqlalchemy import event

from tests.factories import Tenant
from transload.records.rows import MOST, sized

HOSTILE = [
    'a"b',
    "a\\b",
    "a\nb",
    "a\r\tb",
    "\x01\x1f\x7f\x85\u2028",
    "','",
    '"],["',
    "{}",
    "é😀",
    "'",
]


def page(tenant: Tenant, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.get("/data", **query).json()["data"]["data"]
    return found


def test_a_page_gives_each_record_as_it_is_read_alone(tenant: Tenant) -> None:
    """P23."""
    kind, hub = tenant.data_type(), tenant.hub()
    emails = ["o'neil+x@example.com", "two@example.com"]
    rows = [{"dataId": text, "name": text[::-1], "limitUser": emails} for text in HOSTILE]
    ids = tenant.add(kind, hub, rows)
    ids += tenant.add(tenant.data_type(name="Common", common=True), None, [{"dataId": "none"}])
    alone = [tenant.get(f"/data/{one}").json()["data"] for one in ids]
    assert [record["dataId"] for record in alone] == [*HOSTILE, "none"]
    assert alone[0]["limitUser"] == emails
    assert alone[-1]["hubId"] is None
    assert page(tenant, sortOrder="asc") == alone
    assert page(tenant) == alone[::-1]
    assert page(tenant, sortBy="_id", sortOrder="asc", dataId=HOSTILE[0]) == alone[:1]


def test_a_page_of_more_records_than_one_text_has(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    ids = tenant.add(kind, hub, [{"dataId": str(n)} for n in range(2 * MOST + 1)])
    for query in ({}, {"hubId": hub}, {"dataTypeId": kind}, {"sortBy": "updatedTime"}):
        for limit in (MOST, MOST + 1, 2 * MOST + 1):
            asked = {**query, "sortOrder": "asc", "limit": limit}
            assert [record["_id"] for record in page(tenant, **asked)] == ids[:limit]
            descending = {**query, "limit": limit}
            if "sortBy" not in query:
                assert [one["_id"] for one in page(tenant, **descending)] == ids[::-1][:limit]


def test_sqlite_finds_sizes_by_the_whole_key(tenant: Tenant) -> None:
    """By the organization alone, a sorted page would look at all of its records once more."""
    database = tenant.site.service.accounts.database
    if not database.is_sqlite:
        pytest.skip("PostgreSQL knows how many rows there are")
    sent: list[tuple[str, object]] = []

    def note(_one: object, _two: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    [first, second] = tenant.add(
        tenant.data_type(), tenant.hub(), [{"dataId": "1"}, {"dataId": "2"}]
    )
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", note)
        found = sized(connection, tenant.organization_id, [second, first])
        [(statement, values)] = sent
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        details = [row.detail for row in plan]
    assert [one for one, _ in found] == [second, first]
    assert any("(organization_id=? AND id=?)" in detail for detail in details), details
