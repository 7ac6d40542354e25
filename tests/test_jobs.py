"""Jobs: queued with the caller's transaction, run once."""

import time
from contextlib import suppress

import pytest
from dbos import DBOS
from sqlalchemy import select

from tests.factories import PATIENCE_SECONDS, Tenant
from transload.db.ids import new_id
from transload.db.tables import exports
from transload.exports.model import ExportRequest, Format
from transload.exports.retention import RETENTION
from transload.exports.run import JOB
from transload.jobs.pool import Jobs, Places


def _is_queued(job_id: str) -> bool:
    found = DBOS.list_workflows(workflow_ids=[f"{JOB}-{job_id}"], load_input=False)
    return bool(found)


def _enqueue(tenant: Tenant, job_id: str, *, fails: bool = False) -> None:
    service = tenant.site.service
    with service.accounts.database.write() as connection:
        service.jobs.enqueue(connection, JOB, organization_id=tenant.organization_id, job_id=job_id)
        if fails:
            raise ZeroDivisionError


def _attempts(tenant: Tenant, export_id: str) -> int:
    statement = select(exports.c.attempts).where(exports.c.id == export_id.removeprefix("exp_"))
    with tenant.site.service.accounts.database.read() as connection:
        attempts: int = connection.execute(statement).scalar_one()
        return attempts


def test_job_of_a_transaction_that_commits_is_queued(tenant: Tenant) -> None:
    job_id = new_id()
    _enqueue(tenant, job_id)
    assert _is_queued(job_id)


def test_job_of_a_transaction_that_fails_never_was(tenant: Tenant) -> None:
    """P18."""
    job_id = new_id()
    with suppress(ZeroDivisionError):
        _enqueue(tenant, job_id, fails=True)
    assert not _is_queued(job_id)


def test_export_whose_job_cannot_be_queued_is_not_in_the_log(tenant: Tenant) -> None:
    """P18."""
    service = tenant.site.service
    actor = service.accounts.authenticate(tenant.token, tenant.site.clock.now())
    request = ExportRequest(
        format=Format.JSON,
        is_background=True,
        fields=None,
        hub_id=None,
        data_type_id=None,
        page=1,
        limit=1,
        sort_by="createdTime",
        is_descending=True,
    )
    unlaunched = Jobs(
        service.accounts.database,
        {JOB: service.exports.perform},
        places=Places(worker=1, organization=1),
    )
    with pytest.raises(RuntimeError, match="not launched"):
        service.exports.start(unlaunched, actor, request)
    assert tenant.get("/tasks/export-log").json()["total"] == 0


def test_jobs_run_once_each(tenant: Tenant) -> None:
    """P18."""
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    asked = [tenant.export(download="json", background=True).json() for _ in range(6)]
    ids = [answer["data"]["exportId"] for answer in asked]
    assert {tenant.finished(export_id)["status"] for export_id in ids} == {"Done"}
    assert [_attempts(tenant, export_id) for export_id in ids] == [1] * 6


def test_job_about_a_row_that_is_gone_or_done_does_nothing(tenant: Tenant) -> None:
    """P18."""
    answer = tenant.export(download="json", background=True).json()
    export_id = answer["data"]["exportId"]
    entry = tenant.finished(export_id)
    exporter = tenant.site.service.exports
    exporter.perform(tenant.organization_id, export_id.removeprefix("exp_"))
    exporter.perform(tenant.organization_id, new_id())
    assert tenant.log_entry(export_id) | {"fileUrl": ""} == entry | {"fileUrl": ""}
    assert _attempts(tenant, export_id) == 1


@pytest.mark.usefixtures("site")
def test_what_is_past_is_looked_for_once_a_day_by_one_process_of_all() -> None:
    """P11: a schedule's runs have ids of their own, so that no two processes do the same one."""
    [schedule] = DBOS.list_schedules()
    assert (schedule["schedule_name"], schedule["schedule"]) == (RETENTION, "23 3 * * *")


@pytest.mark.usefixtures("site")
def test_what_is_past_is_looked_for_at_the_start() -> None:
    """P11."""
    runs = DBOS.list_workflows(name=RETENTION, load_input=False)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while {run.status for run in runs} != {"SUCCESS"}:
        assert time.monotonic() < deadline
        time.sleep(0.02)
        runs = DBOS.list_workflows(name=RETENTION, load_input=False)
    assert runs[0].workflow_id.startswith(f"sched-{RETENTION}-trigger-")
