"""Records in the grid: read, sorted and edited, by keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.console.conftest import Visit
from tests.factories import Site, Tenant
from transload import bench_data, samples

_SCRIPT = '<img src=x onerror="document.title=`broken`"><script>document.title="broken"</script>'


@contextmanager
def _stock(owner: Tenant, count: int = 3) -> Iterator[str]:
    data_type = owner.data_type(name="Outlets")
    records = [{"dataId": f"k-{n}", "name": f"Toko {n}", "price": n} for n in range(count)]
    owner.add(data_type, owner.hub("Jakarta"), records)
    yield data_type


def _grid(page: Page) -> Locator:
    return page.get_by_role("grid")


def _values(owner: Tenant, data_type: str, field: str) -> list[object]:
    found = owner.get("/data", dataTypeId=data_type, sortBy="dataId", sortOrder="asc").json()
    return [record[field] for record in found["data"]["data"]]


def test_cell_is_edited_and_taken_back_by_keyboard(visit: Visit, owner: Tenant) -> None:
    with _stock(owner) as data_type:
        page = visit(owner).open(f"/data/{data_type}?sort=dataId")
        _grid(page).focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.keyboard.type("Toko Baru")
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Name")).not_to_be_visible()
        expect(page.get_by_role("gridcell", name="Toko Baru")).to_be_visible()
        assert _values(owner, data_type, "name") == ["Toko Baru", "Toko 1", "Toko 2"]
        page.keyboard.press("Control+z")
        expect(page.get_by_role("gridcell", name="Toko 0")).to_be_visible()
        assert _values(owner, data_type, "name") == ["Toko 0", "Toko 1", "Toko 2"]


def test_value_that_does_not_fit_is_told_and_kept_to_be_mended(visit: Visit, owner: Tenant) -> None:
    with _stock(owner) as data_type:
        visitor = visit(owner)
        visitor.expects_refusals = True
        page = visitor.open(f"/data/{data_type}?sort=dataId")
        _grid(page).focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.keyboard.type("dear")
        page.keyboard.press("Enter")
        expect(page.get_by_text("must be a number")).to_be_visible()
        expect(page.get_by_role("textbox", name="Price")).to_have_value("dear")
        page.get_by_role("textbox", name="Price").fill("12.5")
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Price")).not_to_be_visible()
        expect(page.get_by_role("gridcell", name="12.5")).to_be_visible()
        assert _values(owner, data_type, "price") == [12.5, 1, 2]


def test_range_of_a_spreadsheet_is_pasted(visit: Visit, owner: Tenant) -> None:
    with _stock(owner) as data_type:
        page = visit(owner).open(f"/data/{data_type}?sort=dataId")
        _grid(page).focus()
        page.keyboard.press("ArrowRight")
        _grid(page).evaluate(
            """node => {
                const data = new DataTransfer();
                data.setData("text/plain", "A\\tJl. 1\\nB\\tJl. 2\\n");
                node.dispatchEvent(
                    new ClipboardEvent("paste", {clipboardData: data, bubbles: true})
                );
            }"""
        )
        expect(page.get_by_role("gridcell", name="Jl. 2")).to_be_visible()
        assert _values(owner, data_type, "name") == ["A", "B", "Toko 2"]
        assert _values(owner, data_type, "address") == ["Jl. 1", "Jl. 2", None]


def test_records_are_sorted_by_a_column_and_the_address_says_so(
    visit: Visit, owner: Tenant
) -> None:
    with _stock(owner, count=12) as data_type:
        page = visit(owner).open(f"/data/{data_type}")
        page.get_by_role("columnheader", name="Price").click()
        expect(page.get_by_role("columnheader", name="Price")).to_have_attribute(
            "aria-sort", "ascending"
        )
        assert "sort=price" in page.url
        page.reload()
        expect(page.get_by_role("gridcell").first).to_have_text("k-0")


def test_record_is_made_changed_and_deleted_in_the_panel(visit: Visit, owner: Tenant) -> None:
    with _stock(owner) as data_type:
        page = visit(owner, is_phone=True).open(f"/data/{data_type}?sort=dataId")
        page.get_by_role("button", name="New record").click()
        page.get_by_label("Code").fill("k-9")
        page.get_by_label("Opened").fill("2024-05-31")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Record added")).to_be_visible()
        assert _values(owner, data_type, "opened")[-1] == "2024-05-31"
        page.get_by_role("gridcell", name="k-9").wait_for()
        page.get_by_text("4", exact=True).click()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete").last.click()
        expect(page.get_by_text("Record deleted")).to_be_visible()
        assert _values(owner, data_type, "dataId") == ["k-0", "k-1", "k-2"]


def test_text_that_is_markup_stays_text(visit: Visit, owner: Tenant) -> None:
    data_type = owner.data_type(name=f"{_SCRIPT} type")
    owner.add(data_type, owner.hub(), [{"dataId": "k", "name": _SCRIPT}])
    visitor = visit(owner)
    page = visitor.open("/data")
    expect(page.get_by_text(_SCRIPT).first).to_be_visible()
    visitor.open(f"/data/{data_type}")
    expect(page.get_by_role("gridcell", name=_SCRIPT)).to_be_visible()
    assert "broken" not in page.title().partition("<")[0]
    assert page.locator("main img, main script").count() == 0


def test_a_hundred_thousand_records_need_few_nodes(visit: Visit, console_site: Site) -> None:
    owner, data_type = _many(console_site, 100_000)
    page = visit(owner).open(f"/data/{data_type}?sort=dataId")
    _grid(page).focus()
    page.keyboard.press("Control+End")
    last = page.locator("[aria-rowindex='100001']")
    expect(last.get_by_role("gridcell").first).not_to_be_empty()
    assert page.evaluate("document.querySelectorAll('*').length") < 1_000
    page.keyboard.press("Control+Home")
    expect(page.get_by_role("gridcell").first).not_to_be_empty()
    assert _grid(page).get_attribute("aria-rowcount") == "100001"


_COPY = """
    INSERT INTO records (organization_id, data_type_id, id, hub_id, scope, data_id, created_time,
        updated_time, created_by, updated_by, limited_to, version, shape, size, document)
    SELECT organization_id, data_type_id, substr(id, 1, 8) || printf('%016x', counted.number),
        hub_id, scope, printf('%010d', counted.number), created_time,
        updated_time, created_by, updated_by, limited_to, version, shape, size,
        replace(document, '"' || data_id || '"', printf('"%010d"', counted.number))
    FROM (WITH RECURSIVE counted(number) AS (
        SELECT :loaded UNION ALL SELECT number + 1 FROM counted WHERE number + 1 < :count
    ) SELECT number FROM counted) AS counted
    JOIN records ON data_type_id = :type AND data_id = printf('%010d', counted.number % :loaded)
"""
_COUNT = "UPDATE record_counts SET records = :count WHERE data_type_id = :type"


def _many(site: Site, count: int) -> tuple[Tenant, str]:
    """Fill a type with records, of which a hundredth is loaded; give it, and who owns them."""
    accounts, now = site.service.accounts, site.clock.now()
    target = bench_data.prepare(accounts.database, "Many records", now)
    loaded = count // 100
    assert sum(bench_data.load(accounts.database, target, samples.outlets(loaded, 1))) == loaded
    with accounts.database.write() as connection:
        filled = {"type": target.data_type_id, "loaded": loaded, "count": count}
        connection.execute(text(_COPY), filled)
        connection.execute(text(_COUNT), filled)
    email = target.owner.email
    token = accounts.create_token(email=email, name="test", lifetime=timedelta(days=1), now=now)
    owner = Tenant(
        site=site,
        organization_id=target.owner.organization_id,
        user_id=target.owner.user_id,
        email=email,
        token=token,
    )
    return owner, target.data_type_id
