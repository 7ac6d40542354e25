"""What the routes of drafts share."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.accounts.model import Actor
from transload.errors import ForbiddenError
from transload.imports.access import may_import
from transload.imports.drafts import showing, wire
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.showing import Shown
from transload.imports.drafts.wire import Draft
from transload.imports.model import Import
from transload.imports.monitor import Monitor
from transload.imports.monitor_routes import wire as monitoring_record
from transload.imports.wire import FAILED_CODES
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.parts import part

DraftsPart = Annotated[Drafts, Depends(part(Drafts))]
MonitorPart = Annotated[Monitor, Depends(part(Monitor))]


async def _importer(actor: Caller) -> Actor:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the caller is shown of drafts; `base` is the service's address."""

    base: str
    actor: Actor
    drafts: Drafts
    monitor: Monitor

    def draft(self, import_id: str) -> Response:
        """Answer with a draft as it is now."""
        return success(data=self.now(import_id))

    def now(self, import_id: str) -> dict[str, Any]:
        """Give a draft as it is now."""
        return self.of(showing.show(self.drafts, self.actor, import_id))

    def of(self, shown: Shown) -> dict[str, Any]:
        """Give a draft as it was found."""
        return wire.draft(shown, self.record(shown.one))

    def record(self, one: Import, *, is_single: bool = True) -> dict[str, Any]:
        """Give an import as it is monitored."""
        return monitoring_record(self.monitor, self.actor, one, self.base, is_single=is_single)


async def _answers(
    request: Request, actor: Caller, drafts: DraftsPart, monitor: MonitorPart
) -> Answers:
    return Answers(base=base_url(request), actor=actor, drafts=drafts, monitor=monitor)


AnswersPart = Annotated[Answers, Depends(_answers)]


def require_import(actor: Actor) -> None:
    """Raise ForbiddenError unless the actor may import anything at all."""
    if not may_import(actor):
        raise ForbiddenError
