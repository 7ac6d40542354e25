"""Files brought in by the console: what the journeys do not meet on their way."""

import re
from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.console.conftest import Visit, Visitor
from tests.console.importing import counts, payload
from tests.factories import Tenant
from tests.imports.drafting import Draft
from tests.imports.sending import stored
from transload.imports.model import Step

_PICTURE = b"\x89PNG\r\n\x1a\n" * 9


def _begin(visitor: Visitor, content: FilePayload, query: str) -> Page:
    page = visitor.open(f"/imports/new?{query}")
    page.get_by_label("File", exact=True).last.set_input_files(content)
    page.get_by_role("button", name="Continue").click()
    return page


def _bring_in_two(page: Page) -> None:
    """Check a file's two rows, and import them."""
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("2 rows are in the store.")).to_be_visible()


def _checked(owner: Tenant, content: bytes) -> Draft:
    """Give a draft of a file for a type Outlets and a hub Jakarta, all rows checked."""
    draft = Draft.create(
        owner, content, dataTypeId=owner.data_type(name="Outlets"), hubId=owner.hub("Jakarta")
    )
    draft.checked()
    return draft


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
    assert counts(page)["problems"] == "1"


def test_words_are_called_no_value_by_an_offer_or_one_by_one(visit: Visit, owner: Tenant) -> None:
    draft = _checked(owner, b"Code,Name,Price\n1,A,n/a\n2,B,n/a\n3,C,later\n")
    visitor = visit(owner)
    page = visitor.open(f"/imports/{draft.id}")
    page.get_by_role("button", name="Take \u201cn/a\u201d as no value in 2 rows").click()
    expect(page.get_by_role("heading", name="Price: 1 cell")).to_be_visible()
    page.get_by_text("Say what a value means").click()
    page.get_by_label("\u201clater\u201d means no value").check()
    visitor.assert_accessible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Every row fits.")).to_be_visible()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("3 rows are in the store.")).to_be_visible()
    records = owner.get("/data").json()["data"]["data"]
    assert [record.get("price") for record in records] == [None] * 3


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


def test_what_is_below_the_rows_stays_where_it_is_when_they_arrive(
    visit: Visit, owner: Tenant
) -> None:
    draft = _checked(owner, b"Code,Name\n1,A\n")
    visitor = visit(owner)
    held: list[Route] = []

    def hold(request: Route) -> None:
        held.append(request)

    visitor.context.route("**/rows?*", hold)
    page = visitor.open(f"/imports/{draft.id}")
    button = page.get_by_role("button", name="Import 1 row")
    button.wait_for()
    page.get_by_text("Outlets · Jakarta").wait_for()
    before = button.bounding_box()
    for request in held:
        request.continue_()
    page.get_by_role("gridcell", name="A", exact=True).wait_for()
    assert button.bounding_box() == before


def test_receipt_does_not_begin_with_the_rows_that_the_check_showed(
    visit: Visit, owner: Tenant
) -> None:
    draft = _checked(owner, b"Code,Name,Price\n1,A,dear\n2,B,5\n")
    page = visit(owner).open(f"/imports/{draft.id}")
    page.get_by_role("button", name="problems").click()
    expect(page).to_have_url(re.compile("show=invalid"))
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", name="What became of the rows")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/imports/{draft.id}$"))
    expect(page.get_by_role("button", name="Mend the 1 row here")).to_be_visible()


def test_type_is_made_of_a_file(visit: Visit, owner: Tenant) -> None:
    visitor = visit(owner)
    page = _begin(visitor, payload(b"Kode,Nama,Luas\n001,A,5\n002,B,7\n", "toko.csv"), "type=new")
    page.get_by_label("Name of the type").fill("Shops")
    page.get_by_label("Name of the type").press("Tab")
    visitor.settle()
    visitor.assert_accessible()
    _bring_in_two(page)
    page.get_by_role("link", name="See the records").click()
    page.get_by_role("heading", level=1, name="Shops").wait_for()


