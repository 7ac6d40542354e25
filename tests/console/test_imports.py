"""Files brought in by the console: checked, imported, and what does not fit given back."""

from playwright.sync_api import FilePayload, expect

from tests.console.conftest import Visit
from tests.factories import Tenant, fetch

_PICTURE = b"\x89PNG\r\n\x1a\n" * 9


def _file(rows: int, bad: int) -> FilePayload:
    lines = ["Code,Name,Price"]
    lines += [f"{n:05},Toko {n},{'dear' if n < bad else n}" for n in range(rows)]
    return {"name": "outlets.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def _count(owner: Tenant, data_type: str) -> int:
    return int(owner.get("/data", dataTypeId=data_type).json()["data"]["total"])


def test_rows_are_checked_before_anything_is_written_and_then_imported(
    visit: Visit, owner: Tenant
) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner, is_phone=True)
    page = visitor.open(f"/imports/new?type={data_type}")
    page.get_by_label("File", exact=True).last.set_input_files(_file(1_000, 50))
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("950 rows fit; nothing has been written yet.")).to_be_visible()
    visitor.assert_accessible()
    assert _count(owner, data_type) == 0
    page.get_by_role("button", name="Import 950 rows").click()
    expect(page.get_by_text("950 rows are in the store.")).to_be_visible()
    assert _count(owner, data_type) == 950
    failed = page.get_by_role("link", name="Download the 50 rows").get_attribute("href")
    assert failed is not None
    assert fetch(failed).startswith(b"PK")
    page.get_by_role("link", name="See the records").click()
    expect(page.get_by_text("950 records")).to_be_visible()


def test_imported_file_that_is_imported_again_changes_nothing(visit: Visit, owner: Tenant) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner)
    for _ in range(2):
        page = visitor.open(f"/imports/new?type={data_type}")
        page.get_by_label("File", exact=True).last.set_input_files(_file(20, 0))
        page.get_by_role("button", name="Import at once").click()
        expect(page.get_by_text("20 rows are in the store.")).to_be_visible()
    expect(visitor.page.get_by_text("the same").locator("..")).to_contain_text("20")


def test_file_that_is_none_is_refused_with_a_sentence(visit: Visit, owner: Tenant) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner)
    visitor.expects_refusals = True
    page = visitor.open(f"/imports/new?type={data_type}")
    picture: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": _PICTURE}
    page.get_by_label("File", exact=True).last.set_input_files(picture)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("alert")).to_contain_text("file")
    visitor.assert_accessible()


def test_cells_of_a_spreadsheet_are_pasted(visit: Visit, owner: Tenant) -> None:
    owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    page = visit(owner).open(f"/imports/new?type={data_type}")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "Code\\tName\\n001\\tToko Satu\\n002\\tToko Dua\\n");
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
            document.querySelector("h1").dispatchEvent(event);
        }"""
    )
    page.get_by_role("button", name="Import at once").click()
    expect(page.get_by_text("2 rows are in the store.")).to_be_visible()
    records = owner.get("/data", dataTypeId=data_type, sortBy="dataId", sortOrder="asc").json()
    assert [one["dataId"] for one in records["data"]["data"]] == ["001", "002"]


def test_import_is_taken_back_but_for_what_was_edited_since(visit: Visit, owner: Tenant) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner)
    page = visitor.open(f"/imports/new?type={data_type}&hub={hub}")
    page.get_by_label("File", exact=True).last.set_input_files(_file(20, 0))
    page.get_by_role("button", name="Import at once").click()
    expect(page.get_by_text("20 rows are in the store.")).to_be_visible()
    record = owner.get("/data", dataTypeId=data_type, dataId="00007").json()["data"]["data"][0]
    assert owner.request("PATCH", f"/data/{record['_id']}", json={"name": "Mine"}).is_success
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("19 records go, 0 are as before, 1 stays")).to_be_visible()
    visitor.assert_accessible()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Taken back: 19 removed, 0 as before, 1 kept.")).to_be_visible()
    assert _count(owner, data_type) == 1
