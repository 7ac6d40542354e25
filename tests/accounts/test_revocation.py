"""P37: what is taken away in one process is refused at once in every other."""

from collections.abc import Iterator

import httpx
import pytest

from tests.accounts.browsers import OWN_PAGE
from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS
from tests.processes import Installation, RunningProgram
from transload.accounts.links import login_link
from transload.accounts.model import Role
from transload.clock import Clock


@pytest.fixture(scope="module")
def two(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, RunningProgram, RunningProgram]]:
    """Two processes of one installation, on PostgreSQL."""
    folder = tmp_path_factory.mktemp("two")
    with empty_database(postgres_url) as url:
        made = [
            Installation(data_dir=folder / name, database_url=url, settings={"rate_limit": 0})
            for name in ("one", "other")
        ]
        with (
            made[0].serving("--no-worker") as one,
            made[1].serving("--no-worker") as other,
        ):
            yield made[0], one, other


def _status(program: RunningProgram, token: str) -> int:
    with program.client(token) as client:
        return client.get("/users").status_code


def test_token_role_and_user_that_are_gone_are_refused_by_the_other_process(
    two: tuple[Installation, RunningProgram, RunningProgram],
) -> None:
    made, one, other = two
    owner, second = made.token("Acme"), made.token("Acme")
    with one.client(owner) as client:
        extra = client.post("/token", json={}).json()
        assert _status(other, extra["token"]) == 200
        client.delete(f"/token/{extra['_id']}")
        assert _status(other, extra["token"]) == 401

        user = _user(other, second)
        assert _status(other, second) == 200
        demoted = client.patch(f"/user/{user}", json={"roleId": Role.FIELD.id})
        assert demoted.status_code == 200, demoted.text
        assert _status(other, second) == 403
        client.delete(f"/user/{user}")
        assert _status(other, second) == 401


def test_session_that_has_ended_is_refused_by_the_other_process(
    two: tuple[Installation, RunningProgram, RunningProgram],
) -> None:
    made, one, other = two
    token = made.token("Globex")
    with one.client(token) as client:
        email = client.get("/user").json()["email"]
    with made.database() as database:
        secret = login_link(database, email, Clock().now())
    with httpx.Client(timeout=PATIENCE_SECONDS, headers=OWN_PAGE) as browser:
        begun = browser.post(f"{one.url}/api/v3/session", json={"secret": secret})
        (cookie,) = browser.cookies.jar
        browser.cookies.clear()
        ports = {program.url: program.url.rpartition(":")[2] for program in (one, other)}

        def ask(program: RunningProgram, method: str) -> int:
            headers = {"Cookie": f"transload_{ports[program.url]}={cookie.value}"}
            url = f"{program.url}/api/v3/session"
            return browser.request(method, url, headers=headers).status_code

        assert begun.status_code == 201, begun.text
        assert (ask(one, "GET"), ask(other, "GET")) == (200, 200)
        assert ask(one, "DELETE") == 200
        assert (ask(one, "GET"), ask(other, "GET")) == (401, 401), "a replay after signing out"


def _user(program: RunningProgram, token: str) -> str:
    with program.client(token) as client:
        return str(client.get("/user").json()["_id"])
