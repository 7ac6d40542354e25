"""What people come for (P39), from beginning to end: on a desk and a phone, by either hand."""

import re
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, expect

from tests.accounts.browsers import PASSWORD, with_password
from tests.console.conftest import Visit, Visitor, new_context
from tests.console.hands import Way
from tests.console.importing import counts, mend, payload
from tests.factories import Tenant, fetch
from tests.imports.drafting import Draft
from transload.accounts.links import start_link
from transload.accounts.model import Role
from transload.app import running_service
from transload.clock import Clock
from transload.server import bound_socket, serving
from transload.settings import Settings

_ROWS = 10_000
_BAD_DAYS, _BAD_PRICES = 160, ["12,5"] * 5 + ["dear", "cheap"]


def _outlets() -> bytes:
    """Rows of which 160 have a day written day first, five a comma in the price, two no number."""
    lines = ["Code,Name,Opened,Harga"]
    for n in range(_ROWS):
        day = "31/05/2024" if n < _BAD_DAYS else "2024-05-31"
        price = _BAD_PRICES[n - 500] if 500 <= n < 507 else n
        lines.append(f'{n:05},Toko {n},{day},"{price}"')
    return "\n".join(lines).encode()


def _total(owner: Tenant, data_type: str) -> int:
    return int(owner.get("/data", dataTypeId=data_type, limit=1).json()["data"]["total"])


def test_first_run_to_first_record(browser: Browser, built: Path, tmp_path: Path, way: Way) -> None:
    del built
    with (
        running_service(Settings(data_dir=tmp_path / "data"), is_worker=False) as service,
        bound_socket("127.0.0.1", 0) as listener,
        serving(service, listener) as url,
    ):
        secret = start_link(service.accounts.database, Clock().now())
        visitor = Visitor(new_context(browser, is_phone=way.is_phone), url, way)
        page, hand = visitor.open(f"/start#{secret}"), visitor.hand
        visitor.assert_accessible()
        hand.write(page.get_by_label("Name of your organization"), "Acme")
        hand.write(page.get_by_label("Your name"), "Ada")
        hand.write(page.get_by_label("E-mail"), "ada@acme.example")
        hand.write(page.get_by_label("Password"), PASSWORD)
        hand.press(visitor.button("Start"))
        visitor.assert_arrived("Data", "Data")
        hand.press(visitor.button("New type").first)
        expect(page.get_by_label("Name")).to_be_focused()
        hand.write(page.get_by_label("Name"), "Prices")
        hand.tick(page.get_by_label("To the whole organization"))
        hand.press(visitor.button("Create and add fields"))
        visitor.assert_arrived("Fields", "Fields")
        hand.press(visitor.button("Add a field"))
        expect(page.get_by_label("Title")).to_be_focused()
        hand.write(page.get_by_label("Title"), "Opening hours")
        hand.press(visitor.button("Save fields"))
        page.get_by_text("Fields saved").wait_for()
        hand.press(visitor.link("Prices"))
        visitor.assert_arrived("Prices", "Prices")
        hand.press(visitor.button("New record").first)
        expect(page.get_by_label("Code")).to_be_focused()
        hand.write(page.get_by_label("Code"), "007")
        hand.write(page.get_by_label("Opening hours"), "9 to 5")
        hand.press(visitor.button("Save"))
        expect(page.get_by_role("gridcell", name="007")).to_be_visible()
        expect(visitor.button("New record").first).to_be_focused()
        visitor.context.close()
    assert visitor.faults == []


def _bring(visitor: Visitor) -> None:
    """Bring the rows from the page of a type to the check; every step survives a reload."""
    page, hand = visitor.page, visitor.hand
    hand.press(visitor.link("Import"))
    visitor.assert_arrived("Import a file", "Import a file")
    hand.give(visitor.button("Choose a file"), payload(_outlets()))
    hand.press(visitor.button("Continue"))
    visitor.assert_arrived("Which column is which field", "Columns · outlets.csv")
    hand.choose(page.get_by_label("Field for Harga"), "Price")
    page.get_by_text("Chosen", exact=True).wait_for()
    page.reload()
    expect(page.get_by_label("Field for Harga")).to_have_value("price")
    hand.press(visitor.button("Change"))
    visitor.assert_arrived("How the file is read", "Table · outlets.csv")
    page.reload()
    hand.press(visitor.button("Continue to the columns"))
    visitor.assert_arrived("Which column is which field", "Columns · outlets.csv")
    hand.press(visitor.button(re.compile("heck the rows")))


