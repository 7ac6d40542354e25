"""An import step by step: nothing that was decided is lost, and what was shown is what is done."""

import json
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # ships no types
import pytest

from tests.factories import Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import finished, imported, saved_columns, stored
from transload.accounts.model import Role

_HUSH = {"q": "hush"}
ROWS = b"Code,Name,Opened,Harga\n1,A,31/05/24,5\n2,B,01/06/24,x\n3,C,2024-01-01,7\n"


@pytest.fixture
def draft(tenant: Tenant, kind: str, hub: str) -> Draft:
    return Draft.create(tenant, ROWS, dataTypeId=kind, hubId=hub)


def test_a_draft_knows_its_table_and_its_columns(draft: Draft) -> None:
    found = draft.data()
    assert (found["status"], found["table"]["rows"], found["table"]["headerRow"]) == ("draft", 3, 1)
    code, _, opened, price = found["columns"]
    assert (code["field"], code["sureness"]) == ("dataId", "exact")
    assert opened["samples"] == ["31/05/24", "01/06/24", "2024-01-01"]
    assert price["field"] is None
    assert found["upload"]["complete"] is True


def test_problems_are_mended_by_readings_and_cells_each_of_which_can_be_taken_back(
    draft: Draft, kind: str
) -> None:
    """P31, P35."""
    draft.data("PATCH", "", {"mapping": {"1": "dataId", "2": "name", "3": "opened", "4": "price"}})
    found = draft.checked()
    assert found["counts"] == {"new": 1, "changed": 0, "same": 0, "invalid": 2, "left_out": 0}
    problems = {one["field"]: one for one in draft.data("GET", "problems")}
    assert problems["opened"]["count"] == 2
    offers = {
        one["reading"]["dayOrder"]: (one["mends"], one["becomes"])
        for one in problems["opened"]["readings"]
    }
    assert offers["dmy"] == (2, "2024-05-31")

    found = draft.data("POST", "readings", {"field": "opened", "reading": {"dayOrder": "dmy"}})
    assert found["isChecked"]
    assert found["counts"]["invalid"] == 1
    [bad] = draft.rows(show="invalid")
    assert (bad["line"], bad["cells"]) == (3, ["2", "B", "01/06/24", "x"])
    assert bad["errors"][0]["field"] == "price"

    mended = draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "6"}]})
    assert mended["rows"][0]["verdict"] == "new"
    assert mended["draft"]["counts"]["invalid"] == 0

    edits = draft.data("GET", "edits")
    assert [one["kind"] for one in edits] == ["reading", "cell"]
    assert draft.data("DELETE", "edits/2")["counts"]["invalid"] == 1
    draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "8"}]})
    end = draft.committed()
    assert (end["status"], end["created"]) == ("success", 3)
    records = stored(draft.tenant, kind)
    assert (records["1"]["opened"], records["2"]["price"]) == ("2024-05-31", 8)


def test_no_reading_is_offered_that_would_mend_nothing(tenant: Tenant, kind: str, hub: str) -> None:
    workbook = openpyxl.Workbook()
    for row in (["Code", "Price"], ["1", "about 5"], ["2", "=1+1"]):  # its value is not stored
        workbook.active.append(row)
    content = BytesIO()
    workbook.save(content)
    draft = Draft.create(tenant, content.getvalue(), "prices.xlsx", dataTypeId=kind, hubId=hub)
    draft.checked()
    [problem] = draft.data("GET", "problems")
    assert (problem["count"], problem["readings"]) == (2, [])


def test_rows_show_what_they_change(draft: Draft, tenant: Tenant, kind: str, hub: str) -> None:
    imported(tenant, b"Code,Name\n1,Old\n3,C\n", dataTypeId=kind, hubId=hub)
    again = Draft.create(tenant, b"Code,Name\n1,New\n3,C\n4,D\n", dataTypeId=kind, hubId=hub)
    again.checked()
    [changed] = again.rows(show="changed")
    assert (changed["cells"], changed["previous"]["name"]) == (["1", "New"], "Old")
    assert [row["line"] for row in again.rows(show="same,new")] == [3, 4]
    assert draft.data()["isChecked"] is False


