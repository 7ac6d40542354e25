"""What the routes of exports share: their parts, and the answers to whoever asks for an export."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NotRequired

from fastapi import Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts.model import Actor
from transload.exports.log import ExportLog
from transload.exports.model import Export, ExportRequest, Outcome, Status
from transload.exports.run import Exports
from transload.exports.wire import EXAMPLE_EXPORT_ID, EXAMPLE_LINK, public_id
from transload.jobs.pool import Jobs
from transload.web.envelope import json_response
from transload.web.links import base_url
from transload.web.parameters import EXAMPLE_ID
from transload.web.parts import part

ExportsPart = Annotated[Exports, Depends(part(Exports))]
LogPart = Annotated[ExportLog, Depends(part(ExportLog))]
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
LEADS_TO = {
    name: {"export_id": "data/exportId"} for name in ("get_export", "watch_export", "delete_export")
}
"""The operations that take the id of the export in an answer."""
_QUEUED = "Export queued for background processing. Check status at GET /tasks/export-log"


class ExportObject(TypedDict):
    """An export as its own answer shows it; `link` and what follows it come with a direct one."""

    time: int
    organizationId: str
    reportType: str
    exportId: str
    status: Status
    link: NotRequired[str | None]
    totalMatched: NotRequired[int]
    truncated: NotRequired[bool]


class ExportAnswer(TypedDict):
    """`last_id` and `last_field` come with a direct export."""

    status: Literal[True]
    message: str
    total_data_be: int
    last_id: NotRequired[str | None]
    last_field: NotRequired[str]
    data: ExportObject


def answer_example(report: str) -> dict[str, object]:
    """Give the answer to a direct export."""
    return {
        "status": True,
        "message": "Success",
        "total_data_be": 30,
        "last_id": EXAMPLE_ID,
        "last_field": "name",
        "data": {
            "time": 1_738_318_830,
            "organizationId": EXAMPLE_ID,
            "reportType": report,
            "exportId": EXAMPLE_EXPORT_ID,
            "link": EXAMPLE_LINK,
            "status": "Done",
            "totalMatched": 31,
            "truncated": True,
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers a request for an export, whatever its subject; `base` is the service's address."""

    base: str
    exports: Exports
    log: ExportLog
    jobs: Jobs

    def exported(self, actor: Actor, wanted: ExportRequest, report: str) -> Response:
        """Make the file and give its link; queue the export where it is a background one."""
        if wanted.is_background:
            return _queued(self.exports.start(self.jobs, actor, wanted, report))
        export, outcome = self.exports.perform_directly(actor, wanted, report)
        return _done(export, outcome, self.log.link(actor, export, self.base))


async def _answers(request: Request, exports: ExportsPart, log: LogPart, jobs: JobsPart) -> Answers:
    return Answers(base=base_url(request), exports=exports, log=log, jobs=jobs)


AnswersPart = Annotated[Answers, Depends(_answers)]


def _queued(export: Export) -> Response:
    """Answer that the export is on its way."""
    data = {**_heading(export), "status": export.status.value}
    return json_response({"status": True, "message": _QUEUED, "total_data_be": 0, "data": data})


def _done(export: Export, outcome: Outcome, link: str | None) -> Response:
    """Answer that the file is there."""
    return json_response(
        {
            "status": True,
            "message": "Success",
            "total_data_be": outcome.records,
            "last_id": outcome.last_id,
            "last_field": outcome.last_field,
            "data": {
                **_heading(export),
                "link": link,
                "status": export.status.value,
                "totalMatched": outcome.matched,
                "truncated": outcome.is_truncated,
            },
        }
    )


def _heading(export: Export) -> dict[str, object]:
    return {
        "time": _unix(export.requested_time),
        "organizationId": export.organization_id,
        "reportType": export.report,
        "exportId": public_id(export),
    }


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())
