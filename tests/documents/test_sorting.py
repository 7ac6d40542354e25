"""The order of a long read, on both stores, against Python's own sorting."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update

from tests.factories import Site, Tenant
from tests.records.reads import database_of, ids_of, order_by, selected
from transload.accounts.model import Role
from transload.db.tables import records

FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "type": "string", "primaryKey": True},
    {"id": "text", "type": "string"},
    {"id": "number", "type": "number"},
    {"id": "boolean", "type": "boolean"},
    {"id": "date", "type": "date"},
    {"id": "dateTime", "type": "dateTime"},
    {"id": "time", "type": "time"},
    {"id": "phone", "type": "phone"},
    {"id": "a.b", "type": "string"},
    {"id": "1", "type": "number"},
    {"id": "1st", "type": "string"},
    {"id": "a-b", "type": "string"},
]
TEXTS = (
    "",
    " ",
    "10",
    "9",
    "Z",
    "a",
    "a ",
    "ab",
    "é",
    "e\u0301",
    "\x01",
    "\ue000",
    "😀",
    "市",
    "~",
)
NUMBERS = (0, -1, 9, 10, 100, 2**53, -(2**53), 0.1, -0.1, 1e300, -1e300, 5e-324, 9.5)
TIMES = ("0001-01-01 00:00:00", "2025-01-31 12:00:00", "2025-01-31 12:00:00.007")
POOLS: Mapping[str, Sequence[object]] = {
    "text": TEXTS,
    "number": NUMBERS,
    "boolean": (True, False),
    "date": ("0001-01-01", "2024-02-29", "2025-01-31", "9999-12-31"),
    "dateTime": TIMES,
    "time": ("00:00:00", "08:30:00", "23:59:59"),
    "phone": ("+62812", "0812", "812"),
    "a.b": TEXTS,
    "1": NUMBERS,
    "1st": TEXTS,
    "a-b": TEXTS,
}
SYSTEM = ["dataId", "dataTypeId", "hubId", "organizationId", "createdBy", "updatedBy"]
TIMES_OF_SYSTEM = ["createdTime", "updatedTime", "_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Records with few distinct values, so that ties and gaps are many."""

    tenant: Tenant
    rows: list[dict[str, Any]]

    def sorted_by(self, name: str, *, is_descending: bool) -> list[str]:
        present = [(row[name], row["_id"]) for row in self.rows if row[name] is not None]
        missing = [row["_id"] for row in self.rows if row[name] is None]
        present.sort(reverse=is_descending)
        missing.sort(reverse=is_descending)
        return [record_id for _, record_id in present] + missing


@pytest.fixture(scope="module")
def stored(site: Site) -> Stored:
    tenant = Tenant.create(site)
    users = [tenant, tenant.user(Role.ADMIN), tenant.user(Role.ADMIN)]
    kinds = [tenant.data_type(FIELDS, common=True), tenant.data_type(FIELDS, common=True)]
    hubs = [None, tenant.hub(), tenant.hub()]
    chance = random.Random(1)  # noqa: S311 - samples, not secrets
    rows = []
    for number in range(40):
        kind, hub, user = chance.choice(kinds), chance.choice(hubs), chance.choice(users)
        sent = [
            {"dataId": f"{chance.choice('aBé😀')}{number}.{n}", **_values(chance)}
            for n in range(10)
        ]
        ids = user.add(kind, hub, sent)
        system = {
            "dataTypeId": kind,
            "hubId": hub,
            "organizationId": tenant.organization_id,
            "createdBy": user.email,
            "updatedBy": user.email,
            "updatedTime": f"2025-01-{chance.randrange(1, 29):02d} 00:00:00",
        }
        own = records.c.organization_id == tenant.organization_id
        with database_of(tenant).write() as writer:
            touched = update(records).where(own, records.c.id.in_(ids))
            writer.execute(touched.values(updated_time=system["updatedTime"]))
        rows += [
            {"_id": one, "createdTime": one, **system, **values}
            for one, values in zip(ids, sent, strict=True)
        ]
    return Stored(tenant=tenant, rows=rows)


def _values(chance: random.Random) -> dict[str, object]:
    return {
        name: None if chance.random() < 0.2 else chance.choice(pool) for name, pool in POOLS.items()
    }


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("name", [*SYSTEM, *TIMES_OF_SYSTEM, *POOLS])
def test_records_sort_by_value_then_id_and_those_without_come_last(
    stored: Stored, name: str, *, is_descending: bool
) -> None:
    """P25: numbers as numbers, text by code point, and one order only, whichever page is asked."""
    order = order_by(name, is_number=name in {"number", "1"}, is_descending=is_descending)
    expected = stored.sorted_by(name, is_descending=is_descending)
    assert ids_of(stored.tenant, selected(stored.tenant), order) == expected
    pages = [
        ids_of(stored.tenant, selected(stored.tenant), order, offset=offset, limit=150)
        for offset in (0, 150, 300)
    ]
    assert [one for page in pages for one in page] == expected


def test_text_sorts_by_code_point_and_not_by_utf_16(tenant: Tenant) -> None:
    texts = ["", "\x01", "1", "Z", "a", "é", "\ue000", "\uffff", "😀"]
    rows = [{"dataId": str(n), "name": text} for n, text in enumerate(texts)]
    ids = tenant.add(tenant.data_type(), tenant.hub(), rows)
    assert ids_of(tenant, selected(tenant), order_by("name")) == ids
    assert ids_of(tenant, selected(tenant), order_by("name", is_descending=True)) == ids[::-1]


def test_a_name_that_no_record_has_leaves_the_order_of_creation(tenant: Tenant) -> None:
    ids = tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "2"}, {"dataId": "1"}])
    assert ids_of(tenant, selected(tenant), order_by("unknown")) == ids
