"""The wire of the export log, in the form of a search engine's hits."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from transload.accounts.caller import Caller
from transload.accounts.model import Actor
from transload.errors import InvalidError
from transload.exports.model import Export, Status, notes
from transload.exports.run import Exports
from transload.exports.store import LogFilter
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.parameters import Parameters, Whole, query_values, validated
from transload.web.parts import part
from transload.web.times import offset

router = APIRouter(tags=["Export"], route_class=error_route(explains=True, extra={"data": []}))
ExportsPart = Annotated[Exports, Depends(part(Exports))]
_MAX_LIMIT = 100
_MAX_PAGE = 1_000_000_000
_BAD_LIMIT = f"Invalid limit parameter. Must be between 1 and {_MAX_LIMIT}."


class LogParameters(Parameters):
    """The parameters of the export log."""

    sort_by: Literal["requestAt", "status", "dataType", "dataName", "completedAt"] = Field(
        "requestAt", alias="sortBy"
    )
    sort_order: Literal["asc", "desc"] = Field("desc", alias="sortOrder")
    limit: str = "10"
    page: Whole = Field(1, ge=1, le=_MAX_PAGE)
    data_name: str | None = Field(None, alias="dataName")
    data_type: Literal["task", "data", "vehicle", "driver", "route"] | None = Field(
        None, alias="dataType"
    )
    status: Status | None = None
    email: str | None = None

    @property
    def size(self) -> int:
        """The limit as a number; raises InvalidError if it is not one from 1 to 100."""
        if not (self.limit.isascii() and self.limit.isdigit() and len(self.limit) <= len("100")):
            raise InvalidError(_BAD_LIMIT, is_whole=True)
        if not 1 <= int(self.limit) <= _MAX_LIMIT:
            raise InvalidError(_BAD_LIMIT, is_whole=True)
        return int(self.limit)


@router.get("/tasks/export-log")
def export_log(request: Request, actor: Caller, exports: ExportsPart) -> Response:
    """Give the exports of the last 30 days."""
    asked = validated(LogParameters, query_values(request))
    size, start = asked.size, (asked.page - 1) * asked.size
    total, page, conditions = exports.find_log(
        actor,
        lambda since: _filter(actor, asked, since),
        sort_by=asked.sort_by,
        is_descending=asked.sort_order == "desc",
        offset=start,
        limit=size,
    )
    base = base_url(request)
    return success(
        total=total,
        data=[_hit(export, exports.link(export, base)) for export in page],
        params={
            "from": start,
            "size": size,
            "query": {"bool": {"must": _must(conditions)}},
            "sort": [{asked.sort_by: {"order": asked.sort_order}}],
        },
    )


def _filter(actor: Actor, asked: LogParameters, since: datetime) -> LogFilter:
    return LogFilter(
        organization_id=actor.organization_id,
        email=(asked.email or actor.email).strip().lower(),
        since=since,
        report=asked.data_type,
        data_name=asked.data_name,
        status=asked.status,
    )


def _must(conditions: LogFilter) -> list[dict[str, object]]:
    terms = {
        "organizationId": conditions.organization_id,
        "email": conditions.email,
        "dataType": conditions.report,
        "dataName": conditions.data_name,
        "status": conditions.status,
    }
    must: list[dict[str, object]] = [
        {"term": {name: value}} for name, value in terms.items() if value is not None
    ]
    return [*must, {"range": {"requestAt": {"gte": offset(conditions.since)}}}]


def _hit(export: Export, link: str | None) -> dict[str, object]:
    return {
        "_index": "export",
        "_type": "_doc",
        "_id": f"exp_{export.id}",
        "_score": 1,
        "_source": {
            "organizationId": export.organization_id,
            "dataType": export.report,
            "dataName": export.data_name,
            "status": export.status.value,
            "requestAt": offset(export.requested_time),
            "completedAt": offset(export.completed_time),
            "email": export.email,
            "fileUrl": link,
            "fileType": export.request.format.value,
            "totalRecords": export.total_records,
            "errorMessage": export.error_message,
            "progress": export.progress,
            "totalMatched": export.total_matched,
            "truncated": export.is_truncated,
            "fileName": export.file_name,
            "fileSize": export.file_size,
            "startedAt": offset(export.started_time),
            "expiresAt": offset(export.expires_time),
            "notes": [] if export.losses is None else notes(export.losses),
        },
    }
