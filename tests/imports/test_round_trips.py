"""What is exported comes in again and changes nothing; real files come in and out as they were."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.factories import FIELDS, Tenant
from tests.formats.workbooks import read_by_calamine
from tests.imports.drafting import Draft
from tests.imports.sending import imported, stored

_KEY: dict[str, object] = {"id": "dataId", "title": "Code", "type": "string"}
_TYPES: dict[str, tuple[list[dict[str, object]], list[dict[str, object]]]] = {
    "every kind of field": (
        [
            *(dict(one) for one in FIELDS),
            {"id": "note", "title": "Note", "type": "text"},
            {"id": "at", "title": "At", "type": "time"},
            {"id": "place", "title": "Place", "type": "coordinate"},
            {"id": "phone", "title": "Phone", "type": "phone"},
            {"id": "kind", "title": "Kind", "optionData": ["A", "007", "true"], "type": "option"},
            {"id": "moment", "title": "Moment", "type": "string", "format": "date-time"},
            {"id": "fee", "title": "Fee", "type": "money", "format": "IDR"},
        ],
        [
            {
                "dataId": "=007",
                "name": '  "quoted", \n line',
                "address": "'=1+1",
                "price": -1234567.25,
                "active": False,
                "opened": "1899-12-31",
                "visited": "2024-02-29 00:00:00",
                "tags": ["a", 1, True, 2.5],
                "note": "長い\tテキスト \u200f😀",
                "at": "23:59:59",
                "place": "-6.17,106.8",
                "phone": "+628110001",
                "kind": "007",
                "moment": "2024-01-01 10:20:30",
                "fee": "-12500.05",
            },
            {
                "dataId": "20123456789012345678",
                "price": 1e-7,
                "kind": "true",
                "fee": "123456789012345678.99",
            },
            {"dataId": "1e5", "name": "NULL", "address": "+62", "opened": "9999-12-31", "fee": "7"},
            {"dataId": "x", "price": 9544539952197160.0},
            {"dataId": "y", "price": -(2**53)},
        ],
    ),
    "titles that clash": (
        [
            {"id": "dataId", "title": "Name", "type": "string"},
            {"id": "a", "title": "Name", "type": "string"},
            {"id": "b", "title": "", "type": "number"},
            {"id": "c", "title": "Error", "type": "string"},
            {"id": "d", "title": "a", "type": "string"},
        ],
        [{"dataId": "1", "a": "x", "b": 1, "c": "none", "d": "y"}, {"dataId": "2"}],
    ),
    "defaults": (
        [
            _KEY,
            {"id": "a", "title": "A", "type": "string", "default": "x"},
            {"id": "b", "title": "B *", "type": "number", "default": 0, "required": True},
        ],
        [{"dataId": "1"}, {"dataId": "2", "a": "y", "b": 3}],
    ),
}
_LONG = 10_000
_FORMATS = ("csv", "xlsx", "json", "ndjson", "parquet", "ods")


@pytest.mark.parametrize("name", _TYPES)
def test_an_export_of_any_type_in_any_format_comes_in_and_changes_nothing(
    tenant: Tenant, name: str
) -> None:
    """P23."""
    fields, records = _TYPES[name]
    kind, hub = tenant.data_type(fields), tenant.hub()
    tenant.add(kind, hub, records)
    before = stored(tenant, kind)
    for download in _FORMATS:
        content = tenant.file_directly(download=download, dataTypeId=kind)
        sent = imported(tenant, content, f"x.{download}", dataTypeId=kind, hubId=hub)
        assert sent.counts() == (0, 0, len(records), 0), (download, sent.record)
    assert stored(tenant, kind) == before


def _rows_of_csv(content: bytes) -> list[list[Any]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def _rows_of_parquet(content: bytes) -> list[list[Any]]:
    frame = pl.read_parquet(BytesIO(content))
    return [frame.columns, *map(list, frame.iter_rows())]


_READERS: dict[str, Callable[[bytes], list[list[Any]]]] = {
    "csv": _rows_of_csv,
    "xlsx": lambda content: [list(row) for row in read_by_calamine(content)],
    "parquet": _rows_of_parquet,
}


@pytest.mark.parametrize(
    ("name", "lines", "repeated"),
    [("provinces", 34, 0), ("regencies", 514, 0), ("districts", 7_215, 0), ("villages", 80_534, 2)],
)
def test_the_places_of_a_country_come_in_and_out_as_they_were(
    tenant: Tenant, test_data: Path, name: str, lines: int, repeated: int
) -> None:
    """P19, P23, P33: a file of no type goes in; by csv, xlsx and parquet it comes out and in."""
    if lines > _LONG and tenant.site.service.settings.database_url:
        pytest.skip("the longest file goes through the embedded store alone")
    with (test_data / "indonesia" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    titles = ["dataId", "parent", "name"] if len(rows[0]) == 3 else ["dataId", "name"]
    text = StringIO(newline="")
    csv.writer(text).writerows([titles, *rows])
    draft = Draft.create(tenant, text.getvalue().encode(), f"{name}.csv")
    found = draft.data()
    key = {"keyColumn": 1} if repeated else {}
    fields = draft.data("PATCH", "", {"proposal": {"name": name, **key}})["proposal"]["fields"]
    assert {one["type"] for one in fields[1:]} <= {"string", "number", "option"}, found
    fields = [{**one, "type": "string", "optionData": []} for one in fields]
    draft.data("PATCH", "", {"proposal": {"fields": fields}})
    draft.checked()
    end = draft.committed()
    assert (end["created"], end["totalInvalid"]) == (lines - repeated, repeated)

    first = {row[0]: row for row in reversed(rows)}
    for download, read in _READERS.items():
        content = tenant.file_in_background(
            download=download, dataTypeId=end["dataTypeId"], sortOrder="asc"
        )
        _, *out = read(content)
        assert {row[0]: row for row in out} == first
        sent = imported(tenant, content, f"{name}.{download}", dataTypeId=end["dataTypeId"])
        assert sent.counts() == (0, 0, lines - repeated, 0), sent.record
