"""Schedules and runs as clients send and see them."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from transload.errors import InvalidError
from transload.exports.record_routes import ExportParameters
from transload.exports.records import DATA
from transload.exports.task_routes import TaskExportParameters
from transload.schedules.destinations.model import Destination
from transload.schedules.model import Run, Schedule
from transload.schedules.run import Asked, Shown
from transload.schedules.times import MAX_LENGTH
from transload.web.parameters import EXAMPLE_ID, Flag, Parameters, validated
from transload.web.times import zulu

_EXPORT = {"download": "csv", "dataTypeId": EXAMPLE_ID}
_BACKGROUND = "background"


class ScheduleBody(Parameters):
    """All that is said of a schedule."""

    name: str = Field(min_length=1, max_length=255, examples=["Outlets, nightly"])
    cron: str = Field(
        min_length=1,
        max_length=MAX_LENGTH,
        description="Minute, hour, day of the month, month, day of the week.",
        examples=["0 3 * * *"],
    )
    time_zone: str = Field(
        "UTC",
        alias="timeZone",
        max_length=64,
        description="By which clocks, as the tz database names them.",
        examples=["Asia/Jakarta"],
    )
    report_type: Literal["data", "task"] = Field(
        alias="reportType", description="Whether records are exported or tasks."
    )
    export: dict[str, Any] = Field(
        description="The parameters of `POST /data/export`, or of `POST /tasks/export`.",
        examples=[_EXPORT],
    )
    since_last: Flag = Field(
        default=False,
        alias="sinceLast",
        description="Only what has changed since the last run that was handed over.",
    )
    destination: Annotated[Destination, Field(description="Where the files go.")]
    active: Flag = Field(default=True, description="Off, nothing runs by the clock.")

    def to_asked(self) -> Asked:
        """Give what is meant; raise InvalidError naming what is wrong with the export."""
        parameters = {
            name: value
            for name, value in self.export.items()
            if value not in (None, "") and name != _BACKGROUND
        }
        if "download" not in parameters:
            raise InvalidError("The download field is required.", is_whole=True)
        given = {**parameters, _BACKGROUND: True}
        request = (
            validated(ExportParameters, given, noun="field").to_request()
            if self.report_type == DATA
            else validated(TaskExportParameters, given, noun="field").to_request()
        )
        return Asked(
            name=self.name,
            cron=" ".join(self.cron.split()),
            time_zone=self.time_zone,
            report=self.report_type,
            parameters=parameters,
            request=request,
            is_since_last=self.since_last,
            destination=self.destination,
            is_active=self.active,
        )


class RunObject(TypedDict):
    """A run: `dueTime` is null where somebody asked for it, `since` where it holds everything."""

    _id: str
    status: str
    dueTime: str | None
    exportId: str | None
    removalsId: str | None
    since: str | None
    records: int | None
    removals: int | None
    attempts: int
    nextTime: str | None
    to: str | None
    error: str | None
    createdTime: str
    completedTime: str | None


class ScheduleObject(TypedDict):
    """A schedule, without what its destination keeps secret; `problem` is its last failure."""

    _id: str
    name: str
    cron: str
    timeZone: str
    reportType: str
    export: dict[str, Any]
    sinceLast: bool
    destination: dict[str, Any]
    active: bool
    nextTime: str | None
    failures: int
    problem: str | None
    lastRun: RunObject | None
    email: str
    createdTime: str
    updatedTime: str


class NewScheduleObject(ScheduleObject):
    """A schedule that was made; of a webhook, with the secret that its requests are signed with."""

    secret: str | None


class SchedulesAnswer(TypedDict):
    """The schedules that the user sees."""

    status: bool
    message: str
    data: list[ScheduleObject]


class ScheduleAnswer(TypedDict):
    """One schedule."""

    status: bool
    message: str
    data: ScheduleObject


class NewScheduleAnswer(TypedDict):
    """A schedule that was made or changed."""

    status: bool
    message: str
    data: NewScheduleObject


class RunAnswer(TypedDict):
    """One run."""

    status: bool
    message: str
    data: RunObject


RUN_EXAMPLE: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "status": "delivered",
    "dueTime": "2025-01-31T20:00:00.000000Z",
    "exportId": f"exp_{EXAMPLE_ID}",
    "removalsId": None,
    "since": None,
    "records": 1_200,
    "removals": 0,
    "attempts": 1,
    "nextTime": None,
    "to": "sftp://transload@files.example.com:22/outlets",
    "error": None,
    "createdTime": "2025-01-31T20:00:00.512345Z",
    "completedTime": "2025-01-31T20:00:04.123456Z",
}
BODY_EXAMPLE: dict[str, Any] = {
    "name": "Outlets, nightly",
    "cron": "0 3 * * *",
    "timeZone": "Asia/Jakarta",
    "reportType": "data",
    "export": _EXPORT,
    "sinceLast": True,
    "destination": {"kind": "webhook", "url": "https://hooks.example.com/exports"},
    "active": True,
}
SCHEDULE_EXAMPLE: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    **BODY_EXAMPLE,
    "nextTime": "2025-02-01T20:00:00.000000Z",
    "failures": 0,
    "problem": None,
    "lastRun": RUN_EXAMPLE,
    "email": "planner@example.com",
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}


def schedule_object(shown: Shown) -> ScheduleObject:
    """Give a schedule as its answer shows it."""
    schedule: Schedule = shown.schedule
    return {
        "_id": schedule.id,
        "name": schedule.name,
        "cron": schedule.cron,
        "timeZone": schedule.time_zone,
        "reportType": schedule.report,
        "export": dict(schedule.parameters),
        "sinceLast": schedule.is_since_last,
        "destination": dict(schedule.destination),
        "active": schedule.next_time is not None,
        "nextTime": None if schedule.next_time is None else zulu(schedule.next_time),
        "failures": schedule.failures,
        "problem": schedule.problem or None,
        "lastRun": None if shown.last_run is None else run_object(shown.last_run),
        "email": schedule.email,
        "createdTime": zulu(schedule.created_time),
        "updatedTime": zulu(schedule.updated_time),
    }


def new_schedule_object(shown: Shown) -> NewScheduleObject:
    """Give a schedule as the answer that makes it shows it."""
    return {**schedule_object(shown), "secret": shown.secret or None}


def run_object(run: Run) -> RunObject:
    """Give a run as its answer shows it."""
    is_over = run.completed_time is not None
    return {
        "_id": run.id,
        "status": run.status.value,
        "dueTime": None if run.due_time is None else zulu(run.due_time),
        "exportId": f"exp_{run.export_id}" if run.export_id else None,
        "removalsId": f"exp_{run.removals_id}" if run.removals_id else None,
        "since": None if run.since is None else zulu(run.since),
        "records": run.records,
        "removals": run.removals,
        "attempts": run.attempts,
        "nextTime": None if is_over else zulu(run.next_time),
        "to": run.place or None,
        "error": run.error or None,
        "createdTime": zulu(run.created_time),
        "completedTime": None if run.completed_time is None else zulu(run.completed_time),
    }
