"""A client's connection, guarded: a request's head without end, or a long silence, ends it."""

from asyncio import TimerHandle, Transport
from collections import OrderedDict, defaultdict

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 << 10
PATIENCE_SECONDS = 30.0
_ON_GONE = "on_gone"  # see `web.waiting`
_TOO_LONG = "The request's head is too long."
_NO_HOST = "A request has one Host header."
_TOO_SLOW = "The request's body came too slowly; send it again."


def _nothing() -> None:
    """Do nothing for a request that does not ask to be told."""


class IdleConnections:
    """Those that wait for a request, by address; the longest idle leaves where they are many."""

    def __init__(self, most: int) -> None:
        """Take how many one address may have; used by the loop that serves them alone."""
        self._most = most
        self._found: defaultdict[str, OrderedDict[Connection, None]] = defaultdict(OrderedDict)

    def add(self, address: str, connection: "Connection") -> None:
        """Count one more; close the oldest of the address where it has too many."""
        idle = self._found[address]
        idle[connection] = None
        if len(idle) > self._most:
            oldest, _ = idle.popitem(last=False)
            oldest.transport.close()

    def remove(self, address: str, connection: "Connection") -> None:
        """Count it no more."""
        idle = self._found.get(address)
        if idle is not None:
            idle.pop(connection, None)
            if not idle:
                del self._found[address]


class Connection(HttpToolsProtocol):
    """Bounds what the server has to keep of a request before anything can refuse it.

    A head (the request line and the headers, or what follows a chunked body) may have 64 KiB, and a
    read of the socket beyond; it has to be whole within 30 seconds. Of a body, and of an answer
    that waits to be taken, every 30 seconds have to bring as much as the least rate asks for. How
    large a body may be is the application's matter.
    """

    patience_seconds = PATIENCE_SECONDS
    least_bytes_a_second = 0
    idle: IdleConnections | None = None
    _unread_bytes = 0
    _came_bytes = 0
    _left_bytes = 0
    _is_in_head = True
    _fault: str | None = None
    _timer: TimerHandle | None = None
    _taking_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Expect a request."""
        super().connection_made(transport)
        self._note_idle()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._expect_nothing()
        self._stop_taking()
        self._note_busy()
        if not self._has_answered():
            self.cycle.scope.get("state", {}).get(_ON_GONE, _nothing)()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, unless it is a head without end."""
        self._unread_bytes += len(data)
        super().data_received(data)
        if not self.transport.is_closing() and self._unread_bytes > MAX_HEAD_BYTES:
            self._refuse()

    def on_message_begin(self) -> None:
        """Expect the rest of the head."""
        super().on_message_begin()
        self._note_busy()
        self._is_in_head = True
        self._expect()

    def on_headers_complete(self) -> None:
        """Note the end of the head; refuse it where it does not say once which host is meant."""
        self._unread_bytes = 0
        self._is_in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            self._fault = _NO_HOST
            raise ValueError(_NO_HOST)  # the parser stops, and its fault is answered with 400
        super().on_headers_complete()
        self._came_bytes = 0
        self._expect()

    def on_body(self, body: bytes) -> None:
        """Note a part of the body."""
        self._unread_bytes = 0
        self._came_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note the end of the request: it is the client who waits now."""
        self._unread_bytes = 0
        self._expect_nothing()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Count the connection among the idle ones."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._note_idle()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, with the sentence that is known."""
        super().send_400_response(self._fault or msg)

    def pause_writing(self) -> None:
        """Expect the client to take what waits for it."""
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        """Note that it was taken."""
        self._stop_taking()
        super().resume_writing()

    def _refuse(self) -> None:
        if self._has_answered():
            self.send_400_response(_TOO_LONG)
        else:
            self.transport.close()

    def _has_answered(self) -> bool:
        # None before the first request, whatever its type says.
        cycle = getattr(self, "cycle", None)
        return cycle is None or cycle.response_complete

    def _expect(self) -> None:
        self._expect_nothing()
        self._timer = self.loop.call_later(self.patience_seconds, self._look)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Wait on where the client keeps sending, or where it is not the client who is slow."""
        came, self._came_bytes = self._came_bytes, 0
        keeps_coming = not self._is_in_head and came >= self._least_bytes()
        if keeps_coming or self.flow.read_paused:
            self._expect()
            return
        if not self._is_in_head and not self._has_answered():
            self._say_too_slow()
        self.transport.close()

    def _say_too_slow(self) -> None:
        if not self.cycle.response_started:
            body = orjson.dumps({"status": False, "message": _TOO_SLOW})
            self.transport.write(
                b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\n"
                b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            )

    def _watch_taking(self) -> None:
        self._left_bytes = self.transport.get_write_buffer_size()
        self._taking_timer = self.loop.call_later(self.patience_seconds, self._look_at_taking)

    def _look_at_taking(self) -> None:
        taken = self._left_bytes - self.transport.get_write_buffer_size()
        if taken >= self._least_bytes():
            self._watch_taking()
        else:
            self.transport.abort()

    def _stop_taking(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None

    def _least_bytes(self) -> int:
        return max(1, int(self.least_bytes_a_second * self.patience_seconds))

    def _note_idle(self) -> None:
        if self.idle is not None and self.client is not None:
            self.idle.add(self.client[0], self)

    def _note_busy(self) -> None:
        if self.idle is not None and self.client is not None:
            self.idle.remove(self.client[0], self)


def connections(*, least_bytes_a_second: int, most_idle: int) -> type[Connection]:
    """Give the class of a server's connections: their least rate, and the idle ones of an address.

    A rate of 0 asks for something every 30 seconds.
    """

    class Bounded(Connection):
        """As this server is set up."""

    Bounded.least_bytes_a_second = least_bytes_a_second
    Bounded.idle = IdleConnections(most_idle)
    return Bounded
