"""A proxy on this machine that leads to one address alone, whatever it is asked for.

Libraries that look names up themselves are sent through it: the address that was checked is the one
that is connected to. It knows CONNECT, and plain requests whose target is a whole URL (RFC 9110,
9112).
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

_HEAD_BYTES = 16 << 10
_PART_BYTES = 64 << 10
_IDLE_SECONDS = 60
_CONNECT = b"CONNECT "
_HEAD_END = b"\r\n\r\n"
_MADE = b"HTTP/1.1 200 OK\r\n\r\n"


@contextmanager
def tunnel_to(address: str, port: int, seconds: float) -> Iterator[str]:
    """Give the URL of a proxy to that address, which is there until the end of the block."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            near: socket.socket = self.request
            near.settimeout(_IDLE_SECONDS)
            with suppress(OSError):
                _serve(near, (address, port), seconds)

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), name="tunnel", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 16


def _serve(near: socket.socket, place: tuple[str, int], seconds: float) -> None:
    head = near.recv(_PART_BYTES)
    while head.startswith(_CONNECT) and not head.endswith(_HEAD_END) and len(head) < _HEAD_BYTES:
        part = near.recv(_PART_BYTES)
        if not part:
            return
        head += part
    with socket.create_connection(place, seconds) as far:
        far.settimeout(_IDLE_SECONDS)
        if head.startswith(_CONNECT):
            near.sendall(_MADE)
        else:
            far.sendall(head)
        back = Thread(target=_pour, args=(far, near), name="tunnel-back", daemon=True)
        back.start()
        _pour(near, far)
        back.join()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(_PART_BYTES):
            sink.sendall(part)
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RD if one is source else socket.SHUT_WR)
