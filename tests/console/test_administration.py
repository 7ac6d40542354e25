"""Roles, tokens, webhooks and the audit trail, looked after in the console; each by who may."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console.conftest import Visit
from tests.factories import Tenant
from tests.webhooks.receivers import Receiver, receiving
from transload.accounts.model import Role


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_token_is_shown_once_works_and_is_ended(visit: Visit, owner: Tenant) -> None:
    page = visit(owner).open("/settings/tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_label("Works for").select_option(label="7 days")
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_label("Token", exact=True).input_value()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Warehouse").first).to_be_visible()
    assert token not in page.content()
    assert owner.with_token(token).get("/user").status_code == 200
    page.get_by_role("button", name="End it Warehouse").click()
    page.get_by_role("button", name="End it", exact=True).last.click()
    expect(page.get_by_text("The token works no more")).to_be_visible()
    assert owner.with_token(token).get("/user").status_code == 401


def test_role_that_hides_a_field_is_made_of_another_and_deleted(
    visit: Visit, owner: Tenant
) -> None:
    data_type = owner.data_type(name="Outlets")
    flow = owner.flow(name="Delivery")
    visitor = visit(owner)
    visitor.expects_refusals = True
    page = visitor.open("/settings/roles")
    page.get_by_role("link", name="planner").click()
    page.get_by_role("link", name="Make a role like this").click()
    page.get_by_label("Name", exact=True).fill("Clerk")
    page.get_by_role("checkbox", name="Delete data", exact=True).uncheck()
    page.get_by_label("Hide fields of").select_option(label="Outlets (records)")
    page.get_by_role("checkbox", name="Price").check()
    page.get_by_role("radio", name="Only these").check()
    page.get_by_role("checkbox", name="Delivery").check()
    page.get_by_role("button", name="Save the role").click()
    expect(page.get_by_text("hides 1 field")).to_be_visible()
    made = owner.get("/roles").json()["data"][-1]
    names = {one["name"] for one in made["permissions"]}
    assert names == {one.value for one in Role.PLANNER.permissions} - {"delete/data"}
    assert made["permissionDetails"] == [
        {"permissionName": "view/data", "dataTypeId": data_type, "hiddenFields": ["price"]},
        {"permissionName": "add/task", "items": [flow]},
    ]
    role = Role(id=made["_id"], key=made["_id"], name="Clerk", permissions=frozenset())
    clerk = owner.user(role)
    page.get_by_role("link", name="Clerk").click()
    page.get_by_role("button", name="Delete the role").click()
    page.get_by_role("button", name="Delete the role").last.click()
    expect(page.get_by_role("alert")).to_contain_text(clerk.email)
    assert owner.request("DELETE", f"/user/{clerk.user_id}").is_success
    page.get_by_role("button", name="Delete the role").click()
    page.get_by_role("button", name="Delete the role").last.click()
    expect(page.get_by_text("The role Clerk is deleted")).to_be_visible()


def test_schedule_is_made_of_an_export_run_and_paused(
    visit: Visit, owner: Tenant, receiver: Receiver
) -> None:
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "1", "name": "A"}])
    page = visit(owner).open(f"/exports/new?type={data_type}&format=csv")
    page.get_by_role("link", name="Run it by the clock").click()
    page.get_by_label("Name", exact=True).fill("Nightly")
    page.get_by_label("How often").select_option(label="Monday to Friday")
    page.get_by_label("At", exact=True).fill("04:30")
    page.get_by_label("Time zone").fill("Asia/Jakarta")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Save").click()
    secret = page.get_by_role("textbox", name="Secret").input_value()
    assert secret.startswith("whsec_")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("(Asia/Jakarta)")).to_be_visible()
    [made] = owner.get("/export-schedules").json()["data"]
    assert (made["cron"], made["export"]["dataTypeId"]) == ("30 4 * * 1-5", data_type)
    page.get_by_role("link", name="Nightly").click()
    page.get_by_role("button", name="More for Nightly").click()
    page.get_by_role("menuitem", name="Run now").click()
    expect(page.get_by_text("delivered", exact=True)).to_be_visible()
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    assert len(receiver.got) == 1
    page.get_by_role("button", name="More for Nightly").click()
    page.get_by_role("menuitem", name="Pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
    assert owner.get("/export-schedules").json()["data"][0]["nextTime"] is None


def test_schedule_of_a_csv_is_changed_to_another_format(visit: Visit, owner: Tenant) -> None:
    body = {
        "name": "Nightly",
        "cron": "0 3 * * *",
        "reportType": "data",
        "export": {"download": "csv", "separator": ";", "q": "Toko"},
        "destination": {"kind": "webhook", "url": "https://hooks.example.com/exports"},
    }
    made = owner.post("/export-schedules", body).json()["data"]["_id"]
    page = visit(owner).open(f"/exports/schedules/{made}")
    page.get_by_role("button", name="More for Nightly").click()
    page.get_by_role("menuitem", name="Change").click()
    page.get_by_label("Format").select_option(label="Parquet")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    [changed] = owner.get("/export-schedules").json()["data"]
    assert changed["export"] == {"download": "parquet", "q": "Toko"}


def test_webhook_is_made_tested_and_its_deliveries_are_looked_at(
    visit: Visit, owner: Tenant, receiver: Receiver
) -> None:
    receiver.status = 500
    visitor = visit(owner)
    page = visitor.open("/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_role("checkbox", name="An import has ended").uncheck()
    page.get_by_role("button", name="Save").click()
    assert page.get_by_label("Secret", exact=True).input_value().startswith("whsec_")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Warehouse").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("failed", exact=True)).to_be_visible()
    page.get_by_text("A test", exact=True).click()
    expect(page.get_by_text('"type": "test"')).to_be_visible()
    visitor.assert_accessible()
    receiver.status = 204
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("delivered", exact=True)).to_be_visible()
    assert [told["type"] for told in receiver.events()] == ["test", "test"]
    page.get_by_role("button", name="Change the webhook").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(page.get_by_text("off", exact=True)).to_be_visible()
    (webhook,) = owner.get("/webhooks").json()["data"]
    assert (webhook["active"], webhook["events"]) == (
        False,
        ["data.created", "export.ended", "import.decided", "import.waiting", "schedule.failing"],
    )


def test_trail_tells_what_was_refused(visit: Visit, owner: Tenant) -> None:
    planner = owner.user(Role.PLANNER)
    assert planner.get("/roles").status_code == 403
    page = visit(owner, is_phone=True).open("/settings/audit")
    page.get_by_label("What was done").select_option(label="refused")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("cell", name=planner.email)).to_be_visible()
    page.get_by_role("button", name="Export these").click()
    page.get_by_role("menuitem", name="JSON lines").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download").click()
    [event] = fetched.value.path().read_text().splitlines()
    assert (json.loads(event)["user"], json.loads(event)["action"]) == (planner.email, "deny")
    page.go_back()
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("E-mail").press("Enter")
    expect(page.get_by_text("No event is of this kind.")).to_be_visible()


def test_health_is_looked_at(visit: Visit, owner: Tenant) -> None:
    page = visit(owner).open("/settings/health")
    expect(page.get_by_text("Everything is ready.")).to_be_visible()
    expect(page.get_by_text("at work", exact=True)).to_be_visible()
    expect(page.get_by_text("0 waiting")).to_have_count(2)


def test_pages_are_offered_to_those_who_may(visit: Visit, owner: Tenant) -> None:
    visitor = visit(owner.user(owner.role("view/data", "view/dataType")))
    page = visitor.open("/settings")
    main, bar = page.get_by_role("main"), page.get_by_role("navigation", name="Main")
    titles = [link.locator("strong").inner_text() for link in main.get_by_role("link").all()]
    assert titles == ["My account", "Tokens"]
    expect(bar.get_by_role("link", name="Imports")).to_have_count(0)
    expect(bar.get_by_role("link", name="Exports")).to_have_count(0)
    page.keyboard.press("Control+k")
    offered = [one.inner_text().strip() for one in page.get_by_role("option").all()]
    assert offered == ["Data", "My account", "Tokens"]
    visitor.expects_refusals = True
    visitor.open("/settings/roles")
    expect(page.get_by_role("alert")).to_contain_text("You do not have permission")
