"""P11: what is past its 30 days is gone, entry and bytes."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from tests.exports.outlets import content_of, stored
from tests.exports.queued import queued
from tests.factories import PATIENCE_SECONDS, Tenant, anybody, fetch
from tests.processes import Installation
from transload.db.tables import exports
from transload.exports.retention import Retention
from transload.shutdown import Shutdown

DAYS = 30


@pytest.fixture
def retention(tenant: Tenant) -> Retention:
    tenant.site.clock.stop()
    return tenant.site.service.retention


def exported(tenant: Tenant) -> tuple[str, str]:
    """Export directly; give the id and the link."""
    data = tenant.export(download="json").json()["data"]
    return data["exportId"], data["link"]


def files_of(tenant: Tenant, export_id: str) -> list[str]:
    return stored(tenant.site.service.exports.files, export_id)


def entries(tenant: Tenant) -> int:
    statement = (
        select(func.count())
        .select_from(exports)
        .where(exports.c.organization_id == tenant.organization_id)
    )
    with tenant.site.service.accounts.database.read() as connection:
        count: int = connection.execute(statement).scalar_one()
        return count


def test_what_is_past_thirty_days_is_removed_and_nothing_else(
    tenant: Tenant, retention: Retention
) -> None:
    """P11."""
    old, link = exported(tenant)
    tenant.site.clock.move(timedelta(seconds=1))
    young, _ = exported(tenant)
    tenant.site.clock.move(timedelta(days=DAYS))

    retention.sweep()

    assert (files_of(tenant, old), entries(tenant)) == ([], 1)
    assert tenant.get(f"/export/{young}").status_code == 200
    gone = anybody.get(link)
    assert (gone.status_code, gone.json()["message"]) == (404, "Data not found")


def test_the_bytes_of_the_last_day_stay_until_the_end(tenant: Tenant, retention: Retention) -> None:
    """P11."""
    export_id, _ = exported(tenant)
    tenant.site.clock.move(timedelta(days=DAYS) - timedelta(seconds=1))
    retention.sweep()
    assert fetch(tenant.log_entry(export_id)["fileUrl"]) == b"[]"
    tenant.site.clock.move(timedelta(seconds=1))
    retention.sweep()
    assert (files_of(tenant, export_id), entries(tenant)) == ([], 1)


def test_entries_that_failed_or_never_ran_go_too(tenant: Tenant, retention: Retention) -> None:
    waiting, cancelled = queued(tenant, tenant), queued(tenant, tenant)
    cancelled.cancel()
    tenant.site.clock.move(timedelta(days=DAYS, seconds=1))
    retention.sweep()
    assert entries(tenant) == 0
    waiting.exports.perform(tenant.organization_id, waiting.row_id)
    assert waiting.files() == []


def test_more_than_one_part_is_removed(tenant: Tenant, retention: Retention) -> None:
    for _ in range(101):
        queued(tenant, tenant)
    tenant.site.clock.move(timedelta(days=DAYS, seconds=1))
    retention.sweep()
    assert entries(tenant) == 0


def test_a_file_without_an_entry_is_removed_after_a_day(
    tenant: Tenant, retention: Retention
) -> None:
    """A direct export writes its entry after its file, so a young file may yet get one."""
    kept, _ = exported(tenant)
    lost, _ = exported(tenant)
    row_id = lost.removeprefix("exp_")
    with retention.database.write() as connection:
        connection.execute(delete(exports).where(exports.c.id == row_id))
    retention.sweep()
    assert len(files_of(tenant, lost)) == 1
    tenant.site.clock.move(timedelta(days=2))
    retention.sweep()
    assert (len(files_of(tenant, kept)), files_of(tenant, lost)) == (1, [])


def test_a_file_whose_removal_was_cut_short_is_removed(
    tenant: Tenant, retention: Retention
) -> None:
    """P18: a process may die between the entry's change and the file's removal."""
    export_id, _ = exported(tenant)
    row_id = export_id.removeprefix("exp_")
    with retention.database.write() as connection:
        statement = update(exports).where(exports.c.id == row_id)
        connection.execute(statement.values(expires_time=tenant.site.clock.now()))
    retention.sweep()
    assert (files_of(tenant, export_id), entries(tenant)) == ([], 1)


def test_a_file_of_an_export_that_runs_again_is_left(tenant: Tenant, retention: Retention) -> None:
    """P18: a process may die between the file and the word that it is done."""
    export_id, _ = exported(tenant)
    row_id = export_id.removeprefix("exp_")
    with retention.database.write() as connection:
        statement = update(exports).where(exports.c.id == row_id)
        connection.execute(statement.values(status="Processing", completed_time=None))
    tenant.site.clock.move(timedelta(days=3))
    retention.sweep()
    assert len(files_of(tenant, export_id)) == 1


def test_files_of_another_kind_are_left(tenant: Tenant, retention: Retention) -> None:
    files = tenant.site.service.exports.files
    others = [f"20200101/{name}" for name in ("imp_1.xlsx", "exp_1.json", "notes")]
    others.append(f"unfinished/exp_{'1' * 24}.json")
    past = f"20200101/exp_{'1' * 24}.json"
    for key in (*others, past):
        with files.stage() as staged:
            staged.stream.write(b"bytes")
            files.publish(staged, key)
    retention.sweep()
    assert [content_of(files.find(key)) for key in others] == [b"bytes"] * len(others)
    assert files.find(past) is None
    for key in others:
        files.remove(key)


def test_a_process_that_stops_leaves_the_rest_to_the_next_sweep(
    tenant: Tenant, retention: Retention
) -> None:
    queued(tenant, tenant)
    tenant.site.clock.move(timedelta(days=DAYS, seconds=1))
    begun = Shutdown()
    begun.begin(patience_seconds=0)
    replace(retention, shutdown=begun).sweep()
    assert entries(tenant) == 1
    retention.sweep()
    assert entries(tenant) == 0


def test_a_process_removes_what_is_past_when_it_starts(tmp_path: Path) -> None:
    """P11: whatever days it was not up."""
    installation = Installation(data_dir=tmp_path / "data")
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        answer = client.post("/data/export?download=json").json()["data"]
        export_id = answer["exportId"]
    row_id = export_id.removeprefix("exp_")
    [path] = (installation.data_dir / "files").rglob(f"{export_id}.*")
    with installation.database() as database, database.write() as connection:
        asked = connection.execute(
            select(exports.c.requested_time).where(exports.c.id == row_id)
        ).scalar_one()
        connection.execute(
            update(exports)
            .where(exports.c.id == row_id)
            .values(requested_time=asked - timedelta(days=DAYS, hours=1))
        )
    day = f"{asked - timedelta(days=DAYS, hours=1):%Y%m%d}"
    moved = path.parents[1] / day / path.name
    moved.parent.mkdir()
    path.rename(moved)

    with installation.serving() as program, program.client(token) as client:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while moved.exists() or client.get("/tasks/export-log").json()["total"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
