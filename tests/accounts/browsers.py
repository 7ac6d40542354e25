"""Browsers: they keep cookies, and say which page a request comes from."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from tests.factories import PATIENCE_SECONDS, TRUSTED, Site, Tenant
from transload.accounts.links import login_link, new_link
from transload.accounts.sign_in import LinkKind

PASSWORD = "seven purple otters"  # noqa: S105 - a test's own
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One browser, on a page of the service's own, at an address of its own behind a proxy."""

    def __init__(self, site: Site) -> None:
        self.address = str(IPv6Address(uuid4().int))
        self.base_url = str(site.http.base_url)
        self.cookies = httpx.Cookies()

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] = OWN_PAGE,
    ) -> httpx.Response:
        """Send a request below /api/v3; keep the cookies that the answer sets."""
        sent = {"X-Forwarded-For": self.address, **headers}
        more: dict[str, Any] = {} if body is None else {"json": body}
        with httpx.Client(cookies=self.cookies, timeout=PATIENCE_SECONDS, verify=TRUSTED) as client:
            url = f"{self.base_url}/api/v3{path}"
            answer = client.request(method, url, headers=sent, **more)
            self.cookies = client.cookies
        return answer

    @property
    def cookie(self) -> dict[str, str]:
        """The header that it sends."""
        (cookie,) = self.cookies.jar
        return {"Cookie": f"{cookie.name}={cookie.value}"}

    @property
    def secret(self) -> str:
        """The cookie that the service has set."""
        return self.cookie["Cookie"].partition("=")[2]


def signed_in(user: Tenant) -> Browser:
    """Give a browser whose user came by a login link."""
    site = user.site
    secret = login_link(site.service.accounts.database, user.email, site.clock.now())
    browser = Browser(site)
    answer = browser.send("POST", "/session", {"secret": secret})
    assert answer.status_code == 201, answer.text
    return browser


def with_password(user: Tenant, password: str = PASSWORD) -> Tenant:
    """Give the user a password."""
    answer = signed_in(user).send("PUT", "/user/password", {"password": password})
    assert answer.status_code == 200, answer.text
    return user


def link_of(user: Tenant, kind: LinkKind) -> str:
    """Make a link of that kind; give its secret."""
    with user.site.service.accounts.database.write() as connection:
        return new_link(connection, kind, user.user_id, user.site.clock.now())[0]


def secret_of(link: str) -> str:
    """Give the secret in a link's fragment."""
    found = urlsplit(link).fragment
    assert re.fullmatch(r"[\w-]{43}", found), link
    return found
