"""What becomes of a queued export whose world changes before, or while, it is performed.

Here the test is the worker: it takes the job when it wants to.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from tests.exports.outlets import add_outlets, stored, unfinished, values
from tests.exports.queued import Queued, queued
from tests.factories import Tenant, fetch
from transload.accounts.model import Role
from transload.db.tables import data_types, exports, hubs, tokens, users
from transload.errors import UnavailableError
from transload.exports.records import DATA
from transload.files.local import LocalFiles
from transload.files.model import StagedFile
from transload.jobs.model import HandoverError
from transload.shutdown import Shutdown

_FULL_DEVICE = Path("/dev/full")
DENIED = "You do not have permission to export data"


class FullFiles(LocalFiles):
    """Files on a disk without room."""

    @contextmanager
    def stage(self) -> Iterator[StagedFile]:
        with _FULL_DEVICE.open("wb") as stream:
            yield StagedFile(path=_FULL_DEVICE, stream=stream)


@pytest.fixture
def job(tenant: Tenant) -> Queued:
    """A planner's export that nobody has begun."""
    hub, kind = tenant.hub(), tenant.data_type()
    tenant.add(kind, hub, [{"dataId": "1"}, {"dataId": "2"}])
    return queued(tenant, tenant.user(Role.PLANNER, [hub]), data_type_id=kind, hub_id=hub)


def failed(entry: dict[str, Any], message: str) -> None:
    assert (entry["status"], entry["fileUrl"], entry["totalRecords"]) == ("Failed", None, None)
    assert entry["errorMessage"] == message
    assert entry["completedAt"]


def test_a_queued_export_is_processing_until_it_is_performed(job: Queued) -> None:
    """P18."""
    assert (job.entry()["status"], job.entry()["fileUrl"]) == ("Processing", None)
    assert (job.entry()["startedAt"], job.entry()["progress"]) == (None, 0)
    entry = job.perform()
    assert (entry["status"], entry["totalRecords"], entry["progress"]) == ("Done", 2, 100)
    assert json.loads(fetch(entry["fileUrl"])) == [{"dataId": "1"}, {"dataId": "2"}]


def test_an_export_that_is_done_is_not_done_again(job: Queued) -> None:
    """P18."""
    first = job.perform()
    job.change_user(role=Role.FIELD.key)
    again = job.perform()
    assert {**again, "fileUrl": None} == {**first, "fileUrl": None}


def test_a_permission_that_was_taken_away_stops_the_export(job: Queued) -> None:
    """P9."""
    job.change_user(role=Role.FIELD.key)
    failed(job.perform(), DENIED)
    refusal = job.planner.get("/tasks/export-log")
    assert refusal.status_code == 403


def test_a_hub_that_was_taken_away_stops_an_export_of_it(job: Queued) -> None:
    """P9, P10."""
    job.change_user(hub_ids=[])
    failed(job.perform(), DENIED)


def test_an_export_of_all_hubs_has_those_that_the_user_sees_when_it_runs(tenant: Tenant) -> None:
    """P9, P10."""
    kind, kept, lost = tenant.data_type(), tenant.hub(), tenant.hub()
    tenant.add(kind, kept, [{"dataId": "kept"}])
    tenant.add(kind, lost, [{"dataId": "lost"}])
    job = queued(tenant, tenant.user(Role.PLANNER, [kept, lost]))
    job.change_user(hub_ids=[kept])
    entry = job.perform()
    assert values(json.loads(fetch(entry["fileUrl"])), "dataId") == ["kept"]
    assert (entry["totalRecords"], entry["totalMatched"]) == (1, 1)


def test_a_user_who_is_gone_gets_no_export(job: Queued) -> None:
    """P9."""
    with job.exports.database.write() as connection:
        connection.execute(delete(tokens).where(tokens.c.user_id == job.planner.user_id))
        connection.execute(delete(users).where(users.c.id == job.planner.user_id))
    failed(job.perform(), DENIED)


