"""The figures of a process: what is counted, under which names."""

import time
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.exports.queued import queued
from tests.factories import PATIENCE_SECONDS, Site, Tenant
from transload.accounts.model import Role
from transload.db.ids import new_id
from transload.exports.run import JOB
from transload.telemetry.metrics import Backlog, Metrics


def _figures(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _figure(site: Site, name: str, **labels: str) -> float:
    found = _figures(site.http.get("/metrics").text)
    return found.get((name, tuple(sorted(labels.items()))), 0)


def _wait_for(site: Site, name: str, value: float, **labels: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _figure(site, name, **labels) != value:
        assert time.monotonic() < deadline, (name, labels, _figure(site, name, **labels), value)


def _requests(site: Site, method: str, route: str, status: int) -> float:
    labels: Mapping[str, str] = {"method": method, "route": route, "status": str(status)}
    return _figure(site, "transload_http_requests_total", **labels)


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/api/v3/hub/000000000000000000000000", "/api/v3/hub/{hub_id}", 401),
        ("GET", "/api/v3/hub/000000000000000000000000/", "/api/v3/hub/{hub_id}", 401),
        ("GET", "/api/v3/hubs", "/api/v3/hubs", 401),
        ("GET", "/files/20260101/data_x.json", "/files/{day}/{name}", 403),
        ("GET", "/openapi.json", "/openapi.json", 200),
        ("GET", "/api/v3/no/such/path", "unmatched", 404),
        ("GET", "/no-such-path", "unmatched", 404),
        ("POST", "/healthz", "/healthz", 405),
    ],
)
def test_requests_are_counted_by_the_template_of_their_route(
    site: Site, method: str, path: str, route: str, status: int
) -> None:
    before = _requests(site, method, route, status)
    labels = {"method": method, "route": route}
    timed = _figure(site, "transload_http_request_seconds_count", **labels)
    assert site.http.request(method, path).status_code == status
    wanted = {**labels, "status": str(status)}
    _wait_for(site, "transload_http_requests_total", before + 1, **wanted)
    _wait_for(site, "transload_http_request_seconds_count", timed + 1, **labels)


def test_made_up_methods_share_one_label(site: Site) -> None:
    before = _requests(site, "other", "unmatched", 404)
    for method in ("PROPFIND", "PURGE"):
        assert site.http.request(method, "/pot").status_code == 404
    labels = {"method": "other", "route": "unmatched", "status": "404"}
    _wait_for(site, "transload_http_requests_total", before + 2, **labels)


@pytest.mark.parametrize("is_background", [False, True])
def test_files_of_exports_are_counted_with_rows_and_bytes(
    tenant: Tenant, *, is_background: bool
) -> None:
    site, names = tenant.site, ("files", "rows", "bytes", "writing_seconds")
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": str(n)} for n in range(7)])
    totals = [f"transload_export_{name}_total" for name in names]
    before = [_figure(site, total, format="csv") for total in totals]
    write = tenant.file_in_background if is_background else tenant.file_directly
    content = write(download="csv")
    after = [_figure(site, total, format="csv") for total in totals]
    grown = [new - old for new, old in zip(after, before, strict=True)]
    assert grown[:3] == [1, 7, len(content)]
    assert grown[3] > 0


def test_jobs_are_timed_by_kind_and_outcome(tenant: Tenant) -> None:
    site = tenant.site
    labels = {"kind": JOB, "outcome": "done"}
    before = _figure(site, "transload_job_seconds_count", **labels)
    tenant.file_in_background(download="json")
    _wait_for(site, "transload_job_seconds_count", before + 1, **labels)


def test_export_that_ends_as_failed_is_a_failed_job(tenant: Tenant) -> None:
    site = tenant.site
    jobs = {"kind": JOB, "outcome": "failed"}
    before = _figure(site, "transload_job_seconds_count", **jobs)
    failures = _figure(site, "transload_export_failures_total", format="json")
    waiting = queued(tenant, tenant.user(Role.PLANNER))
    waiting.change_user(role=Role.FIELD.key)
    service = site.service
    with service.accounts.database.write() as connection:
        service.jobs.enqueue(
            connection, JOB, organization_id=tenant.organization_id, job_id=waiting.row_id
        )
    _wait_for(site, "transload_job_seconds_count", before + 1, **jobs)
    assert waiting.entry()["status"] == "Failed"
    assert _figure(site, "transload_export_failures_total", format="json") == failures + 1


def test_backlog_shows_what_waits_in_the_store(tenant: Tenant) -> None:
    site, jobs = tenant.site, tenant.site.service.jobs
    for name in ("queued", "running", "oldest_queued_seconds"):
        assert _figure(site, f"transload_jobs_{name}", kind=JOB) >= 0
    database = site.service.accounts.database
    with database.write() as connection:
        for _ in range(30):
            jobs.enqueue(connection, JOB, organization_id=tenant.organization_id, job_id=new_id())
    found = {backlog.kind: backlog for backlog in jobs.backlog()}
    assert found.keys() == {"export", "import", "reshape", "erase"}
    assert 0 < found[JOB].queued <= 30
    assert 0 <= found[JOB].oldest_seconds < PATIENCE_SECONDS
    _wait_for(site, "transload_jobs_queued", 0, kind=JOB)
    assert _figure(site, "transload_jobs_oldest_queued_seconds", kind=JOB) == 0


def test_process_tells_its_memory_and_its_version(site: Site) -> None:
    found = {name for name, _ in _figures(site.http.get("/metrics").text)}
    assert {"process_resident_memory_bytes", "process_open_fds", "transload_build_info"} <= found


def test_two_services_share_no_figures() -> None:
    first, second = Metrics("1"), Metrics("1")
    first.add_failure("xlsx")
    assert 'transload_export_failures_total{format="xlsx"} 1.0' in first.render().decode()
    assert "xlsx" not in second.render().decode()


def test_backlog_that_cannot_be_read_leaves_the_other_figures() -> None:
    def read() -> list[Backlog]:
        raise OSError

    metrics = Metrics("1")
    metrics.watch(read)
    text = metrics.render().decode()
    assert "transload_jobs_queued" not in text
    assert "transload_build_info" in text
