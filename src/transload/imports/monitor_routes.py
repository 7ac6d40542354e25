"""The HTTP routes of imports that were started."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_again
from transload.accounts.model import Actor
from transload.imports.access import link_hub_ids
from transload.imports.model import Import, Kind, Status
from transload.imports.monitor import Monitor
from transload.imports.store import MonitorFilter
from transload.imports.wire import EXAMPLE, FAILED_CODES, BadStatusError, ImportId, Record, record
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.events import WatchersPart, as_events, changes, event_stream
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import Id, Names, Whole, query
from transload.web.parts import part

router = APIRouter(
    tags=["Import"], route_class=error_route(explains=False, failed_codes=FAILED_CODES)
)
MonitorPart = Annotated[Monitor, Depends(part(Monitor))]
_MAX_LIMIT = 100
_STARTED = [one for one in Status if not one.is_draft]


class MonitorParameters(PageParameters):
    """The parameters of the list of imports."""

    limit: Whole = Field(20, ge=1, le=_MAX_LIMIT, description="Imports a page.")
    type: Names | None = Field(
        None, description="What was imported: datasource, task, visit, route.", examples=["task"]
    )
    status: Names | None = Field(
        None, description="onprocess, success, partially, failed.", examples=["success"]
    )
    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="Imports of this data type only."
    )
    sort_by: Literal["createdTime", "updatedTime", "status"] = Field(
        "createdTime", alias="sortBy", description="The key to sort by."
    )
    sort_order: Literal["asc", "desc"] = Field("desc", alias="sortOrder", description="Which way.")

    def statuses(self) -> list[Status] | None:
        """Give the statuses, None: all; raise BadStatusError for one that no import has."""
        if self.status is None:
            return None
        known = {one.value: one for one in _STARTED}
        if not set(self.status) <= known.keys():
            raise BadStatusError("Invalid status value", is_whole=True)
        return [known[one] for one in self.status]

    def kinds(self) -> list[Kind] | None:
        """Give the kinds, None: all; one that there is none of matches nothing."""
        if self.type is None:
            return None
        known = {one.value: one for one in Kind}
        return [known[one] for one in self.type if one in known]


class PageAnswer(TypedDict):
    """A page of imports."""

    status: Literal[True]
    message: str
    data: PageList[Record]


class OneAnswer(TypedDict):
    """One import."""

    status: Literal[True]
    message: str
    data: Record


_ONE = {"status": True, "message": "Success", "data": {**EXAMPLE, "errorMessage": None}}
_PAGE = {
    "status": True,
    "message": "Success",
    "data": page_example("/import-monitoring", EXAMPLE),
}


@router.get(
    "/import-monitoring",
    **described(PageAnswer, example=_PAGE, query=MonitorParameters, errors=(400, 403)),
)
def list_imports(
    request: Request,
    actor: Caller,
    monitor: MonitorPart,
    asked: Annotated[MonitorParameters, Depends(query(MonitorParameters))],
) -> Response:
    """List the imports of the last 30 days: one's own, with `view/log` everybody's."""
    statuses, kinds = asked.statuses(), asked.kinds()
    total, found = monitor.find_page(
        actor,
        lambda since, email: MonitorFilter(
            organization_id=actor.organization_id,
            since=since,
            kinds=kinds,
            statuses=statuses,
            data_type_id=asked.data_type_id,
            email=email,
            link_hub_ids=link_hub_ids(actor),
        ),
        sort_by=asked.sort_by,
        is_descending=asked.sort_order == "desc",
        offset=asked.offset,
        limit=asked.limit,
    )
    base = base_url(request)
    items = [wire(monitor, actor, one, base, is_single=False) for one in found]
    return success(data=page_list(request, asked, items, total))


@router.get(
    "/import-monitoring/{import_id}", **described(OneAnswer, example=_ONE, errors=(403, 404))
)
def get_import(
    request: Request, actor: Caller, monitor: MonitorPart, import_id: ImportId
) -> Response:
    """Give an import of the last 30 days, with fresh links to its files."""
    return success(data=wire(monitor, actor, monitor.get(actor, import_id), base_url(request)))


@router.delete(
    "/import-monitoring/{import_id}", **described(OneAnswer, example=_ONE, errors=(403, 404))
)
def cancel_import(
    request: Request, actor: Caller, monitor: MonitorPart, import_id: ImportId
) -> Response:
    """End an import that runs, or remove the file of failed rows of one that has ended.

    What is in the store stays there; the rows that were not reached are failed rows that say so.
    """
    return success(data=wire(monitor, actor, monitor.cancel(actor, import_id), base_url(request)))


@router.get(
    "/import-monitoring/{import_id}/events",
    **as_events(described(OneAnswer, example=_ONE, errors=(403, 404))),
)
async def watch_import(
    request: Request,
    actor: Caller,
    monitor: MonitorPart,
    watchers: WatchersPart,
    import_id: ImportId,
) -> Response:
    """Give an import as server-sent events: now, and whenever it changes, until it has ended."""
    again, base = caller_again(request), base_url(request)
    first = await run_in_threadpool(monitor.get, actor, import_id)

    def look() -> Import:
        return monitor.get(again(monitor.clock.now()), import_id)

    async def objects() -> AsyncIterator[dict[str, Any] | None]:
        async for seen in changes(
            first,
            look,
            is_last=lambda one: one.status.is_over,
            listening=monitor.listening,
            watchers=watchers,
        ):
            yield None if seen is None else wire(monitor, actor, seen, base)

    return await event_stream(request, objects())


def wire(
    monitor: Monitor, actor: Actor, one: Import, base: str, *, is_single: bool = True
) -> dict[str, Any]:
    """Give an import with links to those of its files that the actor may have."""
    links = monitor.template_link(one, base), monitor.failed_link(actor, one, base)
    return record(one, *links, is_single=is_single)
