"""Users, hubs and one's own account, looked after in the console."""

from playwright.sync_api import expect

from tests.accounts.browsers import PASSWORD, signed_in, with_password
from tests.console.conftest import Visit
from tests.factories import Tenant
from transload.accounts.model import Role


def test_invited_user_comes_in_by_the_link_that_is_shown(visit: Visit, owner: Tenant) -> None:
    hub = owner.hub("Jakarta")
    page = visit(owner).open("/settings/users")
    page.get_by_role("button", name="Invite a user").click()
    email = f"budi-{owner.user_id}@example.com"
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Role").select_option(label="planner")
    page.get_by_role("checkbox", name="Jakarta").check()
    page.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_label("Link", exact=True).input_value()
    guest = visit()
    guest.page.goto(link)
    guest.page.get_by_label("New password").fill(PASSWORD)
    guest.page.get_by_role("button", name="Set password and sign in").click()
    guest.page.get_by_role("heading", level=1, name="Data").wait_for()
    (found,) = [user for user in owner.get("/users").json()["data"] if user["email"] == email]
    assert (found["role"]["name"], found["hubId"]) == ("planner", [hub])


def test_user_is_let_in_no_more_and_removed(visit: Visit, owner: Tenant) -> None:
    other = owner.user(Role.PLANNER)
    page = visit(owner, is_phone=True).open("/settings/users")
    page.get_by_role("button", name=f"More for {other.email}").click()
    page.get_by_role("menuitem", name="Let in no more").click()
    expect(page.get_by_text("not let in")).to_be_visible()
    assert other.get("/user").status_code == 401
    page.get_by_role("button", name=f"More for {other.email}").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text(f"{other.email} is removed")).to_be_visible()


def test_hub_is_made_changed_and_deleted(visit: Visit, owner: Tenant) -> None:
    visitor = visit(owner)
    page = visitor.open("/settings/hubs")
    page.get_by_role("button", name="New hub").click()
    page.get_by_label("Name", exact=True).fill("Medan")
    page.get_by_label("Latitude").fill("3.59")
    page.get_by_label("Longitude").fill("98.67")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("3.59, 98.67")).to_be_visible()
    page.get_by_role("button", name="More for Medan").click()
    page.get_by_role("menuitem", name="Change").click()
    page.get_by_label("Address", exact=True).fill("Jl. Balai Kota 1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Jl. Balai Kota 1")).to_be_visible()
    page.get_by_role("button", name="More for Medan").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Medan is deleted")).to_be_visible()
    assert owner.get("/hubs").json()["data"] == []


def test_password_is_changed_and_other_sessions_end(visit: Visit, owner: Tenant) -> None:
    with_password(owner)
    elsewhere = signed_in(owner)
    page = visit(owner).open("/settings/account")
    page.get_by_label("New password").fill("eight purple otters")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    assert elsewhere.send("GET", "/user").status_code == 401
    expect(page.get_by_text("this browser")).to_be_visible()


def test_colours_are_kept(visit: Visit, owner: Tenant) -> None:
    page = visit(owner).open("/settings/account")
    page.get_by_role("radio", name="Dark colours").check()
    page.reload()
    expect(page.get_by_role("radio", name="Dark colours")).to_be_checked()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(17, 21, 27)"
    )
