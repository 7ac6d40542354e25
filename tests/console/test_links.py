"""Somebody without an account sends a file by a link, and a person of the organization decides."""

from playwright.sync_api import expect

from tests.console.conftest import Visit, Visitor
from tests.console.hands import Way
from tests.console.importing import mend, payload
from tests.factories import Tenant

_ROWS = b"Code,Name,Price\n1,A,5\n2,B,dear\n"


def _made(visitor: Visitor) -> str:
    """Make an import link at its page; give the address that it shows once."""
    page, hand = visitor.open("/imports/links"), visitor.hand
    hand.press(visitor.button("New link"))
    hand.write(page.get_by_label("For whom"), "Suppliers")
    visitor.assert_accessible()
    hand.press(visitor.button("Make the link"))
    address = page.get_by_label("Address of the link").input_value()
    visitor.assert_accessible()
    hand.press(visitor.button("Close"))
    expect(visitor.button("New link")).to_be_focused()
    return address


def _send(visitor: Visitor, action: str) -> None:
    page, hand = visitor.page, visitor.hand
    hand.write(page.get_by_label("Your name"), "Mei Tan")
    hand.write(page.get_by_label("Your e-mail"), "mei@supplier.example")
    hand.press(visitor.button(action))
    expect(page.get_by_text("waits for approval")).to_be_visible()
    expect(page.get_by_role("heading", name="prices.csv")).to_be_focused()


def test_stranger_sends_a_file_by_a_link_and_a_person_approves_it(
    visit: Visit, owner: Tenant, way: Way
) -> None:
    hub = owner.hub("Jakarta")
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, hub, [{"dataId": "1", "name": "Secret", "price": 1}])
    ours, theirs = visit(owner, way), visit(None, way)
    theirs.expects_refusals = True
    page, hand = theirs.page, theirs.hand
    page.goto(_made(ours))
    page.get_by_role("heading", name="Outlets for").wait_for()
    expect(page.get_by_role("navigation")).to_have_count(0)
    theirs.assert_accessible()
    hand.give(theirs.button("Choose a file"), payload(_ROWS, "prices.csv"))
    hand.press(theirs.button("Continue"))
    expect(page.get_by_role("heading", name="Which column is which field")).to_be_focused()
    hand.press(theirs.button("Check the rows"))
    expect(page.get_by_role("heading", name="Check of 2 rows")).to_be_focused()
    expect(page.get_by_role("heading", name="Price: 1 cell")).to_be_visible()
    expect(page.get_by_text("what is sent is not mended any more")).to_be_visible()
    theirs.assert_accessible()
    page.reload()
    _send(theirs, "Send 1 row")
    theirs.assert_accessible()

    our_page = ours.open("/imports")
    ours.hand.press(our_page.get_by_role("link", name="waits for approval"))
    our_page.get_by_text("From Mei Tan, mei@supplier.example").wait_for()
    ours.assert_accessible()
    ours.hand.press(ours.button("Give back"))
    dialog = our_page.get_by_role("dialog")
    ours.hand.write(our_page.get_by_label("What they read"), "What is the price of B?")
    ours.hand.press(dialog.get_by_role("button", name="Give back"))
    our_page.get_by_text("It is with its sender again").wait_for()
    ours.assert_arrived("prices.csv", "Check · prices.csv")

    expect(page.get_by_text("What is the price of B?")).to_be_visible()
    mend(theirs, 0 if way.is_phone else 1, "7")
    expect(page.get_by_text("Every row fits.")).to_be_visible()
    _send(theirs, "Send 2 rows")
    our_page.reload()
    ours.hand.press(ours.button("Approve, and import 2 rows"))
    ours.assert_arrived("What became of the rows", "prices.csv")
    expect(our_page.get_by_text("2 rows are in the store.")).to_be_visible()
    expect(page.get_by_text("It was approved: 2 rows are taken.")).to_be_visible()
    theirs.assert_accessible()
    assert "Secret" not in page.content()


def test_link_or_import_that_is_gone_says_what_can_be_done_and_offers_nothing_else(
    visit: Visit, owner: Tenant
) -> None:
    owner.hub("Jakarta")
    owner.data_type(name="Outlets")
    ours, theirs = visit(owner), visit(is_phone=True)
    theirs.expects_refusals = True
    page = theirs.page
    page.goto(_made(ours))
    theirs.hand.give(theirs.button("Choose a file"), payload(_ROWS, "prices.csv"))
    theirs.hand.press(theirs.button("Continue"))
    page.get_by_role("heading", name="Which column is which field").wait_for()
    (begun,) = owner.get("/imports").json()["data"]["data"]
    assert owner.request("DELETE", f"/imports/{begun['_id']}").is_success
    theirs.hand.press(theirs.button("Check the rows"))
    expect(page.get_by_text("is not kept any more")).to_be_visible()
    expect(theirs.button("Choose a file")).to_be_visible()
    theirs.assert_accessible()

    our_page = ours.open("/imports/links")
    ours.hand.press(our_page.get_by_role("button", name="End"))
    ours.hand.press(our_page.get_by_role("dialog").get_by_role("button", name="End"))
    expect(our_page.get_by_text("The link has ended")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("ask whoever gave it to you for a new one")
    expect(page.get_by_role("button")).to_have_count(0)
    theirs.assert_accessible()
