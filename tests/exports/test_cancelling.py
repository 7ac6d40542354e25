"""DELETE /export/{id} while the export waits, runs, or comes to its end.

Here the test is the worker: it takes the job when it wants to, and cancels at a given point.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from tests.exports.endless import endless_sorting
from tests.exports.outlets import add_outlets
from tests.exports.queued import Queued, queued
from tests.factories import Tenant
from transload import audit
from transload.accounts.model import Role
from transload.db.tables import exports
from transload.exports import store
from transload.files.model import Files, StagedFile
from transload.jobs.model import HandoverError, LostError
from transload.shutdown import Shutdown


class ObservedFiles:
    """Files that tell when one is begun and published."""

    def __init__(self, files: Files, on_stage: Callable[[], object]) -> None:
        self._files = files
        self.on_stage = on_stage
        self.published: list[str] = []
        self.scratch_dir, self.stage_folder = files.scratch_dir, files.stage_folder
        self.find, self.link, self.remove = files.find, files.link, files.remove
        self.iterate, self.discard_unfinished = files.iterate, files.discard_unfinished

    @contextmanager
    def stage(self) -> Iterator[StagedFile]:
        with self._files.stage() as staged:
            self.on_stage()
            yield staged

    def publish(self, staged: StagedFile, key: str) -> int:
        self.published.append(key)
        return self._files.publish(staged, key)


@pytest.fixture
def job(tenant: Tenant) -> Queued:
    """An export of the owner's that nobody has begun."""
    kind, _ = add_outlets(tenant, 3)
    return queued(tenant, tenant, data_type_id=kind)


def perform(job: Queued, on_stage: Callable[[], object], look_seconds: float) -> ObservedFiles:
    """Do the job, with something that happens as soon as its file is begun; give its files."""
    files = ObservedFiles(job.exports.files, on_stage)
    worker = replace(job.exports, files=files, look_seconds=look_seconds)
    worker.perform(job.owner.organization_id, job.row_id)
    return files


def assert_cancelled(job: Queued, entry: dict[str, Any]) -> None:
    message = f"The export was cancelled by {job.owner.email}."
    assert (entry["status"], entry["cancelled"]) == ("Failed", True)
    assert (entry["errorMessage"], entry["fileUrl"]) == (message, None)
    assert entry["completedAt"]
    assert job.files() == []


def test_a_queued_export_that_is_cancelled_never_starts(job: Queued) -> None:
    """P18."""
    entry = job.cancel()
    assert_cancelled(job, entry)
    after = job.perform()
    assert {"_id": entry["_id"], **after} == entry
    assert (entry["startedAt"], entry["progress"]) == (None, 0)


def test_a_running_export_that_is_cancelled_stops_before_its_file_is_there(job: Queued) -> None:
    """P18."""
    seen: list[dict[str, Any]] = []

    files = perform(job, lambda: seen.append(job.cancel()), look_seconds=0)

    assert files.published == []
    assert [{"_id": f"exp_{job.row_id}", **job.entry()}] == seen
    assert seen[0]["startedAt"]
    assert_cancelled(job, job.entry())


def test_an_export_that_is_cancelled_stops_while_the_store_sorts(job: Queued) -> None:
    """P18."""
    with endless_sorting(job.exports.database, job.cancel):
        perform(job, lambda: None, look_seconds=0)
    assert_cancelled(job, job.entry())


def test_an_export_is_handed_over_while_the_store_sorts(job: Queued) -> None:
    """P18: a process that stops does not wait for the end of a long statement."""
    shutdown = Shutdown()
    worker = replace(job.exports, shutdown=shutdown)
    with (
        endless_sorting(job.exports.database, lambda: shutdown.begin(patience_seconds=0)),
        pytest.raises(HandoverError),
    ):
        worker.perform(job.owner.organization_id, job.row_id)
    assert (job.entry()["status"], job.files()) == ("Processing", [])
    assert job.perform()["status"] == "Done"


def test_a_running_export_looks_at_its_entry_every_second(job: Queued) -> None:
    assert job.exports.look_seconds <= 1


