"""The drafts of a process: who may work at which, and what all of their steps do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.data_types.model import Field
from transload.db.engine import Database
from transload.errors import ConflictError, ForbiddenError, NotFoundError, TransloadError
from transload.imports import store
from transload.imports.access import NOT_FOUND, require_own, require_sight, sees_rows
from transload.imports.model import KEEP_DAYS, Import, Step, Target
from transload.imports.reviewing import Review, review
from transload.imports.run import Imports, note
from transload.imports.subject import Destination
from transload.jobs.model import Queue

NO_FILE = "The file is not there yet: send it first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Imports that wait between their steps, and those that have ended and are worked at again."""

    imports: Imports
    queue: Queue
    max_bytes: int

    @property
    def database(self) -> Database:
        """Where they are kept."""
        return self.imports.database

    def now(self) -> datetime:
        """Give the time."""
        return self.imports.clock.now()

    def get(self, actor: Actor, import_id: str) -> Import:
        """Give an import of the actor's organization; raise NotFoundError."""
        since = self.now() - timedelta(days=KEEP_DAYS)
        with self.database.read() as connection:
            one = store.find(connection, actor.organization_id, import_id)
        if one is None or one.created_time < since:
            raise NotFoundError(NOT_FOUND)
        return one

    def seen(self, actor: Actor, import_id: str) -> Import:
        """Give an import that the actor may know of."""
        one = self.get(actor, import_id)
        require_sight(actor, one)
        return one

    def seen_rows(self, actor: Actor, import_id: str) -> Import:
        """Give one whose rows the actor may see; raise ForbiddenError."""
        one = self.seen(actor, import_id)
        if not self.sees_rows(actor, one):
            raise ForbiddenError
        return one

    def sees_rows(self, actor: Actor, one: Import) -> bool:
        """Tell whether the actor may see its rows."""
        with self.database.read() as connection:
            return sees_rows(self.imports.subjects, connection, actor, one)

    def own(self, actor: Actor, import_id: str) -> Import:
        """Give one that the actor may change."""
        one = self.seen(actor, import_id)
        require_own(actor, one)
        return one

    def draft(self, actor: Actor, import_id: str) -> Import:
        """Give one that has not been started; raise ConflictError."""
        one = self.own(actor, import_id)
        if not one.status.is_draft:
            raise ConflictError("The import was started already.")
        return one

    def ended(self, actor: Actor, import_id: str) -> Import:
        """Give one whose rows are in, and were not taken back; raise ConflictError."""
        one = self.own(actor, import_id)
        if not one.status.is_over or one.is_dry_run:
            raise ConflictError("The import has not ended, or was a dry run.")
        if one.undone is not None:
            raise ConflictError("The import was taken back.")
        return one

    def editable(self, actor: Actor, import_id: str) -> Import:
        """Give one whose cells may be mended: a draft, or one that has ended."""
        one = self.own(actor, import_id)
        return self.draft(actor, import_id) if one.status.is_draft else self.ended(actor, import_id)

    def open(self, actor: Actor, target: Target) -> Destination | None:
        """Look up where rows are to go, as `Imports.open`; None where nothing is said of it."""
        if target.is_open:
            self.imports.subjects[target.kind].require(actor, target)
            return None
        return self.imports.open(actor, target)

    def fields(self, connection: Connection, actor: Actor, one: Import) -> Sequence[Field]:
        """Give what rows may have; nothing where there is no type any more."""
        subject = self.imports.subjects[one.target.kind]
        try:
            return subject.open(connection, actor, one.target).mappable
        except TransloadError:
            return ()

    def note(self, connection: Connection, actor: Actor, action: audit.Action, one: Import) -> None:
        """Keep in the audit trail what the actor did."""
        note(connection, actor, action, one, self.now())

    def start(self, connection: Connection, actor: Actor, one: Import, step: Step) -> None:
        """Have a worker do a step; one that is under way is not wanted any more."""
        now = self.now()
        if one.job_id:
            store.LEDGER.cancel(connection, one.organization_id, one.job_id, "Begun anew.", now)
        job = self.imports.new_job(actor, one, step)
        store.change(connection, one, now, job_id=job.id)
        self.imports.enqueue(connection, self.queue, one, job)

    def review(self, connection: Connection, actor: Actor, one: Import, path: Path) -> Review:
        """Give its rows as they stand at this moment."""
        subject = self.imports.subjects[one.target.kind]
        return review(connection, one, subject.open(connection, actor, one.target), path)
