"""P37: signing in and out, and what a session is good for."""

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.accounts.browsers import PASSWORD, Browser, link_of, signed_in, with_password
from tests.factories import Site, Tenant
from tests.processes import Installation
from transload.accounts import guessing
from transload.accounts.model import Role
from transload.accounts.passwords import Passwords
from transload.accounts.sessions import Sessions
from transload.accounts.sign_in import LinkKind, Visitor
from transload.db.tables import sign_in_failures
from transload.errors import BusyError, UnauthenticatedError

_WRONG = {"status": False, "message": "The e-mail or the password is wrong."}


def _sign_in(site: Site, email: str, password: str, browser: Browser | None = None) -> Browser:
    browser = browser or Browser(site)
    answer = browser.send("POST", "/session", {"email": email, "password": password})
    assert answer.status_code == 201, answer.text
    return browser


def test_cookie_and_token_lead_to_the_same_user(tenant: Tenant) -> None:
    browser = _sign_in(tenant.site, with_password(tenant).email.upper(), PASSWORD)
    assert browser.send("GET", "/user").json() == tenant.get("/user").json()
    who = browser.send("GET", "/session").json()["data"]
    assert who["user"]["email"] == tenant.email
    assert who["isAdmin"] is True
    assert "export/data" in who["permissions"]
    assert who["session"]["current"] is True
    assert tenant.get("/session").json()["data"]["session"] is None


def test_cookie_is_kept_from_scripts_and_other_sites(tenant: Tenant) -> None:
    browser = Browser(tenant.site)
    answer = browser.send("POST", "/session", {"secret": link_of(tenant, LinkKind.LOGIN)})
    port = tenant.site.http.base_url.port
    cookie = answer.headers["Set-Cookie"]
    assert re.match(rf"transload_{port}=[\w-]{{43}}; ", cookie)
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=1209"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert browser.secret not in answer.text


