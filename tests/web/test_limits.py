"""Limits of a service that has them set low, over real HTTP: body and rate."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import empty_database
from tests.factories import PATIENCE_SECONDS, anybody
from tests.processes import Installation, RunningProgram

_MIB = b"x" * (1 << 20)
_RATE = 5


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    settings = {"rate_limit": _RATE, "max_body_mib": 2, "log_level": "debug", "debug": True}
    return Installation(data_dir=tmp_path_factory.mktemp("limits") / "data", settings=settings)


@pytest.fixture(scope="module")
def program(installation: Installation) -> Iterator[RunningProgram]:
    with installation.serving() as running:
        yield running


@pytest.fixture
def client(
    installation: Installation, program: RunningProgram, request: pytest.FixtureRequest
) -> Iterator[httpx.Client]:
    """Give a client of an organization of its own, so that no test takes of another's rate."""
    with program.client(installation.token(request.node.name)) as found:
        yield found


def _assert_too_large(answer: httpx.Response, bound: str) -> None:
    assert answer.status_code == 413
    assert answer.json() == {
        "status": False,
        "message": f"A request's body may have {bound} at most.",
    }


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("/data/bulk", "2 MiB"),
        ("/data-type", "2 MiB"),
        ("/data/export", "256 KiB"),
        ("/hub", "64 KiB"),
    ],
)
def test_body_over_the_limit_is_refused(client: httpx.Client, path: str, bound: str) -> None:
    """P2."""
    _assert_too_large(client.post(path, content=_MIB * 2 + b"x"), bound)


@pytest.mark.parametrize("length", ["Content-Length: 1000000000000", "Transfer-Encoding: chunked"])
def test_streamed_body_is_refused_before_its_end(
    client: httpx.Client, program: RunningProgram, length: str
) -> None:
    """P2."""
    address = urlsplit(program.url)
    head = (
        "POST /api/v3/data/bulk HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: {client.headers['Authorization']}\r\n{length}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(head.encode())
        for _ in range(3):
            stream.sendall(b"100000\r\n" + _MIB + b"\r\n")
        answer = stream.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "start", [b"GET /healthz HTTP/1.1\r\nX-Long: ", b"GET /healthz?", b"GET /", b"G", b"\r\n" * 9]
)
def test_head_without_end_is_refused_before_it_fills_the_memory(
    program: RunningProgram, start: bytes
) -> None:
    """P4: from anybody, without a token."""
    address = urlsplit(program.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(start)
        with pytest.raises(OSError, match=r"Broken pipe|reset by peer"):
            stream.sendall(_MIB * 64)
    assert anybody.get(f"{program.url}/healthz").status_code == 200


def test_trailer_without_end_is_cut_off(client: httpx.Client, program: RunningProgram) -> None:
    """P4."""
    address = urlsplit(program.url)
    head = (
        "POST /api/v3/data/bulk HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\n{}\r\n0\r\nX-Long: "
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(head.encode())
        with pytest.raises(OSError, match=r"Broken pipe|reset by peer"):
            stream.sendall(_MIB * 64)


def test_body_that_breaks_off_is_no_fault_of_the_service(
    client: httpx.Client, program: RunningProgram
) -> None:
    """P20: clients that go away raise no alarm."""
    address = urlsplit(program.url)
    head = (
        "POST /api/v3/hub HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: broken-off\r\n"
        f"Authorization: {client.headers['Authorization']}\r\nContent-Length: 100\r\n\r\n{{"
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as stream:
        stream.sendall(head.encode())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (lines := [one for one in program.log().splitlines() if "broken-off" in one]):
        assert time.monotonic() < deadline
    assert "POST /api/v3/hub 499 " in lines[-1]
    assert not any("failed" in line for line in lines)


def test_form_over_the_limit_is_refused(client: httpx.Client) -> None:
    """P2."""
    _assert_too_large(client.post("/data/export", files={"file": _MIB * 3}), "64 KiB")


def test_body_at_the_limit_is_read(client: httpx.Client) -> None:
    body = b'{"data": []' + b" " * (len(_MIB) * 2 - 12) + b"}"
    assert client.post("/data/bulk", content=body).status_code != 413


def test_organization_over_its_rate_is_told_to_wait(
    client: httpx.Client, installation: Installation, program: RunningProgram
) -> None:
    """P16."""
    answers = [client.get("/tasks/export-log") for _ in range(_RATE * 6)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["message"] == "Your organization may send 5 requests a second."
    assert refused[0].json()["status"] is False
    assert refused[0].headers["Retry-After"] == "1"
    assert answers[0].status_code == 200
    with program.client(installation.token("A quiet one")) as quiet:
        assert quiet.get("/tasks/export-log").status_code == 200


def test_debug_log_of_the_program_holds_no_token(
    client: httpx.Client, program: RunningProgram
) -> None:
    """P13."""
    answer = client.post("/data/export", params={"download": "json", "fields": "_id"})
    link = answer.json()["data"]["link"]
    assert anybody.get(link).status_code == 200
    log = program.log()
    assert "POST /api/v3/data/export 200" in log
    assert "DEBUG" in log
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for secret in (*token.split("."), link.rpartition("=")[2], "PRIVATE KEY"):
        assert secret not in log


def test_a_file_has_one_rate_over_all_processes(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """P16: by its link, that anybody may hold."""
    folder = tmp_path_factory.mktemp("shared")
    with ExitStack() as open_:
        url = open_.enter_context(empty_database(postgres_url))
        made = Installation(data_dir=folder, database_url=url, settings={"rate_limit": _RATE})
        one, other = (open_.enter_context(made.serving("--no-worker")) for _ in range(2))
        client = open_.enter_context(one.client(made.token("Acme")))
        link = client.post("/data/export", params={"download": "json"}).json()["data"]["link"]
        links = [link, link.replace(one.url, other.url)]
        begun = int(time.time())
        answers = [anybody.head(links[number % 2]) for number in range(_RATE * 12)]
        seconds = int(time.time()) - begun + 1
    allowed = [answer for answer in answers if answer.status_code == 200]
    [refusal] = {answer.headers["Retry-After"] for answer in answers if answer not in allowed}
    assert refusal == "1"
    assert 0 < len(allowed) <= _RATE * seconds
