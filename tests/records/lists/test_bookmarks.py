"""Pages far from both ends of many records."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.factories import FIELDS, Tenant
from transload.records.lists.bookmarks import STEP

_PAGE = 700


@pytest.fixture
def many(tenant: Tenant) -> Mapping[str, Any]:
    """Records of one type in two hubs, so many that places lie beyond the third bookmark."""
    kind, hubs = tenant.data_type(FIELDS[:2]), [tenant.hub(), tenant.hub()]
    ids: list[str] = []
    owner: dict[str, str] = {}
    for start in range(0, 5 * STEP, 2_000):
        hub = hubs[start // 2_000 % 4 == 0]
        added = tenant.add(kind, hub, ({"dataId": str(n)} for n in range(start, start + 2_000)))
        ids += added
        owner.update(dict.fromkeys(added, hub))
    return {"kind": kind, "hub": hubs[0], "ids": ids, "owner": owner}


def pages(tenant: Tenant, expected: int, *, last_first: bool = False, **query: object) -> list[str]:
    """Give the ids of all pages, which are asked for one after the other."""
    numbers = range(1, -(-expected // _PAGE) + 1)
    found: dict[int, list[str]] = {}
    for page in reversed(numbers) if last_first else numbers:
        body = tenant.get("/data", fields="_id", limit=_PAGE, page=page, **query).json()
        assert body["data"]["total"] == expected
        found[page] = [record["_id"] for record in body["data"]["data"]]
    return [one for page in numbers for one in found[page]]


def test_every_page_holds_what_stands_at_its_place(tenant: Tenant, many: Mapping[str, Any]) -> None:
    """P25."""
    ids, kind = many["ids"], many["kind"]
    assert pages(tenant, len(ids), dataTypeId=kind, sortOrder="asc") == ids
    assert pages(tenant, len(ids), dataTypeId=kind) == ids[::-1]
    assert pages(tenant, len(ids), sortOrder="asc") == ids
    own = [one for one in ids if many["owner"][one] == many["hub"]]
    assert len(own) > 2 * STEP
    assert pages(tenant, len(own), hubId=many["hub"], sortOrder="asc") == own
    assert pages(tenant, len(own), hubId=many["hub"], dataTypeId=kind) == own[::-1]

    # What is removed moves all that stands behind it, what is added nothing.
    gone = {*ids[:3], ids[STEP]}
    body = {"data": [{"_id": one} for one in gone]}
    assert tenant.request("DELETE", "/datas/bulk", json=body).json()["success"] == len(gone)
    added = tenant.add(kind, many["hub"], [{"dataId": "new"}])
    left = [one for one in ids if one not in gone] + added
    assert pages(tenant, len(left), last_first=True, dataTypeId=kind, sortOrder="asc") == left
    assert pages(tenant, len(left)) == left[::-1]
