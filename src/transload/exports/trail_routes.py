"""The HTTP routes of exports of the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse
from pydantic import Field

from transload.accounts.audit_routes import EVENT_EXAMPLE, EventObject, Narrowing
from transload.accounts.caller import Admin
from transload.errors import NotFoundError
from transload.exports.answers import (
    LEADS_TO,
    AnswersPart,
    ExportAnswer,
    ExportsPart,
    answer_example,
)
from transload.exports.trail import TRAIL, TrailRequest, request_of
from transload.exports.wire import Download
from transload.formats.registry import Format
from transload.web.downloads import DownloadResponse
from transload.web.errors import error_route
from transload.web.idempotency import OncePart
from transload.web.openapi import described, example_text
from transload.web.parameters import Flag, QueryOrBody, query, validated

router = APIRouter(tags=["Audit"], route_class=error_route(explains=False))


class TrailFileParameters(Narrowing):
    """Which events are asked for as a file, and in which format."""

    download: Download = Field(description="The format of the file.", examples=["xlsx"])

    def to_request(self, *, is_background: bool = False) -> TrailRequest:
        """Give the request for all that these find."""
        return request_of(self.to_query(), self.download, is_background=is_background)


class TrailExportParameters(TrailFileParameters):
    """The parameters of an export of the audit trail."""

    background: Flag = Field(
        default=False, description="Queue the export; its end shows in GET /tasks/export-log."
    )


TrailFileQuery = Annotated[TrailFileParameters, Depends(query(TrailFileParameters))]
_DESCRIBED = described(
    EventObject, example=EVENT_EXAMPLE, query=TrailFileParameters, errors=(400, 403)
)
_FILE = {
    "schema": {"type": "string", "format": "binary"},
    "example": example_text("The bytes of the file."),
}
_DESCRIBED["responses"][200] = {
    "description": "The file.",
    "content": {
        "application/octet-stream": _FILE,
        **{kind.media_type.partition(";")[0]: dict(_FILE) for kind in Format},
        Format.JSON.media_type: {
            "schema": {"type": "array", "items": {"type": "object"}},
            "example": example_text([EVENT_EXAMPLE]),
        },
    },
}


@router.get("/audit/export", response_class=FileResponse, **_DESCRIBED)
def fetch_events(actor: Admin, exports: ExportsPart, asked: TrailFileQuery) -> Response:
    """Give who did what as a file, the newest first; for owners and admins.

    The export stands in the log as every other one. A file has at most a million events; more than
    that are refused, so that none is missing.
    """
    export, _ = exports.perform_directly(actor, asked.to_request(), TRAIL)
    found = exports.files.find(export.file_key)
    if found is None:
        raise NotFoundError
    return DownloadResponse(
        found,
        media_type=export.format.media_type,
        filename=export.file_name.rpartition("/")[2],
    )


@router.post(
    "/audit/export",
    **described(
        ExportAnswer,
        example=answer_example(TRAIL),
        query=TrailExportParameters,
        body_example={},
        is_query_in_body=True,
        errors=(400, 403, 409, 422),
        leads_to=LEADS_TO,
    ),
)
def export_events(
    actor: Admin,
    answers: AnswersPart,
    values: QueryOrBody,
    once: OncePart,
) -> Response:
    """Export who did what, at once or in the background; for owners and admins."""
    asked = validated(TrailExportParameters, values)
    wanted = asked.to_request(is_background=asked.background)
    return once(lambda: answers.exported(actor, wanted, TRAIL))
