"""Files of tasks: what an export wrote comes in again, and so does what never saw us."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.exports.test_tasks import TASK, file_of
from tests.factories import FLOW, Tenant, fetch
from tests.imports.drafting import Draft
from tests.imports.sending import Sent, imported, send

Sheets = Mapping[str, Sequence[Any]]


@pytest.fixture
def hub(tenant: Tenant) -> str:
    return tenant.hub()


@pytest.fixture
def flow(tenant: Tenant) -> str:
    return tenant.flow(name="Delivery")


def workbook(sheets: Sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sheets_of(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {one.title: [list(row) for row in one.iter_rows(values_only=True)] for one in book}


def listed(tenant: Tenant) -> list[dict[str, Any]]:
    found = tenant.get("/tasks", limit=1_000, sortBy="createdTime", sortOrder="asc").json()
    tasks: list[dict[str, Any]] = found["tasks"]["data"]
    return tasks


def brought_in(tenant: Tenant, content: bytes, name: str = "tasks.xlsx", **more: object) -> Sent:
    return imported(tenant, content, name, type="task", **more)


NEW: Sheets = {
    "Orders": [
        ["ID", "title", "Amount", "goods.Delivery", "hubId"],
        ["A1", "First", 1.5, 500, None],
        ["A2", "Second", None, None, None],
    ],
    "Goods": [
        ["ID", "name", "qty", "unitPrice", "Note"],
        ["A2", "Oil", 1, 3, "x"],
        ["A1", "Rice", 2, "12.5", None],
        ["A1", "Salt", None, None, None],
    ],
    "Boxes": [["ID", "title", "data"], ["A1", "00123", '{"x": [1]}'], ["A1", "B", "plain"]],
}


def test_an_export_with_its_child_sheets_comes_in_again_unchanged(
    tenant: Tenant, flow: str, hub: str
) -> None:
    tenant.add_tasks("Delivery", hub, [TASK, {"title": "Empty"}, {**TASK, "status": "DONE"}])
    before = listed(tenant)
    for download in ("xlsx", "ods", "csv", "ndjson", "parquet"):
        content = file_of(tenant, download=download, flowId=flow)
        sent = brought_in(tenant, content, f"tasks.{download}", flowId=flow, hubId=hub)
        assert sent.counts() == (0, 0, 3, 0), (download, sent.record)
        assert listed(tenant) == before
    record = sent.record
    assert (record["type"], record["flowId"], record["flowName"]) == ("task", flow, "Delivery")
    assert "dataTypeId" not in record


def test_an_export_goes_into_another_organization_whole(
    tenant: Tenant, flow: str, hub: str
) -> None:
    tenant.add_tasks("Delivery", hub, [TASK, {"title": "Empty"}])
    content = file_of(tenant, download="xlsx", flowId=flow, fields=_PORTABLE)
    other = Tenant.create(tenant.site)
    there = other.flow(name="Delivery")
    sent = brought_in(other, content, flowId=there, hubId=other.hub())
    assert sent.counts() == (2, 0, 0, 0), sent.record
    assert [_portable(one) for one in listed(other)] == [_portable(one) for one in listed(tenant)]


_PORTABLE = "flow,title,assignee,startTime,outlet,amount,due,state,photo,goods,boxes"


def _portable(task: Mapping[str, Any]) -> dict[str, Any]:
    return {name: task.get(name) for name in _PORTABLE.split(",")}


def test_new_tasks_with_child_rows_come_from_a_sheet_that_never_saw_us(
    tenant: Tenant, flow: str, hub: str
) -> None:
    sent = brought_in(tenant, workbook(NEW), flowId=flow, hubId=hub)
    assert sent.counts() == (2, 0, 0, 0), sent.record
    first, second = listed(tenant)
    assert (first["title"], first["amount"], first["status"]) == ("First", 1.5, "UNASSIGNED")
    assert first["goods"] == {
        "items": [
            {"name": "Rice", "unit_price": 12.5, "qty": 2},
            {"name": "Salt", "unit_price": None, "qty": None},
        ],
        "costs": [{"name": "Delivery", "amount": 500}],
    }
    assert [(box["title"], box["data"]) for box in first["boxes"]] == [
        ("00123", {"x": [1]}),
        ("B", "plain"),
    ]
    assert second["goods"]["costs"] == []
    assert second.get("boxes") is None
    assert (first["hubId"], first["flow"]) == (hub, "Delivery")


def test_an_id_of_a_task_means_that_task_and_what_is_not_named_stays(
    tenant: Tenant, flow: str, hub: str
) -> None:
    [one] = tenant.add_tasks("Delivery", hub, [TASK])
    before = listed(tenant)[0]
    sheets: Sheets = {
        "Tasks": [["ID", "Amount"], [one, 7], ["new", 8]],
        "Goods": [["ID", "name", "qty"], [one, "Tea", 4]],
    }
    sent = brought_in(tenant, workbook(sheets), flowId=flow, hubId=hub)
    assert sent.counts() == (1, 1, 0, 0)
    after = next(task for task in listed(tenant) if task["_id"] == one)
    assert after["amount"] == 7
    assert after["goods"]["items"] == [{"name": "Tea", "unit_price": None, "qty": 4}]
    assert after["goods"]["costs"] == before["goods"]["costs"]
    assert (after["boxes"], after["title"]) == (before["boxes"], before["title"])
    for mode, errors in (
        ("insert", "ID: There is a task of this ID already."),
        ("update", "ID: There is no task of this ID to update."),
    ):
        content = workbook({"Tasks": [["ID", "Amount"], [one if mode == "insert" else "z", 9]]})
        refused = brought_in(tenant, content, flowId=flow, hubId=hub, mode=mode)
        assert (refused.counts(), refused.errors()) == ((0, 0, 0, 1), [errors])


BAD: Sheets = {
    "Tasks": [
        ["ID", "Amount", "flow", "state", "Comment"],
        ["1", "x", None, None, "keep"],
        ["2", 5, None, None, None],
        ["2", 6, None, None, None],
        ["3", 7, "Other", None, None],
        ["4", 8, "Delivery", "worse", None],
        ["5", 9, "Delivery", "good", None],
        [None, 10, None, '["good","bad"]', None],
    ],
    "Goods": [
        ["ID", "name", "qty"],
        ["1", "Rice", 1],
        ["2", "Oil", 2],
        ["5", "Tea", "many"],
        ["9", "Lost", 1],
        [None, "Blank", 1],
    ],
}


def test_bad_rows_come_back_with_their_child_rows_and_go_in_once_they_are_mended(
    tenant: Tenant, flow: str, hub: str
) -> None:
    sent = brought_in(tenant, workbook(BAD), flowId=flow, hubId=hub)
    assert sent.counts() == (2, 0, 0, 7)
    failed = sheets_of(fetch(sent.record["fileFailedImported"]))
    titles, *rows = failed["Failed rows"]
    assert titles == ["ID", "Amount", "flow", "state", "Comment", "Error"]
    assert [row[:2] for row in rows[:5]] == [
        ["1", "x"],
        ["2", "6"],
        ["3", "7"],
        ["4", "8"],
        ["5", "9"],
    ]
    assert rows[0][4] == "keep"
    errors = [str(row[-1]) for row in rows]
    assert errors[0].startswith("Amount must be a number")
    assert errors[1] == 'ID "2" stands in line 3 already.'
    assert errors[2].startswith("flow must be one of: Delivery, not")
    assert errors[3].startswith("State must be of the options good, bad, not")
    assert errors[4].startswith("Goods has an item 1 of which a value must be a number")
    assert errors[5:] == [
        "The sheet 'Goods' has rows from row 5 whose ID no row of the first sheet has.",
        "The sheet 'Goods' has rows from row 6 that name no row of the first sheet.",
    ]
    assert failed["Goods"] == [
        ["ID", "name", "qty"],
        ["1", "Rice", "1"],
        ["2", "Oil", "2"],
        ["5", "Tea", "many"],
        ["9", "Lost", "1"],
        [None, "Blank", "1"],
    ]
    rows[0][1], rows[1][0], rows[2][2], rows[3][3], rows[6][0] = "3", "2b", "Delivery", "bad", "10"
    failed["Goods"][2][0], failed["Goods"][3][2], failed["Goods"][5][0] = "2b", "7", "10"
    again = brought_in(tenant, workbook(failed), flowId=flow, hubId=hub)
    assert again.counts() == (7, 0, 0, 0), again.record
    assert len(listed(tenant)) == 9


def test_a_config_maps_child_sheets_and_their_columns(tenant: Tenant, flow: str, hub: str) -> None:
    lines = {
        "id": "goods",
        "sheet": "Lines",
        "fields": [
            {"id": "_id", "headerColumn": "Order"},
            {"id": "name", "headerColumn": "Product"},
            {"id": "qty", "headerColumn": "Pieces"},
            {"id": "unitPrice", "headerColumn": "Price"},
        ],
    }
    config = {
        "name": "Orders",
        "collection": "task",
        "referenceType": "flow",
        "referenceId": flow,
        "fields": [
            {"id": "_id", "headerColumn": "Order"},
            {"id": "outlet", "headerColumn": "Shop"},
            {"id": "goods.Discount", "headerColumn": "Less"},
            lines,
        ],
    }
    answer = tenant.post("/import-config", config)
    assert answer.status_code == 201, answer.text
    sheets: Sheets = {
        "Orders": [["Order", "Shop", "Less"], ["x", "Toko", 5]],
        "Lines": [["Order", "Product", "Pieces", "Price"], ["x", "Tea", 2, 3]],
    }
    config_id = answer.json()["data"]["_id"]
    more = {"flowId": flow, "hubId": hub, "importConfigId": config_id}
    assert brought_in(tenant, workbook(sheets), **more).counts() == (1, 0, 0, 0)
    draft = Draft.create(tenant, workbook(sheets), "tasks.xlsx", type="task", **more)
    assert draft.checked()["counts"]["new"] == 1
    draft.committed()
    expected = {
        "items": [{"name": "Tea", "unit_price": 3, "qty": 2}],
        "costs": [{"name": "Discount", "amount": 5}],
    }
    assert [one["goods"] for one in listed(tenant)] == [expected, expected]


def test_a_dry_run_writes_no_task_and_an_undo_takes_back_what_nobody_edited(
    tenant: Tenant, flow: str, hub: str
) -> None:
    [one, two] = tenant.add_tasks("Delivery", hub, [TASK, TASK])
    before = listed(tenant)
    content = workbook(
        {"Tasks": [["ID", "Amount"], [one, 7], [two, 8], ["a", 9], ["b", 10], ["c", "x"]]}
    )
    dry = brought_in(tenant, content, flowId=flow, hubId=hub, dryRun=True)
    assert dry.counts() == (2, 2, 0, 1)
    assert listed(tenant) == before
    sent = brought_in(tenant, content, flowId=flow, hubId=hub)
    assert sent.counts() == (2, 2, 0, 1)
    tenant.request("PATCH", f"/task/{two}", json={"title": "Edited"})
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    would = draft.data("POST", "undo", {"dryRun": True})["undo"]
    assert would == {"removed": 2, "restored": 1, "kept": 1, "keptIds": [two]}
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 2, "restored": 1, "kept": 1}
    found = {task["_id"]: task for task in listed(tenant)}
    assert found.keys() == {one, two}
    assert (found[one]["amount"], found[two]["amount"]) == (1.5, 8)


def test_an_undo_puts_no_task_into_a_hub_that_is_gone(tenant: Tenant, flow: str, hub: str) -> None:
    former = tenant.hub()
    [one] = tenant.add_tasks("Delivery", former, [TASK])
    content = workbook({"Tasks": [["ID", "Hub"], [one, hub]]})
    mapping = json.dumps({"ID": "_id", "Hub": "hubId"})
    sent = brought_in(tenant, content, flowId=flow, hubId=hub, mapping=mapping)
    assert sent.counts() == (0, 1, 0, 0), sent.record
    assert tenant.request("DELETE", f"/hub/{former}").status_code == 200
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    would = draft.data("POST", "undo", {"dryRun": True})["undo"]
    assert would == {"removed": 0, "restored": 0, "kept": 1, "keptIds": [one]}
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 0, "restored": 0, "kept": 1}
    assert listed(tenant)[0]["hubId"] == hub


def test_a_draft_shows_what_tasks_would_become_and_its_cells_are_mended(
    tenant: Tenant, flow: str, hub: str
) -> None:
    [one] = tenant.add_tasks("Delivery", hub, [TASK])
    sheets: Sheets = {
        "Tasks": [["No", "Amount"], [one, 7], ["n", "1,5"]],
        "Goods": [["ID", "name", "qty"], ["n", "Tea", "many"]],
    }
    refused = tenant.request(
        "POST",
        "/imports",
        files={"file": ("tasks.xlsx", workbook(sheets))},
        data={"type": "task", "flowId": flow, "hubId": hub},
    )
    assert refused.status_code == 422
    assert "has no column ID" in refused.json()["message"]
    draft = Draft.create(
        tenant,
        workbook(sheets),
        "tasks.xlsx",
        type="task",
        flowId=flow,
        hubId=hub,
        mapping='{"No": "_id", "Amount": "amount"}',
    )
    found = draft.checked()
    assert found["counts"] == {"new": 0, "changed": 1, "same": 0, "invalid": 1, "left_out": 0}
    [changed] = draft.rows(show="changed")
    assert (changed["recordId"], changed["previous"]["amount"]) == (one, 1.5)
    draft.data("POST", "readings", {"field": "amount", "reading": {"decimalSeparator": ","}})
    mended = '[{"name": "Tea", "qty": 1}]'
    draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "goods", "value": mended}]})
    assert draft.settled()["counts"]["new"] == 1
    draft.committed()
    assert [task["amount"] for task in listed(tenant)] == [7, 1.5]


def test_what_a_role_hides_or_may_not_add_is_not_imported(
    tenant: Tenant, flow: str, hub: str
) -> None:
    tenant.add_tasks("Delivery", hub, [TASK])
    hidden = [{"permissionName": "view/task", "flowId": flow, "hiddenFields": ["goods"]}]
    user = tenant.user(tenant.role("import/task", "view/task", permissionDetails=hidden), [hub])
    sent = brought_in(user, workbook(NEW), flowId=flow, hubId=hub)
    assert sent.counts() == (2, 0, 0, 0)
    assert all(one.get("goods") is None for one in listed(tenant) if one["title"] != "T")
    template = sheets_of(fetch(sent.record["fileTemplate"]))
    assert template.keys() == {"Import", "Boxes", "Options"}
    assert template["Import"][0][:3] == ["ID", "title", "content"]
    assert template["Boxes"][0][:3] == ["ID", "title", "content"]
    other = tenant.flow({**FLOW}, name="Other")
    limited = [{"permissionName": "add/task", "items": [other]}]
    barred = tenant.user(tenant.role("import/task", "add/task", permissionDetails=limited), [hub])
    content = workbook(NEW)
    fields = {"type": "task", "flowId": flow, "hubId": hub}
    assert send(barred, content, "t.xlsx", **fields).status_code == 403
    assert send(tenant, content, "t.xlsx", **{**fields, "flowId": "0" * 24}).status_code == 422
    without = send(tenant, content, "t.xlsx", type="task", flowId=flow)
    assert (without.status_code, without.json()["message"]) == (
        400,
        "The hubId field is required.",
    )
    elsewhere = tenant.hub()
    rows = [["ID", "hubId"], ["a", elsewhere], ["b", hub], ["c", "0" * 24]]
    sent = brought_in(user, workbook({"Tasks": rows}), flowId=flow, hubId=hub)
    assert sent.counts() == (1, 0, 0, 2)
