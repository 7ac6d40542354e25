"""P18: several processes on one PostgreSQL, any of which may stop, freeze or die."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS, anybody
from tests.processes import Installation, RunningProgram
from tests.test_process import assert_whole, finished, start_exports
from transload import bench_data, samples
from transload.clock import Clock
from transload.db.tables import exports, workers

# Who works is silent for long before others take over: they have to wait.
pytestmark = pytest.mark.longest

_RECORDS = 40_000
_AT_ONCE = 6
_ORGANIZATION = "Acme"


@pytest.fixture(scope="module")
def installation(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation on PostgreSQL, with records."""
    data_dir = tmp_path_factory.mktemp("workers") / "data"
    with empty_database(postgres_url) as url:
        made = Installation(
            data_dir=data_dir, database_url=url, settings={"organization_exports": 4}
        )
        with made.database() as database:
            target = bench_data.prepare(database, _ORGANIZATION, Clock().now())
            assert sum(bench_data.load(database, target, samples.outlets(_RECORDS))) == _RECORDS
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """A service that does no background work, and a client of it; workers come and go beside it."""

    installation: Installation
    client: httpx.Client
    token: str


@pytest.fixture(scope="module")
def site(installation: Installation) -> Iterator[_Site]:
    token = installation.token(_ORGANIZATION)
    with installation.serving("--no-worker") as service, service.client(token) as client:
        yield _Site(installation=installation, client=client, token=token)


def _wait(for_what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not for_what():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def _claims(installation: Installation, export_id: str) -> int:
    statement = select(exports.c.claim).where(exports.c.id == export_id.removeprefix("exp_"))
    with installation.database() as database, database.read() as connection:
        claims: int = connection.execute(statement).scalar_one()
        return claims


def _workers(installation: Installation) -> set[str]:
    with installation.database() as database, database.read() as connection:
        return set(connection.execute(select(workers.c.id)).scalars())


def _caught(site: _Site, worker: RunningProgram, number: signal.Signals) -> str:
    """Send the signal to the only worker while it writes an export; give the export."""
    statement = select(exports.c.claim).order_by(exports.c.id.desc()).limit(1)
    with site.installation.database() as database:
        [export_id] = start_exports(site.client, 1)

        def is_begun() -> bool:
            with database.read() as connection:
                return bool(connection.execute(statement).scalar_one())

        _wait(is_begun)
    worker.process.send_signal(number)
    return export_id


def test_what_a_dead_worker_had_begun_is_done_by_another(site: _Site) -> None:
    with site.installation.working() as dying:
        export_id = _caught(site, dying, signal.SIGKILL)
        assert dying.process.wait(PATIENCE_SECONDS) == -signal.SIGKILL
        with site.installation.working():
            [entry] = finished(site.client, [export_id])
            assert_whole(entry)
    assert _claims(site.installation, export_id) == 2


def test_what_a_frozen_worker_had_begun_is_done_once(site: _Site) -> None:
    """The frozen one wakes up when another has taken over: it writes no more, and works on."""
    with site.installation.working() as freezing:
        export_id = _caught(site, freezing, signal.SIGSTOP)
        with site.installation.working() as other:
            [before] = finished(site.client, [export_id])
            freezing.process.send_signal(signal.SIGCONT)
            other.process.terminate()
            assert other.process.wait(PATIENCE_SECONDS) == 0
        [later] = finished(site.client, start_exports(site.client, 1))
        assert_whole(later)
        [after] = finished(site.client, [export_id])
        assert_whole(after)
        assert {**before, "fileUrl": ""} == {**after, "fileUrl": ""}
    assert _claims(site.installation, export_id) == 2


def test_what_a_stopped_worker_had_begun_is_taken_over_at_once(site: _Site) -> None:
    before = _workers(site.installation)
    with site.installation.working() as stopping:
        assert _workers(site.installation) > before
        export_id = _caught(site, stopping, signal.SIGTERM)
        assert stopping.process.wait(10) == 0
        assert _workers(site.installation) <= before
        with site.installation.working():
            [entry] = finished(site.client, [export_id])
            assert_whole(entry)
    assert _claims(site.installation, export_id) in {1, 2}


def test_a_worker_tells_its_health_and_figures_and_serves_nothing_else(site: _Site) -> None:
    with site.installation.working("--port", "0") as worker:
        [entry] = finished(site.client, start_exports(site.client, 1))
        assert entry["status"] == "Done"
        for path in ("/healthz", "/readyz"):
            assert anybody.get(f"{worker.url}{path}").status_code == 200
        figures = anybody.get(f"{worker.url}/metrics").text
        assert f'transload_export_rows_total{{format="xlsx"}} {float(_RECORDS)}' in figures
        with worker.client(site.token) as own:
            assert own.get("/hubs").status_code == 404
        assert anybody.get(f"{worker.url}/openapi.json").status_code == 404


def test_processes_that_start_at_once_all_work(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each wants to make the same tables, keys and schedules."""
    data_dir = tmp_path_factory.mktemp("many") / "data"
    data_dir.mkdir()
    with empty_database(postgres_url) as url, ExitStack() as running:
        made = Installation(data_dir=data_dir, database_url=url)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            started = [
                threads.submit(running.enter_context, made.working("--concurrency", "1"))
                for _ in range(_AT_ONCE - 1)
            ]
            service = running.enter_context(made.serving())
            programs = [one.result() for one in started]
        with service.client(made.token()) as client:
            entries = finished(client, start_exports(client, 3))
            assert [entry["status"] for entry in entries] == ["Done"] * 3
        assert {program.process.poll() for program in programs} == {None}


@pytest.mark.parametrize("command", [["worker"], ["serve", "--no-worker"]])
def test_one_of_several_processes_needs_a_database_that_they_share(
    command: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    result = Installation(data_dir=tmp_path_factory.mktemp("one") / "data").run(*command)
    assert result.returncode == 1
    assert "TRANSLOAD_DATABASE_URL" in result.stderr
    assert "Traceback" not in result.stderr
