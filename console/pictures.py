"""Makes the README's pictures: the running product in a browser, on the sample records.

`python console/pictures.py` writes them to docs/pictures; it needs `chromium` on the PATH.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from transload import demo, samples
from transload.accounts.links import login_link
from transload.accounts.model import Role
from transload.accounts.run import create_organization, create_user
from transload.app import running_service
from transload.client import Client
from transload.clock import Clock
from transload.server import bound_socket, serving
from transload.settings import Settings

PICTURES = Path(__file__).resolve().parents[1] / "docs/pictures"
_OWNER = "ada@acme.example"
_RECORDS = 10_000
_ROWS = 2_000
_BAD_DAYS = 160
_TITLES = ("Outlet ID", "Name", "City", "Opened", "Credit limit")
_DESK: ViewportSize = {"width": 1200, "height": 760}
_PHONE: ViewportSize = {"width": 390, "height": 760}


def main() -> int:
    """Make the pictures; without a browser, say so on stderr and give exit code 1."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("The pictures need chromium on the PATH.\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with _running() as (url, client, secret), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        desk = _signed_in(browser, url, secret)
        hub_id = demo.create_hub(client)
        type_id = demo.create_data_type(client, "Outlets", samples.outlet_fields())
        loaded = demo.load(client, hub_id, type_id, samples.outlets(_RECORDS))
        if sum(loaded) != _RECORDS:
            sys.stderr.write("The service did not take all of the sample records.\n")
            return 1
        desk.goto(f"{url}/console/data/{type_id}?sort=dataId")
        desk.get_by_role("gridcell", name="0000000012").wait_for()
        _take(desk, "records")
        _bring_in(desk, url, type_id)
        _take(desk, "check")
        _take_on_a_phone(browser, desk)
    return 0


@contextmanager
def _running() -> Iterator[tuple[str, Client, str]]:
    """Run a service; give its address, a client of its only user, and the secret of a link."""
    clock = Clock()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Settings(data_dir=Path(folder) / "data", rate_limit=0)) as service,
        bound_socket("127.0.0.1", 0) as listener,
        serving(service, listener) as url,
    ):
        accounts, now = service.accounts, clock.now()
        organization = create_organization(accounts.database, "Acme", now)
        create_user(
            accounts.database,
            organization_id=organization.id,
            email=_OWNER,
            role=Role.OWNER,
            hub_ids=(),
            now=now,
        )
        token = accounts.create_token(
            email=_OWNER, name="pictures", lifetime=timedelta(hours=1), now=now
        )
        yield url, Client(base_url=url, token=token), login_link(accounts.database, _OWNER, now)


def _signed_in(browser: Browser, url: str, secret: str) -> Page:
    context = browser.new_context(viewport=_DESK, color_scheme="light", locale="en-GB")
    page = context.new_page()
    page.goto(f"{url}/console/sign-in#{secret}")
    page.get_by_role("button", name="Sign in without a password").click()
    page.get_by_role("heading", level=1, name="Data").wait_for()
    return page


def _bring_in(page: Page, url: str, type_id: str) -> None:
    """Bring in a file with days that are written day first, up to where its rows are checked."""
    page.goto(f"{url}/console/imports/new?type={type_id}")
    content = "\n".join(_rows()).encode()
    page.get_by_label("File", exact=True).last.set_input_files(
        {"name": "outlets-may.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="heck the rows").click()
    page.get_by_role("heading", name=f"Opened: {_BAD_DAYS} cells").wait_for()
    page.get_by_role("gridcell").first.wait_for()


def _rows() -> Iterator[str]:
    """Give the lines of a file of outlets: some known and changed, some new, some with faults."""
    fields = {field.title: field.id for field in samples.outlet_fields()}
    outlets = samples.outlets(_RECORDS + _ROWS // 2)
    for number, outlet in enumerate(outlets):
        at = number - (_RECORDS - _ROWS // 2)
        if at < 0:
            continue
        cells = {title: str(outlet[fields[title]]) for title in _TITLES}
        if at % 3 == 0:
            cells["Credit limit"] = str(at * 100)
        if at % (_ROWS // _BAD_DAYS) == 1 and at // (_ROWS // _BAD_DAYS) < _BAD_DAYS:
            year, month, day = cells["Opened"].split("-")
            cells["Opened"] = f"{day}/{month}/{year}"
        yield from chain([",".join(_TITLES)] if at == 0 else [], [",".join(cells.values())])


def _take_on_a_phone(browser: Browser, desk: Page) -> None:
    """Take the same step of the same import, come to on another device."""
    context = browser.new_context(
        viewport=_PHONE,
        color_scheme="dark",
        locale="en-GB",
        storage_state=desk.context.storage_state(),
    )
    page = context.new_page()
    page.goto(desk.url)
    page.get_by_role("heading", name=f"Opened: {_BAD_DAYS} cells").wait_for()
    _take(page, "phone")


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


if __name__ == "__main__":
    sys.exit(main())
