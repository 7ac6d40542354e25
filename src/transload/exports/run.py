"""Use cases of exports: start one, perform it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import BoundedSemaphore
from time import monotonic

from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.db.engine import Database, is_outage
from transload.db.ids import new_id
from transload.errors import BusyError, ForbiddenError, TransloadError, UnavailableError
from transload.exports import store
from transload.exports.log import note
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
from transload.files.model import Files
from transload.jobs.model import HandoverError, Lane, LostError, Queue
from transload.records import store as records
from transload.shift import Shift
from transload.telemetry.context import note_failure
from transload.telemetry.metrics import Metrics

JOB = "export"
_MAX_ATTEMPTS = 5
_MAX_CLAIMS = 60
_SHORT_RECORDS = 10_000
_RETRY_SECONDS = 5
_STOPPING = UnavailableError("The service is stopping; try again.", retry_after_seconds=5)
_log = logging.getLogger(__name__)


class _EndedError(Exception):
    """The entry has ended, is gone or another worker's: nobody wants this file any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """The exports of one process.

    A job looks at its entry every `look_seconds`, between two windows of records.
    """

    database: Database
    files: Files
    clock: Clock
    direct_slots: BoundedSemaphore
    metrics: Metrics
    look_seconds: float = 0.9
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
                lane=_lane(connection, plan),
            )
            note(connection, export, audit.Action.EXPORT, export, self.clock.now())
        return export

    def perform_directly(self, actor: Actor, request: ExportRequest) -> tuple[Export, Outcome]:
        """Write the file now; give its log entry, which is Done, and what the file holds.

        The entry is written with the result, so a process that dies on the way leaves nothing
        behind that would wait for an end. Raises BusyError when all places are taken, and
        UnavailableError when the process stops meanwhile.
        """
        if not self.direct_slots.acquire(blocking=False):
            raise BusyError(
                "All direct exports are busy; try again, or export in the background.",
                retry_after_seconds=_RETRY_SECONDS,
            )
        try:
            with self.database.long_snapshot() as connection:
                plan = make_plan(connection, actor, request)
                export = self._entry(actor, request, plan)
                try:
                    outcome = self._write(connection, export, plan, _ignore)
                except HandoverError as stopping:
                    self._log_direct(export, None)
                    raise _STOPPING from stopping
                except Exception:
                    self._log_direct(export, None)
                    raise
        finally:
            self.direct_slots.release()
        return self._log_direct(export, outcome), outcome

    def perform(self, organization_id: str, export_id: str) -> None:
        """Do the job of a background export, from the beginning.

        Whatever is wrong ends the entry as Failed with a sentence. Runs again after a crash, under
        the same id, and writes the same file. Of an export that is cancelled no file stays.
        """
        with self.shift.at_work():
            self._perform(organization_id, export_id)

    def _perform(self, organization_id: str, export_id: str) -> None:
        export = self._claimed(organization_id, export_id)
        if export is None:
            return
        try:
            outcome = self._write_in_background(export)
        except HandoverError:
            self._hand_over(export)
            raise
        except _EndedError:
            self._require_end(export)
        except UnavailableError as error:
            self._put_off(export, error.message)
            raise
        except TransloadError as error:
            self._fail(export, error.message)
        except Exception as error:
            if is_outage(error):
                self._put_off(export, "The database was out of reach.")
                raise
            _log.exception("export %s failed", export.id)
            self._fail(export, f"The export failed; the log has more under exp_{export.id}.")
        else:
            self._finish(export, outcome)

    def _claimed(self, organization_id: str, export_id: str) -> Export | None:
        """Begin with the export; None if it has ended, or ends here as begun too often."""
        with self.database.write() as connection:
            found = store.find(connection, organization_id, export_id)
            export = found and store.begin(connection, found, self.clock.now())
        if export is None:
            return None
        if export.attempts > _MAX_ATTEMPTS:
            self._fail(export, f"The export was interrupted {_MAX_ATTEMPTS} times and given up.")
            return None
        return export

    def _put_off(self, export: Export, reason: str) -> None:
        """Leave the export to a later run of the job, or give it up after sixty."""
        if export.claim >= _MAX_CLAIMS:
            self._fail(export, f"{reason} The export was begun {_MAX_CLAIMS} times and given up.")
        else:
            self._hand_over(export)

    def _finish(self, export: Export, outcome: Outcome) -> None:
        """Tell that the file is there; or remove it, where that is no longer wanted."""
        with self.database.write() as connection:
            if store.finish(connection, export, outcome, self.clock.now()):
                return
        self.files.remove(export.file_key)
        self._require_end(export)

    def _hand_over(self, export: Export) -> None:
        with self.database.write() as connection:
            store.hand_over(connection, export)

    def _require_end(self, export: Export) -> None:
        """Raise LostError unless the entry has ended: this worker may write no more of it."""
        with self.database.read() as connection:
            found = store.find(connection, export.organization_id, export.id)
        if found is not None and not found.is_over:
            raise LostError(f"The export {export.id} is another worker's.")
        _log.info("export %s was ended while it ran", export.id)

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
            claim=0,
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
            is_cancelled=False,
        )

    def _write_in_background(self, export: Export) -> Outcome:
        """Write the file as the user may at this moment, not as they might when they asked."""
        with self.database.long_snapshot() as connection:
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

        started = monotonic()
        outcome = write_file(connection, self.files, export.file_key, plan, check_in)
        seconds = monotonic() - started
        self.metrics.add_file(plan.format, outcome.records, outcome.size, seconds)
        return outcome

    def _reporter(self, export: Export) -> Callable[[int], None]:
        reported = monotonic()

        def report(percent: int) -> None:
            nonlocal reported
            if monotonic() - reported >= self.look_seconds:
                reported = monotonic()
                with self.database.write() as connection:
                    goes_on = store.report_progress(connection, export, percent)
                if not goes_on:
                    raise _EndedError

        return report

    def _fail(self, export: Export, message: str) -> None:
        with self.database.write() as connection:
            store.fail(connection, export, message, self.clock.now())
        self.metrics.add_failure(export.request.format)
        note_failure()

    def _log_direct(self, export: Export, outcome: Outcome | None) -> Export:
        now = self.clock.now()
        with self.database.write() as connection:
            added = store.add(connection, export)
            note(connection, added, audit.Action.EXPORT, added, now)
            if outcome is None:
                store.fail(connection, added, "The export failed.", now)
                self.metrics.add_failure(export.request.format)
                return added
            store.finish(connection, added, outcome, now)
        return replace(added, status=Status.DONE, completed_time=now)


def _lane(connection: Connection, plan: Plan) -> Lane:
    """Tell small exports from large ones, as far as that takes no counting of records."""
    if plan.part.limit <= _SHORT_RECORDS:
        return Lane.SHORT
    if plan.selection.limited_type_ids:
        return Lane.LONG
    beyond = records.count(connection, plan.selection) - plan.part.offset
    return Lane.SHORT if beyond <= _SHORT_RECORDS else Lane.LONG


def _ignore(_percent: int) -> None:
    """Report to nobody: the caller of a direct export waits for its end."""
