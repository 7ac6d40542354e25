"""The log: the form of its lines, the ids that they carry, what they never hold."""

import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.factories import PATIENCE_SECONDS, Site, anybody, fetch
from tests.processes import Installation, RunningProgram
from transload.errors import UnavailableError
from transload.telemetry.context import Job, during
from transload.telemetry.logs import (
    JsonLines,
    TextLines,
    details,
    is_no_outage,
    without_secrets,
)

_TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRoaXM"  # noqa: S105 - nobody's
Event = dict[str, Any]


@contextmanager
def _serving(
    tmp_path: Path, **settings: object
) -> Iterator[tuple[RunningProgram, httpx.Client, str]]:
    installation = Installation(
        data_dir=tmp_path / "data", settings={"log_format": "json", "rate_limit": 0, **settings}
    )
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        yield program, client, token


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A service whose log several tests read, each for lines of its own."""

    program: RunningProgram
    client: httpx.Client
    token: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Served]:
    with _serving(tmp_path_factory.mktemp("logs")) as (program, client, token):
        yield _Served(program=program, client=client, token=token)


@pytest.fixture(scope="module", params=["text", "json"])
def talkative(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_Served]:
    """One that says all it can, in either form."""
    settings = {
        "log_format": request.param,
        "log_level": "debug",
        "metrics_token": "metrics-secret",
    }
    with _serving(tmp_path_factory.mktemp("logs"), **settings) as (program, client, token):
        yield _Served(program=program, client=client, token=token)


def _events(program: RunningProgram) -> list[Event]:
    """Give the whole lines of the log, each of which has to be JSON."""
    lines = program.log().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _awaited(program: RunningProgram, is_it: Callable[[Event], bool]) -> Event:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = next((event for event in _events(program) if is_it(event)), None)
        if found is not None:
            return found
        assert time.monotonic() < deadline, program.log()
        time.sleep(0.02)


@pytest.mark.parametrize("given", ["a", "trace-1.2_B", "x" * 64])
def test_sane_id_of_the_caller_is_kept(site: Site, given: str) -> None:
    assert site.http.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == (
        given
    )


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", 'a"b', "a;b", "<a>", "é"])
def test_other_id_of_the_caller_is_not(site: Site, given: str) -> None:
    headers = {b"X-Request-Id": given.encode("latin-1")}
    answer = site.http.get("/healthz", headers=headers)
    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 16


def test_line_of_a_request_carries_its_id_and_what_became_of_it(served: _Served) -> None:
    answer = served.client.get("/hubs", params={"q": "secret-search"})
    event = _awaited(served.program, lambda event: event.get("path") == "/api/v3/hubs")
    assert event["request_id"] == answer.headers["X-Request-Id"]
    assert (event["level"], event["logger"]) == ("info", "transload.web.request_log")
    assert (event["method"], event["route"], event["status"]) == ("GET", "/api/v3/hubs", 200)
    assert event["milliseconds"] > 0
    assert event["time"].endswith("+00:00")


def test_lines_of_a_job_carry_its_kind_and_ids_and_the_request_names_it(served: _Served) -> None:
    query = {"download": "json", "background": "true"}
    answer = served.client.post("/data/export", params=query)
    export_id = answer.json()["data"]["exportId"].removeprefix("exp_")
    asked = _awaited(served.program, lambda event: bool(event.get("queued")))
    done = _awaited(served.program, lambda event: event.get("job_kind") == "export")
    assert asked["queued"] == [f"export-{export_id}"]
    assert asked["request_id"] == answer.headers["X-Request-Id"]
    assert "request_id" not in done
    assert (done["job_id"], done["outcome"]) == (export_id, "done")
    assert len(done["organization_id"]) == 24


@pytest.mark.parametrize("talkative", ["json"], indirect=True)
def test_every_line_of_the_process_is_json_the_libraries_own_too(talkative: _Served) -> None:
    program = talkative.program
    with httpx.Client() as raw:
        raw.get(f"{program.url}/healthz")
    host, port = program.url.removeprefix("http://").split(":")
    _send_nonsense(host, int(port))
    nonsense = _awaited(program, lambda event: event["logger"] == "uvicorn.error")
    assert nonsense["message"] == "Invalid HTTP request received."
    talkative.client.get("/hubs")
    _awaited(program, lambda event: event.get("path") == "/api/v3/hubs")
    assert {"debug", "info"} <= {event["level"] for event in _events(program)}


def _send_nonsense(host: str, port: int) -> None:
    with socket.create_connection((host, port), PATIENCE_SECONDS) as connection:
        connection.sendall(b"\x00\x01 nonsense\r\n\r\n")
        connection.recv(1_000)


def test_probes_are_quiet_and_requests_are_not(served: _Served) -> None:
    probes = {"/healthz", "/readyz", "/metrics"}
    for path in probes:
        assert anybody.get(f"{served.program.url}{path}").status_code == 200
    served.client.get("/tasks")
    _awaited(served.program, lambda event: event.get("path") == "/api/v3/tasks")
    assert probes.isdisjoint(event.get("path") for event in _events(served.program))


def test_no_log_of_a_process_holds_a_token_or_a_signature(talkative: _Served) -> None:
    """P13."""
    program, client, token = talkative.program, talkative.client, talkative.token
    link = client.post("/data/export", params={"download": "json"}).json()["data"]["link"]
    fetch(link)
    assert anybody.get(link[:-1]).status_code == 403
    client.get("/hubs", params={"access_token": token})
    client.get("/hubs", headers={"Authorization": f"Bearer {token}x"})
    client.get(f"/hub/{token}")
    metrics = {"Authorization": "Bearer metrics-secret"}
    assert anybody.get(f"{program.url}/metrics", headers=metrics).status_code == 200
    client.post("/data/export", params={"download": "json", "background": "true"})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "job done" not in program.log():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    log = program.log()
    (signature,) = parse_qs(urlsplit(link).query)["signature"]
    assert "/api/v3/hubs" in log
    for secret in (token, *token.split(".")[1:], signature, "access_token", "metrics-secret"):
        assert secret not in log


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"token {_TOKEN}.", "token [removed]."),
        (f"in a URL /x?access={_TOKEN}&y", "in a URL /x?access=[removed]&y"),
        ("Authorization: Bearer abcdefghij", "Authorization: Bearer [removed]"),
        ("/files/a?expires=1&signature=0a1b2c", "/files/a?expires=1&signature=[removed]"),
        ("postgresql://u:p%40ss@host/db", "postgresql://[removed]@host/db"),
        ("a bearer of news, eyJ and http://host/a@b", "a bearer of news, eyJ and http://host/a@b"),
    ],
)
def test_secrets_are_taken_out_of_lines(text: str, left: str) -> None:
    """P13."""
    assert without_secrets(text) == left


def _record(message: str, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("a.b", logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(extra)
    return record


def test_text_names_the_ids_after_the_message() -> None:
    with during(Job(kind="export", id="1", organization_id="2")):
        line = TextLines().format(_record("a message"))
    assert line.endswith(" WARNING a.b a message job_kind=export job_id=1 organization_id=2")


def test_json_has_details_and_the_exception() -> None:
    record = _record("line\nfeed", **details(status=3))
    try:
        int(_TOKEN)
    except ValueError:
        record.exc_info = sys.exc_info()
    line = JsonLines().format(record)
    event = json.loads(line)
    assert "\n" not in line
    assert (event["message"], event["status"], event["level"]) == ("line\nfeed", 3, "warning")
    assert event["exception"].splitlines()[-1].startswith("ValueError: invalid literal")
    assert _TOKEN not in line


def test_job_library_says_nothing_of_a_store_that_is_away() -> None:
    """The store's own line says it once; a fault of ours is told with all that helps to find it."""
    record = _record("Exception encountered in background workflow:")
    for fault, is_told in (
        (UnavailableError("away", retry_after_seconds=1), False),
        (KeyError(), True),
    ):
        record.exc_info = (type(fault), fault, None)
        assert is_no_outage(record) is is_told


def test_ids_end_with_what_they_are_of() -> None:
    with during(Job(kind="export", id="1")):
        pass
    assert "job_kind" not in TextLines().format(_record("after"))