def test_sign_before_decimals_is_chosen_where_it_is_in_doubt(visit: Visit, owner: Tenant) -> None:
    """P35: of a type that there is, and of one that is made of the file."""
    content = b"Code,Price,Weight\na,1.250,0.5\nb,12.500,1.5\n"
    data_type = owner.data_type(name="Outlets")
    visitor = visit(owner)
    page = _begin(visitor, payload(content, "prices.csv"), f"type={data_type}&hub={owner.hub()}")
    sign = page.get_by_label("Decimal sign in Price")
    sign.select_option("1.250 is 1250")
    expect(page.get_by_label("Decimal sign in Weight")).to_have_count(0)
    visitor.settle()
    visitor.assert_accessible()
    _bring_in_two(page)
    assert {one["price"] for one in stored(owner, data_type).values()} == {1250, 12500}

    page = _begin(visitor, payload(content, "prices.csv"), "type=new")
    expect(sign).to_have_count(0)
    page.get_by_label("Kind of value in Price").select_option("Number")
    sign.select_option("1.250 is 1250")
    visitor.settle()
    visitor.assert_accessible()
    _bring_in_two(page)
    page.get_by_role("link", name="See the records").click()
    expect(page.get_by_role("gridcell", name="12500", exact=True)).to_be_visible()


def test_sheet_that_is_read_is_named_and_of_the_others_no_rows_are_said(
    visit: Visit, owner: Tenant
) -> None:
    workbook = openpyxl.Workbook()
    sheets = workbook.active, workbook.create_sheet("Data")
    for sheet, row in zip(sheets, (["Read me"], ["Code", "Name"]), strict=True):
        sheet.append(row)
    sheets[1].append(["1", "A"])
    content = BytesIO()
    workbook.save(content)
    file = payload(content.getvalue(), "book.xlsx")
    page = _begin(visit(owner), file, "type=new")
    page.get_by_text("XLSX, 0 rows · Sheet · titles in line 1").wait_for()
    page.get_by_role("button", name="Change", exact=True).click()
    sheet = page.get_by_label("Sheet", exact=True)
    assert sheet.locator("option").all_inner_texts() == ["Sheet (0 rows)", "Data"]
    sheet.select_option("Data")
    expect(sheet.locator("option")).to_have_text(["Sheet", "Data (1 row)"])
    expect(sheet).to_have_value("Data")


def test_where_the_rows_go_is_said_at_every_step_and_what_each_word_becomes(
    visit: Visit, owner: Tenant
) -> None:
    fields: list[dict[str, object]] = [
        {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
        {"id": "open", "title": "Open", "type": "boolean"},
    ]
    data_type = owner.data_type(name="Outlets", fields=fields)
    content = b"Code,Open\n1,ya\n2,x\n3,tidak\n"
    draft = Draft.create(owner, content, dataTypeId=data_type, hubId=owner.hub("Jakarta"))
    draft.checked()
    page = visit(owner).open(f"/imports/{draft.id}")
    expect(page.get_by_text("Outlets · Jakarta", exact=True)).to_be_visible()
    offered = page.get_by_role("button", name="Mend 3 rows so")
    expect(offered).to_contain_text("“x”, “ya” become true; “tidak” becomes false")
    offered.click()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("3 rows are in the store.")).to_be_visible()
    expect(page.get_by_text("Outlets · Jakarta", exact=True)).to_be_visible()


def test_import_that_is_taken_back_says_so_while_it_goes_and_afterwards(
    visit: Visit, owner: Tenant
) -> None:
    draft = _checked(owner, b"Code,Name\n1,A\n2,B\n")
    draft.committed()
    job = draft.begun(Step.UNDO, undone={"removed": 1, "restored": 0, "kept": 0})
    page = visit(owner).open(f"/imports/{draft.id}")
    expect(page.get_by_role("heading", name="The import is being taken back")).to_be_visible()
    expect(page.get_by_text("1 of 2 rows")).to_be_visible()
    expect(page.get_by_role("button", name="Stop the import")).to_have_count(0)
    owner.site.service.imports.perform(owner.organization_id, job)
    page.reload()
    expect(page.get_by_text("This import was taken back.")).to_be_visible()
    expect(page.get_by_text("are in the store")).to_have_count(0)
    page.get_by_role("link", name="Imports", exact=True).last.click()
    expect(page.get_by_text("Outlets, taken back")).to_be_visible()


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
    page.get_by_label("File", exact=True).last.set_input_files(payload(b"Code,Toko\n001,New\n"))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Field for Toko")).to_have_value("name")
