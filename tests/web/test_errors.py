"""P20: what a client is told when the service itself is at fault."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.factories import Tenant
from tests.processes import Installation

_HUB = {"name": "Jakarta", "address": "", "lat": 1, "lng": 1}
_INNER = ("Traceback", ".py", "SELECT", "INSERT", "sqlite", "OperationalError", "no such table")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(data_dir=tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture(scope="module")
def client(installation: Installation) -> Iterator[httpx.Client]:
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        yield client


@contextmanager
def missing(data_dir: Path, table: str) -> Iterator[None]:
    """Take a table away for the length of the block."""
    with closing(sqlite3.connect(data_dir / "transload.db", timeout=30)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {table}_elsewhere")
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE {table}_elsewhere RENAME TO {table}")


def _assert_tells_nothing(answer: httpx.Response, installation: Installation) -> None:
    assert answer.status_code == 500
    for word in (*_INNER, str(installation.data_dir)):
        assert word not in answer.text


def test_internal_error_tells_nothing_of_the_inside(
    installation: Installation, client: httpx.Client
) -> None:
    """P20."""
    with missing(installation.data_dir, "hubs"):
        answer = client.post("/hub", json=_HUB)
    _assert_tells_nothing(answer, installation)
    assert answer.json() == {
        "status": False,
        "message": "Internal server error, please contact support.",
    }
    assert answer.headers["X-Request-Id"]
    assert client.post("/hub", json=_HUB).status_code == 200


def test_failed_export_names_its_request(installation: Installation, client: httpx.Client) -> None:
    """P20."""
    with missing(installation.data_dir, "data_types"):
        answer = client.post("/data/export", params={"download": "xlsx"})
    _assert_tells_nothing(answer, installation)
    assert answer.json() == {
        "status": False,
        "message": "Internal server error",
        "error": {"message": answer.headers["X-Request-Id"], "file": "", "line_of_code": 0},
    }


def test_failed_export_log_is_an_empty_list(
    installation: Installation, client: httpx.Client
) -> None:
    """P20."""
    with missing(installation.data_dir, "exports"):
        answer = client.get("/tasks/export-log")
    _assert_tells_nothing(answer, installation)
    assert answer.json() == {
        "status": False,
        "message": "Internal server error",
        "data": [],
        "error": {"message": answer.headers["X-Request-Id"], "file": "", "line_of_code": 0},
    }


def test_fault_under_the_token_itself_is_an_internal_error(
    installation: Installation, client: httpx.Client
) -> None:
    """P20."""
    with missing(installation.data_dir, "tokens"):
        answer = client.post("/hub", json=_HUB)
    _assert_tells_nothing(answer, installation)


def test_debug_setting_shows_file_and_line_and_the_log_has_the_trace(tmp_path: Path) -> None:
    debugging = Installation(data_dir=tmp_path / "data", settings={"debug": True})
    token = debugging.token()
    with (
        debugging.serving() as program,
        program.client(token) as client,
        missing(debugging.data_dir, "data_types"),
    ):
        answer = client.post("/data/export", params={"download": "xlsx"})
        log = program.log()
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert "no such table" in error["message"]
    assert error["file"].endswith(".py")
    assert error["line_of_code"] > 0
    assert f"request {answer.headers['X-Request-Id']} failed" in log
    assert "Traceback" in log


def test_a_parameter_that_is_none_is_refused_and_not_an_internal_error(tenant: Tenant) -> None:
    kind = tenant.data_type(common=True)
    files = {"file": ("a.csv", b"a,b\n1,2\n")}
    for path in ("/imports?size=x", "/data/export?download=csv&separator=a&separator=b"):
        answer = tenant.request("POST", path, files=files if "imports" in path else None)
        assert answer.status_code == 400, answer.text
    draft = tenant.request("POST", f"/imports?dataTypeId={kind}", files=files)
    import_id = draft.json()["data"]["_id"]
    for number in ("0", "x"):
        answer = tenant.request("DELETE", f"/imports/{import_id}/edits/{number}")
        assert answer.status_code == 404, answer.text