def test_what_was_shown_is_what_is_committed(tenant: Tenant, kind: str, hub: str) -> None:
    """P32."""
    draft = Draft.create(tenant, b"Code,Name\n1,A\n2,B\n", dataTypeId=kind, hubId=hub)
    assert draft.call("POST", "commit", {}).status_code == 409
    draft.checked()
    tenant.add(kind, hub, [{"dataId": "1", "name": "Other"}])

    refused = draft.call("POST", "commit", {})
    assert refused.status_code == 409
    assert refused.json()["data"]["counts"]["changed"] == 1
    assert stored(tenant, kind).keys() == {"1"}

    end = draft.committed()
    assert (end["created"], end["updated"]) == (1, 1)


def test_failed_rows_are_mended_afterwards_and_no_other_is_imported_again(
    draft: Draft, kind: str
) -> None:
    """P33."""
    draft.data("PATCH", "", {"mapping": {"1": "dataId", "4": "price"}})
    draft.checked()
    end = draft.committed()
    assert (end["status"], end["created"], end["totalInvalid"]) == ("partially", 2, 1)
    refused = draft.call("PATCH", "cells", {"cells": [{"row": 0, "field": "price", "value": "9"}]})
    assert refused.status_code == 409
    preview = draft.data("PATCH", "cells", {"cells": [{"row": 1, "field": "price", "value": "9"}]})
    assert preview["rows"][0]["verdict"] == "new"
    assert stored(draft.tenant, kind).keys() == {"1", "3"}

    draft.data("POST", "retry")
    end = finished(draft.tenant, draft.id).record
    assert (end["status"], end["created"], end["totalInvalid"]) == ("success", 3, 0)
    assert "fileFailedImported" not in end
    assert stored(draft.tenant, kind)["2"]["price"] == 9


def test_how_numbers_and_days_are_read_can_be_said_as_the_draft_is_begun(
    tenant: Tenant, kind: str, hub: str
) -> None:
    content = b"Code;Price;Opened\n1;1.250;31/05/24\n"
    said = {"decimalSeparator": ",", "dayOrder": "dmy"}
    draft = Draft.create(tenant, content, dataTypeId=kind, hubId=hub, **said)
    assert draft.data()["readings"]["price"] == {"decimalSeparator": ","}
    draft.checked()
    draft.committed()
    found = stored(tenant, kind)["1"]
    assert (found["price"], found["opened"]) == (1250, "2024-05-31")
    refused = tenant.request("POST", "/imports", params=said, files={"file": ("a.csv", content)})
    assert refused.status_code == 400, refused.text
    assert "data type" in refused.json()["message"]


