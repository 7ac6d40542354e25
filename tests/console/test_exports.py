"""Exports in the console: asked for, followed, fetched, stopped."""

import json
import re

from playwright.sync_api import expect

from tests.console.conftest import Visit
from tests.factories import Tenant, fetch


def test_records_of_the_grid_are_exported_with_a_click(visit: Visit, owner: Tenant) -> None:
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": f"k-{n}"} for n in range(5)])
    page = visit(owner).open(f"/data/{data_type}?sort=dataId")
    page.get_by_role("link", name="Export these").click()
    page.get_by_role("radio", name="JSON Every value").check()
    expect(page.get_by_text("5 records match.")).to_be_visible()
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    link = page.get_by_role("link", name="Download").get_attribute("href")
    assert link is not None
    assert [record["dataId"] for record in json.loads(fetch(link))] == [f"k-{n}" for n in range(5)]
    page.get_by_role("link", name="Exports").first.click()
    expect(page.get_by_text("5 records")).to_be_visible()


def test_columns_are_chosen_and_put_in_order_by_keyboard(visit: Visit, owner: Tenant) -> None:
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "k", "name": "N", "price": 1}])
    page = visit(owner).open(f"/exports/new?type={data_type}&format=csv")
    page.get_by_role("button", name="None", exact=True).press("Enter")
    for name in ("Price", "Name"):
        page.get_by_role("checkbox", name=name, exact=True).press("Space")
    page.get_by_role("button", name="Move Name up").press("Enter")
    page.get_by_role("button", name="Export", exact=True).press("Enter")
    link = page.get_by_role("link", name="Download").get_attribute("href")
    assert link is not None
    assert fetch(link).decode("utf-8-sig").splitlines() == ["Name,Price", "N,1"]


def test_columns_are_saved_taken_again_and_copied_as_a_command(visit: Visit, owner: Tenant) -> None:
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "k", "name": "N", "price": 1}, {"dataId": "l"}])
    visitor = visit(owner)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.open(f"/exports/new?type={data_type}&format=csv&fields=price,name")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Field").select_option(label="Name")
    page.get_by_label("Condition").select_option(label="has a value")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("1 record matches.")).to_be_visible()
    page.get_by_role("button", name="Save these columns").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Prices of ours")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Saved columns")).to_have_value(re.compile(r"\w{24}"))
    config = page.get_by_label("Saved columns").input_value()
    page.get_by_role("button", name="Copy as command").click()
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"transload export --type={data_type} --format=csv --config={config}"
        " --sort=-createdTime --filter='name isNotEmpty'"
    )
    assert owner.get("/tasks/export-log").json()["total"] == 0
    page.get_by_role("button", name="Export", exact=True).click()
    link = page.get_by_role("link", name="Download").get_attribute("href")
    assert link is not None
    assert fetch(link).decode("utf-8-sig").splitlines() == ["Price,Name", "1,N"]
    visitor.go("/exports/configs")
    page.get_by_role("button", name="More for Prices of ours").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("Theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="More for Theirs").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Theirs is deleted")).to_be_visible()
    assert owner.get("/export-configs").json()["data"]["data"] == []


def test_file_is_removed(visit: Visit, owner: Tenant) -> None:
    data_type = owner.data_type(name="Outlets")
    owner.add(data_type, owner.hub(), [{"dataId": "k"}])
    answer = owner.export(background=True, download="xlsx", dataTypeId=data_type)
    export_id = answer.json()["data"]["exportId"]
    link = owner.finished(export_id)["fileUrl"]
    page = visit(owner).open(f"/exports/{export_id}")
    page.get_by_role("button", name="Remove the file").click()
    page.get_by_role("button", name="Remove the file").click()
    expect(page.get_by_text("The file was removed.")).to_be_visible()
    assert owner.site.http.get(link).status_code == 404
