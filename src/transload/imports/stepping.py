"""The steps of an import beside its commit: check all rows, import what failed again, take back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import polars as pl
from sqlalchemy import Connection

from transload.errors import InvalidError
from transload.files.fetching import local_file
from transload.imports import row_store, store
from transload.imports.chunks import unpack
from transload.imports.committing import Committer, Made, Part
from transload.imports.model import Counts, Import, Step, Verdict
from transload.imports.reviewing import of_frame, packed, review
from transload.imports.subject import TakenBack
from transload.jobs.attempts import Claim

_MAX_TRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a step made. `made`: of one that commits rows; else the import as it was."""

    step: Step
    one: Import
    made: Made | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Does whatever step a job is about."""

    committer: Committer

    def work(self, job: store.Job, claim: Claim) -> Stepped:
        """Do it; what an earlier attempt has done stays done."""
        match job.step:
            case Step.COMMIT:
                made = self.committer.work(job, claim)
                return Stepped(step=job.step, one=made.one, made=made)
            case Step.CHECK:
                return self._check(job, claim)
            case Step.RETRY:
                return self._retry(job, claim)
            case Step.UNDO:
                return self._undo(job, claim)
            case _:
                assert_never(job.step)

    def finish(self, connection: Connection, claim: Claim, done: Stepped) -> bool:
        """End the job, and tell the import of it, together."""
        if done.made is not None:
            return self.committer.finish(connection, claim, done.made)
        now = self.committer.clock.now()
        if not store.LEDGER.finish(connection, claim, store.DONE, now):
            return False
        if done.step is Step.CHECK:
            summaries = row_store.find_summaries(connection, done.one)
            store.change(
                connection,
                done.one,
                now,
                counts=sum((found.counts for found in summaries), Counts()),
                checked_revision=done.one.revision,
            )
        return True

    def fail(self, connection: Connection, claim: Claim, message: str) -> None:
        """Tell the import that a step came to no end: what imports rows ends it too."""
        job = store.find_job(connection, claim.organization_id, claim.id)
        if job is not None and job.step in {Step.COMMIT, Step.RETRY}:
            self.committer.fail(connection, claim, message)

    def _check(self, job: store.Job, claim: Claim) -> Stepped:
        committer = self.committer
        with committer.database.read() as connection:
            one = committer.find(connection, job)
            destination = committer.open(connection, job.user_id, one)
        with local_file(committer.files, one.rows_key) as path:
            with committer.database.read() as connection:
                under = review(connection, one, destination, path)
            for number in range(one.total_chunks):
                committer.attempts.require_time()
                with committer.database.read() as connection:
                    found = under.looked_at(connection, number, job.id)
                with committer.writing(
                    Part(job=job, claim=claim, one=one, number=number)
                ) as writing:
                    row_store.put_chunk(writing, one, found)
        return Stepped(step=job.step, one=one)

    def _retry(self, job: store.Job, claim: Claim) -> Stepped:
        committer = self.committer
        with committer.database.read() as connection:
            one = committer.find(connection, job)
            left = [
                found.number
                for found in row_store.find_summaries(connection, one)
                if found.counts.invalid and found.job_id != job.id
            ]
        with local_file(committer.files, one.rows_key) as path:
            for number in left:
                committer.attempts.require_time()
                self._retry_chunk(Part(job=job, claim=claim, one=one, number=number), path)
            with committer.database.read() as connection:
                one = committer.find(connection, job)
            made = committer.finished(claim, one, path, None)
        return Stepped(step=job.step, one=one, made=made)

    def _retry_chunk(self, part: Part, path: Path) -> None:
        """Put those failed rows of a chunk in that are right by now, and no other."""
        committer, one = self.committer, part.one
        for _ in range(_MAX_TRIES):
            with committer.database.read() as connection:
                destination = committer.open(connection, part.job.user_id, one)
                under = review(connection, one, destination, path)
                known = row_store.find_chunk(connection, one, part.number)
                if known is None:
                    return
                before = unpack(known.content)
                failed = before.get_column("verdict") == Verdict.INVALID.value
                checked = under.checked(part.number).only(failed)
                prepared = under.prepared(connection, checked)
            with committer.writing(part) as connection:
                results = destination.write(connection, prepared, committer.clock.now())
                if results is None:
                    continue
                now = packed(one, part.number, part.job.id, checked, results)
                new = unpack(now.content)
                after = before.with_columns(
                    new.get_column(name).zip_with(failed, before.get_column(name))
                    for name in before.columns
                )
                found = of_frame(one, part.number, part.job.id, after, now.problems)
                row_store.put_chunk(connection, one, found)
                row_store.recount(connection, one, committer.clock.now())
                return
        raise InvalidError(
            "What rows change is changed too fast by others to be imported.", is_whole=True
        )

    def _undo(self, job: store.Job, claim: Claim) -> Stepped:
        committer = self.committer
        with committer.database.read() as connection:
            one = committer.find(connection, job)
            # Those of an undo that was given up among them: it is gone on with.
            undoing = store.find_job_ids(connection, one, Step.UNDO)
            left = [
                found.number
                for found in row_store.find_summaries(connection, one)
                if found.job_id not in undoing
            ]
        for number in left:
            committer.attempts.require_time()
            with committer.database.read() as connection:
                destination = committer.open(connection, job.user_id, one)
                known = row_store.find_chunk(connection, one, number)
            if known is None:
                continue
            created, changed = written_by(unpack(known.content))
            with committer.writing(Part(job=job, claim=claim, one=one, number=number)) as writing:
                now = committer.clock.now()
                taken = destination.take_back(writing, created, changed, now)
                row_store.take_chunk(writing, one, number, job.id)
                store.add_undone(writing, one, totals(taken, created, changed), now)
        return Stepped(step=job.step, one=one)


def written_by(
    frame: pl.DataFrame,
) -> tuple[dict[str, int], dict[str, tuple[int, str]]]:
    """Give what a chunk has created, with versions, and changed, with versions and images."""
    verdict = pl.col("verdict")
    created = frame.filter(verdict == Verdict.NEW.value).select("id", "version").drop_nulls()
    changed = frame.filter(verdict == Verdict.CHANGED.value).select("id", "version", "before")
    return (
        dict(created.iter_rows()),
        {row[0]: (row[1], row[2]) for row in changed.drop_nulls().iter_rows()},
    )


def totals(
    taken: TakenBack, created: Mapping[str, int], changed: Mapping[str, tuple[int, str]]
) -> dict[str, int]:
    """Count what is taken back, and what is kept as somebody edited it since."""
    done = len(taken.removed) + len(taken.restored)
    return {
        "removed": len(taken.removed),
        "restored": len(taken.restored),
        "kept": len(created) + len(changed) - done,
    }
