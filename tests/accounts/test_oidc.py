"""Single sign-on by a real identity provider, which knows nothing of us."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.factories import PATIENCE_SECONDS, TRUSTED, Site, Tenant
from tests.ports import free_ports
from tests.programs import install_by_npm, program
from transload.accounts.model import Role
from transload.accounts.run import create_user
from transload.settings import Settings

HERE = Path(__file__).parent
_SECRET = "a secret of: both %"  # noqa: S105 - a test's own, with what has to be escaped
_ORGANIZATION = "Acme by single sign-on"


@dataclass(frozen=True, slots=True)
class Provided:
    """A service, and the provider that its people sign in by."""

    site: Site
    issuer: str


@pytest.fixture(scope="module")
def provided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provided]:
    folder = tmp_path_factory.mktemp("provider")
    for name in ("package.json", "provider.js"):
        shutil.copy(HERE / name, folder)
    install_by_npm(folder)
    idp, own = free_ports(2)
    service_url, issuer = f"http://127.0.0.1:{own}", f"http://127.0.0.1:{idp}"
    command = [program("node"), "provider.js", str(idp), service_url]
    with subprocess.Popen(  # noqa: S603 - the test's own program
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": str(Path(command[0]).parent)},
    ) as process:
        try:
            assert process.stdout is not None
            while "ready" not in (line := process.stdout.readline()):
                assert line, "the provider has ended"
            settings = Settings(
                data_dir=folder / "data",
                rate_limit=0,
                oidc_issuer=issuer,
                oidc_client_id="transload",
                oidc_client_secret=_SECRET,
                oidc_name="Acme",
                oidc_organization=_ORGANIZATION,
                oidc_role="planner",
            )
            with Site.serving(settings, is_worker=False, port=own) as site:
                yield Provided(site, issuer)
        finally:
            process.kill()


class Visit:
    """A browser that goes where it is led, and types what it is asked."""

    def __init__(self, provided: Provided) -> None:
        self.site, self.issuer = provided.site, provided.issuer
        self.http = httpx.Client(timeout=PATIENCE_SECONDS, verify=TRUSTED)
        self.url = str(provided.site.http.base_url).rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exit: object) -> None:
        self.http.close()

    def begin(self, to: str = "/console/imports") -> httpx.Response:
        """Press the button; give the provider's page that asks who it is."""
        answer = self.http.get(f"{self.url}/sso/start", params={"to": to})
        assert answer.status_code == 303, answer.text
        return self._within(answer)

    def answer_to(self, page: httpx.Response, email: str) -> str:
        """Sign in there, and agree; give the address that it leads back to."""
        asked = {"login": {"login": email, "password": "any"}, "consent": {}}
        while page.status_code == 200:
            (action,) = re.findall(r'<form[^>]* action="([^"]+)"', page.text)
            (prompt,) = re.findall(r'name="prompt" value="(\w+)"', page.text)
            body = {"prompt": prompt, **asked[prompt]}
            page = self._within(self.http.post(str(page.url.join(unescape(action))), data=body))
        return page.headers["Location"]

    def sign_in(self, email: str, to: str = "/console/imports") -> httpx.Response:
        """Go all the way; give the last answer of the service."""
        return self.http.get(self.answer_to(self.begin(to), email))

    def session(self, method: str = "GET") -> httpx.Response:
        """Ask who is signed in, as the console does."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        return self.http.request(method, f"{self.url}/api/v3/session", headers=headers)

    def _within(self, answer: httpx.Response) -> httpx.Response:
        """Follow redirects as long as they stay with the provider."""
        while answer.is_redirect:
            location = str(answer.url.join(answer.headers["Location"]))
            if not location.startswith(self.issuer):
                return answer
            answer = self.http.get(location)
        return answer


@pytest.fixture
def visit(provided: Provided) -> Iterator[Visit]:
    with Visit(provided) as found:
        yield found


def _problem(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    found = urlsplit(answer.headers["Location"])
    assert found.path == "/console/"
    return parse_qs(found.query)["problem"][0]


def test_user_comes_in_and_goes_out(provided: Provided, visit: Visit) -> None:
    tenant = Tenant.create(provided.site)
    answer = visit.sign_in(tenant.email.upper())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/imports")
    assert answer.headers["Cache-Control"] == "no-store"
    session_cookie = next(one for one in answer.headers.get_list("Set-Cookie") if "-sso" not in one)
    assert "HttpOnly" in session_cookie
    assert "SameSite=strict" in session_cookie
    who = visit.session().json()["data"]
    assert (who["user"]["email"], who["session"]["byLink"]) == (tenant.email, False)
    out = visit.session("DELETE").json()["data"]["signOutLink"]
    assert out.startswith(f"{provided.issuer}/session/end?client_id=transload&")
    assert visit.http.get(out).status_code == 200
    assert visit.session().status_code == 401
    told = [
        event["detail"] for event in tenant.get("/audit", action="sign-in").json()["data"]["data"]
    ]
    assert told == ["by single sign-on"]


def test_ways_to_sign_in_are_told_to_anybody(provided: Provided) -> None:
    answer = provided.site.http.get("/api/v3/session/ways").json()
    link = f"{str(provided.site.http.base_url).rstrip('/')}/sso/start"
    assert answer["data"] == {"password": True, "singleSignOn": {"name": "Acme", "link": link}}


def test_first_sign_in_makes_a_user_of_the_role_that_is_set(
    provided: Provided, visit: Visit
) -> None:
    tenant = Tenant.create(provided.site)
    database, now = provided.site.service.accounts.database, provided.site.clock.now()
    email = f"new-{tenant.user_id}@acme.example"
    assert _problem(visit.sign_in(email)) == "unknown"
    with database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE organizations SET name = '{_ORGANIZATION}'"  # noqa: S608 - a test's own
            f" WHERE id = '{tenant.organization_id}'"
        )
    assert visit.sign_in(email).headers["Location"] == "/console/imports"
    user = visit.session().json()["data"]["user"]
    assert (user["email"], user["role"]["name"]) == (email, "planner")
    assert (user["organizationId"], user["name"]) == (tenant.organization_id, "Ada of the provider")
    create_user(
        database,
        organization_id=tenant.organization_id,
        email=f"unverified-{email}",
        role=Role.FIELD,
        hub_ids=(),
        now=now,
    )
    with Visit(provided) as other:
        assert _problem(other.sign_in(f"unverified-{email}")) == "unverified"


def test_answer_works_in_the_browser_that_asked_and_once(provided: Provided, visit: Visit) -> None:
    email = Tenant.create(provided.site).email
    back = visit.answer_to(visit.begin(), email)
    with Visit(provided) as other:
        assert _problem(other.http.get(back)) == "expired"
        other.begin()
        assert _problem(other.http.get(back)) == "expired", "it has begun another one"
    forged = re.sub(r"state=[\w-]+", "state=x", back)
    kept = next(one for one in visit.http.cookies.jar if one.name.endswith("-sso"))
    assert _problem(visit.http.get(forged)) == "expired"
    visit.http.cookies.jar.set_cookie(kept)
    assert visit.http.get(back).headers["Location"] == "/console/imports"
    visit.http.cookies.jar.set_cookie(kept)
    assert _problem(visit.http.get(back)) == "unreachable", "the provider takes a code once"


def test_code_of_another_sign_in_is_worthless(provided: Provided, visit: Visit) -> None:
    """PKCE: who plants a code of theirs in another's browser signs nobody in."""
    email = Tenant.create(provided.site).email
    mine = visit.answer_to(visit.begin(), email)
    with Visit(provided) as other:
        theirs = other.answer_to(other.begin(), email)
        (code,) = re.findall(r"code=([\w-]+)", mine)
        planted = re.sub(r"code=[\w-]+", f"code={code}", theirs)
        assert _problem(other.http.get(planted)) == "unreachable"
        assert other.session().status_code == 401


def test_who_changes_their_mind_is_told_so(visit: Visit) -> None:
    page = visit.begin()
    (leave,) = re.findall(r'href="([^"]+/abort)"', page.text)
    back = visit._within(visit.http.get(str(page.url.join(unescape(leave)))))  # noqa: SLF001 - its own
    assert _problem(visit.http.get(back.headers["Location"])) == "refused"


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example/", "/console/\\evil", "/api/v3/user", "/console"],
)
def test_nobody_is_led_to_another_site(provided: Provided, visit: Visit, to: str) -> None:
    email = Tenant.create(provided.site).email
    assert visit.sign_in(email, to).headers["Location"] == "/console/"
