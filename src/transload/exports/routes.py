"""The wire of exports: the export itself, its log, and the download."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from transload.accounts.caller import Caller
from transload.errors import InvalidError
from transload.exports.model import (
    DEFAULT_DIRECT_LIMIT,
    MAX_RECORDS,
    Export,
    ExportRequest,
    Format,
    Outcome,
)
from transload.exports.run import Exports
from transload.jobs import Jobs
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.parameters import (
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
downloads = APIRouter(tags=["Export"], route_class=error_route(explains=False))
ExportsPart = Annotated[Exports, Depends(part(Exports))]
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
_QUEUED = "Export queued for background processing. Check status at GET /tasks/export-log"
_MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}
_MAX_PAGE = 1_000_000_000


class ExportParameters(Parameters):
    """The parameters of an export of records."""

    download: Format
    background: Flag = False
    fields: Names = ()
    hub_id: Id | None = Field(None, alias="hubId")
    data_type_id: Id | None = Field(None, alias="dataTypeId")
    page: Whole = Field(1, ge=1, le=_MAX_PAGE)
    limit: Whole | None = Field(None, ge=1, le=MAX_RECORDS)
    sort_by: str = Field("createdTime", alias="sortBy")
    sort_order: Literal["asc", "desc"] = Field("desc", alias="sortOrder")

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


Values = Annotated[dict[str, object], Depends(query_or_body_values)]


@router.post("/data/export")
def export_data(
    request: Request, actor: Caller, exports: ExportsPart, jobs: JobsPart, values: Values
) -> Response:
    """Export records to a file, at once or in the background."""
    if "download" not in values:
        raise InvalidError("The download parameter is required.", is_whole=True)
    wanted = validated(ExportParameters, values).to_request()
    if wanted.is_background:
        return _queued(exports.start(jobs, actor, wanted))
    export, outcome = exports.perform_directly(actor, wanted)
    return _done(export, outcome, exports.link(export, base_url(request)))


@downloads.api_route("/files/{day}/{name}", methods=["GET", "HEAD"])
def download(
    exports: ExportsPart, day: str, name: str, expires: str = "", signature: str = ""
) -> Response:
    """Give a file to whoever holds a link to it."""
    export, path = exports.fetch(f"{day}/{name}", expires, signature)
    return FileResponse(
        path,
        media_type=_MEDIA_TYPES[export.request.format],
        filename=name,
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )


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
        "exportId": f"exp_{export.id}",
    }


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())
