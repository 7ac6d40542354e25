"""Connections that send slowly or nothing at all, against a server that waits half a second."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from tests.factories import PATIENCE_SECONDS
from transload.connection import Connection, connections
from transload.server import bound_socket

_HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n"


_ASKED = b"GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_LONG_BYTES = 100 << 20


class _Hasty(Connection):
    patience_seconds = 0.5


_Strict = connections(least_bytes_a_second=100, most_idle=2)
_Strict.patience_seconds = _Hasty.patience_seconds


@contextmanager
def _serving(protocol: type[Connection]) -> Iterator[int]:
    """Serve, by such connections, on the port that it gives."""
    app = FastAPI()

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    @app.get("/long")
    async def write() -> StreamingResponse:
        piece = b"x" * (256 << 10)
        return StreamingResponse(piece for _ in range(_LONG_BYTES // len(piece)))

    server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_config=None, lifespan="off"))
    with bound_socket("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with _serving(_Hasty) as found:
        yield found


@pytest.fixture(scope="module")
def strict_port() -> Iterator[int]:
    with _serving(_Strict) as found:
        yield found


@pytest.fixture
def stream(port: int) -> Iterator[socket.socket]:
    with _connected(port) as found:
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


def test_a_body_that_comes_too_slowly_is_told_so(strict_port: int) -> None:
    """P29: what is held of it is given up."""
    with _connected(strict_port) as stream:
        stream.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n")
        stream.settimeout(_Strict.patience_seconds / 5)
        for _ in range(80):
            stream.sendall(b"x")
            try:
                assert stream.recv(1_000).startswith(b"HTTP/1.1 408 ")
            except TimeoutError:
                continue
            return
    raise AssertionError("The server still waits.")


def test_an_address_has_few_idle_connections(strict_port: int) -> None:
    """P29: the one that is idle for the longest makes room."""
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(_connected(strict_port)) for _ in range(3))
        assert first.recv(100) == b""
        for stream in (second, third):
            stream.sendall(_HEAD + b"xxx")
            assert stream.recv(1_000).startswith(b"HTTP/1.1 200 ")


def test_who_takes_no_more_of_an_answer_is_sent_away(stream: socket.socket) -> None:
    """P29: what the service held of it is given up; what the system sent arrives, and no more."""
    stream.sendall(_ASKED)
    _pause(_Hasty.patience_seconds * 4)
    assert _taken(stream, most=_LONG_BYTES) < _LONG_BYTES


def test_who_takes_an_answer_bit_by_bit_gets_it_whole(stream: socket.socket) -> None:
    """P29."""
    stream.sendall(_ASKED)
    came = 0
    for _ in range(10):
        came += _taken(stream, most=4 << 20)
        _pause(_Hasty.patience_seconds / 5)
    assert came + _taken(stream, most=_LONG_BYTES - came) >= _LONG_BYTES


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def _pause(seconds: float) -> None:
    """Be a client that does nothing for a while."""
    Event().wait(seconds)


def _taken(stream: socket.socket, *, most: int) -> int:
    """Give how many bytes come before the end, or before there are as many as asked for."""
    came = 0
    while came < most:
        try:
            part = stream.recv(1 << 20)
        except ConnectionError:
            break
        if not part:
            break
        came += len(part)
    return came
