"""The HTTP routes of the export log, in the form of a search engine's hits."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.accounts.model import Actor
from transload.errors import InvalidError
from transload.exports.answers import LogPart
from transload.exports.model import Export, Status
from transload.exports.store import LogFilter
from transload.exports.wire import (
    EXAMPLE_ENTRY,
    EXAMPLE_EXPORT_ID,
    LogEntry,
    log_entry,
    public_id,
)
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.parameters import (
    EXAMPLE_ID,
    MAX_PAGE,
    Parameters,
    Whole,
    query_values,
    validated,
)
from transload.web.times import offset

router = APIRouter(tags=["Export"], route_class=error_route(explains=True, extra={"data": []}))
_MAX_LIMIT = 100
_BAD_LIMIT = f"Invalid limit parameter. Must be between 1 and {_MAX_LIMIT}."


class LogParameters(Parameters):
    """The parameters of the export log."""

    sort_by: Literal["requestAt", "status", "dataType", "dataName", "completedAt"] = Field(
        "requestAt", alias="sortBy", description="The key to sort by."
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="Missing values come last either way."
    )
    limit: Annotated[
        str, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MAX_LIMIT})
    ] = Field("10", description="Entries a page.")
    page: Whole = Field(1, ge=1, le=MAX_PAGE, description="The page's number, from 1.")
    data_name: str | None = Field(
        None,
        alias="dataName",
        description="The name of what was exported, exactly.",
        examples=["Outlets"],
    )
    data_type: (
        Literal["task", "data", "vehicle", "driver", "route", "data_removed", "task_removed"] | None
    ) = Field(None, alias="dataType", description="What was exported.")
    status: Status | None = Field(None, description="Where the exports stand.")
    email: str | None = Field(
        None,
        description="Whose exports; default: the caller's. Others' are for admins.",
        examples=["planner@example.com"],
    )

    @property
    def size(self) -> int:
        """The limit as a number; raises InvalidError if it is not one from 1 to 100."""
        if not (self.limit.isascii() and self.limit.isdigit() and len(self.limit) <= len("100")):
            raise InvalidError(_BAD_LIMIT, is_whole=True)
        if not 1 <= int(self.limit) <= _MAX_LIMIT:
            raise InvalidError(_BAD_LIMIT, is_whole=True)
        return int(self.limit)


class Hit(TypedDict):
    """A log entry in the form of a search engine's hit."""

    _index: str
    _type: str
    _id: str
    _score: int
    _source: LogEntry


class LogParameterEcho(TypedDict):
    """The filters as a search query."""

    from_: Annotated[int, Field(alias="from")]
    size: int
    query: dict[str, object]
    sort: list[dict[str, object]]


class LogAnswer(TypedDict):
    """A page of the log; `total` counts all matches."""

    status: Literal[True]
    message: str
    total: int
    data: list[Hit]
    params: LogParameterEcho


_EXAMPLE = {
    "status": True,
    "message": "Success",
    "total": 1,
    "data": [
        {
            "_index": "export",
            "_type": "_doc",
            "_id": EXAMPLE_EXPORT_ID,
            "_score": 1,
            "_source": EXAMPLE_ENTRY,
        }
    ],
    "params": {
        "from": 0,
        "size": 10,
        "query": {
            "bool": {
                "must": [
                    {"term": {"organizationId": EXAMPLE_ID}},
                    {"term": {"email": "planner@example.com"}},
                    {"range": {"requestAt": {"gte": "2025-01-01T10:20:30+00:00"}}},
                ]
            }
        },
        "sort": [{"requestAt": {"order": "desc"}}],
    },
}


@router.get(
    "/tasks/export-log",
    **described(LogAnswer, example=_EXAMPLE, query=LogParameters, errors=(400, 403)),
)
def export_log(request: Request, actor: Caller, log: LogPart) -> Response:
    """Give the exports of the last 30 days."""
    asked = validated(LogParameters, query_values(request))
    size, start = asked.size, (asked.page - 1) * asked.size
    total, page, conditions = log.find_page(
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
        data=[_hit(export, log.link(actor, export, base)) for export in page],
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


def _hit(export: Export, link: str | None) -> Hit:
    return {
        "_index": "export",
        "_type": "_doc",
        "_id": public_id(export),
        "_score": 1,
        "_source": log_entry(export, link),
    }
