"""A schedule, its runs, and what becomes of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from transload.dispatch.attempts import wait_after
from transload.documents.filters import Condition, Operator
from transload.errors import InvalidError
from transload.exports.model import Export, ExportRequest
from transload.exports.model import Status as ExportStatus
from transload.exports.records import RecordsRequest
from transload.exports.tasks import TasksRequest

MOST = 50
KEPT = timedelta(days=30)
LEASE = timedelta(minutes=5)
"""For how long an attempt may say nothing before another one is made."""
TELLS_AT = 3
"""After so many failures in a row others are told."""
OVERLAP = timedelta(minutes=5)
"""As long as a change may take to be seen after the time that it is given, over all machines."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 180))
"""How long after each attempt at a delivery that failed the next one is made: six hours in all."""
_CHANGED = "updatedTime"
_STORED = "%Y-%m-%d %H:%M:%S"


class Status(StrEnum):
    """Where a run stands: its files are written, handed over (`waiting`), or it is over."""

    EXPORTING = "exporting"
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is exported when, for whom, and where the files go.

    `parameters` are those of the export as its maker sent them, `request` what they mean.
    `destination` holds no secret: those are in `secrets`, sealed. `next_time` None: it is paused.
    `delivered_until` is the moment up to which all changes have been handed over; None: none yet.
    `revision` rises with every change that a user makes. `failures` are those in a row, `problem`
    what the last one was. `base_url` is where links begin.
    """

    id: str
    organization_id: str
    user_id: str
    email: str
    name: str
    cron: str
    time_zone: str
    report: str
    parameters: Mapping[str, Any]
    request: Mapping[str, Any]
    is_since_last: bool
    destination: Mapping[str, Any]
    secrets: str
    base_url: str
    next_time: datetime | None
    delivered_until: datetime | None
    revision: int
    failures: int
    problem: str
    created_time: datetime
    updated_time: datetime

    @property
    def owner(self) -> str:
        """The name under which its secrets are sealed."""
        return f"{self.organization_id}.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a schedule. `due_time` None: somebody asked for it.

    `export_id` and `removals_id` are its entries in the log of exports; empty: there is none.
    `since` is the moment whose later changes it holds, None: everything; `until` that of its files.
    `attempts` are those at handing them over; `next_time` is when the next one is due. `place` says
    where the files went.
    """

    id: str
    organization_id: str
    schedule_id: str
    revision: int
    due_time: datetime | None
    export_id: str
    removals_id: str
    since: datetime | None
    until: datetime | None
    status: Status
    attempts: int
    next_time: datetime
    records: int | None
    removals: int | None
    place: str
    error: str
    created_time: datetime
    completed_time: datetime | None


def begins(schedule: Schedule, now: datetime) -> datetime | None:
    """Give the moment whose later changes a run that begins now holds; None: everything.

    Removals are kept for so long: after a longer silence everything is exported once.
    """
    until = schedule.delivered_until
    if not schedule.is_since_last or until is None or until - OVERLAP < now - KEPT:
        return None
    return until - OVERLAP


def changed_since(request: ExportRequest, since: datetime) -> ExportRequest:
    """Give the request for those of its documents that have changed since a moment."""
    condition = Condition(field=_CHANGED, operator=Operator.GE, value=stored(since))
    match request:
        case RecordsRequest():
            wanted = request.narrowing.filter
            narrowed = replace(wanted, conditions=(*wanted.conditions, condition))
            return replace(request, narrowing=replace(request.narrowing, filter=narrowed))
        case TasksRequest():
            conditions = (*request.filter.conditions, condition)
            return replace(request, filter=replace(request.filter, conditions=conditions))
        case _:
            raise TypeError(type(request).__name__)


def stored(moment: datetime) -> str:
    """Give a moment as records and removals have it."""
    return moment.strftime(_STORED)


def problem_of(exports: list[Export | None], *, may_be_cut: bool) -> str:
    """Say why files that were written are not handed over; empty: nothing is wrong with them."""
    for one in exports:
        if one is None or (one.status is ExportStatus.FAILED and not one.error_message):
            return "The export is not there any more."
        if one.status is ExportStatus.FAILED:
            return str(one.error_message)
        if one.is_truncated and not may_be_cut:
            return (
                f"{one.total_matched:,} match and a file holds {one.total_records:,} at most: "
                "narrow what is exported, or name a limit."
            )
    return ""


def next_attempt(run: Run, schedule: Schedule, now: datetime) -> datetime | None:
    """Give when a delivery that failed is tried again; None: it is given up.

    It is, too, where the schedule comes due before that: the next run has all that this one has.
    """
    wait = wait_after(run.attempts, WAITS)
    if wait is None or (schedule.next_time is not None and schedule.next_time <= now + wait):
        return None
    return now + wait


def require_whole(request: ExportRequest, parameters: Mapping[str, Any]) -> None:
    """Raise InvalidError where a part of the changes would be left out for ever."""
    if "limit" in parameters or request.page != 1:
        raise InvalidError(
            "The sinceLast field goes with no limit and no page: what is left out would never come."
        )
