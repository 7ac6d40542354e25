"""Signing in: by password, by a link, by single sign-on."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.accounts.browsers import PASSWORD, link_of, with_password
from tests.console.conftest import Visit
from tests.factories import Tenant
from transload.accounts.sign_in import LinkKind


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