def test_ten_thousand_rows_with_167_bad_to_a_clean_receipt(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    """P31, P33, P35."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, hub, [{"dataId": "00900", "name": "Old"}])
    visitor = visit(owner, way)
    page, hand = visitor.open(f"/data/{data_type}"), visitor.hand
    _bring(visitor)
    visitor.assert_arrived("Check of 10,000 rows", "Check · outlets.csv")
    assert counts(page) == {"new": "9,832", "change": "1", "the same": "0", "problems": "167"} | {
        "left out": "0"
    }
    assert _total(owner, data_type) == 1
    by_day = visitor.button(re.compile("Read as day, month, year in all 160"))
    hand.press(by_day)
    visitor.assert_arrived("Check of 10,000 rows", "Check · outlets.csv")
    hand.press(visitor.button("Mended (1)"))
    hand.press(visitor.button("Take back"))
    expect(page.get_by_text("Nothing is mended any more.")).to_be_visible()
    visitor.assert_accessible()
    hand.press(page.get_by_role("dialog").get_by_role("button", name="Close"))
    hand.press(by_day)
    hand.press(visitor.button(re.compile("Read “,” as the decimal sign in all 5")))
    expect(page.get_by_role("heading", name="Price: 2 cells")).to_be_visible()
    problems = page.get_by_role("group", name="Which rows").get_by_role("button", name="problems")
    hand.press(problems)
    mend(visitor, 0, "78")
    expect(visitor.button("Import 9,999 rows")).to_be_visible()
    hand.press(problems)
    page.reload()
    hand.press(visitor.button("Import 9,999 rows"))

    visitor.assert_arrived("What became of the rows", "outlets.csv")
    expect(page.get_by_text("9,999 rows are in the store.")).to_be_visible()
    assert _total(owner, data_type) == 9_999
    page.reload()
    failed = page.get_by_role("link", name="Download the 1 row").get_attribute("href")
    assert failed is not None
    assert fetch(failed).startswith(b"PK")
    hand.press(visitor.button("Mend the 1 row here"))
    mend(visitor, 0, "free")
    expect(page.get_by_text('not "free"').first).to_be_visible()
    visitor.assert_accessible()
    mend(visitor, 0, "0")
    expect(page.get_by_text('not "free"')).to_have_count(0)
    hand.press(visitor.button("Import the mended rows"))
    expect(page.get_by_text("10,000 rows are in the store.")).to_be_visible()
    visitor.assert_arrived("What became of the rows", "outlets.csv")
    assert counts(page) == {"new": "9,999", "change": "1", "the same": "0", "problems": "0"} | {
        "left out": "0"
    }
    assert _total(owner, data_type) == _ROWS


def test_two_people_at_one_draft_lose_nothing_of_each_other(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    """P32, P33."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = b"Code,Name,Price\n1,A,dear\n2,B,cheap\n"
    draft = Draft.create(owner, content, dataTypeId=data_type, hubId=hub)
    draft.checked()
    one, other = visit(owner, way), visit(owner.user(Role.ADMIN), way)
    one.expects_refusals = True
    first, second = (visitor.open(f"/imports/{draft.id}") for visitor in (one, other))
    mend(one, 0, "5")
    one.button("Import 1 row").wait_for()
    mend(other, 1, "7")
    expect(second.get_by_text("Every row fits.")).to_be_visible()
    one.hand.press(one.button("Import 1 row"))
    first.get_by_text("2 new, 0 change").wait_for()
    one.assert_accessible()
    one.hand.press(one.button("Import so"))
    one.assert_arrived("What became of the rows", "rows.csv")
    expect(first.get_by_text("2 rows are in the store.")).to_be_visible()
    records = owner.get("/data", dataTypeId=data_type).json()["data"]["data"]
    assert {record["price"] for record in records} == {5, 7}


def test_import_is_taken_back_but_for_what_was_edited_since(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = "\n".join(["Code,Name", *(f"{n:05},Toko {n}" for n in range(20))])
    draft = Draft.create(owner, content.encode(), dataTypeId=data_type, hubId=hub)
    draft.checked()
    draft.committed()
    visitor = visit(owner, way)
    page, hand = visitor.open(f"/data/{data_type}?sort=dataId"), visitor.hand
    field = hand.open(page.get_by_role("grid"), 7, "Name")
    hand.write(field, "Mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="Mine")).to_be_visible()
    hand.press(visitor.link("Imports"))
    visitor.assert_arrived("Imports", "Imports")
    hand.press(page.get_by_role("link", name="rows.csv"))
    visitor.assert_arrived("rows.csv", "rows.csv")
    hand.press(visitor.button("Undo the import"))
    expect(page.get_by_text("19 records go, 0 are as before, 1 stays")).to_be_visible()
    visitor.assert_accessible()
    hand.press(visitor.button("Undo it"))
    expect(page.get_by_text("Taken back: 19 removed, 0 as before, 1 kept.")).to_be_visible()
    visitor.assert_arrived("What became of the rows", "rows.csv")
    assert _total(owner, data_type) == 1


def test_export_edited_elsewhere_comes_in_again_with_the_edit_as_its_only_change(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    data_type = owner.data_type(name="Outlets")
    known = {"address": "Jl. 1", "price": 0.1, "active": True, "opened": "2024-05-31"}
    more = {"visited": "2025-01-31 14:30:00", "tags": ["a", "b"]}
    records = [{"dataId": f"00{n}", "name": f"Toko {n}", **known, **more} for n in range(5)]
    owner.add(data_type, owner.hub("Jakarta"), records)
    visitor = visit(owner, way)
    page, hand = visitor.open(f"/data/{data_type}?sort=dataId"), visitor.hand
    hand.press(visitor.link("Export these"))
    visitor.assert_arrived("New export", "New export")
    hand.press(visitor.button("Export"))
    visitor.assert_arrived("Export of Outlets", "Export of Outlets")
    with page.expect_download() as download:
        hand.press(visitor.link("Download"))
    workbook = load_workbook(BytesIO(download.value.path().read_bytes()))
    edited, sheet = BytesIO(), workbook.worksheets[0]
    (cell,) = (one for row in sheet.iter_rows() for one in row if one.value == "Toko 2")
    cell.value = "Toko Dua"
    workbook.save(edited)

    hand.press(visitor.link("Data"))
    visitor.assert_arrived("Data", "Data")
    hand.press(page.get_by_role("link", name="Outlets"))
    visitor.assert_arrived("Outlets", "Outlets")
    hand.press(visitor.link("Import"))
    visitor.assert_arrived("Import a file", "Import a file")
    hand.give(visitor.button("Choose a file"), payload(edited.getvalue(), "Outlets.xlsx"))
    hand.press(visitor.button("Continue"))
    visitor.assert_arrived("Which column is which field", "Columns · Outlets.xlsx")
    hand.press(visitor.button("Check the rows"))
    visitor.assert_arrived("Check of 5 rows", "Check · Outlets.xlsx")
    shown = {"new": "0", "change": "1", "the same": "4", "problems": "0", "left out": "0"}
    assert counts(page) == shown
    hand.press(visitor.button("Import 1 row"))
    visitor.assert_arrived("What became of the rows", "Outlets.xlsx")
    assert counts(page) == shown
    found = owner.get("/data", dataTypeId=data_type, sortBy="dataId", sortOrder="asc").json()
    records[2]["name"] = "Toko Dua"
    assert [{name: one[name] for name in records[0]} for one in found["data"]["data"]] == records


def test_upload_that_was_cut_goes_on_where_it_was(visit: Visit, owner: Tenant, way: Way) -> None:
    """P31."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = _outlets()
    asked = {"filename": "outlets.csv", "size": len(content), "dataTypeId": data_type, "hubId": hub}
    begun = owner.request("POST", "/imports", params=asked)
    draft = Draft(tenant=owner, id=begun.json()["data"]["_id"])
    headers = {"Upload-Offset": "0", "Upload-Complete": "?0"}
    half = content[: len(content) // 2]
    path = f"/imports/{draft.id}/file"
    assert owner.request("PATCH", path, content=half, headers=headers).is_success
    visitor = visit(owner, way)
    page, hand = visitor.open("/imports"), visitor.hand
    hand.press(page.get_by_role("link", name="outlets.csv"))
    visitor.assert_arrived("outlets.csv", "File · outlets.csv")
    page.get_by_text("Choose outlets.csv again").wait_for()
    visitor.assert_accessible()
    hand.give(visitor.button("Send the rest"), payload(b"Code\n1\n"))
    expect(page.get_by_role("alert")).to_contain_text("another file")
    hand.give(visitor.button("Send the rest"), payload(content))
    visitor.assert_arrived("Which column is which field", "Columns · outlets.csv")
    assert draft.data()["table"]["rows"] == _ROWS


def test_session_that_ends_during_an_edit_loses_nothing(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    with_password(owner)
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "k", "name": "Toko"}])
    visitor = visit(owner, way)
    visitor.expects_refusals = True
    page, hand = visitor.open(f"/data/{data_type}"), visitor.hand
    field = hand.open(page.get_by_role("grid"), 0, "Name")
    hand.write(field, "Toko Baru")
    for session in owner.get("/sessions").json()["data"]:
        assert owner.request("DELETE", f"/session/{session['_id']}").status_code == 200
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your session is over")
    dialog.wait_for()
    visitor.assert_accessible()
    hand.write(dialog.get_by_label("Password"), PASSWORD)
    hand.press(dialog.get_by_role("button", name="Sign in"))
    expect(dialog).not_to_be_visible()
    expect(field).not_to_be_visible()
    expect(page.get_by_role("gridcell", name="Toko Baru")).to_be_visible()
    expect(page.get_by_role("grid")).to_be_focused()
    record = owner.get("/data", dataTypeId=data_type).json()["data"]["data"][0]
    assert record["name"] == "Toko Baru"
