"""Every page (P39), on a desk in light colours and on a phone in dark ones, is open to all."""

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser

from tests.console.conftest import Visit, Visitor, begin_visit
from tests.console.hands import DESK, PHONE
from tests.factories import Site, Tenant
from tests.imports.drafting import Draft

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
    "/imports/{cut}",
    "/imports/{checked}?step=table",
    "/imports/{checked}?step=columns",
    "/imports/{checked}",
    "/imports/{committed}",
    "/exports",
    "/exports/new",
    "/exports/new?type={type}",
    "/exports/{export}",
    "/exports/configs",
    "/exports/schedules",
    "/exports/schedules?export=%7B%22download%22%3A%22csv%22%7D",
    "/exports/schedules/{schedule}",
    "/imports/presets",
    "/imports/links",
    "/settings",
    "/settings/account",
    "/settings/organization",
    "/settings/users",
    "/settings/hubs",
    "/settings/roles",
    "/settings/roles/{role}",
    "/settings/roles/new",
    "/settings/tokens",
    "/settings/webhooks",
    "/settings/webhooks/{webhook}",
    "/settings/audit",
    "/settings/mails",
    "/settings/health",
    "/nowhere",
]
_HIDES = {"permissionName": "view/data", "hiddenFields": ["price"]}


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
    into = {"dataTypeId": data_type, "hubId": hub}
    begun = owner.request("POST", "/imports", params={"filename": "a.csv", "size": 99, **into})
    rows = b"Code,Toko,Price,Opened\n1,A,dear,31/05/2024\n2,B,5,2024-05-31\n"
    checked, committed = (Draft.create(owner, rows, **into) for _ in range(2))
    checked.checked()
    committed.checked()
    committed.committed()
    columns = {"name": "Ours", "collection": "data", "dataTypeIds": [data_type]}
    field = {"id": "name", "component": "string", "title": "Toko"}
    assert owner.post("/export-config", {**columns, "fields": [field]}).is_success
    hook = {"url": "https://hooks.example/a", "events": ["data.created"], "active": False}
    return {
        "cut": begun.json()["data"]["_id"],
        "checked": checked.id,
        "committed": committed.id,
        "role": owner.role("view/data", permissionDetails=[_HIDES | {"dataTypeId": data_type}]).id,
        "webhook": owner.post("/webhooks", hook).json()["data"]["_id"],
        "schedule": _schedule(owner),
        "type": data_type,
        "empty": owner.data_type(name="Prices", common=True),
        "record": records[0],
        "export": export_id,
    }


def _schedule(owner: Tenant) -> str:
    place = {
        "kind": "sftp",
        "host": "files.invalid",
        "user": "acme",
        "password": "not shown",
        "folder": "outlets",
    }
    body = {
        "name": "Nightly",
        "cron": "0 3 * * *",
        "timeZone": "Asia/Jakarta",
        "reportType": "data",
        "export": {"download": "csv"},
        "destination": place,
    }
    made = str(owner.post("/export-schedules", body).json()["data"]["_id"])
    assert owner.post(f"/export-schedule/{made}/run").status_code == 201
    return made


@pytest.fixture(scope="module", params=[False, True], ids=["desk", "phone"])
def visitor(
    browser: Browser,
    console_site: Site,
    module_owner: Tenant,
    request: pytest.FixtureRequest,
) -> Iterator[Visitor]:
    """One visit for all pages: each is come to from the one before, as people do."""
    found = begin_visit(browser, console_site, module_owner, PHONE if request.param else DESK)
    found.expects_refusals = True  # of the page that is not there
    found.open("/data")
    yield found
    found.context.close()


@pytest.mark.parametrize("page", PAGES)
def test_page_is_accessible_and_fits_its_screen(
    visitor: Visitor, stock: Mapping[str, str], page: str
) -> None:
    visitor.faults.clear()
    visitor.go(page.format_map(stock))
    visitor.assert_accessible()
    size = visitor.page.viewport_size
    assert size is not None
    if size["width"] < 400:
        visitor.page.set_viewport_size({**size, "width": 320})
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        visitor.page.set_viewport_size(size)
        assert width <= 320
    assert visitor.faults == []


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
