"""A connection to a client that may mean harm: what has no end is cut off."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 << 10
PATIENCE_SECONDS = 30.0
_TOO_LONG = "The request's head is too long."


class Connection(HttpToolsProtocol):
    """Bounds what the server has to keep of a request before anything can refuse it.

    A head (the request line and the headers, or what follows a chunked body) may have 64 KiB, and a
    read of the socket beyond; it has to be whole within 30 seconds. Of a body something must come
    every 30 seconds. How large a body may be is the application's matter.
    """

    patience_seconds = PATIENCE_SECONDS
    _unread_bytes = 0
    _is_in_head = True
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Expect a request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, unless it is a head without end."""
        self._unread_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unread_bytes > MAX_HEAD_BYTES:
            self._refuse()
        elif self._timer is not None and not self._is_in_head:
            self._expect()

    def on_message_begin(self) -> None:
        """Expect the rest of the head."""
        super().on_message_begin()
        self._is_in_head = True
        self._expect()

    def on_headers_complete(self) -> None:
        """Note the end of the head."""
        self._unread_bytes = 0
        self._is_in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note a part of the body."""
        self._unread_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note the end of the request: it is the client who waits now."""
        self._unread_bytes = 0
        self._expect_nothing()
        super().on_message_complete()

    def _refuse(self) -> None:
        # None before the first request, whatever its type says.
        cycle = getattr(self, "cycle", None)
        if cycle is None or cycle.response_complete:
            self.send_400_response(_TOO_LONG)
        else:
            self.transport.close()

    def _expect(self) -> None:
        self._expect_nothing()
        self._timer = self.loop.call_later(self.patience_seconds, self._give_up)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self.flow.read_paused:  # it is not the client who is slow
            self._expect()
        else:
            self.transport.close()
