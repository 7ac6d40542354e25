"""Use cases of schedules of exports."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts import store as accounts
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.db.now import shared_now
from transload.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from transload.exports.model import ExportRequest
from transload.exports.subjects import SUBJECTS, may_export
from transload.schedules import store, times
from transload.schedules.destinations.model import AnyDestination, Hook, joined, parted
from transload.schedules.destinations.sending import Sender
from transload.schedules.failing import THING
from transload.schedules.model import MOST, Run, Schedule, require_whole
from transload.schedules.timekeeper import Timekeeper
from transload.sealing import Sealer
from transload.webhooks.model import new_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that a user says of a schedule."""

    name: str
    cron: str
    time_zone: str
    report: str
    parameters: Mapping[str, Any]
    request: ExportRequest
    is_since_last: bool
    destination: AnyDestination
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A schedule with its newest run; `secret` is there in the one answer that shows it."""

    schedule: Schedule
    last_run: Run | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """The schedules of all organizations, for their users.

    A user sees their own with any permission to export, others' with `view/log`, and changes their
    own; owners and admins change all. Whoever changes it, a schedule runs as its maker.
    """

    database: Database
    timekeeper: Timekeeper
    sender: Sender
    sealer: Sealer
    clock: Clock
    shortest: timedelta

    def find_all(self, actor: Actor) -> list[Shown]:
        """Give the schedules that the user sees, oldest first."""
        sees_all = actor.may(Permission.VIEW_LOG)
        if not (sees_all or may_export(actor)):
            raise ForbiddenError
        with self.database.snapshot() as connection:
            user_id = None if sees_all else actor.user_id
            found = store.find_all(connection, actor.organization_id, user_id)
            last = store.find_last_runs(connection, found)
        return [Shown(schedule=one, last_run=last.get(one.id)) for one in found]

    def get(self, actor: Actor, schedule_id: str) -> Shown:
        """Give a schedule; raise NotFoundError, or ForbiddenError for one not theirs to see."""
        with self.database.snapshot() as connection:
            found = store.find(connection, actor.organization_id, schedule_id)
            schedule = _seen(actor, found)
            return _shown(connection, schedule)

    def create(self, actor: Actor, asked: Asked, base_url: str) -> Shown:
        """Make a schedule, whose webhook's secret is shown this once.

        Raises InvalidError for what is no schedule or no place to send to, ForbiddenError for what
        the user may not export, ConflictError for a 51st.
        """
        now = self.clock.now()
        schedule_id = new_id()
        destination = asked.destination
        if isinstance(destination, Hook):
            destination = destination.model_copy(update={"secret": new_secret()})
        self._check_time(asked, now)
        self.sender.check(destination)
        seen, secrets = parted(destination)
        schedule = Schedule(
            id=schedule_id,
            organization_id=actor.organization_id,
            user_id=actor.user_id,
            email=actor.email,
            name=asked.name,
            cron=asked.cron,
            time_zone=asked.time_zone,
            report=asked.report,
            parameters=asked.parameters,
            request=_stored(asked.request),
            is_since_last=asked.is_since_last,
            destination=seen,
            secrets="",
            base_url=base_url,
            next_time=self._next(asked, now),
            delivered_until=None,
            revision=1,
            failures=0,
            problem="",
            created_time=now,
            updated_time=now,
        )
        schedule = replace(schedule, secrets=self._sealed(schedule, secrets))
        with self.database.write() as connection:
            _check_export(connection, actor, asked)
            if store.count(connection, actor.organization_id) >= MOST:
                raise ConflictError(f"An organization has at most {MOST} schedules of exports.")
            store.add(connection, schedule)
            _record(connection, actor, audit.Action.CREATE, schedule, now)
        return Shown(schedule=schedule, secret=secrets.get("secret", ""))

    def change(self, actor: Actor, schedule_id: str, asked: Asked, base_url: str) -> Shown:
        """Say anew all of a schedule; secrets that are left out stay while their receiver does.

        What is exported and where it goes begins with everything anew where it is changed. Raises
        what `create` raises, and NotFoundError.
        """
        now = self.clock.now()
        with self.database.write() as connection:
            old = _owned(actor, store.lock(connection, actor.organization_id, schedule_id))
            destination = self._kept(old, asked.destination)
            seen, secrets = parted(destination)
            is_other_place = seen != old.destination or destination is asked.destination
            request = _stored(asked.request)
            is_other_export = (asked.report, request) != (old.report, old.request)
            is_other_time = (asked.cron, asked.time_zone) != (old.cron, old.time_zone)
            if is_other_time:
                self._check_time(asked, now)
            if is_other_place:
                self.sender.check(destination)
            if is_other_export or asked.is_since_last:
                maker = accounts.find_user(connection, old.organization_id, old.user_id)
                _check_export(connection, maker or actor, asked)
            stays = asked.is_active and old.next_time is not None and not is_other_time
            begins_anew = is_other_export or seen != old.destination or not old.is_since_last
            changed = replace(
                old,
                name=asked.name,
                cron=asked.cron,
                time_zone=asked.time_zone,
                report=asked.report,
                parameters=asked.parameters,
                request=request,
                is_since_last=asked.is_since_last,
                destination=seen,
                secrets=self._sealed(old, secrets) if is_other_place else old.secrets,
                base_url=base_url,
                next_time=old.next_time if stays else self._next(asked, now),
                delivered_until=None if begins_anew else old.delivered_until,
                revision=old.revision + 1,
                failures=0,
                problem="",
                updated_time=now,
            )
            store.replace(connection, changed)
            _record(connection, actor, audit.Action.UPDATE, changed, now)
            made = isinstance(destination, Hook) and old.destination["kind"] != "webhook"
            shown = _shown(connection, changed)
        return replace(shown, secret=secrets["secret"] if made else "")

    def remove(self, actor: Actor, schedule_id: str) -> Shown:
        """Remove a schedule with its runs; the exports stay in the log."""
        with self.database.write() as connection:
            found = store.lock(connection, actor.organization_id, schedule_id)
            schedule = _owned(actor, found)
            shown = _shown(connection, schedule)
            store.remove(connection, schedule)
            _record(connection, actor, audit.Action.DELETE, schedule, self.clock.now())
        return shown

    def run_now(self, actor: Actor, schedule_id: str) -> Run:
        """Begin a run that nobody waited for; raise ConflictError while another is not over."""
        with self.database.write() as connection:
            found = store.lock(connection, actor.organization_id, schedule_id)
            schedule = _owned(actor, found)
            if store.has_unfinished(connection, schedule):
                raise ConflictError("A run of the schedule is not over yet.")
            now = shared_now(connection, self.clock)
            _record(connection, actor, audit.Action.EXPORT, schedule, now)
            return self.timekeeper.begin(connection, schedule, None, now)

    def find_runs(
        self, actor: Actor, schedule_id: str, *, offset: int, limit: int
    ) -> tuple[list[Run], int]:
        """Give a page of a schedule's runs of 30 days, the newest first, and how many there are."""
        with self.database.snapshot() as connection:
            found = store.find(connection, actor.organization_id, schedule_id)
            schedule = _seen(actor, found)
            return store.find_runs(
                connection, schedule.organization_id, schedule.id, offset=offset, limit=limit
            )

    def _check_time(self, asked: Asked, now: datetime) -> None:
        times.check(asked.cron, asked.time_zone, self.shortest, now)

    def _next(self, asked: Asked, now: datetime) -> datetime | None:
        return times.next_time(asked.cron, asked.time_zone, now) if asked.is_active else None

    def _sealed(self, schedule: Schedule, secrets: Mapping[str, str]) -> str:
        return self.sealer.seal(orjson.dumps(secrets).decode(), schedule.owner)

    def _kept(self, old: Schedule, asked: AnyDestination) -> AnyDestination:
        """Give a destination with the secrets that were kept of it, where none are given.

        Never to another receiver: whoever changes a schedule is not shown what it keeps.
        """
        _, given = parted(asked)
        if any(given.values()) or not given:
            return asked
        if old.destination["kind"] != asked.kind:
            if isinstance(asked, Hook):
                return asked.model_copy(update={"secret": new_secret()})
            return asked
        if joined(old.destination, {}).receiver != asked.receiver:
            raise InvalidError(
                "The destination field names another receiver: say its secret again."
            )
        kept = orjson.loads(self.sealer.open(old.secrets, old.owner))
        return asked.model_copy(update=kept)


