"""What becomes of a row that has a job, over the table of exports."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from tests.exports.queued import Queued, queued
from tests.factories import Tenant
from transload.accounts.model import Role
from transload.db.tables import exports
from transload.errors import InvalidError, UnavailableError
from transload.exports import store
from transload.jobs.attempts import MAX_ATTEMPTS, MAX_CLAIMS, Attempts, Claim, EndedError
from transload.jobs.model import HandoverError, LostError
from transload.shutdown import Shutdown


@pytest.fixture
def job(tenant: Tenant) -> Queued:
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    return queued(tenant, tenant.user(Role.PLANNER))


def attempts_at(job: Queued) -> Attempts:
    service = job.exports
    return Attempts(
        database=service.database,
        clock=service.clock,
        shutdown=Shutdown(),
        ledger=store.LEDGER,
        noun="work",
        id_prefix="w_",
    )


def run(
    job: Queued,
    work: Callable[[Attempts], str],
    *,
    discarded: list[str] | None = None,
    failures: list[str] | None = None,
) -> None:
    attempts = attempts_at(job)

    def finish(connection: Connection, claim: Claim, made: str) -> bool:
        return store.LEDGER.finish(
            connection, claim, "Done", attempts.clock.now(), error_message=made
        )

    attempts.run(
        job.owner.organization_id,
        job.row_id,
        work=lambda _row: work(attempts),
        finish=finish,
        discard=lambda _claim, made: (discarded if discarded is not None else []).append(made),
        on_failure=lambda _connection, _claim, message: (
            failures if failures is not None else []
        ).append(message),
    )


def row(job: Queued) -> Any:  # noqa: ANN401 - a row has any columns
    with job.exports.database.read() as connection:
        return connection.execute(select(exports).where(exports.c.id == job.row_id)).one()


def change(job: Queued, **values: object) -> None:
    with job.exports.database.write() as connection:
        connection.execute(update(exports).where(exports.c.id == job.row_id).values(**values))


def raising(error: BaseException) -> Callable[[Attempts], str]:
    def work(_attempts: Attempts) -> str:
        raise error

    return work


def test_what_work_makes_ends_the_row(job: Queued) -> None:
    run(job, lambda _attempts: "made")
    found = row(job)
    assert (found.status, found.error_message, found.progress) == ("Done", "made", 100)
    assert (found.attempts, found.claim) == (1, 1)


def test_a_row_that_has_ended_is_not_begun_again(job: Queued) -> None:
    run(job, lambda _attempts: "first")
    run(job, lambda _attempts: "second")
    assert row(job).error_message == "first"


def test_a_refusal_ends_the_row_with_its_sentence_and_is_told_of(job: Queued) -> None:
    failures: list[str] = []
    run(job, raising(InvalidError("There is no such thing.")), failures=failures)
    assert (row(job).status, row(job).error_message) == ("Failed", "There is no such thing.")
    assert failures == ["There is no such thing."]


def test_an_unforeseen_error_ends_the_row_with_a_sentence_that_shows_none_of_it(
    job: Queued,
) -> None:
    """P20."""
    run(job, raising(ValueError("secret")))
    expected = f"The work failed; the log has more under w_{job.row_id}."
    assert row(job).error_message == expected


def test_a_process_that_stops_hands_the_row_over_at_no_cost(job: Queued) -> None:
    with pytest.raises(HandoverError):
        run(job, raising(HandoverError()))
    assert (row(job).status, row(job).attempts, row(job).claim) == ("Processing", 0, 1)


def test_a_job_that_is_begun_again_says_so_in_the_log(
    job: Queued, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "transload.jobs.attempts")
    with pytest.raises(HandoverError):
        run(job, raising(HandoverError()))
    assert caplog.messages == []
    run(job, lambda _attempts: "made")
    assert caplog.messages == [f"work {job.row_id} is begun again: claim 2, attempt 1"]


def test_an_outage_puts_the_row_off_until_it_has_been_begun_too_often(job: Queued) -> None:
    outage = UnavailableError("Out of reach.", retry_after_seconds=1)
    with pytest.raises(UnavailableError):
        run(job, raising(outage))
    assert (row(job).status, row(job).attempts) == ("Processing", 0)
    change(job, claim=MAX_CLAIMS - 1)
    with pytest.raises(UnavailableError):
        run(job, raising(outage))
    assert row(job).status == "Failed"
    assert f"begun {MAX_CLAIMS} times" in row(job).error_message


def test_a_row_whose_workers_die_is_given_up(job: Queued) -> None:
    change(job, attempts=MAX_ATTEMPTS)
    run(job, lambda _attempts: "made")
    expected = f"The work was interrupted {MAX_ATTEMPTS} times and given up."
    assert (row(job).status, row(job).error_message) == ("Failed", expected)


def test_what_was_made_for_a_row_that_was_cancelled_is_discarded(job: Queued) -> None:
    discarded: list[str] = []

    def work(_attempts: Attempts) -> str:
        job.cancel()
        return "made"

    run(job, work, discarded=discarded)
    assert (row(job).is_cancelled, discarded) == (True, ["made"])


def test_work_that_is_not_wanted_any_more_ends_in_silence(job: Queued) -> None:
    def work(_attempts: Attempts) -> str:
        job.cancel()
        raise EndedError

    run(job, work)
    assert row(job).is_cancelled


def test_who_was_overtaken_writes_no_more(job: Queued) -> None:
    """P18."""
    discarded: list[str] = []

    def work(_attempts: Attempts) -> str:
        change(job, claim=7)
        return "made"

    with pytest.raises(LostError):
        run(job, work, discarded=discarded)
    assert (row(job).status, discarded) == ("Processing", ["made"])