def test_a_file_that_is_done_just_after_the_cancelling_is_removed(job: Queued) -> None:
    """P18."""
    files = perform(job, job.cancel, look_seconds=60)
    assert len(files.published) == 1
    assert_cancelled(job, job.entry())


def test_a_file_of_an_entry_that_is_gone_is_removed(job: Queued) -> None:
    """P18."""

    def forget() -> None:
        with job.exports.database.write() as connection:
            connection.execute(delete(exports).where(exports.c.id == job.row_id))

    assert len(perform(job, forget, look_seconds=60).published) == 1
    assert job.files() == []


def test_a_worker_that_comes_too_late_leaves_the_file_of_the_first(job: Queued) -> None:
    """P18."""
    files = perform(job, job.perform, look_seconds=60)
    assert len(files.published) == 1
    assert job.entry()["status"] == "Done"
    assert job.files() == [f"exp_{job.row_id}.2.json"]


def test_a_worker_that_is_taken_for_dead_gives_the_export_up(job: Queued) -> None:
    """P18: it is another's from its claim on; the job of the first is then found lost."""

    def claim() -> None:
        with job.exports.database.write() as connection:
            now = job.exports.clock.now()
            organization_id = job.owner.organization_id
            assert store.LEDGER.begin(connection, organization_id, job.row_id, now) is not None

    for look_seconds in (0, 60):
        with pytest.raises(LostError):
            perform(job, claim, look_seconds=look_seconds)
        assert (job.entry()["status"], job.files()) == ("Processing", [])
    assert job.perform()["status"] == "Done"


def test_an_export_that_failed_by_itself_was_not_cancelled(job: Queued) -> None:
    with job.exports.database.write() as connection:
        connection.execute(update(exports).where(exports.c.id == job.row_id).values(attempts=5))
    job.perform()
    entry = job.cancel()
    assert (entry["status"], "cancelled" in entry) == ("Failed", False)
    assert entry["errorMessage"] == "The export was interrupted 5 times and given up."


def test_an_export_that_is_done_is_not_cancelled(job: Queued) -> None:
    job.perform()
    entry = job.cancel()
    assert (entry["status"], "cancelled" in entry, entry["errorMessage"]) == ("Done", False, None)
    assert entry["totalRecords"] == 3


def test_a_cancelling_is_audited_once_and_shown_in_the_log(job: Queued) -> None:
    """P21."""
    admin = job.owner.user(Role.ADMIN)
    admin.request("DELETE", f"/export/exp_{job.row_id}")
    job.cancel()
    with job.exports.database.read() as connection:
        latest = audit.find_latest(connection, job.owner.organization_id, 20)
    found = [(one.email, one.action, one.thing_id) for one in latest if one.thing == "export"]
    assert found == [
        (admin.email, audit.Action.CANCEL, job.row_id),
        (job.owner.email, audit.Action.EXPORT, job.row_id),
    ]
    entry = job.owner.log_entry(f"exp_{job.row_id}")
    assert entry["errorMessage"] == f"The export was cancelled by {admin.email}."
    assert entry["cancelled"] is True
    assert job.owner.get("/tasks/export-log", status="Failed").json()["total"] == 1


def test_a_cancelled_export_of_the_service_itself_ends(tenant: Tenant) -> None:
    """P18: whichever comes first, it is cancelled or done, and no file is left."""
    add_outlets(tenant, 3)
    asked = [tenant.export(download="json", background=True).json() for _ in range(5)]
    ids = [answer["data"]["exportId"] for answer in asked]
    ended = [tenant.request("DELETE", f"/export/{one}").json()["data"] for one in ids]
    for one, entry in zip(ids, ended, strict=True):
        assert entry["status"] == ("Failed" if "cancelled" in entry else "Done")
        assert entry["fileUrl"] is None
        assert tenant.log_entry(one)["status"] == entry["status"]
    later = tenant.export(download="json", background=True).json()["data"]["exportId"]
    assert tenant.finished(later)["status"] == "Done"
