"""The service is killed while somebody imports a file: the page says so, and nothing is lost."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.console.conftest import Visitor, new_context
from tests.console.hands import DEAR_WAYS, Way
from tests.console.importing import mend, payload
from tests.factories import FIELDS
from tests.processes import Installation, RunningProgram
from transload.accounts.links import login_link
from transload.clock import Clock

_ROWS = 10_000
_SLOWLY = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1 << 18}
_AT_FULL_SPEED = {**_SLOWLY, "uploadThroughput": -1}


class _Killable:
    """A service that is killed and begun anew, at one address."""

    def __init__(self, place: Installation, stack: ExitStack) -> None:
        self._place, self._stack = place, stack
        self.token = place.token()
        self.program = stack.enter_context(place.serving())

    @contextmanager
    def away(self, page: Page) -> Iterator[None]:
        """Kill it; begin it anew after the block, once the page has said that it is away."""
        self.program.process.kill()
        self.program.process.wait()
        yield
        expect(page.get_by_text("cannot be reached").first).to_be_visible()
        port = str(urlsplit(self.program.url).port)
        again: RunningProgram = self._stack.enter_context(self._place.serving("--port", port))
        self.program = again

    def prepared(self) -> tuple[str, str]:
        """Make a type and a hub; give the type's id, and the secret of a link that signs in."""
        with self.program.client(self.token) as client:
            email = client.get("/session").json()["data"]["user"]["email"]
            client.post("/hub", json={"name": "Jakarta", "address": "x", "lat": 0, "lng": 0})
            body = {"name": "Outlets", "fields": [dict(one) for one in FIELDS]}
            data_type = client.post("/data-type", json=body).json()["data_type"]["_id"]
        with self._place.database() as database:
            return data_type, login_link(database, email, Clock().now())

    def total(self, data_type: str) -> int:
        """Count the type's records."""
        with self.program.client(self.token) as client:
            found = client.get("/data", params={"dataTypeId": data_type, "limit": 1}).json()
        return int(found["data"]["total"])


def _outlets() -> FilePayload:
    lines = [f"{n:05},Toko nomor {n} di jalan Merdeka,{n or 'dear'}" for n in range(_ROWS)]
    content = "\n".join(["Code,Name,Harga", *lines]).encode()
    return payload(content)


@pytest.mark.parametrize("way", DEAR_WAYS, ids=str)
def test_kill_while_a_file_comes_is_read_mended_and_goes_in_is_told_and_loses_nothing(
    browser: Browser, built: Path, tmp_path: Path, way: Way
) -> None:
    """P31, P33."""
    del built
    with ExitStack() as stack:
        service = _Killable(Installation(data_dir=tmp_path / "data"), stack)
        data_type, secret = service.prepared()
        context = new_context(browser, is_phone=way.is_phone)
        visitor = Visitor(context, service.program.url, way)
        stack.callback(visitor.context.close)
        page, hand = visitor.open(f"/sign-in#{secret}"), visitor.hand
        hand.press(page.get_by_role("button", name="without"))
        page.get_by_role("heading", name="Data", level=1).wait_for()

        visitor.open(f"/imports/new?type={data_type}")
        network = visitor.context.new_cdp_session(page)
        network.send("Network.emulateNetworkConditions", _SLOWLY)
        hand.give(visitor.button("Choose a file"), _outlets())
        hand.press(visitor.button("Continue"))
        page.locator("progress").wait_for()
        with service.away(page):
            network.send("Network.emulateNetworkConditions", _AT_FULL_SPEED)
        page.get_by_role("heading", name="Which column is which field").wait_for()

        hand.press(visitor.button("Change"))
        page.get_by_role("columnheader", name="Harga").wait_for()
        with service.away(page):
            hand.choose(page.get_by_label("Between cells"), "Semicolon")
        page.get_by_role("columnheader", name="Code,Name,Harga").wait_for()
        hand.choose(page.get_by_label("Between cells"), "Comma")
        page.get_by_role("columnheader", name="Harga", exact=True).wait_for()
        hand.press(visitor.button("Continue to the columns"))

        hand.choose(page.get_by_label("Field for Harga"), "Price")
        page.get_by_text("Chosen", exact=True).wait_for()
        hand.press(visitor.button("Check the rows"))
        page.get_by_role("heading", name="Price: 1 cell").wait_for()
        with service.away(page):
            mend(visitor, 0, "7")
        expect(page.get_by_text("Every row fits.")).to_be_visible()

        hand.press(visitor.button("Import 10,000 rows"))
        page.get_by_text("The rows are being imported").wait_for()
        with service.away(page):
            pass
        expect(page.get_by_text("10,000 rows are in the store.")).to_be_visible()
        assert service.total(data_type) == _ROWS
    assert visitor.faults == []
