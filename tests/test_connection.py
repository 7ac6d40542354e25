"""Connections that send slowly or nothing at all, against a server that waits half a second."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI, Request

from tests.factories import PATIENCE_SECONDS
from transload.connection import Connection
from transload.server import bound_socket

_HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n"


class _Hasty(Connection):
    patience_seconds = 0.5


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    server = uvicorn.Server(uvicorn.Config(app, http=_Hasty, log_config=None, lifespan="off"))
    with bound_socket("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


@pytest.fixture
def stream(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as found:
        yield found


@pytest.mark.parametrize("sent", [b"", b"POST / HT", _HEAD[:-2]])
def test_who_sends_no_more_is_sent_away(stream: socket.socket, sent: bytes) -> None:
    """P4."""
    stream.sendall(sent)
    assert stream.recv(100) == b""


@pytest.mark.parametrize("sent", [_HEAD, _HEAD + b"xx"])
def test_who_stops_within_a_body_is_told_so(stream: socket.socket, sent: bytes) -> None:
    """P4."""
    stream.sendall(sent)
    assert stream.recv(1_000).startswith(b"HTTP/1.1 408 ")
    assert stream.recv(1_000) == b""


def test_who_begins_another_request_and_no_more_is_sent_away(stream: socket.socket) -> None:
    """P4."""
    stream.sendall(_HEAD + b"xxx")
    assert stream.recv(1_000).startswith(b"HTTP/1.1 200 ")
    stream.sendall(b"P")
    assert stream.recv(100) == b""


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(stream: socket.socket) -> None:
    """P4."""
    stream.sendall(b"GET /")
    stream.settimeout(0.1)
    for _ in range(100):
        try:
            stream.sendall(b"a")
            if stream.recv(100) == b"":
                return
        except TimeoutError:
            continue
        except ConnectionError:
            return
    raise AssertionError("The server still waits.")


def test_a_body_that_keeps_coming_is_waited_for(stream: socket.socket) -> None:
    stream.sendall(_HEAD)
    for _ in range(3):
        stream.settimeout(0.3)
        with pytest.raises(TimeoutError):
            stream.recv(100)
        stream.sendall(b"x")
    stream.settimeout(PATIENCE_SECONDS)
    assert stream.recv(1_000).startswith(b"HTTP/1.1 200 ")
