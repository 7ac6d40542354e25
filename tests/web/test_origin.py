"""P37: which requests with a cookie are taken for a page of ours."""

import pytest

from tests.accounts.browsers import Browser, signed_in
from tests.factories import Tenant

_FORGED = "The request comes from another page than this service's own; nothing was done."
_HUB = {"name": "Forged", "address": "", "lat": 0, "lng": 0}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "same-site", "Origin": "{own}"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "{own}.evil.example"},
        {"Referer": "{own}/console/"},
        {},
    ],
)
def test_forged_request_changes_nothing(tenant: Tenant, headers: dict[str, str]) -> None:
    browser, own = signed_in(tenant), str(tenant.site.http.base_url).rstrip("/")
    sent = {name: value.format(own=own) for name, value in headers.items()}
    answer = browser.send("POST", "/hub", _HUB, headers=sent)
    assert answer.status_code == 403
    assert answer.json() == {"status": False, "message": _FORGED}
    assert tenant.get("/hubs").json()["data"] == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "{own}"}])
def test_own_page_s_request_passes(tenant: Tenant, headers: dict[str, str]) -> None:
    browser, own = signed_in(tenant), str(tenant.site.http.base_url).rstrip("/")
    sent = {name: value.format(own=own) for name, value in headers.items()}
    assert browser.send("POST", "/hub", _HUB, headers=sent).status_code == 200


@pytest.mark.parametrize("page", ["cross-site", "same-site"])
def test_other_page_reads_nothing_with_the_cookie(tenant: Tenant, page: str) -> None:
    browser = signed_in(tenant)
    assert browser.send("GET", "/user", headers={"Sec-Fetch-Site": page}).status_code == 403
    answer = browser.send("GET", "/user", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_no_page_signs_a_browser_in_as_somebody_else(
    tenant: Tenant, headers: dict[str, str]
) -> None:
    body = {"email": tenant.email, "password": "x"}
    answer = Browser(tenant.site).send("POST", "/session", body, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_bearer_token_is_asked_for_no_origin(tenant: Tenant) -> None:
    answer = tenant.request("POST", "/hub", json=_HUB, headers={"Origin": "https://any.example"})
    assert answer.status_code == 200


def test_by_https_the_cookie_is_bound_to_the_host(tenant: Tenant) -> None:
    browser = Browser(tenant.site)
    by_https = {"X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin"}
    wrong = {"email": tenant.email, "password": "x"}
    assert browser.send("POST", "/session", wrong, headers=by_https).status_code == 401
    secret = signed_in(tenant).secret
    given = {**by_https, "Cookie": f"__Host-transload={secret}"}
    assert browser.send("GET", "/user", headers=given).status_code == 200
    by_http = {"Cookie": f"__Host-transload={secret}"}
    assert browser.send("GET", "/user", headers=by_http).status_code == 401
