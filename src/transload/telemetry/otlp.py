"""Traces, sent to a collector as OTLP over HTTP. Imported only where there is a collector."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as Recorded
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from transload.telemetry.tracing import Span

_NAME = "transload"
_PATIENCE_SECONDS = 3


class CollectorTracing:
    """Hands ended spans to a thread that sends them; where it cannot keep up, spans are dropped.

    Endpoint, headers, timeouts, sampling and the resource are what OpenTelemetry's variables say.
    """

    def __init__(self, version: str) -> None:
        """Start the thread."""
        own = Resource({"service.name": _NAME, "service.version": version})
        self._provider = TracerProvider(
            resource=own.merge(OTELResourceDetector().detect()), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(_NAME, version)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, traceparent: str) -> Iterator[Span]:
        """Open the span of a request."""
        parent = self._propagator.extract({"traceparent": traceparent}) if traceparent else None
        with _ended(self._tracer.start_span("HTTP", parent, SpanKind.SERVER)) as span:
            yield span

    @contextmanager
    def job(self) -> Iterator[Span]:
        """Open the span of a job: a trace of its own, for it may run days after its request."""
        with _ended(self._tracer.start_span("job", kind=SpanKind.CONSUMER)) as span:
            yield span

    def close(self) -> None:
        """Send what is left, for three seconds at most."""
        sender = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        sender.start()
        sender.join(_PATIENCE_SECONDS)


class _Told:
    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    def tell(
        self, name: str, attributes: Mapping[str, str | int], *, has_failed: bool = False
    ) -> None:
        self._recorded.update_name(name)
        self._recorded.set_attributes(attributes)
        if has_failed:
            self._recorded.set_status(StatusCode.ERROR)


@contextmanager
def _ended(recorded: Recorded) -> Iterator[Span]:
    try:
        yield _Told(recorded)
    finally:
        recorded.end()
