"""Use cases of exports: start one, perform it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from time import monotonic

from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.db.patience import require_patience
from transload.errors import ForbiddenError, StoppingError
from transload.exports import store
from transload.exports.engine import write_file
from transload.exports.log import note
from transload.exports.model import (
    HIDDEN,
    KEEP_DAYS,
    SEEN_HUBS,
    Export,
    ExportRequest,
    Outcome,
    Status,
)
from transload.exports.places import Places
from transload.exports.subject import Plan, Subject, require_kept
from transload.exports.subjects import SUBJECTS, TOLD_ALWAYS
from transload.files.model import Files
from transload.jobs.attempts import Attempts, Claim, claim_of
from transload.jobs.model import HandoverError, Lane, Queue
from transload.mail.model import Kind
from transload.mail.outbox import Outbox
from transload.shutdown import Shutdown
from transload.telemetry.metrics import Metrics
from transload.webhooks import outbox
from transload.webhooks.model import Event

JOB = "export"
_SHORT_DOCUMENTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """The exports of one process.

    A job looks at its entry every `look_seconds`, between two windows of documents.
    """

    database: Database
    files: Files
    clock: Clock
    places: Places
    metrics: Metrics
    shutdown: Shutdown
    mail: Outbox = field(default_factory=Outbox)
    look_seconds: float = 0.9

    def start(self, queue: Queue, actor: Actor, request: ExportRequest, report: str) -> Export:
        """Queue a background export: its log entry and its job exist both, or neither."""
        with self.database.write() as connection:
            return self.add(connection, queue, actor, request, report)

    def add(
        self,
        connection: Connection,
        queue: Queue,
        actor: Actor,
        request: ExportRequest,
        report: str,
        *,
        delivery: Mapping[str, str] | None = None,
    ) -> Export:
        """Queue a background export in the caller's transaction.

        `delivery` is there where a schedule asks: who has one is told by what it hands over, and by
        no mail.
        """
        subject = SUBJECTS[report]
        plan = subject.plan(connection, actor, request)
        entry = replace(self._entry(actor, subject, request, plan), delivery=delivery)
        export = store.add(connection, entry)
        queue.enqueue(
            connection,
            JOB,
            organization_id=export.organization_id,
            job_id=export.id,
            lane=_lane(connection, plan),
        )
        note(connection, export, audit.Action.EXPORT, export, self.clock.now())
        return export

    def perform_directly(
        self, actor: Actor, request: ExportRequest, report: str
    ) -> tuple[Export, Outcome]:
        """Write the file now; give its log entry, which is Done, and what the file holds.

        The entry is written with the result, so a process that dies on the way leaves nothing
        behind that would wait for an end. Raises BusyError when all places are taken,
        StoppingError when the process stops meanwhile, and GoneError when the client has gone.
        """
        subject = SUBJECTS[report]
        with (
            self.places.one(actor.organization_id, request.limit),
            self.database.long_snapshot() as connection,
        ):
            plan = subject.plan(connection, actor, request)
            export = self._entry(actor, subject, request, plan)
            try:
                outcome = self._write(connection, export, plan, self._look)
            except HandoverError as stopping:
                self._log_direct(export, None)
                raise StoppingError from stopping
            except Exception:
                self._log_direct(export, None)
                raise
        return self._log_direct(export, outcome), outcome

    def perform(self, organization_id: str, export_id: str) -> None:
        """Do the job of a background export, from the beginning.

        Whatever is wrong ends the entry as Failed with a sentence. Runs again after a crash, under
        the same id, and writes the same file. Of an export that is cancelled no file stays.
        """
        self._attempts.run(
            organization_id,
            export_id,
            work=lambda row: self._write_in_background(store.from_row(row)),
            finish=self._finish,
            discard=lambda _claim, made: self.files.remove(made.export.file_key),
            on_failure=self._count_failure,
        )

    @property
    def _attempts(self) -> Attempts:
        return Attempts(
            database=self.database,
            clock=self.clock,
            shutdown=self.shutdown,
            ledger=store.LEDGER,
            noun="export",
            id_prefix="exp_",
            look_seconds=self.look_seconds,
        )

    def _count_failure(self, connection: Connection, claim: Claim, _message: str) -> None:
        export = store.find(connection, claim.organization_id, claim.id)
        if export is not None:
            self.metrics.add_failure(export.format)
            self._tell(connection, export)
            self._mail(connection, export)

    def _finish(self, connection: Connection, claim: Claim, made: "_Made") -> bool:
        if not store.finish(connection, claim, made.outcome, self.clock.now()):
            return False
        export = store.find(connection, claim.organization_id, claim.id)
        if export is not None:
            self._tell(connection, export)
            self._mail(connection, export)
        return True

    def _mail(self, connection: Connection, export: Export) -> None:
        """Write to whoever asked for an export in the background, if they had to wait for it."""
        now = self.clock.now()
        is_long = self.mail.is_long(export.requested_time, now)
        if export.delivery is not None or not (export.report in TOLD_ALWAYS or is_long):
            return
        self.mail.put(
            connection,
            Kind.EXPORT_ENDED,
            organization_id=export.organization_id,
            user_id=export.user_id,
            email=export.email,
            data={
                "id": f"exp_{export.id}",
                "name": export.data_name,
                "status": export.status.value,
                "records": export.total_records,
            },
            now=now,
        )

    def _tell(self, connection: Connection, export: Export) -> None:
        """Tell the organization's webhooks that an export has ended; the link is not told."""
        data = {
            "exportId": f"exp_{export.id}",
            "dataType": export.report,
            "dataName": export.data_name,
            "status": export.status.value,
            "email": export.email,
            "fileType": export.format.value,
            "totalRecords": export.total_records,
            "errorMessage": export.error_message,
        }
        now = self.clock.now()
        outbox.tell(connection, export.organization_id, Event.EXPORT_ENDED, data, now)

    def _entry(self, actor: Actor, subject: Subject, request: ExportRequest, plan: Plan) -> Export:
        now = self.clock.now()
        return Export(
            id=new_id(),
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            email=actor.email,
            report=subject.report,
            data_name=plan.name,
            format=plan.format,
            request={**asdict(request), SEEN_HUBS: _seen_hubs(actor), HIDDEN: _hidden(actor)},
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
            notes=(),
            error_message=None,
            is_cancelled=False,
        )

    def _write_in_background(self, export: Export) -> "_Made":
        """Write the file as the user may at this moment, not as they might when they asked."""
        with self.database.long_snapshot() as connection:
            actor = accounts.find_user(connection, export.organization_id, export.user_id)
            subject = SUBJECTS[export.report]
            if actor is None:
                raise ForbiddenError(subject.denied)
            plan = subject.plan(connection, actor, subject.parsed(export.asked))
            report = self._while_allowed(export, actor, subject)
            return _Made(export, self._write(connection, export, plan, report))

    def _while_allowed(
        self, export: Export, actor: Actor, subject: Subject
    ) -> Callable[[int], None]:
        """Give what progress is reported to: it also looks what the user may, as it is then."""
        report = self._attempts.watch(claim_of(export))
        looked = monotonic()

        def report_and_look(percent: int) -> None:
            nonlocal looked
            report(percent)
            if monotonic() - looked >= self.look_seconds:
                looked = monotonic()
                with self.database.read() as connection:
                    current = accounts.find_user(connection, export.organization_id, export.user_id)
                require_kept(actor, current, subject)

        return report_and_look

    def _write(
        self, connection: Connection, export: Export, plan: Plan, report: Callable[[int], None]
    ) -> Outcome:
        started = monotonic()
        outcome = write_file(connection, self.files, export.file_key, plan, report)
        seconds = monotonic() - started
        self.metrics.add_file(plan.format, outcome.records, outcome.size, seconds)
        return outcome

    def _look(self, _percent: int) -> None:
        """Have a direct export stop with the process, and with whoever waits for it."""
        self._attempts.require_time()
        require_patience()

    def _log_direct(self, export: Export, outcome: Outcome | None) -> Export:
        now = self.clock.now()
        with self.database.write() as connection:
            added = store.add(connection, export)
            note(connection, added, audit.Action.EXPORT, added, now)
            if outcome is None:
                store.LEDGER.fail(connection, claim_of(added), "The export failed.", now)
                self.metrics.add_failure(export.format)
                return added
            store.finish(connection, claim_of(added), outcome, now)
            ended = replace(added, status=Status.DONE, total_records=outcome.records)
            self._tell(connection, ended)
        return replace(added, status=Status.DONE, completed_time=now)


def _seen_hubs(actor: Actor) -> list[str] | None:
    return None if actor.hub_ids is None else sorted(actor.hub_ids)


def _hidden(actor: Actor) -> dict[str, list[str]]:
    """Give the fields that the user does not see, by data type or flow."""
    return {
        detail.thing_id: sorted(detail.hidden_fields)
        for detail in actor.role.details
        if detail.hidden_fields
    }


@dataclass(frozen=True, slots=True)
class _Made:
    """A file that is there, of an entry that is not told so yet."""

    export: Export
    outcome: Outcome


def _lane(connection: Connection, plan: Plan) -> Lane:
    """Tell small exports from large ones, as far as that takes no counting of documents."""
    if plan.part.limit <= _SHORT_DOCUMENTS:
        return Lane.SHORT
    if not plan.source.is_counted:
        return Lane.LONG
    beyond = plan.source.count(connection) - plan.part.offset
    return Lane.SHORT if beyond <= _SHORT_DOCUMENTS else Lane.LONG
