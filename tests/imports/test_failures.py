"""The rows that failed come back all of them, however many they are and however the import ends."""

from io import BytesIO

import openpyxl  # type: ignore[import-untyped]  # ships no types
import pytest
from sqlalchemy import update

from tests.factories import Tenant, fetch
from tests.imports.drafting import Draft
from tests.imports.sending import Sent, finished, imported, queued, stored
from transload.db.tables import import_jobs
from transload.imports import failures
from transload.imports.model import Step
from transload.jobs.attempts import MAX_ATTEMPTS


def test_rows_that_one_sheet_does_not_hold_go_on_in_the_next(
    tenant: Tenant, kind: str, hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P19, P33."""
    monkeypatch.setattr(failures, "SHEET_ROWS", 3)
    content = b"Code,Price\n" + b"".join(b"%d,x\n" % at for at in range(7))
    sent = imported(tenant, content, dataTypeId=kind, hubId=hub)
    book = openpyxl.load_workbook(BytesIO(fetch(sent.record["fileFailedImported"])))
    assert book.sheetnames == ["Failed rows", "Failed rows 2", "Failed rows 3"]
    found = [[row[0] for row in sheet.values] for sheet in book.worksheets]
    assert found == [["Code", "0", "1", "2"], ["Code", "3", "4", "5"], ["Code", "6"]]


def _given_up(tenant: Tenant, kind: str, hub: str, content: bytes) -> Sent:
    """Give an import whose workers have died as often as they may."""
    one = queued(tenant, content, data_type_id=kind, hub_id=hub)
    _give_up(tenant, one.job_id)
    return finished(tenant, one.id)


def _give_up(tenant: Tenant, job_id: str) -> None:
    imports = tenant.site.service.imports
    with imports.database.write() as connection:
        connection.execute(
            update(import_jobs).where(import_jobs.c.id == job_id).values(attempts=MAX_ATTEMPTS)
        )
    imports.perform(tenant.organization_id, job_id)


def test_an_import_that_is_given_up_gives_back_all_that_is_not_in(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P18, P33."""
    sent = _given_up(tenant, kind, hub, b"Code,Price\n1,2\n2,3\n")
    why = "The import was interrupted 5 times and given up."
    assert (sent.record["status"], sent.record["errorMessage"]) == ("failed", why)
    assert sent.counts() == (0, 0, 0, 2)
    _, *rows = sent.failed_rows()
    assert rows == [[*row, f"Not imported: {why}"] for row in (["1", "2"], ["2", "3"])]

    draft = Draft(tenant=tenant, id=sent.record["_id"])
    assert [row["verdict"] for row in draft.rows()] == ["invalid", "invalid"]
    draft.data("POST", "retry")
    end = draft.settled()
    assert (end["status"], end["created"], end["errorMessage"]) == ("success", 2, None)
    assert stored(tenant, kind).keys() == {"1", "2"}


def test_a_retry_or_an_undo_that_is_given_up_can_be_asked_for_again(
    tenant: Tenant, kind: str, hub: str
) -> None:
    """P18, P34."""
    sent = imported(tenant, b"Code,Price\n1,2\n2,x\n", dataTypeId=kind, hubId=hub)
    draft = Draft(tenant=tenant, id=sent.record["_id"])
    _begin_and_give_up(draft, Step.RETRY)
    end = draft.data()
    assert (end["status"], end["job"]["status"]) == ("partially", "failed")
    assert [row[0] for row in finished(tenant, draft.id).failed_rows()] == ["Code", "2"]

    _begin_and_give_up(draft, Step.UNDO, undone={"removed": 0, "restored": 0, "kept": 0})
    assert draft.data()["job"]["status"] == "failed"
    assert draft.call("POST", "retry").status_code == 409
    assert draft.data("POST", "undo", {"dryRun": True})["undo"]["removed"] == 1
    draft.data("POST", "undo", {})
    assert draft.settled()["undone"] == {"removed": 1, "restored": 0, "kept": 0}
    assert stored(tenant, kind) == {}
    assert draft.call("POST", "undo", {}).status_code == 409


def _begin_and_give_up(draft: Draft, step: Step, **values: object) -> None:
    _give_up(draft.tenant, draft.begun(step, **values))
