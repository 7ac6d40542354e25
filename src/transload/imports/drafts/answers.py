"""What the routes of drafts share."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts.caller import caller
from transload.accounts.model import Actor
from transload.errors import ForbiddenError
from transload.imports.access import may_import
from transload.imports.drafts import wire
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.showing import Shown
from transload.imports.drafts.wire import Draft
from transload.imports.monitor import Monitor
from transload.imports.monitor_routes import wire as monitoring_record
from transload.imports.wire import FAILED_CODES
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.parts import part

DraftsPart = Annotated[Drafts, Depends(part(Drafts))]
MonitorPart = Annotated[Monitor, Depends(part(Monitor))]


async def _importer(request: Request) -> Actor:
    actor = await caller(request)
    require_import(actor)
    return actor


Importer = Annotated[Actor, Depends(_importer)]
"""The caller; who may import nothing is refused before a body is read."""


class DraftAnswer(TypedDict):
    """One draft."""

    status: Literal[True]
    message: str
    data: Draft


EXAMPLE_ANSWER = {"status": True, "message": "Success", "data": wire.EXAMPLE_DRAFT}


def make_router() -> APIRouter:
    """Give a router whose refusals have the codes of imports."""
    return APIRouter(
        tags=["Import"], route_class=error_route(explains=False, failed_codes=FAILED_CODES)
    )


def answer(
    request: Request, actor: Actor, monitor: Monitor, shown: Shown, status: int = 200
) -> Response:
    """Answer with a draft as it is now."""
    record = monitoring_record(monitor, actor, shown.one, base_url(request))
    return success(status=status, data=wire.draft(shown, record))


def require_import(actor: Actor) -> None:
    """Raise ForbiddenError unless the actor may import anything at all."""
    if not may_import(actor):
        raise ForbiddenError
