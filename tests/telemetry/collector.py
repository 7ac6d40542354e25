"""A collector of traces on this machine: takes OTLP over HTTP, as protobuf."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.factories import PATIENCE_SECONDS


@dataclass(slots=True, kw_only=True)
class Collector:
    """What has been received so far."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    asked: threading.Event = field(default_factory=threading.Event)

    def requests(self) -> list[ExportTraceServiceRequest]:
        """Give what was sent, parsed."""
        return [ExportTraceServiceRequest.FromString(body) for body in self.bodies]

    def spans(self) -> list[Span]:
        """Give all spans."""
        return [
            span
            for request in self.requests()
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def resource(self) -> dict[str, object]:
        """Give what the sender says of itself."""
        return attributes(self.requests()[0].resource_spans[0].resource.attributes)

    def awaited(self, is_it: Callable[[Span], bool]) -> Span:
        """Wait for a span."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = next((span for span in self.spans() if is_it(span)), None)
            if found is not None:
                return found
            assert time.monotonic() < deadline, [span.name for span in self.spans()]
            time.sleep(0.02)


def attributes(given: Iterable[KeyValue]) -> dict[str, object]:
    """Give attributes as a dictionary."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in given}


@contextmanager
def collecting(*, is_stuck: bool = False) -> Iterator[Collector]:
    """Run a collector; one that is stuck takes requests and never answers."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.asked.set()
            if is_stuck:
                ended.wait(PATIENCE_SECONDS)
                return
            collector.paths.add(self.path)
            collector.bodies.append(body)
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector = Collector(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
