"""The columns of a file and the values in them."""

import json
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from tests.exports.outlets import add_outlets, objects, rows, values
from tests.factories import FIELDS, Tenant

KEY = FIELDS[0]
RECORD: dict[str, Any] = {
    "dataId": "007",
    "name": "=1+1",
    "address": "+6281234567890",
    "price": -0.1,
    "active": False,
    "opened": "2025-01-31",
    "visited": "2025-01-31 10:20:30.007",
    "tags": ["a", "12345678901234567890", 1, True],
}
TITLES = ["Code", "Name", "Address", "Price", "Active", "Opened", "Visited", "Tags"]


def test_the_visible_fields_of_the_type_are_the_columns_in_its_order(tenant: Tenant) -> None:
    fields = [
        {"id": "last", "title": "Last", "type": "string"},
        KEY,
        {"id": "hidden", "title": "Hidden", "type": "string", "visible": False},
        {"id": "first", "title": "First", "type": "number"},
    ]
    kind = tenant.data_type(fields)
    tenant.add(kind, tenant.hub(), [{"dataId": "1", "hidden": "x", "first": 1}])
    assert rows(tenant, dataTypeId=kind) == [["Last", "Code", "First"], ["", "1", 1.0]]
    [found] = objects(tenant, dataTypeId=kind)
    assert list(found.items()) == [("last", None), ("dataId", "1"), ("first", 1)]
    assert objects(tenant, dataTypeId=kind, fields="hidden") == [{"hidden": "x"}]


def test_a_type_without_a_visible_field_gives_its_key(tenant: Tenant) -> None:
    kind = tenant.data_type([{**KEY, "visible": False}])
    tenant.add(kind, tenant.hub(), [{"dataId": "1"}])
    assert objects(tenant, dataTypeId=kind) == [{"dataId": "1"}]


def test_columns_are_those_asked_for_in_the_order_asked_for(tenant: Tenant) -> None:
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [RECORD])
    query = {"dataTypeId": kind, "fields": "price, dataId,,name,price,"}
    assert rows(tenant, **query) == [["Price", "Code", "Name"], [-0.1, "007", "=1+1"]]
    [found] = objects(tenant, **query)
    assert list(found.items()) == [("price", -0.1), ("dataId", "007"), ("name", "=1+1")]


def test_every_name_of_the_system_can_be_a_column(tenant: Tenant) -> None:
    kind, hub = tenant.data_type(common=True), tenant.hub()
    [first] = tenant.add(kind, hub, [{"dataId": "1"}])
    [second] = tenant.add(kind, None, [{"dataId": "2"}])
    names = "updatedBy,createdTime,_id,dataTypeId,hubId,organizationId,createdBy,updatedTime,dataId"
    [one, two] = objects(tenant, fields=names, sortOrder="asc")
    created = str(one["createdTime"])
    assert list(one.items()) == [
        ("updatedBy", tenant.email),
        ("createdTime", created),
        ("_id", first),
        ("dataTypeId", kind),
        ("hubId", hub),
        ("organizationId", tenant.organization_id),
        ("createdBy", tenant.email),
        ("updatedTime", created),
        ("dataId", "1"),
    ]
    assert (two["_id"], two["hubId"]) == (second, None)
    age = datetime.now(UTC) - datetime.fromisoformat(f"{created}Z")
    assert abs(age.total_seconds()) < 60
    sheet = rows(tenant, fields=names, sortOrder="asc")
    assert sheet[0] == [*names.split(",")[:-1], "Code"]
    assert sheet[1][1] == datetime.fromisoformat(created)
    assert [sheet[2][2], sheet[2][4]] == [second, ""]


