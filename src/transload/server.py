"""The HTTP server around a service."""

import gc
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from transload.app import Service
from transload.connection import connections
from transload.errors import StartupError
from transload.shutdown import Shutdown

_GRACE_SECONDS = 10
_BACKLOG = 2_048
_FILES = 65_536
_START_SECONDS = 30
# Longer than clients and proxies keep a connection to send their next request on it (Caddy 120
# seconds, Go 90, load balancers 60, httpx 5). Who keeps it longer sends into a closed connection.
_IDLE_SECONDS = 130


def bound_socket(host: str, port: int) -> socket.socket:
    """Give a listening socket; port 0 takes any free one. Raises StartupError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except socket.gaierror as error:
        listener.close()
        raise StartupError(
            f"Cannot listen on {host} ({error.strerror}); name an address of this machine with "
            "--host."
        ) from error
    except OSError as error:
        listener.close()
        raise StartupError(
            f"Cannot listen on {host}:{port} ({error.strerror}); name another with --port."
        ) from error
    listener.listen(_BACKLOG)
    return listener


def url_of(listener: socket.socket) -> str:
    """Give the address under which the socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(service: Service, listener: socket.socket, announce: Callable[[str], None]) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM); told twice, without grace.

    `announce` is called with the address once the process can be stopped in good order.
    """
    raise_file_limit()
    server = _server(service)

    def stop(_signal: int, _frame: object) -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # What is there by now stays. To look through it all for garbage took 0.1 seconds, in which
    # every request waited.
    gc.collect()
    gc.freeze()
    announce(url_of(listener))
    server.run(sockets=[listener])


def wait_for_stop(announce: Callable[[], None]) -> None:
    """Wait until the process is told to stop (SIGINT, SIGTERM), which it can be once announced."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    announce()
    told.wait()


@contextmanager
def serving(service: Service, listener: socket.socket) -> Iterator[str]:
    """Serve in a thread for the length of the block; give the service's address."""
    server = _server(service)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server")
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise StartupError("The HTTP server did not start.")
            time.sleep(0.01)
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: Shutdown) -> None:
        super().__init__(config)
        self._listening = listening

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send away those who wait for changes: the server waits for all others to be served."""
        self._listening.begin(patience_seconds=0)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process, which has more to end than the server."""
        yield


def raise_file_limit() -> None:
    """Have the process open as many files, sockets among them, as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _server(service: Service) -> _Server:
    settings = service.settings
    return _Server(
        uvicorn.Config(
            service.app,
            http=connections(
                least_bytes_a_second=settings.least_rate_kib << 10,
                most_idle=settings.idle_connections,
            ),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_SECONDS,
            timeout_keep_alive=_IDLE_SECONDS,
        ),
        service.listening,
    )
