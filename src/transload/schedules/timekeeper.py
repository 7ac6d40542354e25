"""Begins the runs of schedules whose time has come: each once, whichever process is first.

The clock of the database decides. Where the service was down, or the run before was not over, what
came due meanwhile is made up by one run.
"""

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from transload.accounts import store as accounts
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.db.engine import Database, is_outage
from transload.db.ids import new_id
from transload.db.now import shared_now
from transload.dispatch.dispatcher import Dispatcher
from transload.errors import ForbiddenError, TransloadError, UnavailableError
from transload.exports.model import MAX_RECORDS
from transload.exports.removals import REMOVED, removals_of
from transload.exports.run import Exports
from transload.exports.subjects import SUBJECTS
from transload.jobs.model import Queue
from transload.mail.outbox import Outbox
from transload.schedules import store
from transload.schedules.failing import note_failure
from transload.schedules.model import Run, Schedule, Status, begins, changed_since, stored
from transload.schedules.times import next_time

SCHEDULES = "schedules"
MAKER_GONE = "Whoever made the schedule is let in no more."
_AT_ONCE = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timekeeper:
    """The schedules that one process begins."""

    database: Database
    exports: Exports
    queue: Queue
    clock: Clock
    mail: Outbox = field(default_factory=Outbox)

    def dispatcher(self) -> Dispatcher[Schedule]:
        """Give what begins runs when they are due."""
        return Dispatcher(
            name=SCHEDULES,
            at_once=_AT_ONCE,
            find_due=self._find_due,
            receiver=lambda schedule: schedule.id,
            send=self.begin_due,
        )

    def begin_due(self, found: Schedule) -> None:
        """Begin the run of a schedule that was found due, unless another process has begun it."""
        try:
            with self.database.write() as connection:
                self._turn(connection, found)
                return
        except UnavailableError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            _log.exception("the schedule %s could not be begun", found.id)
            problem = f"The run failed; the log has more under {found.id}."
        with self.database.write() as connection:
            self._turn(connection, found, problem)

    def begin(
        self, connection: Connection, schedule: Schedule, due: datetime | None, now: datetime
    ) -> Run:
        """Begin a run of a schedule that is locked, as its maker, by the rights that they have now.

        Where they may not, or what is exported is not there any more, the run has failed.
        """
        run = _new(schedule, due, now)
        try:
            actor = accounts.find_user(connection, schedule.organization_id, schedule.user_id)
            if actor is None:
                raise ForbiddenError(MAKER_GONE)
            run = self._export(connection, schedule, actor, run, now)
        except UnavailableError:
            raise
        except TransloadError as error:
            return self._fail(connection, schedule, run, error.message, now)
        store.add_run(connection, run)
        return run

    def _find_due(self, busy: AbstractSet[str], room: int) -> list[Schedule]:
        with self.database.read() as connection:
            return store.find_due(connection, shared_now(connection, self.clock), busy, room)

    def _turn(self, connection: Connection, found: Schedule, problem: str = "") -> None:
        """Move a schedule on, and begin its run, or note why there is none."""
        schedule = store.lock(connection, found.organization_id, found.id)
        now = shared_now(connection, self.clock)
        if schedule is None or schedule.next_time is None or schedule.next_time > now:
            return
        if store.has_unfinished(connection, schedule):
            return
        following = next_time(schedule.cron, schedule.time_zone, now)
        moved = replace(schedule, next_time=following)
        store.replace(connection, moved)
        if problem:
            run = _new(moved, schedule.next_time, now)
            self._fail(connection, moved, run, problem, now)
        else:
            self.begin(connection, moved, schedule.next_time, now)

    def _export(
        self, connection: Connection, schedule: Schedule, actor: Actor, run: Run, now: datetime
    ) -> Run:
        """Queue the exports of a run: what was asked for and, where there is any, what is gone."""
        subject = SUBJECTS[schedule.report]
        request = subject.parsed(schedule.request)
        since = begins(schedule, now)
        if since is not None:
            request = changed_since(request, since)
        subject.plan(connection, actor, request)  # so that all is refused, or nothing
        delivery = {"scheduleId": schedule.id, "scheduleName": schedule.name}
        removals_id = ""
        if since is not None:
            gone = removals_of(request, stored(since), MAX_RECORDS)
            report = REMOVED[schedule.report]
            plan = SUBJECTS[report].plan(connection, actor, gone)
            if plan.source.count(connection):
                removals_id = self.exports.add(
                    connection, self.queue, actor, gone, report, delivery=delivery
                ).id
        export = self.exports.add(
            connection, self.queue, actor, request, schedule.report, delivery=delivery
        )
        return replace(run, export_id=export.id, removals_id=removals_id, since=since)

    def _fail(
        self, connection: Connection, schedule: Schedule, run: Run, problem: str, now: datetime
    ) -> Run:
        failed = replace(run, status=Status.FAILED, error=problem, completed_time=now)
        store.add_run(connection, failed)
        note_failure(connection, self.mail, schedule, problem, now)
        return failed


def _new(schedule: Schedule, due: datetime | None, now: datetime) -> Run:
    return Run(
        id=new_id(),
        organization_id=schedule.organization_id,
        schedule_id=schedule.id,
        revision=schedule.revision,
        due_time=due,
        export_id="",
        removals_id="",
        since=None,
        until=None,
        status=Status.EXPORTING,
        attempts=0,
        next_time=now,
        records=None,
        removals=None,
        place="",
        error="",
        created_time=now,
        completed_time=None,
    )
