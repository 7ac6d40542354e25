"""What the routes of drafts share."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from typing_extensions import TypedDict

from transload.accounts.model import Actor
from transload.errors import ForbiddenError
from transload.imports import store
from transload.imports.access import may_import
from transload.imports.drafts import guest_wire, showing, wire
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.showing import Shown
from transload.imports.drafts.visiting import Begun
from transload.imports.drafts.wire import Draft
from transload.imports.links.caller import User, UserOrGuest
from transload.imports.model import Import
from transload.imports.monitor import Monitor
from transload.imports.monitor_routes import MonitorPart
from transload.imports.monitor_routes import wire as monitoring_record
from transload.imports.wire import FAILED_CODES, record
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.parts import part

DraftsPart = Annotated[Drafts, Depends(part(Drafts))]


async def _importer(actor: UserOrGuest) -> Actor:
    require_import(actor)
    return actor


async def _member(actor: User) -> Actor:
    require_import(actor)
    return actor


Importer = Annotated[Actor, Depends(_importer)]
"""A user, or a guest; who may import nothing is refused before a body is read."""
Member = Annotated[Actor, Depends(_member)]
"""Likewise, and no guest."""


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
        found = wire.draft(shown, self.record(shown.one))
        return found if self.actor.guest is None else guest_wire.draft(found, shown.one)

    def of_guest(self, begun: Begun) -> dict[str, Any]:
        """Give a draft that was begun by a link, with the secret by which its sender is known."""
        found = replace(self, actor=begun.actor).of(begun.shown)
        return {**found, "secret": begun.secret}

    def moved(self, one: Import, job: store.Job | None) -> dict[str, Any]:
        """Give what changes of an import while a step of it runs."""
        found = {
            **self.record(one),
            "counts": one.counts.as_json(),
            "isChecked": one.is_checked,
            "revision": one.revision,
            "job": wire.job(job),
        }
        return found if self.actor.guest is None else guest_wire.draft(found, one)

    def record(self, one: Import, *, is_single: bool = True) -> dict[str, Any]:
        """Give an import as it is monitored; its holder by a link has no file of failed rows."""
        if self.actor.guest is not None:
            template = self.monitor.template_link(one, self.base)
            return record(one, template, None, is_single=is_single)
        return monitoring_record(self.monitor, self.actor, one, self.base, is_single=is_single)


async def _answers(
    request: Request, actor: UserOrGuest, drafts: DraftsPart, monitor: MonitorPart
) -> Answers:
    return Answers(base=base_url(request), actor=actor, drafts=drafts, monitor=monitor)


AnswersPart = Annotated[Answers, Depends(_answers)]


def require_import(actor: Actor) -> None:
    """Raise ForbiddenError unless the actor may import anything at all."""
    if not may_import(actor):
        raise ForbiddenError