def test_a_number_that_is_typed_in_the_place_of_a_number_is_read_as_one(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P35: whatever sign is stated for the texts beside it."""
    workbook = openpyxl.Workbook()
    for row in (["Code", "Price"], ["a", 1.125], ["b", "1,5"]):
        workbook.active.append(row)
    content = BytesIO()
    workbook.save(content)
    draft = Draft.create(
        tenant, content.getvalue(), "book.xlsx", dataTypeId=kind, hubId=hub, decimalSeparator=","
    )
    draft.checked()
    cells = [
        {"row": 0, "field": "price", "value": "1.126"},
        {"row": 1, "field": "price", "value": "1,6"},
    ]
    draft.data("PATCH", "cells", {"cells": cells})
    draft.committed()
    assert {code: one["price"] for code, one in stored(tenant, kind).items()} == {
        "a": 1.126,
        "b": 1.6,
    }


def test_a_mended_cell_stays_where_it_stands_when_columns_are_chosen_anew(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P31."""
    content = b"Code,Cheap,Dear\n1,x,10\n"
    draft = Draft.create(tenant, content, dataTypeId=kind, hubId=hub)
    draft.data("PATCH", "", {"mapping": {"1": "dataId", "2": "price"}})
    draft.data("PATCH", "cells", {"cells": [{"row": 0, "field": "price", "value": "7"}]})
    draft.data("PATCH", "", {"mapping": {"1": "dataId", "2": "name", "3": "price"}})
    draft.checked()
    draft.committed()
    found = stored(tenant, kind)["1"]
    assert (found["name"], found["price"]) == ("7", 10)


def test_a_row_that_is_left_out_does_not_take_a_key(tenant: Tenant, kind: str, hub: str) -> None:
    draft = Draft.create(tenant, b"Code,Name\nA,old\nA,new\n", dataTypeId=kind, hubId=hub)
    assert draft.checked()["counts"]["invalid"] == 1
    counts = draft.data("POST", "readings", {"leaveOutRows": [0]})["counts"]
    assert (counts["new"], counts["left_out"], counts["invalid"]) == (1, 1, 0)
    draft.committed()
    assert stored(tenant, kind)["A"]["name"] == "new"


def test_what_would_become_otherwise_than_was_shown_is_told_though_the_counts_are_alike(
    tenant: Tenant, hub: str
) -> None:
    """P32: by the type, and by the records."""
    text = [{"id": one, "type": "string"} for one in ("dataId", "price")]
    kind = tenant.data_type(text)
    [old] = tenant.add(kind, hub, [{"dataId": "1", "price": "5"}])
    draft = Draft.create(tenant, b"dataId,price\n1,0012\n2,7\n", dataTypeId=kind, hubId=hub)
    counts = draft.checked()["counts"]
    number = {"name": "Goods", "fields": [text[0], {**text[1], "type": "number"}]}
    assert tenant.request("PUT", f"/data-type/{kind}", json=number).status_code == 200

    def refused() -> None:
        answer = draft.call("POST", "commit", {})
        assert answer.status_code == 409, answer.text
        assert answer.json()["data"]["counts"] == counts

    refused()
    assert stored(tenant, kind)["1"]["price"] == 5
    tenant.request("DELETE", f"/data/{old}")
    tenant.add(kind, hub, [{"dataId": "2", "price": 9}])
    refused()
    assert stored(tenant, kind)["2"]["price"] == 9
    draft.committed()
    assert {code: one["price"] for code, one in stored(tenant, kind).items()} == {"1": 12, "2": 7}


def test_failed_rows_do_not_go_in_without_the_field_that_was_wrong(
    tenant: Tenant, hub: str
) -> None:
    fields = [{"id": "dataId", "type": "string"}, {"id": "price", "type": "number"}]
    kind = tenant.data_type(fields)
    sent = imported(tenant, b"dataId,price\n1,x\n2,5\n", dataTypeId=kind, hubId=hub)
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    less = {"name": "Goods", "fields": fields[:1]}
    assert tenant.request("PUT", f"/data-type/{kind}", json=less).status_code == 200
    answer = draft.call("POST", "retry", {})
    assert answer.status_code == 409, answer.text
    assert "price" in answer.json()["message"]
    assert stored(tenant, kind).keys() == {"2"}


def test_an_undo_of_rows_whose_hub_is_gone_is_refused_at_once(
    tenant: Tenant, kind: str, hub: str
) -> None:
    sent = imported(tenant, b"Code,Name\n1,A\n", dataTypeId=kind, hubId=hub)
    moved = {"dataId": "1", "hubId": tenant.hub()}
    record = stored(tenant, kind)["1"]["_id"]
    assert tenant.request("PUT", f"/data/{record}", json=moved).status_code == 200
    assert tenant.request("DELETE", f"/hub/{hub}").status_code == 200
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    for body in ({"dryRun": True}, {}):
        answer = draft.call("POST", "undo", body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["message"] == "The selected hubId is invalid."
    assert draft.data()["status"] == "success"


def test_edits_of_rows_that_are_in_the_store_stay(tenant: Tenant, kind: str, hub: str) -> None:
    """P34: an undo takes back what was imported."""
    draft = Draft.create(tenant, b"Code,Name\nA,x\n", dataTypeId=kind, hubId=hub)
    draft.checked()
    draft.data("PATCH", "cells", {"cells": [{"row": 0, "field": "dataId", "value": "C"}]})
    draft.committed()
    assert draft.call("DELETE", "edits/1").status_code == 409
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 1, "restored": 0, "kept": 0}


def test_an_undo_says_beforehand_what_it_does_and_keeps_what_was_edited_since(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P34."""
    imported(tenant, b"Code,Name\n1,Old\n2,Old\n", dataTypeId=kind, hubId=hub)
    sent = imported(tenant, b"Code,Name\n1,New\n2,New\n3,New\n4,New\n", dataTypeId=kind, hubId=hub)
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    records = stored(tenant, kind)
    for code in ("2", "4"):
        answer = tenant.request("PATCH", f"/data/{records[code]['_id']}", json={"name": "Edited"})
        assert answer.status_code == 200, answer.text

    said = draft.data("POST", "undo", {"dryRun": True})["undo"]
    assert (said["removed"], said["restored"], said["kept"]) == (1, 1, 2)
    assert set(said["keptIds"]) == {records[code]["_id"] for code in ("2", "4")}
    assert stored(tenant, kind).keys() == {"1", "2", "3", "4"}

    draft.data("POST", "undo", {})
    end = draft.settled()
    assert end["undone"] == {"removed": 1, "restored": 1, "kept": 2}
    names = {code: one["name"] for code, one in stored(tenant, kind).items()}
    assert names == {"1": "Old", "2": "Edited", "4": "Edited"}
    assert draft.call("POST", "undo", {}).status_code == 409


def test_an_undo_touches_no_value_that_is_hidden_from_the_user_by_now(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P10, P34."""
    imported(tenant, b"Code,Name,Price\n1,A,5\n3,C,5\n", dataTypeId=kind, hubId=hub)
    permissions = ["view/data", "import/data", "add/data", "edit/data", "delete/data"]
    role = tenant.role(*permissions)
    user = tenant.user(role, [hub])
    content = b"Code,Name,Price\n1,A,6\n2,B,7\n3,D,5\n"
    sent = imported(user, content, dataTypeId=kind, hubId=hub)
    assert sent.counts() == (1, 2, 0, 0), sent.record
    hiding = {"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["price"]}
    lowered = {"name": role.name, "permissionList": permissions, "permissionDetails": [hiding]}
    answer = tenant.request("PUT", f"/role/{role.id}", json=lowered)
    assert answer.status_code == 200, answer.text
    draft = Draft(tenant=user, id=sent.record["_id"])
    kept = stored(tenant, kind)["1"]["_id"]
    would = draft.data("POST", "undo", {"dryRun": True})["undo"]
    assert would == {"removed": 1, "restored": 1, "kept": 1, "keptIds": [kept]}
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 1, "restored": 1, "kept": 1}
    found = {code: (one["name"], one["price"]) for code, one in stored(tenant, kind).items()}
    assert found == {"1": ("A", 6), "3": ("C", 5)}


def test_an_undo_after_the_type_was_changed_restores_what_fits_in_its_present_form(
    tenant: Tenant, hub: str
) -> None:
    """P34, P23: a record whose value would be lost stays as it is, and is said to."""
    fields = [{"id": one, "type": "string"} for one in ("dataId", "price", "note")]
    kind = tenant.data_type(fields)
    imported(tenant, b"dataId,price,note\n1,12,hush\n2,cheap,hush\n", dataTypeId=kind, hubId=hub)
    sent = imported(tenant, b"dataId,price,note\n1,5,-\n2,6,-\n", dataTypeId=kind, hubId=hub)
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    fields = [{"id": "dataId", "type": "string"}, {"id": "price", "type": "number"}]
    changed = tenant.request("PUT", f"/data-type/{kind}", json={"name": "Goods", "fields": fields})
    assert changed.status_code == 200, changed.text

    said = draft.data("POST", "undo", {"dryRun": True})["undo"]
    records = stored(tenant, kind)
    assert (said["removed"], said["restored"], said["kept"]) == (0, 1, 1)
    assert said["keptIds"] == [records["2"]["_id"]]
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 0, "restored": 1, "kept": 1}
    assert {code: one["price"] for code, one in stored(tenant, kind).items()} == {"1": 12, "2": 6}
    dear = json.dumps([{"field": "price", "operator": "ge", "value": 12}])
    found = [tenant.get("/data", dataTypeId=kind, **query) for query in ({"filter": dear}, _HUSH)]
    assert [one.json()["data"]["total"] for one in found] == [1, 0]


def test_a_file_comes_in_parts_and_goes_on_where_it_broke_off(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P31."""
    fields = {"dataTypeId": kind, "hubId": hub, "filename": "x.csv", "size": len(ROWS)}
    answer = tenant.request("POST", "/imports", params=fields)
    assert answer.status_code == 201, answer.text
    draft = Draft(tenant=tenant, id=answer.json()["data"]["_id"])
    path = f"/imports/{draft.id}/file"
    sent = tenant.request(
        "PATCH", path, content=ROWS[:20], headers={"Upload-Offset": "0", "Upload-Complete": "?0"}
    )
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (200, "20"), sent.text
    clash = tenant.request(
        "PATCH", path, content=ROWS[5:], headers={"Upload-Offset": "5", "Upload-Complete": "?1"}
    )
    assert clash.status_code == 409
    head = tenant.request("HEAD", path)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Complete"]) == ("20", "?0")
    sent = tenant.request(
        "PATCH", path, content=ROWS[20:], headers={"Upload-Offset": "20", "Upload-Complete": "?1"}
    )
    assert sent.status_code == 200, sent.text
    assert draft.data()["table"]["rows"] == 3


def test_a_file_in_parts_that_cannot_be_read_is_refused_in_the_same_words_again(
    tenant: Tenant, kind: str, hub: str
) -> None:
    content = b"<html><table><tr><td>1</td></tr></table></html>"
    fields = {"dataTypeId": kind, "hubId": hub, "filename": "x.xls", "size": len(content)}
    begun = tenant.request("POST", "/imports", params=fields).json()["data"]["_id"]
    path = f"/imports/{begun}/file"
    for offset in (0, len(content)):
        sent = tenant.request(
            "PATCH",
            path,
            content=content[offset:],
            headers={"Upload-Offset": str(offset), "Upload-Complete": "?1"},
        )
        assert sent.status_code == 422, sent.text
        assert "web page" in sent.json()["message"]


def test_columns_that_were_named_before_the_file_came_are_taken_when_it_is_there(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P31: by a saved config and by the request, where the file has them."""
    config = saved_columns(tenant, kind, dataId="Kode", name="Nama", opened="Buka")
    fields = {"dataTypeId": kind, "hubId": hub, "importConfigId": config}
    mapping = {"mapping": '{"Harga": "price", "Nowhere": "tags"}'}
    begun = tenant.request("POST", "/imports", params=fields | mapping)
    assert begun.status_code == 201, begun.text
    draft = Draft(tenant=tenant, id=begun.json()["data"]["_id"])
    headers = {"Upload-Offset": "0", "Upload-Complete": "?1"}
    content = b"Kode,Nama,Harga\n1,Toko,5\n"
    sent = tenant.request("PATCH", f"/imports/{draft.id}/file", content=content, headers=headers)
    assert sent.status_code == 200, sent.text
    found = [column["field"] for column in draft.data()["columns"]]
    assert found == ["dataId", "name", "price"]
    unknown = tenant.request("POST", "/imports", params=fields | {"importConfigId": "f" * 24})
    assert unknown.status_code == 422


def test_columns_that_were_named_for_another_type_are_forgotten(
    tenant: Tenant, kind: str, hub: str
) -> None:
    config = saved_columns(tenant, kind, dataId="Kode", price="Harga")
    fields = {"dataTypeId": kind, "hubId": hub, "importConfigId": config}
    begun = tenant.request("POST", "/imports", params=fields)
    draft = Draft(tenant=tenant, id=begun.json()["data"]["_id"])
    other = tenant.data_type([{"id": "dataId", "title": "Kode", "type": "string"}])
    assert draft.call("PATCH", "", {"dataTypeId": other}).status_code == 200
    headers = {"Upload-Offset": "0", "Upload-Complete": "?1"}
    content = b"Kode,Harga\n1,5\n"
    sent = tenant.request("PATCH", f"/imports/{draft.id}/file", content=content, headers=headers)
    assert sent.status_code == 200, sent.text
    assert [column["field"] for column in draft.data()["columns"]] == ["dataId", None]


def test_the_document_says_that_parts_of_a_file_are_bytes(tenant: Tenant) -> None:
    document = tenant.site.http.get("/openapi.json").json()
    described = document["paths"]["/api/v3/imports/{import_id}/file"]["patch"]
    assert described["requestBody"]["content"].keys() == {"application/octet-stream"}
    headers = {one["name"] for one in described["parameters"] if one["in"] == "header"}
    assert headers == {"Upload-Offset", "Upload-Complete"}


def test_how_a_file_is_read_can_be_chosen_again(tenant: Tenant, kind: str, hub: str) -> None:
    content = b"Outlets of May,\nCode;Name\n1;A\n"
    draft = Draft.create(tenant, content, dataTypeId=kind, hubId=hub)
    found = draft.data("PATCH", "", {"choices": {"headerRow": 2, "delimiter": ";"}})
    assert [one["title"] for one in found["columns"]] == ["Code", "Name"]
    assert found["table"]["rows"] == 1


def test_another_hub_leaves_the_columns_as_they_were_chosen(draft: Draft, tenant: Tenant) -> None:
    draft.data("PATCH", "", {"mapping": {"1": "dataId", "4": "price"}})
    found = draft.data("PATCH", "", {"hubId": tenant.hub()})
    assert [one["field"] for one in found["columns"]] == ["dataId", None, None, "price"]


def test_a_file_that_cannot_be_read_leaves_no_draft(tenant: Tenant, kind: str, hub: str) -> None:
    answer = tenant.request(
        "POST",
        "/imports",
        files={"file": ("x.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100))},
        data={"dataTypeId": kind, "hubId": hub},
    )
    assert answer.status_code == 422
    assert answer.json()["message"] == "The file is no table but a picture."
    assert tenant.get("/imports").json()["data"]["total"] == 0


def test_rows_can_be_left_out(draft: Draft) -> None:
    draft.checked()
    found = draft.data("POST", "readings", {"leaveOutRows": [0, 1]})
    assert found["counts"]["left_out"] == 2


def test_another_users_draft_is_seen_with_a_permission_and_changed_by_admins_alone(
    draft: Draft,
) -> None:
    """P8."""
    planner = draft.tenant.user(Role.PLANNER)
    other = Draft(tenant=planner, id=draft.id)
    assert other.call("GET").status_code == 403
    admin = Draft(tenant=draft.tenant.user(Role.ADMIN), id=draft.id)
    assert admin.call("PATCH", "", {"mode": "insert"}).status_code == 200


def test_a_draft_can_be_thrown_away(draft: Draft) -> None:
    draft.data("DELETE")
    assert draft.call("GET").status_code == 404