def test_store_holds_no_secret(tenant: Tenant) -> None:
    browser = signed_in(tenant)
    database = tenant.site.service.accounts.database
    with database.read() as connection:
        for table in ("sessions", "sign_in_links", "users"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - a name
            assert browser.secret not in str(rows)
            assert PASSWORD not in str(rows)


def test_signing_out_ends_the_session_at_once(tenant: Tenant) -> None:
    browser = signed_in(tenant)
    kept = browser.cookie
    assert browser.send("DELETE", "/session").status_code == 200
    assert not list(browser.cookies.jar)
    again = tenant.site.http.get("/api/v3/user", headers=kept)
    assert again.status_code == 401
    assert tenant.get("/user").status_code == 200


def test_session_ends_after_twelve_idle_hours_and_after_fourteen_days(tenant: Tenant) -> None:
    browser, clock = signed_in(tenant), tenant.site.clock
    clock.move(timedelta(hours=11))
    assert browser.send("GET", "/user").status_code == 200
    clock.move(timedelta(hours=11))
    assert browser.send("GET", "/user").status_code == 200
    idle = signed_in(tenant)
    clock.move(timedelta(hours=12))
    assert idle.send("GET", "/user").status_code == 401
    for _ in range(28):
        clock.move(timedelta(hours=11))
        last = browser.send("GET", "/user").status_code
    assert last == 401


def test_sessions_are_listed_and_any_can_be_ended_from_another(tenant: Tenant) -> None:
    one, other = signed_in(tenant), signed_in(tenant)
    listed = one.send("GET", "/sessions").json()["data"]
    assert [session["current"] for session in listed].count(True) == 1
    (theirs,) = [session["_id"] for session in listed if not session["current"]]
    stranger = signed_in(tenant.user(Role.ADMIN))
    assert stranger.send("DELETE", f"/session/{theirs}").status_code == 404
    assert one.send("DELETE", f"/session/{theirs}").status_code == 200
    assert other.send("GET", "/user").status_code == 401
    assert one.send("GET", "/user").status_code == 200


def test_signing_in_begins_a_new_session_and_ends_the_one_before(tenant: Tenant) -> None:
    """A session that somebody planted is never taken over by who signs in with it."""
    with_password(tenant)
    browser = Browser(tenant.site)
    name = f"transload_{tenant.site.http.base_url.port}"
    browser.cookies.set(name, "planted" * 6, domain="127.0.0.1")
    _sign_in(tenant.site, tenant.email, PASSWORD, browser)
    values = {cookie.value for cookie in browser.cookies.jar}
    planted = {"Cookie": f"{name}={'planted' * 6}"}
    assert tenant.site.http.get("/api/v3/user", headers=planted).status_code == 401
    first = signed_in(tenant)
    before = first.secret
    _sign_in(tenant.site, tenant.email, PASSWORD, first)
    assert first.secret != before
    assert before not in values
    kept = {"Cookie": f"{name}={before}"}
    assert tenant.site.http.get("/api/v3/user", headers=kept).status_code == 401


def test_a_bad_token_is_refused_beside_a_good_cookie(tenant: Tenant) -> None:
    browser = signed_in(tenant)
    answer = browser.send("GET", "/user", headers={"Authorization": "Bearer none"})
    assert answer.status_code == 401


def test_unknown_address_and_wrong_password_are_one_answer_in_one_time(tenant: Tenant) -> None:
    with_password(tenant)
    without = tenant.user(Role.FIELD)
    fastest: dict[str, float] = {}
    for _ in range(30):  # until a busy machine has let each of them be fast once
        for kind, email in (
            ("known", tenant.email),
            ("unknown", f"{uuid4().hex}@example.com"),
            ("without", without.email),
        ):
            started = time.perf_counter()
            body = {"email": email, "password": "wrong horse battery"}
            answer = Browser(tenant.site).send("POST", "/session", body)
            took = time.perf_counter() - started
            fastest[kind] = min(took, fastest.get(kind, took))
            assert (answer.status_code, answer.json()) == (401, _WRONG)
            assert "Set-Cookie" not in answer.headers
        if max(fastest.values()) < 3 * min(fastest.values()):
            break
        tenant.site.clock.move(guessing.FORGOTTEN_AFTER)  # else the next guesses would have to wait
    assert max(fastest.values()) < 3 * min(fastest.values()), fastest
    assert statistics.fmean(fastest.values()) > 0.005


def test_who_guesses_waits_longer_and_longer(tenant: Tenant) -> None:
    with_password(tenant)
    tenant.site.clock.stop()
    body = {"email": tenant.email, "password": "wrong horse battery"}
    waits = []
    for _ in range(4):
        while (answer := Browser(tenant.site).send("POST", "/session", body)).status_code == 401:
            pass
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        right = {"email": tenant.email, "password": PASSWORD}
        assert Browser(tenant.site).send("POST", "/session", right).status_code == 429
        tenant.site.clock.move(timedelta(seconds=waits[-1]))
    assert waits == [1, 2, 4, 8]
    _sign_in(tenant.site, tenant.email, PASSWORD)
    assert signed_in(tenant).send("GET", "/user").status_code == 200


def test_guesses_at_once_are_all_counted(tenant: Tenant) -> None:
    with_password(tenant)
    tenant.site.clock.stop()
    body = {"email": tenant.email, "password": "wrong horse battery"}

    def guess(_number: int) -> int:
        return Browser(tenant.site).send("POST", "/session", body).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(16)))
    assert answers.count(401) == 5
    assert answers.count(429) == 11


def test_one_address_that_tries_many_accounts_waits(tenant: Tenant) -> None:
    tenant.site.clock.stop()
    browser = Browser(tenant.site)

    def guess(_number: int) -> int:
        body = {"email": f"{uuid4().hex}@example.com", "password": "wrong horse battery"}
        return browser.send("POST", "/session", body).status_code

    answers = [guess(number) for number in range(21)]
    assert answers == [401] * 20 + [429]
    _sign_in(tenant.site, with_password(tenant).email, PASSWORD)


def test_those_who_sign_in_at_once_from_one_address_wait_for_nothing(tenant: Tenant) -> None:
    """P37: none of them was wrong, in whatever order they come and go."""
    users = [with_password(tenant.user(Role.FIELD)) for _ in range(4)]
    address = Browser(tenant.site).address

    def sign_in(user: Tenant) -> None:
        browser = Browser(tenant.site)
        browser.address = address
        _sign_in(tenant.site, user.email, PASSWORD, browser)

    with ThreadPoolExecutor(len(users)) as threads:
        list(threads.map(sign_in, users * 8))
    with tenant.site.service.accounts.database.read() as connection:
        key = guessing.address_key(address)
        kept = select(sign_in_failures.c.failures).where(sign_in_failures.c.key == key)
        assert connection.execute(kept).scalar_one() == 0


