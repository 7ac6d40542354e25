"""P38: where requests may go."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from transload.errors import InvalidError
from transload.outgoing import Outgoing, UnreachableError

_LITERALS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "localhost",
    "LOCALHOST",
    "localhost.",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:53aa:64c:0:fbff:80ff:fffe]",
    "[2001:db8::1]",
]
_TEXTS = [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "example.com",
    "//example.com/",
    "https://",
    "https:///path",
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://exa mple.com/",
    "https://example.com/\r\nX-Other: 1",
    "https://example.com/\tx",
    "https://127.0.0.1\\@example.com/",
    "https://exämple.com/",
    "https://[::1/",
    "https://example.com/" + "x" * 2_048,
]


def test_there_are_at_least_forty_forms() -> None:
    assert len({*_LITERALS}) >= 40


@pytest.mark.parametrize("host", _LITERALS)
def test_address_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises((InvalidError, UnreachableError)) as refused:
        Outgoing(allows_http=True, seconds=2).send("GET", f"http://{host}/")
    if isinstance(refused.value, InvalidError):
        assert "leads into a private network" in refused.value.message
    else:
        assert "leads to no address" in refused.value.message


@pytest.mark.parametrize("url", _TEXTS)
def test_text_that_is_no_address_to_send_to_is_refused_before_anything_is_asked(url: str) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise AssertionError("nothing is resolved")

    sender = Outgoing(resolve=resolve)
    with pytest.raises(InvalidError):
        sender.check(url)
    with pytest.raises(InvalidError):
        sender.send("GET", url)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["127.0.0.1", "93.184.215.14"]]
)
def test_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    sender = Outgoing(resolve=lambda _host, _port: addresses)
    with pytest.raises(InvalidError, match="leads into a private network"):
        sender.send("POST", "https://hooks.example.com/", body=b"{}")


def test_name_is_asked_for_once_so_that_a_second_answer_gains_nothing() -> None:
    answers = [["203.0.113.1"], ["127.0.0.1"]]
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    with _answering(b"HTTP/1.1 200 OK\r\n\r\nsecret") as port:
        sender = Outgoing(allows_http=True, seconds=0.5, resolve=resolve)
        with pytest.raises((UnreachableError, InvalidError)):
            sender.send("GET", f"http://rebinding.example.com:{port}/")
    assert asked == ["rebinding.example.com"]


def test_redirect_is_given_back_and_not_followed() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with _answering(head) as port:
        answer = _sender().send("GET", f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_flood_is_cut() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with _answering(head, lambda client: _flood(client, 4 << 20)) as port:
        answer = _sender().send("GET", f"http://127.0.0.1:{port}/")
    assert (answer.is_cut, len(answer.body)) == (True, 64 << 10)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\nstart"])
def test_silence_ends(start: bytes) -> None:
    over = threading.Event()

    def be_silent(_client: socket.socket) -> None:
        over.wait(30)

    with _answering(start, be_silent) as port:
        with pytest.raises(UnreachableError, match=r"no whole answer within 0\.5 seconds"):
            Outgoing(allows_http=True, allows_private=True, seconds=0.5).send(
                "GET", f"http://127.0.0.1:{port}/"
            )
        over.set()


def test_drops_one_at_a_time_end_too() -> None:
    over = threading.Event()

    def drip(client: socket.socket) -> None:
        while not over.wait(0.05):
            client.sendall(b"x")

    with _answering(b"HTTP/1.1 200 OK\r\nX-Slow: ", drip) as port:
        with pytest.raises(UnreachableError, match="no whole answer"):
            Outgoing(allows_http=True, allows_private=True, seconds=0.5).send(
                "GET", f"http://127.0.0.1:{port}/"
            )
        over.set()


def test_what_is_no_web_server_is_told() -> None:
    with (
        _answering(b"220 smtp.example.com ESMTP\r\n") as port,
        pytest.raises(UnreachableError, match="did not answer as a web server does"),
    ):
        _sender().send("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(UnreachableError, match="takes no connections"):
        _sender().send("GET", f"http://127.0.0.1:{port}/")


def test_certificate_is_asked_for() -> None:
    with _answering(b"HTTP/1.1 200 OK\r\n\r\n") as port, pytest.raises(UnreachableError):
        _sender().send("GET", f"https://127.0.0.1:{port}/")


def _sender() -> Outgoing:
    return Outgoing(allows_http=True, allows_private=True, seconds=5)


def _flood(client: socket.socket, size: int) -> None:
    for _ in range(size >> 16):
        client.sendall(b"x" * (64 << 10))


@contextmanager
def _answering(
    start: bytes, further: Callable[[socket.socket], None] = lambda _client: None
) -> Iterator[int]:
    """Answer one connection with these bytes, whatever it asks; give the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            try:
                client, _ = listener.accept()
                with client:
                    client.recv(4_096)
                    client.sendall(start)
                    further(client)
            except OSError:
                return  # the other side has had enough, or never came

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.close()
        thread.join()
