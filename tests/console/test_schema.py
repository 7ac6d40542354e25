"""A type's fields, made and changed in the console."""

from playwright.sync_api import expect

from tests.console.conftest import Visit
from tests.factories import Tenant


def test_change_that_a_record_does_not_fit_names_it_and_changes_nothing(
    visit: Visit, owner: Tenant
) -> None:
    data_type = owner.data_type()
    owner.add(data_type, owner.hub(), [{"dataId": "k-1", "name": "no number"}])
    visitor = visit(owner)
    visitor.expects_refusals = True
    page = visitor.open(f"/data/{data_type}/fields")
    page.get_by_role("button", name="Edit Name").click()
    page.get_by_label("Kind of value").select_option(label="Number")
    page.get_by_role("button", name="Save fields").click()
    expect(page.get_by_role("alert")).to_contain_text("1 value would not fit")
    expect(page.get_by_role("row", name="k-1")).to_contain_text("must be a number")
    visitor.assert_accessible()
    fields = owner.get(f"/data-type/{data_type}").json()["data_type"]["fields"]
    assert next(field["type"] for field in fields if field["id"] == "name") == "string"


def test_money_asks_for_its_currency_and_is_filtered_as_a_number(
    visit: Visit, owner: Tenant
) -> None:
    data_type = owner.data_type()
    visitor = visit(owner)
    page = visitor.open(f"/data/{data_type}/fields")
    page.get_by_role("button", name="Add a field").click()
    page.get_by_label("Title").fill("Credit")
    page.get_by_label("Kind of value").select_option(label="Money")
    page.get_by_label("Currency").fill("idr")
    page.get_by_role("button", name="Save fields").click()
    expect(page.get_by_text("Fields saved")).to_be_visible()
    fields = owner.get(f"/data-type/{data_type}").json()["data_type"]["fields"]
    assert [one["format"] for one in fields if one["type"] == "money"] == ["IDR"]
    visitor.open(f"/data/{data_type}")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Field").select_option(label="Credit")
    offered = page.get_by_label("Condition").locator("option").all_inner_texts()
    assert "is more than" in offered
    assert "contains" not in offered
