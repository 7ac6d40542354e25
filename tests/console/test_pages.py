"""Every page, on a desk in light colours and on a phone in dark ones, is open to everybody."""

from collections.abc import Mapping

import pytest

from tests.console.conftest import Visit
from tests.factories import Tenant

PAGES = [
    "/data",
    "/data?new=1",
    "/data/{type}",
    "/data/{empty}",
    "/data/{type}?record=new",
    "/data/{type}?record={record}",
    "/data/{type}/fields",
    "/imports",
    "/imports/new?type={type}",
    "/exports",
    "/exports/new",
    "/exports/new?type={type}",
    "/exports/{export}",
    "/settings",
    "/settings/account",
    "/settings/users",
    "/settings/hubs",
    "/nowhere",
]


@pytest.fixture(scope="module")
def stock(module_owner: Tenant) -> Mapping[str, str]:
    """An organization with some of everything; ids by what the pages call them."""
    owner = module_owner
    hub, other = owner.hub("Jakarta"), owner.hub("Bandung")
    data_type = owner.data_type(name="Outlets")
    records = owner.add(
        data_type, hub, [{"dataId": f"{n:06}", "name": f"Toko {n}", "price": n} for n in range(300)]
    )
    owner.add(data_type, other, [{"dataId": "b-1"}])
    export = owner.export(background=True, download="xlsx", dataTypeId=data_type).json()
    export_id = export["data"]["exportId"]
    owner.finished(export_id)
    return {
        "type": data_type,
        "empty": owner.data_type(name="Prices", common=True),
        "record": records[0],
        "export": export_id,
    }


@pytest.mark.parametrize("is_phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_accessible(
    visit: Visit, module_owner: Tenant, stock: Mapping[str, str], page: str, *, is_phone: bool
) -> None:
    visitor = visit(module_owner, is_phone=is_phone)
    visitor.open(page.format_map(stock))
    visitor.settle()
    visitor.assert_accessible()


@pytest.mark.parametrize("page", ["/data", "/data/{type}", "/data/{type}/fields", "/exports/new"])
def test_page_fits_a_screen_of_320_pixels(
    visit: Visit, module_owner: Tenant, stock: Mapping[str, str], page: str
) -> None:
    visitor = visit(module_owner, is_phone=True)
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    visitor.open(page.format_map(stock))
    visitor.settle()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_sign_in_is_accessible(visit: Visit) -> None:
    visitor = visit(is_phone=True)
    visitor.open("/data")
    visitor.page.get_by_label("Password").wait_for()
    visitor.assert_accessible()


def test_going_to_a_page_tells_its_title_and_takes_the_focus_there(
    visit: Visit, module_owner: Tenant, stock: Mapping[str, str]
) -> None:
    page = visit(module_owner).open("/data")
    page.get_by_role("link", name="Outlets").click()
    heading = page.get_by_role("heading", level=1, name="Outlets")
    heading.wait_for()
    assert page.title() == "Outlets · Transload"
    assert heading.evaluate("node => node === document.activeElement")
    page.go_back()
    page.get_by_role("heading", level=1, name="Data").wait_for()
    assert stock["type"] not in page.url


def test_all_pages_are_found_by_name_from_the_keyboard(
    visit: Visit, module_owner: Tenant, stock: Mapping[str, str]
) -> None:
    visitor = visit(module_owner)
    page = visitor.open("/exports")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("outlets")
    page.get_by_role("option", name="Records: Outlets").wait_for()
    visitor.assert_accessible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/data/{stock['type']}")
