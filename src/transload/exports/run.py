"""Use cases of exports: start one, perform it, read the log, fetch the file."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic

from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import BusyError, ForbiddenError, NotFoundError, TransloadError
from transload.exports import store
from transload.exports.links import LinkSigner
from transload.exports.model import (
    DATA_REPORT,
    KEEP_DAYS,
    Export,
    ExportRequest,
    Outcome,
    Status,
)
from transload.exports.plan import DENIED, Plan, make_plan
from transload.exports.writing import write_file
from transload.files import LocalFiles
from transload.jobs import HandoverError, Queue
from transload.shift import Shift

JOB = "export"
LOG_DENIED = "You do not have permission to view export logs"
_BAD_LINK = "This link is not valid or has expired."
_MAX_ATTEMPTS = 5
_PROGRESS_SECONDS = 1.0
_RETRY_SECONDS = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """The exports of one process."""

    database: Database
    files: LocalFiles
    clock: Clock
    links: LinkSigner
    direct_slots: BoundedSemaphore
    shift: Shift = field(default_factory=Shift)

    def start(self, queue: Queue, actor: Actor, request: ExportRequest) -> Export:
        """Queue a background export: its log entry and its job exist both, or neither."""
        with self.database.write() as connection:
            plan = make_plan(connection, actor, request)
            export = store.add(connection, self._entry(actor, request, plan))
            queue.enqueue(
                connection,
                JOB,
                organization_id=export.organization_id,
                job_id=export.id,
            )
            self._audit(connection, export, audit.Action.EXPORT)
        return export

    def perform_directly(self, actor: Actor, request: ExportRequest) -> tuple[Export, Outcome]:
        """Write the file now; give its log entry, which is Done, and what the file holds.

        The entry is written with the result, so a process that dies on the way leaves nothing
        behind that would wait for an end. Raises BusyError when all places are taken.
        """
        if not self.direct_slots.acquire(blocking=False):
            raise BusyError(
                "All direct exports are busy; try again, or export in the background.",
                retry_after_seconds=_RETRY_SECONDS,
            )
        try:
            with self.database.snapshot() as connection:
                plan = make_plan(connection, actor, request)
                export = self._entry(actor, request, plan)
                try:
                    outcome = self._write(connection, export, plan, _ignore)
                except Exception:
                    self._log_direct(export, None)
                    raise
        finally:
            self.direct_slots.release()
        return self._log_direct(export, outcome), outcome

    def perform(self, organization_id: str, export_id: str) -> None:
        """Do the job of a background export, from the beginning.

        Whatever is wrong ends the entry as Failed with a sentence. Runs again after a crash, under
        the same id, and writes the same file.
        """
        with self.shift.at_work():
            self._perform(organization_id, export_id)

    def find_log(
        self,
        actor: Actor,
        wanted: Callable[[datetime], store.LogFilter],
        *,
        sort_by: str,
        is_descending: bool,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Export], store.LogFilter]:
        """Give how many entries of the last 30 days match, and the page of them."""
        conditions = wanted(self.clock.now() - timedelta(days=KEEP_DAYS))
        is_own = conditions.email == actor.email
        if not (is_own and actor.may(Permission.EXPORT_DATA)) and not actor.may(
            Permission.VIEW_LOG
        ):
            raise ForbiddenError(LOG_DENIED)
        with self.database.read() as connection:
            total, page = store.find_page(
                connection,
                conditions,
                sort_by=sort_by,
                is_descending=is_descending,
                offset=offset,
                limit=limit,
            )
        return total, page, conditions

    def link(self, export: Export, base_url: str) -> str | None:
        """Give a fresh link to an entry's file, None while there is none or when it is past."""
        now = self.clock.now()
        if export.status is not Status.DONE or now >= export.expires_time:
            return None
        return self.links.sign(base_url, export.file_name, now, export.expires_time)

    def fetch(self, file_name: str, expires: str, signature: str) -> tuple[Export, Path]:
        """Give the file that a link leads to.

        Raises ForbiddenError for a link that is not genuine or has expired, NotFoundError for a
        file that is past its 30 days.
        """
        now = self.clock.now()
        if not self.links.is_genuine(file_name, expires, signature):
            raise ForbiddenError(_BAD_LINK)
        with self.database.read() as connection:
            export = store.find_by_file_name(connection, file_name)
        if export is None or export.status is not Status.DONE or now >= export.expires_time:
            raise NotFoundError
        if self.links.has_expired(expires, now):
            raise ForbiddenError(_BAD_LINK)
        path = self.files.find(export.file_key)
        if path is None:
            raise NotFoundError
        with self.database.write() as connection:
            self._audit(connection, replace(export, email=""), audit.Action.DOWNLOAD)
        return export, path

    def _perform(self, organization_id: str, export_id: str) -> None:
        with self.database.write() as connection:
            export = store.find(connection, organization_id, export_id)
            if export is None or export.status is not Status.PROCESSING:
                return
            store.begin(connection, export, self.clock.now())
        if export.attempts >= _MAX_ATTEMPTS:
            self._fail(export, f"The export was interrupted {_MAX_ATTEMPTS} times and given up.")
            return
        try:
            outcome = self._write_in_background(export)
        except HandoverError:
            with self.database.write() as connection:
                store.hand_over(connection, export)
            raise
        except TransloadError as error:
            self._fail(export, error.message)
        except Exception:  # noqa: BLE001 - whatever it is, the entry must end
            _log.exception("export %s failed", export.id)
            self._fail(export, f"The export failed; the log has more under exp_{export.id}.")
        else:
            with self.database.write() as connection:
                store.finish(connection, export, outcome, self.clock.now())

    def _entry(self, actor: Actor, request: ExportRequest, plan: Plan) -> Export:
        now = self.clock.now()
        return Export(
            id=new_id(),
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            email=actor.email,
            report=DATA_REPORT,
            data_name=plan.data_name,
            request=request,
            status=Status.PROCESSING,
            attempts=0,
            progress=0,
            requested_time=now,
            started_time=None if request.is_background else now,
            completed_time=None,
            expires_time=now + timedelta(days=KEEP_DAYS),
            file_name="",
            file_size=None,
            total_records=None,
            total_matched=None,
            is_truncated=None,
            losses=None,
            error_message=None,
        )

    def _write_in_background(self, export: Export) -> Outcome:
        """Write the file as the user may at this moment, not as they might when they asked."""
        with self.database.snapshot() as connection:
            actor = accounts.find_user(connection, export.organization_id, export.user_id)
            if actor is None:
                raise ForbiddenError(DENIED)
            plan = make_plan(connection, actor, export.request)
            return self._write(connection, export, plan, self._reporter(export))

    def _write(
        self, connection: Connection, export: Export, plan: Plan, report: Callable[[int], None]
    ) -> Outcome:
        def check_in(percent: int) -> None:
            if self.shift.is_over:
                raise HandoverError
            report(percent)

        return write_file(connection, self.files, export.file_key, plan, check_in)

    def _reporter(self, export: Export) -> Callable[[int], None]:
        reported = monotonic()

        def report(percent: int) -> None:
            nonlocal reported
            if monotonic() - reported >= _PROGRESS_SECONDS:
                reported = monotonic()
                with self.database.write() as connection:
                    store.report_progress(connection, export, percent)

        return report

    def _audit(self, connection: Connection, export: Export, action: audit.Action) -> None:
        audit.record(
            connection,
            export,
            action,
            thing="export",
            thing_id=export.id,
            now=self.clock.now(),
            detail=export.data_name,
        )

    def _fail(self, export: Export, message: str) -> None:
        with self.database.write() as connection:
            store.fail(connection, export, message, self.clock.now())

    def _log_direct(self, export: Export, outcome: Outcome | None) -> Export:
        now = self.clock.now()
        with self.database.write() as connection:
            added = store.add(connection, export)
            self._audit(connection, added, audit.Action.EXPORT)
            if outcome is None:
                store.fail(connection, added, "The export failed.", now)
                return added
            store.finish(connection, added, outcome, now)
        return replace(added, status=Status.DONE, completed_time=now)


def _ignore(_percent: int) -> None:
    """Report to nobody: the caller of a direct export waits for its end."""
