"""What those who run the service ask it: health, readiness, figures."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS, Site, Tenant
from tests.processes import Installation, RunningProgram
from transload.health.checks import readiness_of
from transload.jobs.pool import Jobs, Limits
from transload.shutdown import Shutdown
from transload.web.readiness import Readiness

_PATHS = ("/healthz", "/readyz", "/metrics")


@contextmanager
def _running(installation: Installation) -> Iterator[tuple[RunningProgram, httpx.Client]]:
    with (
        installation.serving() as program,
        httpx.Client(base_url=program.url, timeout=PATIENCE_SECONDS) as http,
    ):
        yield program, http


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_operators_need_no_token_of_a_user(site: Site, path: str, method: str) -> None:
    assert site.http.request(method, path).status_code == 200


def test_document_of_the_api_leaves_operations_out(site: Site) -> None:
    assert not set(_PATHS) & site.service.app.openapi()["paths"].keys()


def test_serving_process_is_healthy_and_ready(site: Site) -> None:
    assert site.http.get("/healthz").json() == {"status": "ok"}
    assert site.http.get("/readyz").json() == {"status": "ready"}


def test_rate_limit_holds_for_users_and_not_for_operators(tmp_path: Path) -> None:
    """P16."""
    installation = Installation(data_dir=tmp_path / "data", settings={"rate_limit": 1})
    token = installation.token()
    with _running(installation) as (program, http), program.client(token) as user:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert [http.get(path).status_code for _ in range(10)] == [200] * 10
        assert 429 in [user.get("/hubs").status_code for _ in range(10)]


def test_process_whose_files_are_gone_is_not_ready_but_healthy(tmp_path: Path) -> None:
    installation = Installation(data_dir=tmp_path / "data")
    with _running(installation) as (program, http):
        assert http.get("/readyz").status_code == 200
        shutil.rmtree(installation.data_dir / "files")
        answer = http.get("/readyz")
        assert (answer.status_code, answer.json()) == (
            503,
            {"status": "not ready", "notReady": ["files"]},
        )
        assert http.get("/readyz").status_code == 503
        assert http.get("/healthz").status_code == 200
        # Once, however often it is asked.
        assert program.log().count("not ready: files: FileNotFoundError") == 1


def test_process_that_stops_is_not_ready(site: Site) -> None:
    service = site.service
    database, files = service.accounts.database, service.exports.files
    begun = Shutdown()
    begun.begin(patience_seconds=0)
    unlaunched = Jobs(database, {}, limits=Limits.of(1))
    with closing(readiness_of(database, files, unlaunched, [Shutdown(), begun])) as readiness:
        assert asyncio.run(readiness.find_faults()) == ["jobs", "running"]


def test_process_whose_database_is_gone_is_not_ready_until_it_is_back(
    postgres_url: str, tmp_path: Path
) -> None:
    """P20: the answer and the log say no more than what is not ready."""
    with empty_database(postgres_url) as url:
        installation = Installation(data_dir=tmp_path / "data", database_url=url)
        with _running(installation) as (program, http):
            assert http.get("/readyz").status_code == 200
            with _closed_database(postgres_url, url):
                answer = http.get("/readyz")
                assert answer.status_code == 503
                assert answer.json() == {"status": "not ready", "notReady": ["database"]}
                assert http.get("/healthz").status_code == 200
                assert "transload_http_requests_total" in http.get("/metrics").text
            assert http.get("/readyz").status_code == 200
            lines = [line for line in program.log().splitlines() if "not ready" in line]
            assert lines
            assert all(line.partition(" request_id=")[0].endswith("Error") for line in lines)


@contextmanager
def _closed_database(server_url: str, url: str) -> Iterator[None]:
    """Let nobody into the database, and throw out who is in it."""
    name = make_url(url).database
    engine = create_engine(
        make_url(server_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    engine.dispose()


def test_check_that_hangs_is_named_and_not_asked_again_meanwhile() -> None:
    let_go, asked = threading.Event(), []

    def hang() -> bool:
        asked.append(1)
        return let_go.wait(PATIENCE_SECONDS)

    readiness = Readiness({"database": hang, "files": lambda: True}, 0.05)
    try:
        assert [asyncio.run(readiness.find_faults()) for _ in range(3)] == [["database"]] * 3
        assert len(asked) == 1
    finally:
        let_go.set()
        readiness.close()


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}],
)
def test_metrics_are_not_served_through_a_proxy(site: Site, headers: dict[str, str]) -> None:
    answer = site.http.get("/metrics", headers=headers)
    assert answer.status_code == 403
    assert "transload_" not in answer.text


def test_metrics_are_not_served_to_other_machines(site: Site) -> None:
    """The application as another machine would reach it: there is one in no test."""
    transport = httpx.ASGITransport(site.service.app, client=("203.0.113.9", 50_000))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://transload") as far:
            return await far.get("/metrics")

    answer = asyncio.run(ask())
    assert answer.status_code == 403
    assert "transload_" not in answer.text


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, str]]:
    """A service whose figures have a token of their own; beside it the token of a user."""
    settings = {"metrics_token": "a-secret", "public_url": "https://transload.example"}
    folder = tmp_path_factory.mktemp("metered")
    installation = Installation(data_dir=folder / "data", settings=settings)
    token = installation.token()
    with _running(installation) as (_, http):
        yield http, token


def test_metrics_with_a_token_are_served_to_its_holder(metered: tuple[httpx.Client, str]) -> None:
    http, _ = metered
    for wrong in ({}, {"Authorization": "Bearer a-secre"}, {"Authorization": "Basic a-secret"}):
        answer = http.get("/metrics", headers=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    through = {"Authorization": "Bearer a-secret", "X-Forwarded-For": "203.0.113.9"}
    assert "transload_build_info" in http.get("/metrics", headers=through).text


def test_users_token_opens_no_metrics_where_they_have_their_own(
    metered: tuple[httpx.Client, str],
) -> None:
    """P8."""
    http, token = metered
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get("/metrics", headers=headers).status_code == 401


def test_metrics_without_a_token_are_closed_where_a_proxy_is_named(tmp_path: Path) -> None:
    settings = {"public_url": "https://transload.example"}
    with _running(Installation(data_dir=tmp_path / "data", settings=settings)) as (_, http):
        assert http.get("/metrics").status_code == 403


def test_metrics_of_a_tenant_name_nobody(tenant: Tenant) -> None:
    """P7: no label holds an id or an e-mail."""
    hub = tenant.hub()
    tenant.get(f"/hub/{hub}")
    figures = tenant.site.http.get("/metrics").text
    for private in (hub, tenant.organization_id, tenant.user_id, tenant.email):
        assert private not in figures
