"""Hands over the files of runs: at least once and whole, and tried again by growing waits."""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.clock import Clock
from transload.db.engine import Database, is_outage
from transload.db.now import shared_now
from transload.dispatch.dispatcher import Dispatcher
from transload.documents import removals
from transload.errors import ForbiddenError, NotFoundError, TransloadError, UnavailableError
from transload.exports import store as exports
from transload.exports.log import ExportLog
from transload.exports.model import Export
from transload.files.fetching import local_file
from transload.mail.outbox import Outbox
from transload.schedules import store
from transload.schedules.destinations.model import (
    AnyDestination,
    Parcel,
    Shipment,
    UndeliveredError,
    joined,
)
from transload.schedules.destinations.sending import Sender
from transload.schedules.failing import THING, note_failure
from transload.schedules.model import (
    KEPT,
    LEASE,
    Run,
    Schedule,
    Status,
    next_attempt,
    problem_of,
)
from transload.schedules.timekeeper import MAKER_GONE
from transload.sealing import Sealer
from transload.shutdown import Shutdown

DELIVERIES = "schedule-deliveries"
_AT_ONCE = 8
_RENEWED_SECONDS = 30
_NO_RIGHT = "Whoever made the schedule may not have all that the file holds any more."
_log = logging.getLogger(__name__)


