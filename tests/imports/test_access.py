"""Who sees and changes what of an import: as of the records that its rows are."""

from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # ships no types

from tests.factories import Tenant, fetch
from tests.imports.drafting import Draft
from tests.imports.sending import imported, send, stored

_ROWS = b"Code,Name,Price\n1,A,5\n2,B,x\n"
_DENIED = "You do not have permission to perform this action"


def _hiding(tenant: Tenant, kind: str, hub: str, *permissions: str) -> Tenant:
    """Give a user of the hub from whom the price is hidden."""
    hidden = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["price"]}]
    role = tenant.role("view/data", *permissions, permissionDetails=hidden)
    return tenant.user(role, [hub])


def test_a_hub_that_is_not_theirs_takes_no_rows(tenant: Tenant, kind: str, hub: str) -> None:
    """P10."""
    role = tenant.role("import/data", "add/data", "edit/data")
    user = tenant.user(role, [tenant.hub()])
    assert send(user, _ROWS, dataTypeId=kind, hubId=hub).status_code == 403
    refused = user.request(
        "POST",
        "/imports",
        files={"file": ("x.csv", _ROWS)},
        data={"dataTypeId": kind, "hubId": hub},
    )
    assert (refused.status_code, refused.json()["failedCode"]) == (403, "auth-003")
    assert stored(tenant, kind) == {}


def test_a_record_that_names_others_is_neither_shown_nor_changed(tenant: Tenant, hub: str) -> None:
    """P10."""
    kind = tenant.data_type(limited=True)
    user = tenant.user(tenant.role("import/data", "view/data", "add/data", "edit/data"), [hub])
    rows = [
        {"dataId": "1", "name": "Others", "limitUser": ["else@example.com"]},
        {"dataId": "2", "name": "Theirs", "limitUser": [user.email]},
    ]
    tenant.add(kind, hub, rows)
    content = b"Code,Name\n1,New\n2,New\n"
    draft = Draft.create(user, content, dataTypeId=kind, hubId=hub)
    draft.checked()
    first = draft.rows()[0]
    assert (first["verdict"], first["previous"]) == ("invalid", None)
    assert "Others" not in draft.call("GET", "rows").text
    sent = imported(user, content, dataTypeId=kind, hubId=hub)
    assert sent.counts() == (0, 1, 0, 1)
    assert stored(tenant, kind, limitUser=False)["1"]["name"] == "Others"


def test_hidden_fields_are_in_no_draft_and_no_template_and_are_not_written(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P10."""
    tenant.add(kind, hub, [{"dataId": "1", "name": "Old", "price": 42}])
    user = _hiding(tenant, kind, hub, "import/data", "add/data", "edit/data")
    draft = Draft.create(user, _ROWS, dataTypeId=kind, hubId=hub)
    found = draft.data()
    assert "price" not in {one["id"] for one in found["fields"]}
    assert found["columns"][2]["field"] is None
    assert draft.call("PATCH", "", {"mapping": {"3": "price"}}).status_code == 422
    draft.checked()
    [changed] = draft.rows(show="changed")
    assert changed["previous"] == {"dataId": "1", "name": "Old"} | dict.fromkeys(
        ["address", "active", "opened", "visited", "tags"]
    )
    book = openpyxl.load_workbook(BytesIO(fetch(found["fileTemplate"])))
    assert "Price" not in {cell.value for cell in book.worksheets[0][1]}
    draft.committed()
    assert stored(tenant, kind)["1"]["price"] == 42


def test_anothers_rows_are_kept_from_who_would_not_see_all_of_them_as_records(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P10: not in their file of failed rows either."""
    sent = imported(tenant, _ROWS, dataTypeId=kind, hubId=hub)
    number = sent.record["_id"]
    hiding = _hiding(tenant, kind, hub, "view/log")
    elsewhere = tenant.user(tenant.role("view/data", "view/log"), [tenant.hub()])
    for user in (hiding, elsewhere):
        seen = user.get(f"/import-monitoring/{number}").json()["data"]
        assert (seen["totalInvalid"], "fileFailedImported" in seen) == (1, False)
        [listed] = user.get("/import-monitoring").json()["data"]["data"]
        assert "fileFailedImported" not in listed
        draft = Draft(tenant=user, id=number)
        for step in ("rows", "problems", "edits"):
            answer = draft.call("GET", step)
            assert (answer.status_code, answer.json()["message"]) == (403, _DENIED)
        assert all(not one["samples"] for one in draft.data()["columns"])
    whole = tenant.user(tenant.role("view/data", "view/log"), [hub])
    assert "fileFailedImported" in whole.get(f"/import-monitoring/{number}").json()["data"]
    assert len(Draft(tenant=whole, id=number).rows()) == 2
