"""Background work, with its lines in the log, its figures and its traces."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from transload.telemetry.context import Job, during
from transload.telemetry.logs import details
from transload.telemetry.metrics import Metrics
from transload.telemetry.tracing import Tracing

_DONE, _FAILED, _INTERRUPTED = "done", "failed", "interrupted"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """Wraps handlers. What `interruptions` leave undone another run takes up: it is no failure."""

    metrics: Metrics
    tracing: Tracing
    interruptions: tuple[type[BaseException], ...]

    def of_jobs(self, kind: str, handler: Callable[[str, str], None]) -> Callable[[str, str], None]:
        """Give the handler of a kind of job, observed."""

        def perform(organization_id: str, job_id: str) -> None:
            job = Job(kind=kind, id=job_id, organization_id=organization_id)
            with self._observed(job, logging.INFO):
                handler(organization_id, job_id)

        return perform

    def of_daily(self, kind: str, work: Callable[[], None]) -> Callable[[], None]:
        """Give work that is done now and then, observed."""

        def perform() -> None:
            with self._observed(Job(kind=kind), logging.DEBUG):
                work()

        return perform

    @contextmanager
    def _observed(self, job: Job, level: int) -> Iterator[None]:
        started, outcome = monotonic(), _INTERRUPTED
        with during(job), self.tracing.job() as span:
            try:
                yield
                outcome = _FAILED if job.has_failed else _DONE
            except Exception as error:
                if not isinstance(error, self.interruptions):
                    outcome = _FAILED
                raise
            finally:
                seconds = monotonic() - started
                self.metrics.add_job(job.kind, outcome, seconds)
                attributes = {
                    "transload.job.kind": job.kind,
                    "transload.job.id": job.id,
                    "transload.job.outcome": outcome,
                    "transload.organization.id": job.organization_id,
                }
                span.tell(f"job {job.kind}", attributes, has_failed=outcome == _FAILED)
                milliseconds = round(seconds * 1_000, 1)
                extra = details(outcome=outcome, milliseconds=milliseconds)
                _log.log(level, "job %s in %.1f ms", outcome, milliseconds, extra=extra)
