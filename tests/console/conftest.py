"""The console in a real browser: Debian's Chromium, driven over the real service."""

import fcntl
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.accounts.browsers import signed_in
from tests.console.hands import DESK, PHONE, WAYS, Way
from tests.factories import PATIENCE_SECONDS, Site, Tenant
from transload.settings import Settings

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "console/build.py"
AXE = ROOT / "console/node_modules/axe-core/axe.min.js"
SPRITE = ROOT / "console/src/icons.svg"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_VIOLATIONS = """tags => axe.run({runOnly: tags, resultTypes: ["violations"]}).then(result =>
    result.violations.map(found => `${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map(
        node => `${node.html} ${node.failureSummary}`).join(" | ")}`))"""
_ICONS = """[...document.querySelectorAll("svg use")].map(
    use => use.getAttribute("href").split("#")[1])"""
_KNOWN_ICONS = re.compile(r'<symbol id="([a-z0-9-]+)"')
_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
_GO = """path => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
}"""
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A refusal that a page shows is an answer and no fault; browsers report it all the same.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
_NOBODY = re.compile(r"status of 401 .*/api/v3/(user|session)$")
_LOST = re.compile(r"net::ERR_(CONNECTION|NETWORK|EMPTY|INTERNET|INCOMPLETE|ABORTED)")


_PATIENCE_MS = PATIENCE_SECONDS * 500
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="session")
def built() -> Path:
    """The console's files, built of these sources; a machine that cannot build them skips."""
    with (ROOT / ".venv/.building-console").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the processes that run these tests builds
        done = subprocess.run(  # noqa: S603 - the project's own build
            [sys.executable, str(BUILD)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        pytest.skip(f"the console could not be built: {done.stderr.strip()[-300:]}")
    return ROOT / "src/transload/console/static"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("this machine has no chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def console_site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service that serves the console: on SQLite, as most people meet it first."""
    del built
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("console"),
        rate_limit=0,
        send_to_http=True,
        send_to_private=True,
    )
    with Site.serving(settings) as served:
        yield served


@pytest.fixture(scope="session")
def site(console_site: Site) -> Site:
    """The same service: a process runs the jobs of one alone."""
    return console_site


@pytest.fixture
def owner(console_site: Site) -> Tenant:
    """A fresh organization, seen by its owner."""
    return Tenant.create(console_site)


@pytest.fixture(scope="module")
def module_owner(console_site: Site) -> Tenant:
    """An organization for the tests of a module that only look."""
    return Tenant.create(console_site)


@pytest.fixture(params=WAYS, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    """The screen at which a journey is gone, and the hand by which."""
    found: Way = request.param
    return found


class Visitor:
    """A person at a browser: any fault that the page reports fails the test."""

    def __init__(self, context: BrowserContext, base_url: str, way: Way = DESK) -> None:
        self.context = context
        self.base_url = base_url
        self.page = context.new_page()
        self.hand = way.hand(self.page)
        self.page.set_default_timeout(_PATIENCE_MS)
        self.faults: list[str] = []
        self.expects_refusals = False
        self._requests = 0
        self._pending: set[Request] = set()
        self.page.on("request", self._begin)
        self.page.on("requestfinished", self._end)
        self.page.on("requestfailed", self._end)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        said = f"{message.text} {message.location.get('url', '')}"
        is_expected = _LOST.search(said) or _NOBODY.search(said)
        if is_expected or (self.expects_refusals and _REFUSED.search(said)):
            return
        self.faults.append(said)

    def _begin(self, request: Request) -> None:
        if request.resource_type != "eventsource":  # these have no end
            self._requests += 1
            self._pending.add(request)

    def _end(self, request: Request) -> None:
        self._pending.discard(request)

    def open(self, path: str) -> Page:
        """Go to a page of the console; wait for its heading."""
        self.page.goto(f"{self.base_url}/console{path}")
        self.page.get_by_role("heading", level=1).first.wait_for()
        return self.page

    def go(self, path: str) -> Page:
        """Go to a page as by a link, with nothing loaded anew; wait until it is whole."""
        self.page.evaluate(_GO, f"/console{path}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has its heading, and has asked for nothing more for two frames."""
        self.page.get_by_role("heading", level=1).first.wait_for()
        deadline = time.monotonic() + PATIENCE_SECONDS
        asked = -1
        while self._pending or asked != self._requests:
            assert time.monotonic() < deadline, [request.url for request in self._pending]
            asked = self._requests
            self.page.evaluate(_FRAMES)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Give the button of that name; of a pattern, the one whose name has it."""
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def link(self, name: str) -> Locator:
        """Give the link of that name."""
        return self.page.get_by_role("link", name=name, exact=True)

    def assert_arrived(self, heading: str, title: str) -> None:
        """Hold that the focus is at a heading, and what is shown in the title of the window."""
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_focused()
        expect(self.page).to_have_title(f"{title} · Transload")

    def assert_accessible(self) -> None:
        """Hold that axe finds nothing, and that nothing but grids scrolls sideways."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text() + "; undefined")
        found = self.page.evaluate(_VIOLATIONS, TAGS)
        assert found == [], "\n".join(found)
        icons = set(self.page.evaluate(_ICONS))
        assert icons <= set(_KNOWN_ICONS.findall(SPRITE.read_text())), icons
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def new_context(browser: Browser, *, is_phone: bool = False) -> BrowserContext:
    """Give a browser of its own: on a desk in light colours, or on a phone in dark ones."""
    return browser.new_context(
        viewport={"width": 390, "height": 844} if is_phone else {"width": 1440, "height": 900},
        color_scheme="dark" if is_phone else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )


def begin_visit(
    browser: Browser, site: Site, who: Tenant | None = None, way: Way = DESK
) -> Visitor:
    """Give a browser for a user, signed in unless it is for nobody."""
    base_url = str(site.http.base_url).rstrip("/")
    context = new_context(browser, is_phone=way.is_phone)
    if who is not None:
        ((name, secret),) = signed_in(who).cookies.items()
        context.add_cookies([{"name": name, "value": secret, "url": base_url}])
    return Visitor(context, base_url, way)


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, console_site: Site) -> Iterator[Visit]:
    """Begin visits, as `begin_visit` does; they end with the test, which a fault of them fails."""
    visitors: list[Visitor] = []

    def begin(
        who: Tenant | None = None, way: Way | None = None, *, is_phone: bool = False
    ) -> Visitor:
        usual = PHONE if is_phone else DESK
        visitors.append(begin_visit(browser, console_site, who, way or usual))
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
