"""P19: the rows in a file, its total wherever one is told, and the records that there were."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count, islice, zip_longest

import httpx
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from sqlalchemy import event

from tests.exports.outlets import add_outlets
from tests.factories import Site, Tenant, fetch
from tests.formats.csv_files import read_by_python
from tests.formats.workbooks import read_by_calamine
from transload.documents.windows import MAX_ROWS

FIELDS = "_id,name"
READ = ("records.document", "document_positions.line")
WINDOWS = 2
MOST_CHANGES = 10
Row = tuple[object, ...]

READERS: Mapping[str, Callable[[bytes], list[Row]]] = {
    "xlsx": lambda content: [tuple(row) for row in read_by_calamine(content)[1:]],
    "csv": lambda content: [tuple(row) for row in read_by_python(content)[1:]],
    "json": lambda content: [tuple(one.values()) for one in json.loads(content)],
    "ndjson": lambda content: [tuple(json.loads(one).values()) for one in content.splitlines()],
    "parquet": lambda content: [
        tuple(row.values()) for row in pq.read_table(BytesIO(content)).to_pylist()
    ],
}
every_format = pytest.mark.parametrize("download", READERS)


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Records, more than one window takes, and what their writers have made of them."""

    tenant: Tenant
    data_type_id: str
    hub_id: str
    names: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def add(self, number: int) -> None:
        """Add records, whose names run with their creation."""
        names = [f"{next(self._numbers):06}" for _ in range(number)]
        records = [{"dataId": name, "name": name} for name in names]
        ids = self.tenant.add(self.data_type_id, self.hub_id, records)
        self.names.update(zip(ids, names, strict=True))

    def change(self) -> None:
        """Remove the first record and the last, rename those beside them, and add three."""
        first, second, *_, last_but_one, last = self.names
        body = {"data": [{"_id": first}, {"_id": last}]}
        removed = self.tenant.request("DELETE", "/datas/bulk", json=body)
        assert removed.json()["success"] == 2, removed.text
        del self.names[first], self.names[last]
        for one in (second, last_but_one):
            self.names[one] += "!"
            renamed = self.tenant.request("PATCH", f"/data/{one}", json={"name": self.names[one]})
            assert renamed.status_code == 200, renamed.text
        self.add(3)

    @contextmanager
    def changing(self) -> Iterator[Sequence[None]]:
        """Have writers at work whenever an export reads records; give their changes."""
        changes: list[None] = []
        is_changing = False

        def change(*args: object) -> None:
            nonlocal is_changing
            is_over = len(changes) == MOST_CHANGES  # an export that sees them all would never end
            is_reading = any(column in str(args[2]) for column in READ)
            if is_changing or is_over or not is_reading:
                return
            is_changing = True
            self.change()
            changes.append(None)
            is_changing = False

        reader = self.tenant.site.service.exports.database.reader
        event.listen(reader, "before_cursor_execute", change)
        try:
            yield changes
        finally:
            event.remove(reader, "before_cursor_execute", change)


@pytest.fixture(scope="module")
def crowd(site: Site) -> Crowd:
    tenant = Tenant.create(site)
    found = Crowd(tenant=tenant, data_type_id=tenant.data_type(), hub_id=tenant.hub())
    found.add((WINDOWS - 1) * MAX_ROWS + 2)
    return found


@every_format
@pytest.mark.parametrize("sort_by", ["createdTime", "name"])
def test_a_direct_export_has_the_rows_that_it_tells_though_others_write(
    crowd: Crowd, download: str, sort_by: str
) -> None:
    """P19, P25."""
    before: list[Row] = list(crowd.names.items())
    with crowd.changing() as changes:
        answer = asked(crowd, download, sort_by, limit=1_000_000).json()
    assert len(changes) >= WINDOWS
    assert differences(READERS[download](fetch(answer["data"]["link"])), before) == []
    data = answer["data"]
    assert answer["total_data_be"] == data["totalMatched"] == len(before)
    assert data["truncated"] is False
    assert answer["last_id"] == before[-1][0]
    assert totals(crowd.tenant, data["exportId"]) == (len(before), len(before), False)


@every_format
@pytest.mark.parametrize("sort_by", ["createdTime", "name"])
def test_a_background_export_has_the_rows_that_it_tells_though_others_write(
    crowd: Crowd, download: str, sort_by: str
) -> None:
    """P19, P25."""
    before: list[Row] = list(crowd.names.items())
    with crowd.changing() as changes:
        answer = asked(crowd, download, sort_by, background=True).json()
        entry = crowd.tenant.finished(answer["data"]["exportId"])
    assert len(changes) >= WINDOWS
    assert differences(READERS[download](fetch(entry["fileUrl"])), before) == []
    assert totals(crowd.tenant, answer["data"]["exportId"]) == (len(before), len(before), False)


def asked(crowd: Crowd, download: str, sort_by: str, **more: object) -> httpx.Response:
    query = {"sortBy": sort_by, "sortOrder": "asc", "fields": FIELDS, **more}
    answer = crowd.tenant.export(download=download, dataTypeId=crowd.data_type_id, **query)
    assert answer.status_code == 200, answer.text
    return answer


def differences(found: Sequence[Row], wanted: Sequence[Row]) -> list[object]:
    """Give the first rows that are not the same; pytest takes minutes to show all."""
    pairs = zip_longest(found, wanted)
    return list(islice((pair for pair in pairs if pair[0] != pair[1]), 3))


def totals(tenant: Tenant, export_id: str) -> tuple[object, object, object]:
    """Give what the log entry tells."""
    entry = tenant.get(f"/export/{export_id}").json()["data"]
    return entry["totalRecords"], entry["totalMatched"], entry["truncated"]


@every_format
def test_what_a_limit_leaves_out_is_said(tenant: Tenant, download: str) -> None:
    """P19: never silently cut."""
    kind, ids = add_outlets(tenant, 5)
    query = {"download": download, "dataTypeId": kind, "fields": "_id", "sortOrder": "asc"}
    for page, wanted, is_cut in ((1, ids[:2], True), (2, ids[2:4], True), (3, ids[4:], False)):
        answer = tenant.export(**query, limit=2, page=page).json()
        data = answer["data"]
        assert [row[0] for row in READERS[download](fetch(data["link"]))] == wanted
        told = (answer["total_data_be"], data["totalMatched"], data["truncated"])
        assert told == (len(wanted), 5, is_cut)
        assert totals(tenant, data["exportId"]) == told
