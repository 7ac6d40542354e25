"""What is under way here: the request or the job that a line of the log belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Request:
    """A request, and the jobs that it has queued so far, each as `kind-id`."""

    id: str
    queued: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Job:
    """A job. Daily work, which is about no row of anybody, has neither id nor organization."""

    kind: str
    id: str = ""
    organization_id: str = ""
    has_failed: bool = False


_request: ContextVar[Request | None] = ContextVar("request", default=None)
_job: ContextVar[Job | None] = ContextVar("job", default=None)


def begin_request(request_id: str) -> Request:
    """Begin a request, which lasts as long as the task that serves it.

    It is not ended here: the server's own lines about it come last.
    """
    request = Request(id=request_id)
    _request.set(request)
    return request


@contextmanager
def during(job: Job) -> Iterator[None]:
    """Let the job be under way for the length of the block."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)


def note_queued(kind: str, job_id: str) -> None:
    """Say that the request that is under way, if there is one, has queued a job."""
    request = _request.get()
    if request is not None:
        request.queued.append(f"{kind}-{job_id}")


def note_failure() -> None:
    """Say that the job that is under way, if there is one, ends without what was asked for."""
    job = _job.get()
    if job is not None:
        job.has_failed = True


def ids() -> dict[str, str]:
    """Give the ids of what is under way, by name; none where there is nothing."""
    request, job = _request.get(), _job.get()
    found = {}
    if request is not None:
        found["request_id"] = request.id
    if job is not None:
        found |= {"job_kind": job.kind, "job_id": job.id, "organization_id": job.organization_id}
    return {name: value for name, value in found.items() if value}
