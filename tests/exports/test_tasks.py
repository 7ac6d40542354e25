"""Exports of tasks: a sheet for bills and lists, JSON in parts, configs."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import httpx
import polars as pl
import pytest
import python_calamine

from tests.factories import FLOW, Tenant, fetch

GOODS = {
    "items": [
        {"name": "Rice", "unit_price": 12_000, "qty": 2},
        {"name": "=Oil", "unit_price": None, "qty": 1},
    ],
    "costs": [{"name": "Delivery", "amount": 5_000}, {"name": "Discount", "amount": 1_000}],
}
BOXES = [
    {
        "title": "A",
        "content": None,
        "data": {"x": [1, "é"]},
        "qty": 1,
        "unitPrice": None,
        "qtyProcessed": 0,
    },
    {
        "title": "B",
        "content": "b",
        "data": "5",
        "qty": 2,
        "unitPrice": 3.5,
        "qtyProcessed": 0,
    },
]
TASK = {
    "title": "T",
    "assignee": ["a@example.com"],
    "startTime": "2025-01-31 10:20:30",
    "label": {"any": [1]},
    "outlet": "00123",
    "amount": 1.5,
    "due": "2025-02-01",
    "state": ["good", "bad"],
    "goods": GOODS,
    "boxes": BOXES,
}


@pytest.fixture
def ids(tenant: Tenant) -> list[str]:
    tenant.flow(name="Delivery")
    return tenant.add_tasks("Delivery", tenant.hub(), [TASK, {"title": "Empty"}])


def export(tenant: Tenant, **body: object) -> httpx.Response:
    return tenant.post("/tasks/export", {"sortOrder": "asc", **body})


def file_of(tenant: Tenant, **body: object) -> bytes:
    answer = export(tenant, **body)
    assert answer.status_code == 200, answer.text
    return fetch(answer.json()["data"]["link"])


def sheets_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    found = {}
    for name in book.sheet_names:
        header, *rows = book.get_sheet_by_name(name).to_python()
        found[name] = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return found


def parts_of(content: bytes) -> list[list[dict[str, Any]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return [json.loads(archive.read(name)) for name in archive.namelist()]


def config(tenant: Tenant, fields: list[Mapping[str, object]], **more: object) -> str:
    flow_ids = [flow["_id"] for flow in tenant.get("/flows").json()["flows"]["data"]]
    body = {"name": "Saved", "collection": "task", "flowIds": flow_ids, "fields": fields, **more}
    answer = tenant.post("/export-config", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["_id"])


def field(name: str, title: str, **more: object) -> dict[str, object]:
    return {"id": name, "component": "x", "title": title, **more}


@pytest.mark.parametrize("download", ["xlsx", "ods"])
def test_bills_and_lists_are_sheets_of_their_own(
    tenant: Tenant, ids: list[str], download: str
) -> None:
    sheets = sheets_of(file_of(tenant, download=download))
    assert list(sheets) == ["Tasks", "Goods", "Boxes"]
    first, second = sheets["Tasks"]
    assert [row["ID"] for row in (first, second)] == ids
    assert {"Goods", "Boxes", "_id"}.isdisjoint(first)
    assert (first["Outlet"], first["Amount"], first["title"]) == ("00123", 1.5, "T")
    assert str(first["startTime"]) == "2025-01-31 10:20:30"
    assert str(first["Due"]) == "2025-02-01"
    assert (first["goods.Delivery"], first["goods.Discount"]) == (5_000, 1_000)
    assert first["State"] == '["good","bad"]'
    assert second["goods.Delivery"] == ""
    assert sheets["Goods"] == [
        {"ID": ids[0], "name": "Rice", "qty": 2, "unitPrice": 12_000},
        {"ID": ids[0], "name": "=Oil", "qty": 1, "unitPrice": ""},
    ]
    assert [row["data"] for row in sheets["Boxes"]] == ['{"x":[1,"é"]}', '"5"']
    assert [row["unitPrice"] for row in sheets["Boxes"]] == ["", 3.5]


def test_costs_that_no_column_holds_are_said(tenant: Tenant) -> None:
    tenant.flow(name="Delivery")
    costs = [{"name": "Tip", "amount": 3}, {"name": "Delivery", "amount": 7}]
    bill = {"items": [], "costs": costs}
    tenant.add_tasks("Delivery", tenant.hub(), [{"goods": bill}, {"goods": bill}, {}])
    answer = export(tenant, download="xlsx", background=True).json()
    entry = tenant.finished(answer["data"]["exportId"])
    assert entry["notes"] == ["Costs of goods that no column holds, left out: Tip (2)."]
    (first, *_) = sheets_of(fetch(entry["fileUrl"]))["Tasks"]
    assert first["goods.Delivery"] == 7
    answer = export(tenant, download="csv", background=True).json()
    assert not tenant.finished(answer["data"]["exportId"]).get("notes")


def test_a_csv_is_spelled_as_is_asked(tenant: Tenant, ids: list[str]) -> None:
    del ids
    spelled = {"separator": ";", "decimalSeparator": ",", "bom": False}
    for background in (False, True):
        answer = export(
            tenant, download="csv", fields="title,amount", background=background, **spelled
        ).json()["data"]
        link = answer["link"] if not background else tenant.finished(answer["exportId"])["fileUrl"]
        assert fetch(link) == b"title;Amount\r\nT;1,5\r\nEmpty;\r\n"
    wrong = export(tenant, download="csv", separator="x")
    assert wrong.status_code == 400


def test_json_comes_in_parts_in_one_archive(tenant: Tenant, ids: list[str]) -> None:
    answer = export(tenant, download="json", fields=["_id", "goods", "boxes", "label", "startTime"])
    link = answer.json()["data"]["link"]
    assert "/task_" in link
    assert ".zip?" in link
    (part,) = parts_of(fetch(link))
    assert part == [
        {
            "_id": ids[0],
            "goods": GOODS,
            "boxes": BOXES,
            "label": {"any": [1]},
            "startTime": "2025-01-31T10:20:30+00:00",
        },
        {
            "_id": ids[1],
            "goods": None,
            "boxes": None,
            "label": None,
            "startTime": part[1]["startTime"],
        },
    ]


@pytest.mark.parametrize("download", ["csv", "parquet", "ndjson"])
def test_files_of_one_table_hold_bills_as_json(
    tenant: Tenant, ids: list[str], download: str
) -> None:
    content = file_of(tenant, download=download, fields="_id,goods,boxes,amount")
    if download == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert [row["_id"] for row in rows] == ids
        goods, boxes, amount = rows[0]["Goods"], rows[0]["Boxes"], rows[0]["Amount"]
        assert rows[0]["goods.Delivery"] == "5000"
    elif download == "parquet":
        frame = pl.read_parquet(io.BytesIO(content))
        goods, boxes, amount = (frame[name][0] for name in ("goods", "boxes", "amount"))
    else:
        row = json.loads(content.splitlines()[0])
        goods, boxes, amount = json.dumps(row["goods"]), json.dumps(row["boxes"]), row["amount"]
    assert json.loads(goods) == GOODS
    assert json.loads(boxes) == BOXES
    assert float(amount) == 1.5


def test_a_config_gives_columns_their_order_and_titles(tenant: Tenant, ids: list[str]) -> None:
    saved = config(
        tenant,
        [
            field("amount", "How much"),
            field("gone", "No more"),
            field("goods", "Items", additionalField=["goods.totalCost", "goods.Delivery"]),
            field("title", "Name", source="reservedKey"),
        ],
    )
    answer = export(tenant, download="xlsx", exportConfigId=saved)
    sheets = sheets_of(fetch(answer.json()["data"]["link"]))
    assert list(sheets) == ["Tasks", "Items"]
    assert list(sheets["Tasks"][0]) == [
        "ID",
        "How much",
        "No more",
        "Name",
        "goods.totalCost",
        "goods.Delivery",
    ]
    assert list(sheets["Tasks"][0].values()) == [ids[0], 1.5, "", "T", 28_000, 5_000]
    assert sheets["Tasks"][1]["goods.totalCost"] == ""
    entry = tenant.log_entry(answer.json()["data"]["exportId"])
    assert entry["notes"] == [
        "Columns of the export config whose fields are gone, left empty: gone.",
        "Costs of goods that no column holds, left out: Discount (1).",
    ]
    assert (entry["dataName"], entry["dataType"]) == ("Saved", "task")
    (part,) = parts_of(file_of(tenant, download="json", exportConfigId=saved))
    assert list(part[0]) == ["amount", "gone", "goods", "title"]
    assert part[0]["gone"] is None


def test_a_config_of_which_all_columns_are_hidden_gives_no_others(tenant: Tenant) -> None:
    """P10: whoever made the config, the file is what it names or none."""
    kind, flow, hub = tenant.data_type(), tenant.flow(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1", "name": "A", "price": 5}])
    of_data = {"collection": "data", "dataTypeIds": [kind], "fields": [field("price", "Price")]}
    made = tenant.post("/export-config", {"name": "Saved data", **of_data})
    configs = {
        "/data/export": ("Saved data", made.json()["data"]["_id"]),
        "/tasks/export": ("Saved", config(tenant, [field("amount", "Amount")])),
    }
    hiding = [
        {"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["price"]},
        {"permissionName": "view/task", "flowId": flow, "hiddenFields": ["amount"]},
    ]
    role = tenant.role(
        "view/data", "export/data", "view/task", "export/task", permissionDetails=hiding
    )
    user = tenant.user(role, [hub])
    for path, (name, saved) in configs.items():
        for download in ("csv", "xlsx", "ndjson"):
            answer = user.post(path, {"download": download, "exportConfigId": saved})
            assert answer.status_code == 403, answer.text
            assert answer.json()["message"] == (
                f"All columns of the export config {name} are hidden from you."
            )


def test_a_config_for_tasks_without_columns_gives_all(tenant: Tenant) -> None:
    flow = tenant.flow(name="Delivery")
    tenant.add_tasks("Delivery", tenant.hub(), [{"title": "T"}])
    saved = config(tenant, [])
    titles = [
        file_of(tenant, download="csv", **asked).decode().splitlines()[0].split(",")
        for asked in ({"exportConfigId": saved}, {"flowId": flow})
    ]
    # But for costs, each of which a config has to name.
    assert titles[0] == [title for title in titles[1] if "." not in title]


def test_a_config_for_records_gives_columns_too(tenant: Tenant) -> None:
    kind = tenant.data_type(name="Outlets")
    tenant.add(kind, tenant.hub(), [{"dataId": "1", "name": "A"}])
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "2", "name": "B"}])
    answer = tenant.post(
        "/export-config",
        {
            "name": "Saved",
            "collection": "data",
            "dataTypeIds": [kind],
            "fields": [field("name", "Called"), field("gone", "No more"), field("dataId", "Key")],
        },
    )
    saved = answer.json()["data"]["_id"]
    for download, rows in (
        ("csv", b"\xef\xbb\xbfCalled,No more,Key\r\nA,,1\r\n"),
        ("json", b'[\n{"name":"A","gone":null,"dataId":"1"}\n]'),
    ):
        assert tenant.file_directly(download=download, exportConfigId=saved) == rows
    unknown = tenant.export(download="csv", exportConfigId="f" * 24)
    assert unknown.json()["message"] == "The selected exportConfigId is invalid."


def test_a_config_for_several_types_takes_their_records_alone(tenant: Tenant) -> None:
    hub = tenant.hub()
    first, second, other = (tenant.data_type(name=name) for name in ("A", "B", "C"))
    for kind, key in ((first, "1"), (second, "2"), (other, "3")):
        tenant.add(kind, hub, [{"dataId": key, "name": key}])
    body = {"collection": "data", "fields": [field("dataId", "Key")]}
    both = {**body, "name": "Both", "dataTypeIds": [first, second]}
    saved = tenant.post("/export-config", both).json()["data"]["_id"]
    asked = {"download": "csv", "sortBy": "dataId", "sortOrder": "asc", "exportConfigId": saved}
    mark = b"\xef\xbb\xbf"
    assert tenant.file_directly(**asked) == mark + b"Key\r\n1\r\n2\r\n"
    assert tenant.file_directly(**asked, dataTypeId=other) == mark + b"Key\r\n3\r\n"
    for kind in (first, second):
        assert tenant.request("DELETE", f"/data-type/{kind}").status_code == 200
    assert tenant.file_directly(**asked) == mark + b"Key\r\n"


def test_filters_narrow_an_export_as_they_do_a_list(tenant: Tenant, ids: list[str]) -> None:
    tenant.flow(name="Other")
    (other,) = tenant.add_tasks("Other", tenant.hub(), [{"title": "O", "status": "DONE"}])
    for body, found in (
        ({}, [*ids, other]),
        ({"assignee": "A@example.com"}, ids[:1]),
        ({"status": "DONE"}, [other]),
        ({"status": "UNASSIGNED,ONGOING"}, ids),
        ({"doneBy": tenant.email}, [other]),
        ({"flowId": ""}, [*ids, other]),
        ({"flowId": " ,"}, []),
        ({"flowId": []}, []),
        ({"page": 2, "limit": 1}, ids[1:]),
        ({"sortBy": "title", "sortOrder": "desc"}, [ids[0], other, ids[1]]),
    ):
        (part,) = parts_of(file_of(tenant, download="json", fields="_id", **body))
        assert [task["_id"] for task in part] == found, body


def test_a_background_export_is_the_same_file(tenant: Tenant, ids: list[str]) -> None:
    del ids
    direct = file_of(tenant, download="xlsx")
    answer = export(tenant, download="xlsx", background=True).json()
    entry = tenant.finished(answer["data"]["exportId"])
    assert (entry["status"], entry["totalRecords"], entry["fileType"]) == ("Done", 2, "xlsx")
    assert fetch(entry["fileUrl"]) == direct
    assert entry["dataName"] == "All flows"


def test_many_tasks_make_many_parts(tenant: Tenant) -> None:
    tenant.flow({**FLOW, "configurations": []}, name="Delivery")
    hub = tenant.hub()
    tenant.add_tasks("Delivery", hub, [{"title": str(n)} for n in range(10_001)])
    answer = export(tenant, download="json", fields="title", background=True).json()
    entry = tenant.finished(answer["data"]["exportId"])
    parts = parts_of(fetch(entry["fileUrl"]))
    assert [len(part) for part in parts] == [10_000, 1]
    assert [task["title"] for part in parts for task in part] == [str(n) for n in range(10_001)]