@pytest.mark.parametrize(
    ("table", "name"), [(data_types, "dataTypeId"), (hubs, "hubId")], ids=["type", "hub"]
)
def test_a_type_or_a_hub_that_is_gone_stops_the_export(
    job: Queued,
    table: Table,
    name: str,
) -> None:
    with job.exports.database.write() as connection:
        connection.execute(
            delete(table).where(table.c.organization_id == job.owner.organization_id)
        )
    failed(job.perform(), f"The selected {name} is invalid.")


def test_an_export_that_was_interrupted_is_done_by_the_next_worker(job: Queued) -> None:
    """P18."""
    interrupt(job, times=6)
    assert (job.entry()["status"], job.entry()["errorMessage"]) == ("Processing", None)
    entry = job.perform()
    assert json.loads(fetch(entry["fileUrl"])) == [{"dataId": "1"}, {"dataId": "2"}]


def test_an_export_whose_worker_died_five_times_is_given_up(job: Queued) -> None:
    """P5, P18."""
    with job.exports.database.write() as connection:
        connection.execute(update(exports).where(exports.c.id == job.row_id).values(attempts=5))
    failed(job.perform(), "The export was interrupted 5 times and given up.")


def test_an_interrupted_export_leaves_no_file_behind(job: Queued) -> None:
    """P18."""
    before = files_below(job)
    interrupt(job, times=1)
    assert files_below(job) == before
    job.perform()
    assert len(files_below(job)) == len(before) + 1


def test_an_export_without_room_is_done_when_there_is_some(job: Queued, tmp_path: Path) -> None:
    """P18: the disk that its file is written to is full, and later it is not."""
    if not _FULL_DEVICE.exists():
        pytest.skip("this system has no device that is always full")
    worker = replace(job.exports, files=FullFiles(tmp_path))
    with pytest.raises(UnavailableError, match="There is no room left for the file"):
        worker.perform(job.owner.organization_id, job.row_id)
    assert (job.entry()["status"], job.files()) == ("Processing", [])
    assert job.perform()["status"] == "Done"


def test_a_direct_export_of_a_process_that_stops_is_to_be_asked_for_again(tenant: Tenant) -> None:
    """P18."""
    service = tenant.site.service
    kind, _ = add_outlets(tenant, 1)
    begun = Shutdown()
    begun.begin(patience_seconds=0)
    actor = service.accounts.authenticate(tenant.token, tenant.site.clock.now())
    stopping = replace(service.exports, shutdown=begun)
    request = queued(tenant, tenant, data_type_id=kind).asked()
    with pytest.raises(UnavailableError, match="The service is stopping; try again"):
        stopping.perform_directly(actor, request, DATA)
    assert tenant.get("/tasks/export-log", status="Failed").json()["total"] == 1
    assert tenant.export(download="json").status_code == 200


def test_a_job_about_nothing_does_nothing(tenant: Tenant) -> None:
    """P7, P18."""
    job = queued(tenant, tenant)
    job.exports.perform(tenant.organization_id, "f" * 24)
    job.exports.perform(Tenant.create(tenant.site).organization_id, job.row_id)
    assert job.entry()["status"] == "Processing"
    assert job.perform()["status"] == "Done"


def test_a_file_that_is_not_there_is_not_found(job: Queued) -> None:
    link = job.perform()["fileUrl"]
    with job.exports.database.write() as connection:
        connection.execute(delete(exports).where(exports.c.id == job.row_id))
    answer = job.owner.site.http.get(link)
    assert (answer.status_code, answer.json()["message"]) == (404, "Data not found")


def test_an_export_sees_what_was_there_when_it_ran(tenant: Tenant) -> None:
    """P19."""
    job = queued(tenant, tenant)
    _, ids = add_outlets(tenant, 3)
    assert job.perform()["totalRecords"] == len(ids)


def interrupt(job: Queued, *, times: int) -> None:
    """Have the job taken by workers that are stopped while they write."""
    shutdown = Shutdown()
    shutdown.begin(patience_seconds=0)
    for _ in range(times):
        with pytest.raises(HandoverError):
            replace(job.exports, shutdown=shutdown).perform(job.owner.organization_id, job.row_id)


def files_below(job: Queued) -> set[str]:
    return {*stored(job.exports.files), *unfinished(job.exports.files)}
