"""80,534 villages of Indonesia, in by HTTP and out again, cell by cell."""

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories import Tenant, fetch
from tests.formats.workbooks import read_by_calamine

NAMES = [
    "dataId",
    "name",
    "districtId",
    "districtName",
    "regencyId",
    "regencyName",
    "provinceId",
    "provinceName",
]
FIELDS = [
    {"id": name, "title": f"The {name}", "type": "string", "primaryKey": name == "dataId"}
    for name in NAMES
]
LINES = 80_534
REPEATED = 2
BATCH = 2_000
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Villages:
    """The lines of the published file, joined with what each lies in."""

    rows: Sequence[Row]

    @property
    def unique(self) -> list[Row]:
        """The first line of each village."""
        return list({row[0]: row for row in reversed(self.rows)}.values())[::-1]


@pytest.fixture(scope="session")
def villages(test_data: Path) -> Villages:
    """Read the real data."""
    provinces = dict(table(test_data, "provinces"))
    regencies = {number: (above, name) for number, above, name in table(test_data, "regencies")}
    districts = {number: (above, name) for number, above, name in table(test_data, "districts")}
    rows = []
    for number, district, name in table(test_data, "villages"):
        regency, district_name = districts[district]
        province, regency_name = regencies[regency]
        rows.append(
            (
                number,
                name,
                district,
                district_name,
                regency,
                regency_name,
                province,
                provinces[province],
            )
        )
    return Villages(rows=rows)


def table(test_data: Path, name: str) -> list[list[str]]:
    with (test_data / "indonesia" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


# From SQLite they go out, and in again, in the tests of imports.
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_every_village_goes_in_and_comes_out_as_it_was(tenant: Tenant, villages: Villages) -> None:
    """P19, P22, P23, P28."""
    assert len(villages.rows) == LINES
    hub, kind = tenant.hub(), tenant.data_type(FIELDS, name="Villages")

    refused = add(tenant, kind, hub, villages.rows)

    wanted = villages.unique
    assert len(wanted) == LINES - REPEATED
    repeated = [row[0] for row in (Counter(villages.rows) - Counter(wanted)).elements()]
    assert refused == [f"The dataId {number} is taken already." for number in repeated]

    query = {"dataTypeId": kind, "sortOrder": "asc"}
    sheet = exported(tenant, "xlsx", len(wanted), query)
    assert read_by_calamine(sheet) == [
        [f"The {name}" for name in NAMES],
        *map(list, wanted),
    ]
    array = exported(tenant, "json", len(wanted), query)
    assert json.loads(array) == [dict(zip(NAMES, row, strict=True)) for row in wanted]


def add(tenant: Tenant, kind: str, hub: str, rows: Sequence[Row]) -> list[str]:
    """Add the rows in the largest batches that are taken; give what was said of those refused."""
    items = [
        {"dataTypeId": kind, "hubId": hub, **dict(zip(NAMES, row, strict=True))} for row in rows
    ]
    refused: list[str] = []
    added = 0
    for start in range(0, len(items), BATCH):
        answer = tenant.post("/data/bulk", {"data": items[start : start + BATCH]})
        assert answer.status_code == 201, answer.text
        body = answer.json()
        added += body["success"]
        refused += [item["message"] for item in body["data"] if not item["status"]]
    assert added == LINES - REPEATED
    return refused


def exported(tenant: Tenant, download: str, records: int, query: Mapping[str, object]) -> bytes:
    """Export directly and in the background; give the file, which is the same both times."""
    body = tenant.export(download=download, limit=1_000_000, **query).json()
    assert (body["total_data_be"], body["data"]["totalMatched"]) == (records, records)
    assert body["data"]["truncated"] is False
    direct = fetch(body["data"]["link"])
    started = tenant.export(download=download, background=True, **query).json()
    entry = tenant.finished(started["data"]["exportId"])
    assert (entry["status"], entry["totalRecords"]) == ("Done", records)
    assert (entry["totalMatched"], entry["truncated"]) == (records, False)
    assert entry["fileSize"] == len(direct)
    assert fetch(entry["fileUrl"]) == direct
    return direct
