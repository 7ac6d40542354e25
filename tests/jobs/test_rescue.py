"""P18: jobs that nobody is at work on any more are put back, and end."""

import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dbos import DBOSClient
from sqlalchemy import text, update

from tests.factories import PATIENCE_SECONDS, Tenant, fetch
from transload.db.engine import Database
from transload.db.tables import exports
from transload.exports.run import JOB
from transload.jobs.rescue import Rescue

_BEGUN = {"executor_id": "embedded", "status": "PENDING"}


@contextmanager
def watching(
    database: Database, *, worker_id: str = "embedded", active: Collection[str] = ()
) -> Iterator[Rescue]:
    """Look after the jobs beside the service, as a worker that is at work on those."""
    client = DBOSClient(
        system_database_engine=database.writer,
        dbos_system_schema="dbos",
        application_name="transload",
    )
    rescue = Rescue(database, client, worker_id=worker_id, names=[JOB], active=lambda: active)
    try:
        yield rescue
    finally:
        rescue.stop()
        client.destroy()


@pytest.fixture
def export_id(tenant: Tenant) -> str:
    """An export that is done, and its job too, which the library writes down a moment later."""
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    found = tenant.export(download="json", background=True, fields="dataId").json()["data"]
    assert tenant.finished(found["exportId"])["status"] == "Done"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _job_status(tenant, found["exportId"]) != "SUCCESS":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return str(found["exportId"])


def _database(tenant: Tenant) -> Database:
    return tenant.site.service.accounts.database


def _table(tenant: Tenant) -> str:
    return "workflow_status" if _database(tenant).is_sqlite else "dbos.workflow_status"


def _job_status(tenant: Tenant, export_id: str) -> str:
    query = f"SELECT status FROM {_table(tenant)} WHERE workflow_uuid = :id"  # noqa: S608 - our own name
    with _database(tenant).read() as connection:
        job_id = f"{JOB}-{export_id.removeprefix('exp_')}"
        return str(connection.execute(text(query), {"id": job_id}).scalar_one())


def _set_back(tenant: Tenant, export_id: str, job: dict[str, str]) -> None:
    """Make it as it is while a worker is at work on it; give its job these values."""
    database, table = _database(tenant), _table(tenant)
    assigned = ", ".join(f"{name} = :{name}" for name in job)
    row_id = export_id.removeprefix("exp_")
    with database.write() as connection:
        connection.execute(
            update(exports)
            .where(exports.c.id == row_id)
            .values(status="Processing", completed_time=None, file_size=None)
        )
        connection.execute(
            text(f"UPDATE {table} SET {assigned} WHERE workflow_uuid = :id"),  # noqa: S608 - our own names
            {**job, "id": f"{JOB}-{row_id}"},
        )


def _looked_at(tenant: Tenant, export_id: str, look: Callable[[], None]) -> dict[str, Any]:
    """Look until the export has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (entry := tenant.log_entry(export_id))["status"] == "Processing":
        assert time.monotonic() < deadline, entry
        look()
        time.sleep(0.05)
    return entry


def _ended(tenant: Tenant, export_id: str) -> dict[str, Any]:
    """Wait for the end, also where a request's own connection is one that broke."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = tenant.get(f"/export/{export_id}")
        assert answer.status_code in {200, 503}, answer.text
        if answer.status_code == 200 and answer.json()["data"]["status"] != "Processing":
            entry: dict[str, Any] = answer.json()["data"]
            return entry
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


def _assert_done(entry: dict[str, Any]) -> None:
    assert entry["status"] == "Done", entry
    assert json.loads(fetch(entry["fileUrl"])) == [{"dataId": "1"}]


def test_a_job_that_raised_is_tried_again(tenant: Tenant, export_id: str) -> None:
    _set_back(tenant, export_id, {"status": "ERROR"})
    with watching(_database(tenant)) as rescue:
        _assert_done(_looked_at(tenant, export_id, rescue.look))


def test_a_job_that_was_claimed_and_never_begun_is_queued_again(
    tenant: Tenant, export_id: str
) -> None:
    _set_back(tenant, export_id, _BEGUN)
    with watching(_database(tenant)) as rescue:
        _assert_done(_looked_at(tenant, export_id, rescue.look))


def test_a_job_that_is_being_worked_on_is_left_alone(tenant: Tenant, export_id: str) -> None:
    _set_back(tenant, export_id, {**_BEGUN, "executor_id": "watcher"})
    database = _database(tenant)
    active = [f"{JOB}-{export_id.removeprefix('exp_')}"]
    with watching(database, worker_id="watcher", active=active) as rescue:
        for _ in range(10):
            rescue.look()
        assert tenant.log_entry(export_id)["status"] == "Processing"
    with watching(database, worker_id="watcher") as rescue:
        _assert_done(_looked_at(tenant, export_id, rescue.look))


def test_the_job_of_a_worker_that_is_silent_is_queued_again(tenant: Tenant, export_id: str) -> None:
    database = _database(tenant)
    if database.is_sqlite:
        pytest.skip("SQLite serves one process")
    _set_back(tenant, export_id, {**_BEGUN, "executor_id": "long-gone"})
    with watching(database) as rescue:
        _assert_done(_looked_at(tenant, export_id, rescue.look))


def test_an_export_whose_connections_break_is_done_all_the_same(tenant: Tenant) -> None:
    """As when the database is stopped, and is back a moment later."""
    database = _database(tenant)
    if database.is_sqlite:
        pytest.skip("SQLite has no connections that could break")
    rows = [{"dataId": str(number)} for number in range(20_000)]
    kind = tenant.data_type()
    tenant.add(kind, tenant.hub(), rows)
    query = {"download": "xlsx", "background": True, "dataTypeId": kind}
    ids = [tenant.export(**query).json()["data"]["exportId"] for _ in range(3)]
    while not any(tenant.log_entry(one)["startedAt"] for one in ids):
        time.sleep(0.002)
    with database.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    entries = [_ended(tenant, one) for one in ids]
    assert [entry["status"] for entry in entries] == ["Done"] * 3
    assert [entry["totalRecords"] for entry in entries] == [len(rows)] * 3