def test_cells_hold_what_is_stored(tenant: Tenant) -> None:
    """P1, P23."""
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [RECORD])
    [titles, cells] = rows(tenant, dataTypeId=kind)
    assert titles == TITLES
    assert [type(cell) for cell in cells] == [str, str, str, float, bool, date, datetime, str]
    assert cells[:-1] == [
        "007",
        "=1+1",
        "+6281234567890",
        -0.1,
        False,
        date(2025, 1, 31),
        datetime(2025, 1, 31, 10, 20, 30, 7_000),  # noqa: DTZ001 - a cell has no zone
    ]
    assert json.loads(str(cells[-1])) == RECORD["tags"]


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "+6281234567890",
        "12345678901234567890",
        "=1+1",
        "@SUM(1)",
        "-1",
        "\t=1",
        "1e5",
        "2025-01-31",
        "TRUE",
        " blanks ",
        "two\nlines",
        "市場 🏪 é e\u0301",
        "_x0041_",
        "<b>&amp;\"'",
        "\x01\x1f",
        "x" * 32_767,
    ],
)
def test_text_comes_back_exactly_and_is_never_a_formula(tenant: Tenant, text: str) -> None:
    """P1, P23."""
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [{"dataId": text[:255], "name": text}])
    query = {"dataTypeId": kind, "fields": "dataId,name"}
    assert rows(tenant, **query)[1:] == [[text[:255], text]]
    assert objects(tenant, **query) == [{"dataId": text[:255], "name": text}]


def test_values_keep_their_types_in_json(tenant: Tenant) -> None:
    """P23."""
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [RECORD])
    [found] = objects(tenant, dataTypeId=kind)
    assert list(found.items()) == list(RECORD.items())
    assert type(found["active"]) is bool


def test_missing_values_are_null_in_json_and_empty_in_a_sheet(tenant: Tenant) -> None:
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), [{"dataId": "1"}])
    [found] = objects(tenant, dataTypeId=kind)
    assert found == {**dict.fromkeys(RECORD), "dataId": "1"}
    assert rows(tenant, dataTypeId=kind)[1:] == [["1", *[""] * 7]]


def test_titles_that_clash_give_way_to_ids(tenant: Tenant) -> None:
    fields = [
        KEY,
        {"id": "a", "title": "Name", "type": "string"},
        {"id": "b", "title": "Name", "type": "string"},
        {"id": "c", "title": "", "type": "string"},
        {"id": "blank", "title": " \t", "type": "string"},
    ]
    assert rows(tenant, dataTypeId=tenant.data_type(fields)) == [["Code", "a", "b", "c", "blank"]]


def test_records_of_all_types_have_the_columns_of_all_types(tenant: Tenant) -> None:
    hub = tenant.hub()
    shop = tenant.data_type([KEY, {"id": "name", "title": "Shop", "type": "string"}])
    truck = tenant.data_type(
        [
            {"id": "plate", "title": "Plate", "type": "string"},
            {"id": "dataId", "title": "Number", "type": "string"},
            {"id": "secret", "type": "string", "visible": False},
            {"id": "name", "title": "Truck", "type": "string"},
        ]
    )
    [first] = tenant.add(shop, hub, [{"dataId": "1", "name": "One"}])
    [second] = tenant.add(truck, hub, [{"dataId": "1", "plate": "B 1", "secret": "x"}])
    common = {"hubId": hub, "dataId": "1"}
    found = objects(tenant, sortOrder="asc")
    assert found == [
        {"_id": first, "dataTypeId": shop, **common, "name": "One", "plate": None},
        {"_id": second, "dataTypeId": truck, **common, "name": None, "plate": "B 1"},
    ]
    assert list(found[0]) == ["_id", "dataTypeId", "hubId", "dataId", "name", "plate"]
    assert rows(tenant, sortOrder="asc") == [
        ["_id", "dataTypeId", "hubId", "Code", "Shop", "Plate"],
        [first, shop, hub, "1", "One", ""],
        [second, truck, hub, "1", "", "B 1"],
    ]
    assert values(objects(tenant, fields="secret", sortOrder="asc"), "secret") == [None, "x"]


def test_a_field_that_types_disagree_about_is_text_in_a_sheet_and_typed_in_json(
    tenant: Tenant,
) -> None:
    hub = tenant.hub()
    items = ["a\\b", 1e300]
    for kind, value in (("number", 1.5), ("boolean", True), ("string", "[x"), ("list", items)):
        data_type = tenant.data_type([KEY, {"id": "value", "type": kind}])
        tenant.add(data_type, hub, [{"dataId": "1", "value": value}])
    query = {"fields": "value", "sortOrder": "asc"}
    assert values(objects(tenant, **query), "value") == [1.5, True, "[x", items]
    spelled = orjson.dumps(items).decode()
    assert [row[0] for row in rows(tenant, **query)] == ["value", "1.5", "true", "[x", spelled]


