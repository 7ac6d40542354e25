"""Files brought in by the console, step by step, to the receipt, the mending and the undo."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.console.conftest import Visit, Visitor
from tests.factories import Tenant, fetch
from tests.imports.drafting import Draft
from transload.accounts.model import Role

_PICTURE = b"\x89PNG\r\n\x1a\n" * 9
_ROWS = 1_000
_BAD = 40


def _payload(content: str, name: str = "outlets.csv") -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": content.encode()}


def _doubtful() -> str:
    """Rows of which 40 have a day written day first, and one a price that is none."""
    lines = ["Code,Name,Opened,Harga"]
    for n in range(_ROWS):
        day = "31/05/2024" if n < _BAD else "2024-05-31"
        lines.append(f"{n:05},Toko {n},{day},{'dear' if n == 500 else n}")
    return "\n".join(lines)


def _count(owner: Tenant, data_type: str) -> int:
    return int(owner.get("/data", dataTypeId=data_type).json()["data"]["total"])


def _begin(visitor: Visitor, content: FilePayload, query: str) -> Page:
    page = visitor.open(f"/imports/new?{query}")
    page.get_by_label("File", exact=True).last.set_input_files(content)
    page.get_by_role("button", name="Continue").click()
    return page


def _shown(page: Page, verdict: str) -> str:
    button = page.get_by_role("group", name="Which rows").get_by_role("button", name=verdict)
    return re.sub(r"\D", "", button.inner_text())


def test_file_is_mapped_checked_mended_imported_and_mended_again(
    visit: Visit, owner: Tenant
) -> None:
    """P31, P33, P35: every step survives a reload."""
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner, is_phone=True)
    page = _begin(visitor, _payload(_doubtful()), f"type={data_type}")
    page.get_by_role("heading", name="Which column is which field").wait_for()
    page.get_by_label("Field for Harga").select_option(label="Price")
    page.get_by_text("Chosen", exact=True).wait_for()
    page.reload()
    expect(page.get_by_label("Field for Harga")).to_have_value("price")
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("heading", name="The first rows").wait_for()
    page.get_by_role("button", name="Continue to the columns").click()
    page.get_by_role("button", name="check the rows").or_(
        page.get_by_role("button", name="Check the rows")
    ).click()

    expect(page.get_by_role("heading", name="Opened: 40 cells")).to_be_visible()
    assert _count(owner, data_type) == 0
    page.get_by_role("button", name="Read as day, month, year in all 40").click()
    expect(page.get_by_role("button", name="Import 999 rows")).to_be_visible()
    page.get_by_role("button", name="Mended (1)").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Nothing is mended any more.")).to_be_visible()
    visitor.assert_accessible()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Read as day, month, year in all 40").click()
    expect(page.get_by_role("button", name="Import 999 rows")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Import 999 rows").click()

    expect(page.get_by_text("999 rows are in the store.")).to_be_visible()
    assert _count(owner, data_type) == 999
    failed = page.get_by_role("link", name="Download the 1 row").get_attribute("href")
    assert failed is not None
    assert fetch(failed).startswith(b"PK")
    page.get_by_role("button", name="Mend the 1 row here").click()
    expect(page.get_by_label("Price")).to_have_value("dear")
    page.get_by_label("Price").fill("cheap")
    page.keyboard.press("Enter")
    expect(page.get_by_text('not "cheap"')).to_be_visible()
    page.get_by_label("Price").fill("77")
    page.keyboard.press("Enter")
    expect(page.get_by_text("fits now")).to_be_visible()
    visitor.assert_accessible()
    page.get_by_role("button", name="Import the mended rows").click()
    expect(page.get_by_text("1,000 rows are in the store.")).to_be_visible()
    assert _count(owner, data_type) == 1_000


def test_cell_is_mended_by_the_keyboard_before_anything_is_written(
    visit: Visit, owner: Tenant
) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = b"Code,Name,Price\n1,A,dear\n2,B,5\n"
    draft = Draft.create(owner, content, dataTypeId=data_type, hubId=hub)
    visitor = visit(owner)
    page = visitor.open(f"/imports/{draft.id}")
    page.get_by_role("button", name="Check the rows").focus()
    page.keyboard.press("Enter")
    page.get_by_role("grid").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.press("F2")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Every row fits.")).to_be_visible()
    page.get_by_role("grid").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name="Price: 1 cell")).to_be_visible()
    assert _shown(page, "problems") == "1"


def test_import_is_bound_to_what_was_shown(visit: Visit, owner: Tenant) -> None:
    """P32."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    draft = Draft.create(owner, b"Code,Name\n1,A\n2,B\n", dataTypeId=data_type, hubId=hub)
    draft.checked()
    visitor = visit(owner)
    visitor.expects_refusals = True
    page = visitor.open(f"/imports/{draft.id}")
    page.get_by_role("button", name="Import 2 rows").wait_for()
    owner.add(data_type, hub, [{"dataId": "1", "name": "Other"}])
    page.get_by_role("button", name="Import 2 rows").click()
    page.get_by_text("1 new, 1 change").wait_for()
    visitor.assert_accessible()
    page.get_by_role("button", name="Import so").click()
    expect(page.get_by_text("2 rows are in the store.")).to_be_visible()


