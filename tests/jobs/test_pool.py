"""Jobs: queued with the caller's transaction, run once."""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from dbos import DBOS, DBOSClient
from sqlalchemy import select

from tests.factories import PATIENCE_SECONDS, Site, Tenant
from transload.app import running_service
from transload.db.ids import new_id
from transload.db.tables import exports
from transload.exports.records import DATA, RecordsRequest
from transload.exports.retention import RETENTION
from transload.exports.run import JOB
from transload.formats.registry import Format
from transload.jobs.pool import Jobs, Limits
from transload.jobs.pruning import PRUNING, forget_done
from transload.settings import Settings

_REQUEST = RecordsRequest(
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


def test_second_service_whose_jobs_a_process_is_to_run_is_refused_and_the_first_goes_on(
    tenant: Tenant, tmp_path: Path
) -> None:
    with (
        pytest.raises(RuntimeError, match="runs the jobs of another service already"),
        running_service(Settings(data_dir=tmp_path)),
    ):
        pass
    job_id = new_id()
    _enqueue(tenant, job_id)
    assert _is_queued(job_id)


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
    unlaunched = Jobs(
        service.accounts.database,
        {JOB: service.exports.perform},
        limits=Limits(worker=1, organization=1),
    )
    with pytest.raises(RuntimeError, match="not launched"):
        service.exports.start(unlaunched, actor, _REQUEST, DATA)
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
    schedules = {one["schedule_name"]: one["schedule"] for one in DBOS.list_schedules()}
    assert {RETENTION, PRUNING} <= schedules.keys()
    assert set(schedules.values()) == {"23 3 * * *"}


def test_jobs_that_are_done_are_forgotten_a_day_later(tenant: Tenant) -> None:
    answer = tenant.export(download="json", background=True).json()
    export_id = answer["data"]["exportId"].removeprefix("exp_")
    tenant.finished(answer["data"]["exportId"])
    client = DBOSClient(
        system_database_engine=tenant.site.service.accounts.database.writer,
        dbos_system_schema="dbos",
        application_name="transload",
    )
    forget_done(client, [JOB], tenant.site.clock.now())
    assert _is_queued(export_id)
    forget_done(client, [JOB], tenant.site.clock.now() + timedelta(days=1, minutes=1))
    assert not _is_queued(export_id)
    assert tenant.log_entry(f"exp_{export_id}")["status"] == "Done"


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


def test_many_exports_of_one_organization_do_not_delay_the_first_of_another(site: Site) -> None:
    """P16: what is queued is more than can be done in minutes."""
    busy, other = Tenant.create(site), Tenant.create(site)
    now = site.clock.now()
    actors = [site.service.accounts.authenticate(one.token, now) for one in (busy, other)]
    queued = [
        site.service.exports.start(site.service.jobs, actors[0], _REQUEST, DATA) for _ in range(500)
    ]
    first = site.service.exports.start(site.service.jobs, actors[1], _REQUEST, DATA)
    other.finished(f"exp_{first.id}")
    statement = select(exports.c.started_time)
    with site.service.accounts.database.read() as connection:
        started = connection.execute(statement.where(exports.c.id == first.id)).scalar_one()
        before = connection.execute(
            statement.where(
                exports.c.organization_id == busy.organization_id,
                exports.c.started_time.between(first.requested_time, started),
            )
        ).all()
    for export in queued:
        site.service.export_log.remove(actors[0], export.id)
    DBOS.delete_workflows([f"{JOB}-{export.id}" for export in queued])
    assert len(before) <= 10


_STOPPED_AT_WORK = """
import sys, time
from pathlib import Path
from threading import Event
from dbos import DBOS
from transload.db.opening import opened_database
from transload.jobs.pool import Jobs, Limits
from transload.settings import Settings

begun, may_end = Event(), Event()

def handler(organization_id, job_id):
    begun.set()
    may_end.wait()

with opened_database(Settings(data_dir=Path(sys.argv[1]))) as database:
    jobs = Jobs(database, {"wait": handler}, limits=Limits.of(1))
    jobs.launch()
    with database.write() as connection:
        jobs.enqueue(connection, "wait", organization_id="o", job_id="j")
    assert begun.wait(60)
    jobs.stop()
    may_end.set()
    jobs.leave()
print("left")
"""


def test_a_job_that_ends_while_the_process_stops_tells_the_library_nothing(tmp_path: Path) -> None:
    """P18: the library is gone, and would only log that it could not keep the outcome."""
    arguments = [sys.executable, "-c", _STOPPED_AT_WORK, str(tmp_path / "data")]
    ended = subprocess.run(  # noqa: S603 - this interpreter, and a program that stands above
        arguments, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "left\n", "")
