"""Signing in: as the first, by password, by a link; and a session that ends over an open page."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.accounts.browsers import PASSWORD, link_of, with_password
from tests.console.conftest import Visit, Visitor, new_context
from tests.factories import PATIENCE_SECONDS, Tenant
from transload.accounts.sessions import start_link
from transload.accounts.sign_in import LinkKind
from transload.app import running_service
from transload.clock import Clock
from transload.server import bound_socket, serving
from transload.settings import Settings


def test_person_signs_in_and_out_by_keyboard(visit: Visit, owner: Tenant) -> None:
    with_password(owner)
    visitor = visit()
    page = visitor.open("/exports")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(owner.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Exports").wait_for()
    page.get_by_role("button", name="Account and colours").press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Sign in").wait_for()
    assert visitor.context.cookies() == []


def test_wrong_password_is_told_in_a_sentence(visit: Visit, owner: Tenant) -> None:
    with_password(owner)
    visitor = visit(is_phone=True)
    visitor.expects_refusals = True
    page = visitor.open("/data")
    page.get_by_label("E-mail").fill(owner.email)
    page.get_by_label("Password").fill("six purple otters")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The e-mail or the password is wrong.")).to_be_visible()
    visitor.assert_accessible()


def test_invited_person_sets_a_password(visit: Visit, owner: Tenant) -> None:
    visitor = visit(is_phone=True)
    page = visitor.open(f"/sign-in#{link_of(owner, LinkKind.INVITATION)}")
    visitor.assert_accessible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.get_by_role("heading", level=1, name="Data").wait_for()
    assert "#" not in page.url


def test_single_sign_on_has_a_button_that_leads_back_and_a_sentence_for_what_went_wrong(
    visit: Visit,
) -> None:
    visitor = visit()
    visitor.expects_refusals = True
    way = {"name": "Acme", "link": f"{visitor.base_url.rstrip('/')}/sso/start"}
    ways = {"status": True, "data": {"password": False, "singleSignOn": way}}
    visitor.context.route("**/session/ways", lambda route: route.fulfill(json=ways))
    page = visitor.open("/exports?problem=unknown&status=Done")
    button = page.get_by_role("link", name="Sign in with Acme")
    to = parse_qs(urlsplit(button.get_attribute("href") or "").query)["to"]
    assert to == ["/console/exports?status=Done"]
    expect(page.get_by_label("Password")).to_have_count(0)
    expect(page.get_by_role("alert")).to_contain_text("have no account here")
    visitor.assert_accessible()


def test_link_that_is_used_says_what_to_ask_for(visit: Visit, owner: Tenant) -> None:
    secret = link_of(owner, LinkKind.LOGIN)
    first = visit().open(f"/sign-in#{secret}")
    first.get_by_role("button", name="Sign in without a password").click()
    first.get_by_role("heading", level=1, name="Data").wait_for()
    visitor = visit()
    visitor.expects_refusals = True
    page = visitor.open(f"/sign-in#{secret}")
    page.get_by_role("button", name="Sign in without a password").click()
    expect(page.get_by_text("This link has been used")).to_be_visible()


def test_session_that_ends_during_an_edit_loses_nothing(visit: Visit, owner: Tenant) -> None:
    with_password(owner)
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "k", "name": "Toko"}])
    visitor = visit(owner)
    visitor.expects_refusals = True
    page = visitor.open(f"/data/{data_type}")
    page.get_by_role("grid").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("Toko Baru")
    for session in owner.get("/sessions").json()["data"]:
        assert owner.request("DELETE", f"/session/{session['_id']}").status_code == 200
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your session is over")
    dialog.wait_for()
    visitor.assert_accessible()
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).not_to_be_visible()
    expect(page.get_by_role("gridcell", name="Toko Baru")).to_be_visible()
    record = owner.get("/data", dataTypeId=data_type).json()["data"]["data"][0]
    assert record["name"] == "Toko Baru"


def test_first_person_starts_the_service_and_comes_to_a_first_record(
    browser: Chromium, built: Path, tmp_path: Path
) -> None:
    del built
    settings = Settings(data_dir=tmp_path / "data")
    with (
        running_service(settings, is_worker=False) as service,
        bound_socket("127.0.0.1", 0) as listener,
        serving(service, listener) as url,
        httpx.Client(base_url=url, timeout=PATIENCE_SECONDS),
    ):
        secret = start_link(service.accounts.database, Clock().now())
        visitor = Visitor(new_context(browser, is_phone=True), url)
        page = visitor.open(f"/start#{secret}")
        visitor.assert_accessible()
        page.get_by_label("Name of your organization").fill("Acme")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@acme.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="New type").first.click()
        page.get_by_label("Name").fill("Prices")
        page.get_by_label("To the whole organization").check()
        page.get_by_role("button", name="Create and add fields").click()
        page.get_by_role("link", name="Prices").click()
        page.get_by_role("button", name="New record").first.click()
        page.get_by_label("Code").fill("007")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("gridcell", name="007")).to_be_visible()
        visitor.context.close()
    assert visitor.faults == []
