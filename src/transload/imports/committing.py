"""Puts the rows of an import into the store, chunk by chunk, each in one transaction."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from transload.accounts import store as accounts
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.db.dialect import commit_asynchronously
from transload.db.engine import Database
from transload.errors import ForbiddenError, InvalidError, TransloadError, UnavailableError
from transload.files.fetching import local_file
from transload.files.model import Files
from transload.imports import row_store, store
from transload.imports.checking import Checked
from transload.imports.chunks import all_invalid
from transload.imports.failures import keep_failures
from transload.imports.model import Counts, Import, Kind, Status, Step, outcome
from transload.imports.reviewing import Review, of_frame, packed, review
from transload.imports.subject import Destination, Subject
from transload.jobs.attempts import Attempts, Claim, EndedError
from transload.mail.model import Kind as MailKind
from transload.mail.outbox import Outbox
from transload.webhooks import outbox
from transload.webhooks.model import Event

_MAX_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An import all of whose rows have been looked at. `has_failures`: their file is there."""

    one: Import
    counts: Counts
    has_failures: bool
    stopped_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A chunk of an import, and the claim under which it is committed."""

    job: store.Job
    claim: Claim
    one: Import
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """A chunk before it is written: its rows as they were read, and what is to become of them."""

    under: Review
    checked: Checked
    prepared: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Committer:
    """Does the work of a commit; `look` of `Attempts` says whether it is still wanted."""

    database: Database
    files: Files
    clock: Clock
    subjects: Mapping[Kind, Subject]
    attempts: Attempts
    mail: Outbox = field(default_factory=Outbox)

    def work(self, job: store.Job, claim: Claim) -> Made:
        """Commit the chunks that are left, and write the file of the rows that failed.

        A chunk that an earlier attempt has committed stays as it is. Where the import is cancelled,
        or its user may not go on, no further row goes in: those left are failed rows that say so.
        """
        with self.database.read() as connection:
            one = self.find(connection, job)
            done = {
                found.number
                for found in row_store.find_summaries(connection, one)
                if found.job_id == job.id
            }
        with local_file(self.files, one.rows_key) as path:
            stopped_by = self._commit_all(job, claim, one, path, done)
            return self.finished(claim, one, path, stopped_by)

    def finish(self, connection: Connection, claim: Claim, made: Made) -> bool:
        """End the job and the import together."""
        now = self.clock.now()
        if not store.LEDGER.finish(connection, claim, store.DONE, now):
            return False
        store.change(
            connection,
            made.one,
            now,
            status=outcome(made.counts),
            counts=made.counts,
            has_failed_file=made.has_failures,
            error_message=made.stopped_by,
            processed_chunks=made.one.total_chunks,
            processed_time=now,
        )
        self._tell(connection, made.one, outcome(made.counts), made.counts, made.stopped_by)
        job = store.find_job(connection, claim.organization_id, claim.id)
        if job is not None:
            self._mail(connection, made.one, job, made.counts)
        return True

    def fail(self, connection: Connection, claim: Claim, message: str) -> None:
        """End an import that cannot be brought to its end: rows that are in stay in.

        Those that were not reached are failed rows that say so, and can be sent again. Their file
        is made when it is first fetched: writing it may be what cannot be done.
        """
        job = store.find_job(connection, claim.organization_id, claim.id)
        one = None if job is None else store.find(connection, job.organization_id, job.import_id)
        if job is None or one is None:
            return
        known = {
            found.number
            for found in row_store.find_summaries(connection, one)
            if found.job_id == job.id or job.step is not Step.COMMIT
        }
        for number in range(one.total_chunks):
            if number not in known:
                found = _not_reached(one, number, job, message)
                row_store.put_chunk(connection, one, found)
        summaries = row_store.find_summaries(connection, one)
        counts = sum((found.counts for found in summaries), Counts())
        now = self.clock.now()
        store.change(
            connection,
            one,
            now,
            status=outcome(counts),
            counts=counts,
            has_failed_file=bool(counts.invalid),
            error_message=message,
            processed_time=now,
        )
        self._tell(connection, one, outcome(counts), counts, message)
        self._mail(connection, one, job, counts)

    def _mail(self, connection: Connection, one: Import, job: store.Job, counts: Counts) -> None:
        """Write to whoever began an import, if they had to wait for it."""
        now = self.clock.now()
        user = accounts.find_user(connection, one.organization_id, job.user_id)
        if user is None or not self.mail.is_long(job.created_time, now):
            return
        self.mail.put(
            connection,
            MailKind.IMPORT_ENDED,
            organization_id=one.organization_id,
            user_id=user.user_id,
            email=user.email,
            data={
                "id": one.id,
                "name": one.target_name,
                "status": outcome(counts).value,
                "valid": counts.valid,
                "invalid": counts.invalid,
            },
            now=now,
        )

    def _tell(
        self,
        connection: Connection,
        one: Import,
        status: Status,
        counts: Counts,
        message: str | None,
    ) -> None:
        """Tell the organization's webhooks that an import has ended."""
        data = {
            "importId": one.id,
            "status": status.value,
            "totalRows": one.total_rows,
            "totalValid": counts.valid,
            "totalInvalid": counts.invalid,
            "errorMessage": message,
        }
        now = self.clock.now()
        outbox.tell(connection, one.organization_id, Event.IMPORT_ENDED, data, now)

    def _commit_all(
        self, job: store.Job, claim: Claim, one: Import, path: Path, done: set[int]
    ) -> str | None:
        """Commit the chunks that are not done; give why it was stopped, if it was.

        While a chunk is written, a thread beside works the next one out. What it worked out is
        used only if by then the rows still go where they went before.
        """
        stopped_by = None
        under: Review | None = None
        ahead: Future[WorkedOut] | None = None
        left = [number for number in range(one.total_chunks) if number not in done]
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="chunk-ahead") as beside:
            for number, following in zip(left, [*left[1:], None], strict=True):
                self.attempts.require_time()
                if stopped_by is None:
                    try:
                        one, destination = self._wanted(job)
                        if under is None or under.destination != destination:
                            under, ahead = self._reviewed(one, destination, path), None
                        found = ahead.result() if ahead else self._work_out(under, number)
                        if following is not None:
                            ahead = beside.submit(self._work_out, under, following)
                        self._commit(Part(job=job, claim=claim, one=one, number=number), found)
                    except UnavailableError:
                        raise  # a later attempt may go well
                    except TransloadError as error:
                        stopped_by = error.message
                if stopped_by is not None:
                    part = Part(job=job, claim=claim, one=one, number=number)
                    self._leave_out(part, stopped_by)
        return stopped_by

    def _wanted(self, job: store.Job) -> tuple[Import, Destination]:
        """Give the import, and where its rows go now; raise InvalidError if it was cancelled."""
        with self.database.read() as connection:
            one = self.find(connection, job)
            if one.is_cancelled:
                raise InvalidError(one.error_message or "The import was cancelled.")
            return one, self.open(connection, job.user_id, one)

    def _reviewed(self, one: Import, destination: Destination, path: Path) -> Review:
        with self.database.read() as connection:
            return review(connection, one, destination, path)

    def open(self, connection: Connection, user_id: str, one: Import) -> Destination:
        """Look up where the rows go, as the user may at this moment."""
        actor = accounts.find_user(connection, one.organization_id, user_id)
        if actor is None:
            raise ForbiddenError
        return opened(self.subjects, connection, actor, one)

    def _work_out(self, under: Review, number: int) -> WorkedOut:
        """Check a chunk, and look up what becomes of its good rows."""
        checked = under.checked(number)
        with self.database.read() as connection:
            prepared = under.prepared(connection, checked)
        return WorkedOut(under=under, checked=checked, prepared=prepared)

    def _commit(self, part: "Part", found: WorkedOut) -> None:
        under, checked, prepared = found.under, found.checked, found.prepared
        destination = under.destination
        for _ in range(_MAX_TRIES):
            with self.writing(part) as connection:
                results = (
                    destination.results(prepared)
                    if part.one.is_dry_run
                    else destination.write(connection, prepared, self.clock.now())
                )
                if results is not None:
                    written = packed(part.one, part.number, part.job.id, checked, results)
                    self._put(connection, part, written)
                    return
            with self.database.read() as connection:
                destination = self.open(connection, part.job.user_id, part.one)
                if destination.fields != under.rules.fields:
                    raise InvalidError(
                        "What rows may have was changed while they were imported.", is_whole=True
                    )
                prepared = destination.prepare(connection, checked, under.rules, part.one.mode)
        raise InvalidError(
            "What rows change is changed too fast by others to be imported.", is_whole=True
        )

    @contextmanager
    def writing(self, part: "Part") -> Iterator[Connection]:
        """Open the transaction of a chunk: it counts only while the claim holds.

        A crash of the database's machine may undo the latest chunks, each as a whole. Another
        attempt then commits them again. The transaction that ends the import waits until all are on
        disk.
        """
        with self.database.write() as connection:
            commit_asynchronously(connection)
            percent = min(99, 100 * part.number // max(1, part.one.total_chunks))
            if not store.LEDGER.keep(connection, part.claim, progress=percent):
                raise EndedError
            yield connection

    def _leave_out(self, part: "Part", reason: str) -> None:
        with self.writing(part) as connection:
            self._put(connection, part, _not_reached(part.one, part.number, part.job, reason))

    def _put(self, connection: Connection, part: "Part", found: row_store.Chunk) -> None:
        row_store.put_chunk(connection, part.one, found)
        store.count(connection, part.one, found.counts, self.clock.now())

    def finished(self, claim: Claim, one: Import, path: Path, stopped_by: str | None) -> Made:
        """Write the file of the rows that failed, whatever step has ended."""
        look = self.attempts.watch(claim)
        with self.database.read() as connection:
            counts = sum(
                (found.counts for found in row_store.find_summaries(connection, one)), Counts()
            )
        if counts.invalid:
            keep_failures(self.database, self.files, one, path, lambda: look(99))
        return Made(
            one=one, counts=counts, has_failures=bool(counts.invalid), stopped_by=stopped_by
        )

    @staticmethod
    def find(connection: Connection, job: store.Job) -> Import:
        """Give the import that a job is about; raise EndedError where it is gone."""
        one = store.find(connection, job.organization_id, job.import_id)
        if one is None:
            raise EndedError
        return one


def _not_reached(one: Import, number: int, job: store.Job, reason: str) -> row_store.Chunk:
    """Give a chunk none of whose rows went in."""
    _, rows = one.chunk(number)
    frame = all_invalid(rows, f"Not imported: {reason.rstrip('.')}")
    return of_frame(one, number, job.id, frame, [])


def opened(
    subjects: Mapping[Kind, Subject], connection: Connection, actor: Actor, one: Import
) -> Destination:
    """Look up where an import's rows go; raise ForbiddenError where the actor may not import."""
    subject = subjects[one.target.kind]
    subject.require(actor, one.target)
    return subject.open(connection, actor, one.target)
