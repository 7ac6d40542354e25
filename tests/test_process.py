"""P18: what happens to exports when the process that writes them ends, in whatever way."""

import io
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.conftest import STORES, empty_database
from tests.factories import PATIENCE_SECONDS, awaited, fetch
from tests.processes import Installation, RunningProgram
from transload import bench_data, samples
from transload.clock import Clock
from transload.db.tables import exports

_RECORDS = 40_000
_STOP_SECONDS = 10
_ORGANIZATION = "Acme"


@pytest.fixture(scope="module", params=STORES)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """An installation with enough records that an export of them can be interrupted."""
    data_dir = tmp_path_factory.mktemp("process") / "data"
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(empty_database(request.getfixturevalue("postgres_url")))
        made = Installation(data_dir=data_dir, database_url=url)
        with made.database() as database:
            target = bench_data.prepare(database, _ORGANIZATION, Clock().now())
            added = sum(bench_data.load(database, target, samples.outlets(_RECORDS)))
        assert added == _RECORDS
        yield made


def _unfinished(installation: Installation) -> list[Path]:
    return list((installation.data_dir / "files" / "unfinished").iterdir())


def start_exports(client: httpx.Client, count: int) -> list[str]:
    query = {"download": "xlsx", "background": "true", "sortOrder": "asc"}
    answers = [client.post("/data/export", params=query).json() for _ in range(count)]
    return [answer["data"]["exportId"] for answer in answers]


def _wait_for_the_middle(installation: Installation) -> None:
    """Wait until a part of a file has been written."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(path.stat().st_size for path in _unfinished(installation)):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _entries(client: httpx.Client, ids: list[str]) -> list[dict[str, Any]]:
    hits = client.get("/tasks/export-log", params={"limit": 100}).json()["data"]
    found = {hit["_id"]: hit["_source"] for hit in hits}
    return [found[one] for one in ids]


def finished(client: httpx.Client, ids: list[str]) -> list[dict[str, Any]]:
    return awaited(
        lambda: _entries(client, ids),
        lambda found: all(entry["status"] != "Processing" for entry in found),
    )


def _attempts(installation: Installation, ids: list[str]) -> list[int]:
    statement = select(exports.c.id, exports.c.attempts)
    with installation.database() as database, database.read() as connection:
        found = {row.id: row.attempts for row in connection.execute(statement)}
    return [found[one.removeprefix("exp_")] for one in ids]


def assert_whole(entry: dict[str, Any]) -> None:
    assert entry["status"] == "Done", entry
    assert entry["totalRecords"] == entry["totalMatched"] == _RECORDS
    content = fetch(entry["fileUrl"])
    assert len(content) == entry["fileSize"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    keys = [row[rows[0].index("Outlet ID")] for row in rows[1:]]
    assert keys == [f"{number:010d}" for number in range(_RECORDS)]


def _assert_resumed(installation: Installation, token: str, ids: list[str]) -> None:
    """Start the service anew: by itself it ends what was begun and what was waiting."""
    with installation.serving() as program, program.client(token) as client:
        entries = finished(client, ids)
        assert {entry["status"] for entry in entries} == {"Done"}
        assert len({entry["fileUrl"].partition("?")[0] for entry in entries}) == len(ids)
        assert_whole(entries[0])
        assert {entry["fileSize"] for entry in entries} == {entries[0]["fileSize"]}
    assert _unfinished(installation) == []


@pytest.mark.longest
def test_exports_of_a_killed_process_end_in_the_next_one(installation: Installation) -> None:
    """P18."""
    token = installation.token(_ORGANIZATION)
    with installation.serving() as program, program.client(token) as client:
        ids = start_exports(client, 2)
        _wait_for_the_middle(installation)
        program.process.kill()
        program.process.wait()
    assert _unfinished(installation) != []
    _assert_resumed(installation, token, ids)
    attempts = _attempts(installation, ids)
    assert 2 in attempts
    assert set(attempts) <= {1, 2}


def test_stopped_process_leaves_its_exports_to_the_next_one(installation: Installation) -> None:
    """P18."""
    token = installation.token(_ORGANIZATION)
    with installation.serving() as program, program.client(token) as client:
        ids = start_exports(client, 2)
        _wait_for_the_middle(installation)
        _stop(program)
        assert "Traceback" not in program.log()
    assert _unfinished(installation) == []
    _assert_resumed(installation, token, ids)
    assert _attempts(installation, ids) == [1, 1]


def test_idle_process_stops_at_once(tmp_path: Path) -> None:
    with Installation(data_dir=tmp_path / "data").serving() as program:
        _stop(program)
        assert program.log() == ""


def test_request_that_is_cut_off_by_a_stop_is_told_to_try_again(tmp_path: Path) -> None:
    installation = Installation(data_dir=tmp_path / "data")
    installation.run("org", "create", _ORGANIZATION)
    token = installation.token(_ORGANIZATION)
    with installation.serving() as program:
        address = urlsplit(program.url)
        with socket.create_connection((address.hostname, address.port)) as client:
            head = f"Authorization: Bearer {token}\r\nContent-Length: 100"
            client.sendall(f"POST /api/v3/hub HTTP/1.1\r\nHost: t\r\n{head}\r\n\r\n{{".encode())
            awaited(lambda: httpx.get(f"{program.url}/healthz").is_success)
            program.process.terminate()
            answer = HTTPResponse(client)
            answer.begin()
            assert answer.status == 503
            assert answer.getheader("Retry-After") == "5"
            assert json.load(answer)["message"] == "The service is stopping; try again."
        assert program.process.wait(_STOP_SECONDS) == 0
        assert "Traceback" not in program.log()


def _stop(program: RunningProgram) -> None:
    program.process.terminate()
    assert program.process.wait(_STOP_SECONDS) == 0


def test_demo_leaves_files_that_a_spreadsheet_opens(tmp_path: Path) -> None:
    result = Installation(data_dir=tmp_path / "data").run("demo")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "transload-demo"
    for name, records in [("outlets.xlsx", 10_000), ("outlets-direct.xlsx", 1_000)]:
        assert str(Path("transload-demo") / name) in result.stdout
        rows = CalamineWorkbook.from_path(folder / name).get_sheet_by_index(0).to_python()
        assert len(rows) == 1 + records
