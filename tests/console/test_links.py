"""Somebody without an account sends a file by a link, and a person of the organization decides."""

from playwright.sync_api import FilePayload, Page, expect

from tests.console.conftest import Visit, Visitor
from tests.factories import Tenant

_ROWS: FilePayload = {
    "name": "prices.csv",
    "mimeType": "text/csv",
    "buffer": b"Code,Name,Price\n1,A,5\n2,B,dear\n",
}


def _made(visitor: Visitor) -> str:
    """Make a link at its page; give the address that it shows once."""
    page = visitor.open("/imports/links")
    page.get_by_role("button", name="New link").click()
    page.get_by_label("For whom").fill("Suppliers")
    visitor.assert_accessible()
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Address of the link").input_value()
    visitor.assert_accessible()
    page.get_by_role("button", name="Close", exact=True).click()
    return address


def _send(page: Page, rows: int) -> None:
    page.get_by_label("Your name").fill("Mei Tan")
    page.get_by_label("Your e-mail").fill("mei@supplier.example")
    page.get_by_role("button", name=f"Send {rows} row").click()
    expect(page.get_by_text("waits for approval")).to_be_visible()


def test_stranger_sends_a_file_by_a_link_and_a_person_approves_it(
    visit: Visit, owner: Tenant
) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, hub, [{"dataId": "1", "name": "Secret", "price": 1}])
    ours, theirs = visit(owner), visit(is_phone=True)
    theirs.expects_refusals = True
    page = theirs.page
    page.goto(_made(ours))
    page.get_by_role("heading", name="Outlets for").wait_for()
    expect(page.get_by_role("navigation")).to_have_count(0)
    theirs.assert_accessible()
    page.get_by_label("File", exact=True).last.set_input_files(_ROWS)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_role("heading", name="Price: 1 cell")).to_be_visible()
    expect(page.get_by_text("what is sent is not mended any more")).to_be_visible()
    expect(page.get_by_text("Next problem: F8")).to_be_hidden()
    theirs.assert_accessible()
    page.reload()
    _send(page, 1)
    theirs.assert_accessible()

    our_page = ours.open("/imports")
    our_page.get_by_role("link", name="waits for approval").click()
    our_page.get_by_text("From Mei Tan, mei@supplier.example").wait_for()
    ours.assert_accessible()
    our_page.get_by_role("button", name="Give back").click()
    our_page.get_by_label("What they read").fill("What is the price of B?")
    our_page.get_by_role("dialog").get_by_role("button", name="Give back").click()
    our_page.get_by_text("It is with its sender again").wait_for()

    expect(page.get_by_text("What is the price of B?")).to_be_visible()
    page.get_by_label("Price").fill("7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Every row fits.")).to_be_visible()
    _send(page, 2)
    our_page.reload()
    our_page.get_by_role("button", name="Approve, and import 2 rows").click()
    expect(our_page.get_by_text("2 rows are in the store.")).to_be_visible()
    expect(page.get_by_text("It was approved: 2 rows are taken.")).to_be_visible()
    theirs.assert_accessible()
    assert "Secret" not in page.content()

    ours.open("/imports/links")
    our_page.get_by_role("button", name="End").click()
    our_page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(our_page.get_by_text("The link has ended")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("This link has ended")
    theirs.assert_accessible()
