"""Figures of this process, in the text format of Prometheus."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_JOB_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The jobs of one kind that wait or run, in all processes."""

    kind: str
    queued: int
    running: int
    oldest_seconds: float


class Metrics:
    """The figures of one service, in a registry of its own.

    Labels have few values, and none that tells of a user: no ids, no paths, no e-mails.
    """

    def __init__(self, version: str) -> None:
        """Begin at zero."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        build = Gauge("transload_build_info", "Always 1.", ["version"], registry=self._registry)
        build.labels(version).set(1)
        self._requests = self._counter(
            "transload_http_requests", "Requests that were answered.", "method", "route", "status"
        )
        self._request_seconds = Histogram(
            "transload_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ["method", "route"],
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._job_seconds = Histogram(
            "transload_job_seconds",
            "Time that a job ran, by how it ended: done, failed or interrupted.",
            ["kind", "outcome"],
            buckets=_JOB_SECONDS,
            registry=self._registry,
        )
        self._files = self._counter("transload_export_files", "Files written.", "format")
        self._rows = self._counter("transload_export_rows", "Rows in these files.", "format")
        self._bytes = self._counter("transload_export_bytes", "Bytes of these files.", "format")
        self._seconds = self._counter(
            "transload_export_writing_seconds", "Time that writing them took.", "format"
        )
        self._failures = self._counter(
            "transload_export_failures", "Exports that ended as Failed.", "format"
        )

    def watch(self, read: Callable[[], Iterable[Backlog]]) -> None:
        """Show the backlog too, read anew each time the figures are asked for."""
        self._registry.register(_Backlogs(read))

    def add_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request to a route, which is a template and never a path."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(known, route).observe(seconds)

    def add_job(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a job that has ended."""
        self._job_seconds.labels(kind, outcome).observe(seconds)

    def add_file(self, form: str, rows: int, size: int, seconds: float) -> None:
        """Count the file of an export."""
        self._files.labels(form).inc()
        self._rows.labels(form).inc(rows)
        self._bytes.labels(form).inc(size)
        self._seconds.labels(form).inc(seconds)

    def add_failure(self, form: str) -> None:
        """Count an export that ended as Failed."""
        self._failures.labels(form).inc()

    def render(self) -> bytes:
        """Give all figures as text."""
        return generate_latest(self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)


class _Backlogs(Collector):
    """Asks for the backlog; while the store does not answer, its figures are missing."""

    def __init__(self, read: Callable[[], Iterable[Backlog]]) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the figures of this moment."""
        queued = GaugeMetricFamily(
            "transload_jobs_queued", "Jobs that wait, in all processes.", labels=["kind"]
        )
        running = GaugeMetricFamily(
            "transload_jobs_running", "Jobs that run, in all processes.", labels=["kind"]
        )
        oldest = GaugeMetricFamily(
            "transload_jobs_oldest_queued_seconds",
            "Age of the job that waits longest; 0 where none does.",
            labels=["kind"],
        )
        try:
            found = list(self._read())
        except Exception as error:  # noqa: BLE001 - all other figures are still wanted
            _log.warning("the backlog cannot be read: %s", type(error).__name__)
            return
        for backlog in found:
            queued.add_metric([backlog.kind], backlog.queued)
            running.add_metric([backlog.kind], backlog.running)
            oldest.add_metric([backlog.kind], backlog.oldest_seconds)
        yield from (queued, running, oldest)