class _AbandonedError(Exception):
    """The process stops, or another one has taken the attempt over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """What one process hands over."""

    database: Database
    log: ExportLog
    sender: Sender
    sealer: Sealer
    clock: Clock
    shutdown: Shutdown
    mail: Outbox = field(default_factory=Outbox)

    def dispatcher(self) -> Dispatcher[Run]:
        """Give what hands files over, one run at a time of an organization."""
        return Dispatcher(
            name=DELIVERIES,
            at_once=_AT_ONCE,
            find_due=self._find_due,
            receiver=lambda run: run.organization_id,
            send=self.go_on,
        )

    def forget(self) -> None:
        """Delete runs past 30 days, and what was removed as long ago."""
        with self.database.write() as connection:
            before = self.clock.now() - KEPT
            store.forget_before(connection, before)
            removals.forget_before(connection, before)

    def go_on(self, run: Run) -> None:
        """Do what comes next for a run: look at its files, or make an attempt to hand them over."""
        with self.shutdown.awaits():
            if run.status is Status.EXPORTING:
                self._take_up(run)
            else:
                self._attempt(run)

    def _find_due(self, busy: AbstractSet[str], room: int) -> list[Run]:
        with self.database.read() as connection:
            now = shared_now(connection, self.clock)
            return [
                *store.find_exported(connection, busy, room),
                *store.find_to_deliver(connection, now, busy, room),
            ]

    def _take_up(self, run: Run) -> None:
        """Go on with a run whose exports are over."""
        with self.database.write() as connection:
            schedule = store.lock(connection, run.organization_id, run.schedule_id)
            if schedule is None:
                return
            now = shared_now(connection, self.clock)
            found = _exports_of(connection, run)
            problem = problem_of(found, may_be_cut="limit" in schedule.parameters)
            if problem:
                failed = replace(run, status=Status.FAILED, error=problem, completed_time=now)
                if store.take_up(connection, failed):
                    note_failure(connection, self.mail, schedule, problem, now)
                return
            written = [one for one in found if one is not None]
            begun = [one.started_time for one in written if one.started_time is not None]
            taken = replace(
                run,
                status=Status.WAITING,
                next_time=now,
                until=min(begun, default=run.created_time),
                records=written[-1].total_records,
                removals=written[0].total_records if run.removals_id else 0,
            )
            store.take_up(connection, taken)

    def _attempt(self, run: Run) -> None:
        with self.database.write() as connection:
            now = shared_now(connection, self.clock)
            if not store.claim(connection, run, now + LEASE):
                return
            schedule = store.find(connection, run.organization_id, run.schedule_id)
            found = [one for one in _exports_of(connection, run) if one is not None]
        run = replace(run, attempts=run.attempts + 1)
        if schedule is None:
            return
        try:
            self._send(schedule, run, found)
        except _AbandonedError:
            self._leave(run)
        except UndeliveredError as error:
            self._put_off(run, error.message, is_final=error.is_final)
        except UnavailableError as error:
            self._put_off(run, error.message)
        except TransloadError as error:
            self._put_off(run, error.message, is_final=True)
        except Exception as error:
            if is_outage(error):
                raise
            _log.exception("the run %s could not be handed over", run.id)
            self._put_off(run, f"The delivery failed; the log has more under {run.id}.")
        else:
            self._note_delivered(schedule, run, found)

    def _send(self, schedule: Schedule, run: Run, found: Sequence[Export]) -> None:
        destination = self._destination(schedule)
        with self.database.read() as connection:
            maker = accounts.find_user(connection, schedule.organization_id, schedule.user_id)
        if maker is None:
            raise ForbiddenError(MAKER_GONE)
        with ExitStack() as stack:
            parcels = []
            for export in found:
                link = self.log.link(maker, export, schedule.base_url)
                if link is None:
                    raise ForbiddenError(_NO_RIGHT)
                try:
                    path = stack.enter_context(local_file(self.log.files, export.file_key))
                except NotFoundError:
                    raise ForbiddenError("The file is not there any more.") from None
                parcels.append(
                    Parcel(
                        name=_name(export),
                        path=path,
                        media_type=export.format.media_type,
                        size=path.stat().st_size,
                        link=link,
                    )
                )
            shipment = _shipment(schedule, run, found, parcels)
            self.sender.send(destination, shipment, self._look(run))

    def _destination(self, schedule: Schedule) -> AnyDestination:
        opened = self.sealer.open(schedule.secrets, schedule.owner)
        return joined(schedule.destination, orjson.loads(opened))

    def _look(self, run: Run) -> Callable[[], None]:
        """Give what is called while files are sent: it keeps the attempt, and ends it in time."""
        renewed = monotonic()

        def look() -> None:
            nonlocal renewed
            if self.shutdown.has_begun:
                raise _AbandonedError
            if monotonic() - renewed < _RENEWED_SECONDS:
                return
            renewed = monotonic()
            with self.database.write() as connection:
                lease_end = shared_now(connection, self.clock) + LEASE
                if not store.renew(connection, run, lease_end):
                    raise _AbandonedError

        return look

    def _leave(self, run: Run) -> None:
        """Have another process begin at once."""
        with self.database.write() as connection:
            store.renew(connection, run, shared_now(connection, self.clock))

    def _put_off(self, run: Run, problem: str, *, is_final: bool = False) -> None:
        with self.database.write() as connection:
            schedule = store.lock(connection, run.organization_id, run.schedule_id)
            if schedule is None:
                return
            now = shared_now(connection, self.clock)
            again = None if is_final else next_attempt(run, schedule, now)
            if again is not None:
                store.finish(connection, replace(run, next_time=again, error=problem))
                return
            failed = replace(run, status=Status.FAILED, error=problem, completed_time=now)
            if store.finish(connection, failed):
                note_failure(connection, self.mail, schedule, problem, now)

    def _note_delivered(self, schedule: Schedule, run: Run, found: Sequence[Export]) -> None:
        place = self._destination(schedule).place
        with self.database.write() as connection:
            current = store.lock(connection, run.organization_id, run.schedule_id)
            now = shared_now(connection, self.clock)
            done = replace(run, status=Status.DELIVERED, place=place, error="", completed_time=now)
            if current is None or not store.finish(connection, done):
                return
            well = replace(current, failures=0, problem="")
            if current.revision == run.revision:
                well = replace(well, delivered_until=run.until)
            store.replace(connection, well)
            for export in found:
                exports.note_delivery(connection, export, _delivery(schedule, place, now))
            audit.record(
                connection,
                schedule,
                audit.Action.DELIVER,
                thing=THING,
                thing_id=schedule.id,
                now=now,
                detail=place,
            )


def _exports_of(connection: Connection, run: Run) -> list[Export | None]:
    """Give the entries of a run's exports: first what was removed, if there is such a file."""
    return [
        exports.find(connection, run.organization_id, one)
        for one in (run.removals_id, run.export_id)
        if one
    ]


def _name(export: Export) -> str:
    return export.file_name.rpartition("/")[2]


def _delivery(schedule: Schedule, place: str, now: datetime) -> dict[str, str]:
    return {
        "scheduleId": schedule.id,
        "scheduleName": schedule.name,
        "to": place,
        "time": now.replace(microsecond=0).isoformat(),
    }


def _shipment(
    schedule: Schedule, run: Run, found: Sequence[Export], parcels: Sequence[Parcel]
) -> Shipment:
    export = found[-1]
    facts = {
        "scheduleId": schedule.id,
        "scheduleName": schedule.name,
        "runId": run.id,
        "exportId": f"exp_{run.export_id}",
        "removalsId": f"exp_{run.removals_id}" if run.removals_id else None,
        "reportType": schedule.report,
        "dataName": export.data_name,
        "since": None if run.since is None else run.since.isoformat(),
        "records": run.records,
        "removals": run.removals,
    }
    rows = f"Rows: {run.records:,}."
    sentences = [
        rows if run.since is None else f"{rows} Removed since the last one: {run.removals:,}."
    ]
    return Shipment(
        run_id=run.id, name=schedule.name, parcels=parcels, facts=facts, sentences=sentences
    )
