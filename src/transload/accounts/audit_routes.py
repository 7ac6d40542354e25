"""The HTTP routes of the audit trail."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload import audit
from transload.accounts import trail
from transload.accounts.caller import Caller
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.instants import Instant
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, Parameters, query
from transload.web.parts import DatabasePart
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


EVENT_EXAMPLE = {
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
        example={
            "status": True,
            "message": "Success",
            "data": page_example("/audit", EVENT_EXAMPLE),
        },
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