def test_two_people_at_one_draft_lose_nothing_of_each_other(visit: Visit, owner: Tenant) -> None:
    """P32, P33."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = b"Code,Name,Price\n1,A,dear\n2,B,cheap\n"
    draft = Draft.create(owner, content, dataTypeId=data_type, hubId=hub)
    draft.checked()
    visitors = visit(owner, is_phone=True), visit(owner.user(Role.ADMIN), is_phone=True)
    visitors[0].expects_refusals = True
    first, second = (one.open(f"/imports/{draft.id}") for one in visitors)
    first.get_by_label("Price").first.fill("5")
    first.keyboard.press("Enter")
    first.get_by_role("button", name="Import 1 row").wait_for()
    second.get_by_label("Price").last.fill("7")
    second.keyboard.press("Enter")
    expect(second.get_by_text("Every row fits.")).to_be_visible()
    first.get_by_role("button", name="Import 1 row").click()
    first.get_by_text("2 new, 0 change").wait_for()
    first.get_by_role("button", name="Import so").click()
    expect(first.get_by_text("2 rows are in the store.")).to_be_visible()
    records = owner.get("/data", dataTypeId=data_type).json()["data"]["data"]
    assert {one["price"] for one in records} == {5, 7}


def test_upload_that_was_cut_goes_on_where_it_was(visit: Visit, owner: Tenant) -> None:
    """P31."""
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = _doubtful()
    half = content.encode()[: len(content) // 2]
    asked = {"filename": "outlets.csv", "size": len(content)}
    begun = owner.request(
        "POST", "/imports", params={**asked, "dataTypeId": data_type, "hubId": hub}
    )
    draft = Draft(tenant=owner, id=begun.json()["data"]["_id"])
    headers = {"Upload-Offset": "0", "Upload-Complete": "?0"}
    assert owner.request(
        "PATCH", f"/imports/{draft.id}/file", content=half, headers=headers
    ).is_success
    visitor = visit(owner)
    page = visitor.open(f"/imports/{draft.id}")
    page.get_by_text("Choose outlets.csv again").wait_for()
    visitor.assert_accessible()
    page.get_by_label("File", exact=True).set_input_files(_payload("Code\n1\n"))
    expect(page.get_by_role("alert")).to_contain_text("another file")
    page.get_by_label("File", exact=True).set_input_files(_payload(content))
    page.get_by_role("heading", name="Which column is which field").wait_for()
    assert draft.data()["table"]["rows"] == _ROWS


def test_type_is_made_of_a_file(visit: Visit, owner: Tenant) -> None:
    visitor = visit(owner)
    page = _begin(visitor, _payload("Kode,Nama,Luas\n001,A,5\n002,B,7\n", "toko.csv"), "type=new")
    page.get_by_label("Name of the type").fill("Shops")
    page.get_by_label("Name of the type").press("Tab")
    visitor.settle()
    visitor.assert_accessible()
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("2 rows are in the store.")).to_be_visible()
    page.get_by_role("link", name="See the records").click()
    page.get_by_role("heading", level=1, name="Shops").wait_for()


def test_file_that_is_none_is_refused_with_a_sentence(visit: Visit, owner: Tenant) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner)
    visitor.expects_refusals = True
    picture: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": _PICTURE}
    page = _begin(visitor, picture, f"type={data_type}")
    expect(page.get_by_role("alert")).to_contain_text("file")
    visitor.assert_accessible()


def test_cells_of_a_spreadsheet_are_pasted_and_saved_columns_found_again(
    visit: Visit, owner: Tenant
) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    page = visit(owner).open(f"/imports/new?type={data_type}")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "Code\\tToko\\n001\\tToko Satu\\n002\\tToko Dua\\n");
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
            document.querySelector("h1").dispatchEvent(event);
        }"""
    )
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Field for Toko").select_option(label="Name")
    page.get_by_text("Chosen", exact=True).wait_for()
    page.get_by_role("button", name="Save these columns").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Ours")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as Ours").wait_for()
    page.get_by_role("button", name=re.compile("heck the rows")).click()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("2 rows are in the store.")).to_be_visible()
    records = owner.get("/data", dataTypeId=data_type, sortBy="dataId", sortOrder="asc").json()
    assert [one["name"] for one in records["data"]["data"]] == ["Toko Satu", "Toko Dua"]
    page.goto(page.url.split("/imports/")[0] + f"/imports/new?type={data_type}")
    page.get_by_label("Saved columns").select_option(label="Ours")
    page.get_by_label("File", exact=True).last.set_input_files(_payload("Code,Toko\n001,New\n"))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Field for Toko")).to_have_value("name")


def test_import_is_taken_back_but_for_what_was_edited_since(visit: Visit, owner: Tenant) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    content = "\n".join(["Code,Name", *(f"{n:05},Toko {n}" for n in range(20))])
    draft = Draft.create(owner, content.encode(), dataTypeId=data_type, hubId=hub)
    draft.checked()
    draft.committed()
    record = owner.get("/data", dataTypeId=data_type, dataId="00007").json()["data"]["data"][0]
    assert owner.request("PATCH", f"/data/{record['_id']}", json={"name": "Mine"}).is_success
    visitor = visit(owner)
    page = visitor.open(f"/imports/{draft.id}")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("19 records go, 0 are as before, 1 stays")).to_be_visible()
    visitor.assert_accessible()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Taken back: 19 removed, 0 as before, 1 kept.")).to_be_visible()
    assert _count(owner, data_type) == 1