def _check_export(connection: Connection, maker: Actor, asked: Asked) -> None:
    SUBJECTS[asked.report].plan(connection, maker, asked.request)
    if asked.is_since_last:
        require_whole(asked.request, asked.parameters)


def _stored(request: ExportRequest) -> dict[str, Any]:
    """Give a request in the form in which a row keeps it."""
    stored: dict[str, Any] = orjson.loads(orjson.dumps(asdict(request)))
    return stored


def _shown(connection: Connection, schedule: Schedule) -> Shown:
    last = store.find_last_runs(connection, [schedule])
    return Shown(schedule=schedule, last_run=last.get(schedule.id))


def _seen(actor: Actor, schedule: Schedule | None) -> Schedule:
    if not (may_export(actor) or actor.may(Permission.VIEW_LOG)):
        raise ForbiddenError
    if schedule is None:
        raise NotFoundError
    if schedule.user_id != actor.user_id and not actor.may(Permission.VIEW_LOG):
        raise ForbiddenError
    return schedule


def _owned(actor: Actor, schedule: Schedule | None) -> Schedule:
    found = _seen(actor, schedule)
    is_own = found.user_id == actor.user_id and may_export(actor)
    if not (is_own or actor.is_admin):
        raise ForbiddenError
    return found


def _record(
    connection: Connection, actor: Actor, action: audit.Action, schedule: Schedule, now: datetime
) -> None:
    audit.record(
        connection,
        actor,
        action,
        thing=THING,
        thing_id=schedule.id,
        now=now,
        detail=schedule.name,
    )
