"""The wire of the audit trail."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask
from typing_extensions import TypedDict

from transload import audit
from transload.accounts import trail, trail_file
from transload.accounts.caller import Caller
from transload.formats.registry import Format
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.instants import Instant
from transload.web.openapi import described, example_text
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, Parameters, query
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

router = APIRouter(tags=["Audit"], route_class=error_route(explains=False))


class Narrowing(Parameters):
    """Which events are asked for."""

    user: str | None = Field(
        None, max_length=320, description="An e-mail.", examples=["ada@acme.example"]
    )
    action: audit.Action | None = Field(None, description="What was done, or refused.")
    thing: str | None = Field(
        None, max_length=100, description="The kind of what it was done to.", examples=["user"]
    )
    since: Annotated[Instant | None, Field(description="No event before this time.")] = None
    until: Annotated[Instant | None, Field(description="No event after this time.")] = None

    def to_query(self) -> audit.Query:
        """Give what is asked of the store."""
        return audit.Query(
            email=None if self.user is None else self.user.strip().lower(),
            action=self.action,
            thing=self.thing,
            since=self.since,
            until=self.until,
        )


class AuditParameters(Narrowing, PageParameters):
    """Which page of which events is asked for."""


class AuditFileParameters(Narrowing):
    """Which events are asked for as a file, and in which format."""

    download: Literal["xlsx", "json", "csv", "ndjson", "parquet", "ods"] = Field(
        description="The format of the file."
    )


AuditFileQuery = Annotated[AuditFileParameters, Depends(query(AuditFileParameters))]
AuditQuery = Annotated[AuditParameters, Depends(query(AuditParameters))]


class EventObject(TypedDict):
    """Who did what, to what; `user` is empty for the command line and for holders of links."""

    _id: str
    time: str
    user: str
    action: str
    thing: str
    thingId: str
    detail: str


class AuditAnswer(TypedDict):
    """A page of events, the newest first."""

    status: bool
    message: str
    data: PageList[EventObject]


_EVENT = {
    "_id": EXAMPLE_ID,
    "time": "2025-01-31T10:20:30.123456Z",
    "user": "ada@acme.example",
    "action": "update",
    "thing": "user",
    "thingId": EXAMPLE_ID,
    "detail": "pat@acme.example role: planner -> admin",
}


@router.get(
    "/audit",
    **described(
        AuditAnswer,
        example={"status": True, "message": "Success", "data": page_example("/audit", _EVENT)},
        query=AuditParameters,
        errors=(400, 403),
    ),
)
def list_events(
    request: Request, actor: Caller, database: DatabasePart, asked: AuditQuery
) -> Response:
    """Give who did what in the organization, the newest first; for owners and admins."""
    page = replace(asked.to_query(), offset=asked.offset, limit=asked.limit)
    found, total = trail.find_page(database, actor, page)
    return success(data=page_list(request, asked, [_wire(event) for event in found], total))


_DESCRIBED = described(EventObject, example=_EVENT, query=AuditFileParameters, errors=(400, 403))
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
            "example": example_text([_EVENT]),
        },
    },
}


@router.get("/audit/export", response_class=FileResponse, **_DESCRIBED)
def export_events(
    actor: Caller, database: DatabasePart, clock: ClockPart, asked: AuditFileQuery
) -> Response:
    """Give who did what as a file, the newest first; for owners and admins.

    A file has at most a million events; more than that are refused, so that none is missing.
    """
    now, kind = clock.now(), Format(asked.download)
    folder = TemporaryDirectory(prefix="transload-", ignore_cleanup_errors=True)
    path = Path(folder.name) / "audit"
    try:
        trail_file.write(database, actor, asked.to_query(), kind=kind, path=path, now=now)
    except BaseException:
        folder.cleanup()
        raise
    name = f"audit_{actor.organization_id}_{int(now.timestamp())}.{kind.value}"
    return FileResponse(
        path,
        media_type=kind.media_type,
        filename=name,
        background=BackgroundTask(folder.cleanup),
    )


def _wire(event: audit.Event) -> EventObject:
    return {
        "_id": event.id,
        "time": zulu(event.time),
        "user": event.email,
        "action": event.action.value,
        "thing": event.thing,
        "thingId": event.thing_id,
        "detail": event.detail,
    }