def test_ids_that_look_like_paths_or_patterns_are_names(tenant: Tenant) -> None:
    """P15."""
    names = ["a.b", "1", "0.5", "a", "A", "_", "a-b", "name"]
    kind = tenant.data_type([KEY, *({"id": name, "type": "string"} for name in names)])
    tenant.add(kind, tenant.hub(), [{"dataId": "1", **{name: f"<{name}>" for name in names}}])
    for wanted in (names, names[::-1]):
        [found] = objects(tenant, dataTypeId=kind, fields=",".join(wanted))
        assert list(found.items()) == [(name, f"<{name}>") for name in wanted]
        query = {"dataTypeId": kind, "sortBy": wanted[0], "fields": ",".join(wanted)}
        assert rows(tenant, **query)[1:] == [[f"<{name}>" for name in wanted]]


def test_every_field_of_a_wide_type_can_be_asked_for_in_any_order(tenant: Tenant) -> None:
    names = [f"field{number}" for number in range(999)]
    kind = tenant.data_type([KEY, *({"id": name, "type": "string"} for name in names)])
    tenant.add(kind, tenant.hub(), [{"dataId": "1", **{name: name for name in names}}])
    wanted = names[::-1]
    body = {"download": "json", "dataTypeId": kind, "fields": wanted, "background": True}
    started = tenant.post("/data/export", body)
    assert started.status_code == 200, started.text
    entry = tenant.finished(started.json()["data"]["exportId"])
    assert (entry["status"], entry["errorMessage"]) == ("Done", None)
    [found] = json.loads(tenant.site.http.get(entry["fileUrl"]).content)
    assert list(found.items()) == [(name, name) for name in wanted]
    assert objects(tenant, sortOrder="asc")[0]["field998"] == "field998"


def test_what_a_sheet_cannot_hold_is_said_in_the_log(tenant: Tenant) -> None:
    """P23."""
    kind = tenant.data_type()
    early = {"dataId": "1", "opened": "1899-12-31", "visited": "1000-01-01 00:00:00"}
    long = {"dataId": "2", "name": "x" * 32_768, "price": 10**15}
    tenant.add(kind, tenant.hub(), [early, long])
    body = tenant.export(download="xlsx", dataTypeId=kind).json()
    assert tenant.log_entry(body["data"]["exportId"])["notes"] == [
        "Cells cut to the 32,767 characters of an xlsx cell: 1.",
        "Dates too early for the format, written as text: 2.",
        "Numbers of more than 15 digits written as text: 1.",
    ]
    body = tenant.export(download="json", dataTypeId=kind).json()
    assert tenant.log_entry(body["data"]["exportId"])["notes"] == []


def test_a_hub_and_a_type_narrow_the_records(tenant: Tenant) -> None:
    kind, _ = add_outlets(tenant, 2)
    hub, other = tenant.hub(), tenant.data_type()
    tenant.add(kind, hub, [{"dataId": "kind there"}])
    tenant.add(other, hub, [{"dataId": "other there"}])
    for query, wanted in (
        ({"hubId": hub}, ["kind there", "other there"]),
        ({"dataTypeId": kind}, ["001", "002", "kind there"]),
        ({"dataTypeId": kind, "hubId": hub}, ["kind there"]),
        ({"dataTypeId": other}, ["other there"]),
        ({"hubId": tenant.hub()}, []),
    ):
        assert values(objects(tenant, sortOrder="asc", **query), "dataId") == wanted


def test_more_columns_than_a_sheet_has_are_refused(tenant: Tenant) -> None:
    """P4: of every format, for thousands of fields make statements that take minutes."""
    for number in range(17):
        names = [f"f{number}_{n}" for n in range(999)]
        tenant.data_type([FIELDS[0], *({"id": name, "type": "string"} for name in names)])
    for download in ("xlsx", "json", "csv", "ndjson", "parquet", "ods"):
        answer = tenant.export(download=download)
        assert answer.status_code == 400
        assert answer.json()["message"] == (
            "Bad request - invalid parameters provided. A file has at most 16384 columns;"
            " name those that you want with fields."
        )
        assert tenant.export(download=download, fields="f0_0,f16_998").status_code == 200
