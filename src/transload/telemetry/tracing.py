"""Traces of requests and jobs, where the environment names a collector; else nothing at all."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Protocol, cast

from transload.errors import StartupError

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"


class Span(Protocol):
    """A piece of work with a beginning and an end."""

    def tell(
        self, name: str, attributes: Mapping[str, str | int], *, has_failed: bool = False
    ) -> None:
        """Say what the work turned out to be, and how it ended."""


class Tracing(Protocol):
    """Where spans go."""

    def request(self, traceparent: str) -> AbstractContextManager[Span]:
        """Open the span of a request, below that of its caller (the header of this name)."""

    def job(self) -> AbstractContextManager[Span]:
        """Open the span of a job."""

    def close(self) -> None:
        """Send what is left, and give up soon where the collector does not answer."""


class Untraced:
    """No traces."""

    @contextmanager
    def request(self, traceparent: str) -> Iterator[Span]:  # noqa: ARG002 - as Tracing has it
        """Open nothing."""
        yield self

    @contextmanager
    def job(self) -> Iterator[Span]:
        """Open nothing."""
        yield self

    def tell(
        self, name: str, attributes: Mapping[str, str | int], *, has_failed: bool = False
    ) -> None:
        """Take no notice."""

    def close(self) -> None:
        """Have nothing to send."""


def open_tracing(environment: Mapping[str, str], version: str) -> Tracing:
    """Give the traces that OpenTelemetry's own variables ask for.

    Its SDK is imported only then. Raises StartupError for a protocol other than http/protobuf.
    """
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    unwanted = environment.get("OTEL_TRACES_EXPORTER", "") == "none"
    if disabled or unwanted or not _first(environment, _ENDPOINTS):
        return Untraced()
    protocol = _first(environment, _PROTOCOLS) or _PROTOCOL
    if protocol != _PROTOCOL:
        raise StartupError(f"{_PROTOCOLS[1]} must be {_PROTOCOL}, not {protocol}.")
    opened = import_module("transload.telemetry.otlp").CollectorTracing(version)
    return cast("Tracing", opened)


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")
