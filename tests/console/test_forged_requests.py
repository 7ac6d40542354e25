"""P37: requests that another page has a signed-in browser send, in a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.accounts.browsers import signed_in
from tests.factories import Tenant

_HUB = '{"name":"Forged","address":"","lat":0,"lng":0}'
_FETCHES = """async ([api, body]) => {
    const outcomes = [];
    for (const mode of ["no-cors", "cors"])
        for (const type of ["text/plain", "application/json"])
            for (const credentials of ["include", "same-origin"]) {
                const options = {method: "POST", mode, credentials, body};
                try {
                    if (mode === "cors") options.headers = {"content-type": type};
                    const answer = await fetch(api + "/hub", options);
                    outcomes.push(answer.type + answer.status);
                } catch (error) { outcomes.push("refused"); }
            }
    navigator.sendBeacon(api + "/hub", body);
    try {
        const answer = await fetch(api + "/user", {credentials: "include"});
        outcomes.push(await answer.text());
    } catch (error) { outcomes.push("unread"); }
    return outcomes;
}"""
_FORM = """api => {
    const form = document.createElement("form");
    form.method = "post"; form.action = api + "/hub"; form.enctype = "text/plain";
    const field = document.createElement("input");
    field.name = '{"name":"Forged","address":"","lat":0,"lng":0,"country":{"a":"';
    field.value = '"}}';
    form.append(field); document.body.append(form); form.submit();
}"""
_OWN = """async ([api, body]) => (await fetch(api + "/hub", {method: "POST", body,
    headers: {"content-type": "application/json"}})).status"""


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Other</title><body>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Say nothing."""


@contextmanager
def _other_server() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield int(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: Browser, tenant: Tenant) -> Iterator[Page]:
    """A page of a browser in which the tenant's owner is signed in."""
    name, _, value = signed_in(tenant).cookie["Cookie"].partition("=")
    context = browser.new_context()
    own = str(tenant.site.http.base_url)
    context.add_cookies(
        [{"name": name, "value": value, "url": own, "httpOnly": True, "sameSite": "Strict"}]
    )
    yield context.new_page()
    context.close()


def _api(tenant: Tenant) -> str:
    return f"{str(tenant.site.http.base_url).rstrip('/')}/api/v3"


def _hubs(tenant: Tenant) -> list[str]:
    return [hub["name"] for hub in tenant.get("/hubs").json()["data"]]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_page_of_another_port_or_origin_changes_and_reads_nothing(
    tenant: Tenant, page: Page, host: str
) -> None:
    with _other_server() as port:
        page.goto(f"http://{host}:{port}/")
        outcomes = page.evaluate(_FETCHES, [_api(tenant), _HUB])
        with page.expect_navigation():
            page.evaluate(_FORM, _api(tenant))
    assert all("200" not in outcome for outcome in outcomes[:-1]), outcomes
    assert outcomes[-1] == "unread" or tenant.email not in outcomes[-1]
    assert '"status":false' in page.content()
    assert _hubs(tenant) == []


def test_own_page_is_let_through_with_the_same_cookie(tenant: Tenant, page: Page) -> None:
    page.goto(f"{str(tenant.site.http.base_url).rstrip('/')}/healthz")
    assert page.evaluate(_OWN, [_api(tenant), _HUB]) == 200
    assert _hubs(tenant) == ["Forged"]
