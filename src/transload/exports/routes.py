"""The wire of exports: the export itself, its log, and the download."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.errors import InvalidError
from transload.exports.log import ExportLog
from transload.exports.model import (
    DEFAULT_DIRECT_LIMIT,
    MAX_RECORDS,
    Export,
    ExportRequest,
    Outcome,
    Status,
)
from transload.exports.plan import DENIED
from transload.exports.run import Exports
from transload.exports.wire import EXAMPLE_EXPORT_ID, EXAMPLE_LINK, Download, public_id
from transload.jobs.pool import Jobs
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.parameters import (
    EXAMPLE_ID,
    MAX_PAGE,
    Flag,
    Id,
    Names,
    Parameters,
    Whole,
    query_or_body_values,
    validated,
)
from transload.web.parts import part

router = APIRouter(tags=["Export"], route_class=error_route(explains=True))
ExportsPart = Annotated[Exports, Depends(part(Exports))]
LogPart = Annotated[ExportLog, Depends(part(ExportLog))]
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
_MAX_BODY_BYTES = 256 << 10
_QUEUED = "Export queued for background processing. Check status at GET /tasks/export-log"


class ExportParameters(Parameters):
    """The parameters of an export of records."""

    download: Download = Field(
        description="The file's format; required, in the query or in a body.", examples=["xlsx"]
    )
    background: Flag = Field(
        default=False, description="Queue the export; its end shows in GET /tasks/export-log."
    )
    fields: Names = Field(
        (),
        description="The columns, in order; default: the visible fields.",
        examples=["dataId,name"],
    )
    hub_id: Id | None = Field(None, alias="hubId", description="Records of this hub only.")
    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="Records of this data type only."
    )
    page: Whole = Field(1, ge=1, le=MAX_PAGE, description="Which `limit` records, from 1.")
    limit: Whole | None = Field(
        None,
        ge=1,
        le=MAX_RECORDS,
        description="How many records; default: 30, in the background 1,000,000.",
        examples=[1_000],
    )
    sort_by: str = Field(
        "createdTime", alias="sortBy", description="A field, or a name that every record has."
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="Missing values come last either way."
    )

    def to_request(self) -> ExportRequest:
        """Give the request, its limit the mode's own where none is named."""
        default = MAX_RECORDS if self.background else DEFAULT_DIRECT_LIMIT
        return ExportRequest(
            format=self.download,
            is_background=self.background,
            fields=self.fields or None,
            hub_id=self.hub_id,
            data_type_id=self.data_type_id,
            page=self.page,
            limit=default if self.limit is None else self.limit,
            sort_by=self.sort_by,
            is_descending=self.sort_order == "desc",
        )


class ExportObject(TypedDict):
    """An export as its own answer shows it; `link` and what follows it come with a direct one."""

    time: int
    organizationId: str
    reportType: Literal["data"]
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


_EXAMPLE = {
    "status": True,
    "message": "Success",
    "total_data_be": 30,
    "last_id": EXAMPLE_ID,
    "last_field": "name",
    "data": {
        "time": 1_738_318_830,
        "organizationId": EXAMPLE_ID,
        "reportType": "data",
        "exportId": EXAMPLE_EXPORT_ID,
        "link": EXAMPLE_LINK,
        "status": "Done",
        "totalMatched": 31,
        "truncated": True,
    },
}
Exporter = Annotated[Actor, Depends(caller_who_may(Permission.EXPORT_DATA, denied=DENIED))]
Values = Annotated[dict[str, object], Depends(query_or_body_values)]


@router.post(
    "/data/export",
    **described(
        ExportAnswer,
        example=_EXAMPLE,
        query=ExportParameters,
        body_example={"download": "xlsx", "fields": "dataId,name", "limit": 1_000},
        is_query_in_body=True,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403),
        leads_to={
            name: {"export_id": "data/exportId"}
            for name in ("get_export", "watch_export", "delete_export")
        },
    ),
)
def export_data(
    *,
    request: Request,
    actor: Exporter,
    exports: ExportsPart,
    log: LogPart,
    jobs: JobsPart,
    values: Values,
) -> Response:
    """Export records to a file, at once or in the background."""
    if "download" not in values:
        raise InvalidError("The download parameter is required.", is_whole=True)
    wanted = validated(ExportParameters, values).to_request()
    if wanted.is_background:
        return _queued(exports.start(jobs, actor, wanted))
    export, outcome = exports.perform_directly(actor, wanted)
    return _done(export, outcome, log.link(export, base_url(request)))


def _queued(export: Export) -> Response:
    data = {**_heading(export), "status": export.status.value}
    return json_response({"status": True, "message": _QUEUED, "total_data_be": 0, "data": data})


def _done(export: Export, outcome: Outcome, link: str | None) -> Response:
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