def test_a_right_password_makes_no_wrong_one_of_meanwhile_undone(tenant: Tenant) -> None:
    """P37: who has an account may not guess at others' beside their own signing in."""
    user, database = with_password(tenant), tenant.site.service.accounts.database
    visitor = Visitor(address=Browser(tenant.site).address, agent="")
    sessions = Sessions(database=database, passwords=Passwords())
    tenant.site.clock.stop()  # a wait lasts, however long the machine takes

    class Meanwhile(Passwords):
        """While it looks at one password, others from the same address are wrong."""

        def matches(self, kept: str | None, password: str) -> bool:
            for _ in range(19):
                with pytest.raises(UnauthenticatedError):
                    sessions.sign_in(f"{uuid4().hex}@example.com", "wrong", visitor, _now(tenant))
            return super().matches(kept, password)

    Sessions(database=database, passwords=Meanwhile()).sign_in(
        user.email, PASSWORD, visitor, _now(tenant)
    )
    with pytest.raises(UnauthenticatedError):
        sessions.sign_in("nobody@example.com", "wrong", visitor, _now(tenant))
    with pytest.raises(BusyError):
        sessions.sign_in(user.email, PASSWORD, visitor, _now(tenant))


def _now(tenant: Tenant) -> datetime:
    return tenant.site.clock.now()


@pytest.mark.parametrize("kind", [LinkKind.INVITATION, LinkKind.LOGIN])
def test_link_signs_in_once_and_then_says_what_to_ask_for(tenant: Tenant, kind: LinkKind) -> None:
    user = tenant.user(Role.FIELD)
    body = {"secret": link_of(user, kind)}
    assert Browser(tenant.site).send("POST", "/session", body).status_code == 201
    again = Browser(tenant.site).send("POST", "/session", body)
    assert again.status_code == 403
    assert again.json()["message"].startswith("This link has been used; it works once. Ask ")
    old = {"secret": link_of(user, kind)}
    tenant.site.clock.move(kind.lifetime)
    expired = Browser(tenant.site).send("POST", "/session", old)
    assert expired.json()["message"].startswith("This link has expired. Ask ")
    foreign = Browser(tenant.site).send("POST", "/session", {"secret": "x" * 43})
    assert foreign.status_code == 403
    assert foreign.json()["message"].startswith("This link leads nowhere")


def test_invitation_may_bring_the_password_along(tenant: Tenant) -> None:
    user = tenant.user(Role.FIELD)
    body = {"secret": link_of(user, LinkKind.INVITATION), "password": "short"}
    refused = Browser(tenant.site).send("POST", "/session", body)
    assert refused.status_code == 400
    assert refused.json()["message"].endswith("A password has at least 12 characters.")
    body["password"] = PASSWORD
    assert Browser(tenant.site).send("POST", "/session", body).status_code == 201
    _sign_in(tenant.site, user.email, PASSWORD)


def test_new_password_takes_the_old_one_and_ends_the_other_sessions(tenant: Tenant) -> None:
    with_password(tenant)
    browser, other = (_sign_in(tenant.site, tenant.email, PASSWORD) for _ in range(2))
    new = {"password": "eight yellow otters"}
    refused = browser.send("PUT", "/user/password", new)
    assert refused.status_code == 400
    assert browser.send("PUT", "/user/password", {**new, "current": "no"}).status_code == 400
    assert tenant.request("PUT", "/user/password", json=new).status_code == 400
    changed = browser.send("PUT", "/user/password", {**new, "current": PASSWORD})
    assert changed.status_code == 200
    assert other.send("GET", "/user").status_code == 401
    assert browser.send("GET", "/user").status_code == 200
    _sign_in(tenant.site, tenant.email, "eight yellow otters")


def test_first_user_comes_by_the_link_that_the_service_prints(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    installation = Installation(data_dir=tmp_path_factory.mktemp("first") / "data")
    with installation.serving() as program:
        assert program.process.stdout is not None
        line = program.process.stdout.readline().strip()
        found = re.fullmatch(rf"Open {re.escape(program.url)}/console/start#([\w-]{{43}})", line)
        assert found, line
        body = {
            "secret": found[1],
            "organization": "Acme",
            "email": "ada@acme.example",
            "password": PASSWORD,
        }
        with program.client("") as client:
            del client.headers["Authorization"]
            answer = client.post("/session", json=body)
            assert answer.status_code == 201, answer.text
            assert answer.json()["data"]["user"]["role"]["name"] == "owner"
            own_page = {"Sec-Fetch-Site": "same-origin"}
            assert client.post("/hub", json={}, headers=own_page).status_code == 400
            second = client.post("/session", json={**body, "email": "eve@acme.example"})
            assert second.status_code == 403
            assert second.json()["message"] == ("This service has its first user already: sign in.")
    printed = installation.command("login-link", "--email", "ada@acme.example")
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/console/sign-in#[\w-]{43}\n", printed.stdout)
    nobody = installation.command("login-link", "--email", "eve@acme.example")
    assert nobody.returncode == 1
    assert nobody.stderr == ("There is no user with the e-mail eve@acme.example who is let in.\n")
