"""The HTTP routes of one export: its log entry, its events, cancelling and removing it."""

from collections.abc import AsyncIterator
from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_again
from transload.accounts.model import Actor
from transload.exports.answers import LogPart
from transload.exports.log import ExportLog
from transload.exports.model import Export
from transload.exports.wire import (
    EXAMPLE_ENTRY,
    EXAMPLE_EXPORT_ID,
    ExportId,
    LogEntry,
    log_entry,
    public_id,
)
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.events import WatchersPart, as_events, changes, event_stream
from transload.web.links import base_url
from transload.web.openapi import described

router = APIRouter(tags=["Export"], route_class=error_route(explains=True))


class LoggedExport(LogEntry):
    """An export as its log entry shows it, under its id."""

    _id: str


class LoggedExportAnswer(TypedDict):
    """One export."""

    status: Literal[True]
    message: str
    data: LoggedExport


_ONE = {
    "status": True,
    "message": "Success",
    "data": {"_id": EXAMPLE_EXPORT_ID, **EXAMPLE_ENTRY},
}


@router.get("/export/{export_id}", **described(LoggedExportAnswer, example=_ONE, errors=(403, 404)))
def get_export(request: Request, actor: Caller, log: LogPart, export_id: ExportId) -> Response:
    """Give an export of the last 30 days, with a fresh link to its file."""
    return success(data=_wire(log, actor, log.get(actor, export_id), base_url(request)))


@router.delete(
    "/export/{export_id}", **described(LoggedExportAnswer, example=_ONE, errors=(403, 404))
)
def delete_export(request: Request, actor: Caller, log: LogPart, export_id: ExportId) -> Response:
    """Cancel an export that has not ended, or remove the file of one that has.

    The log entry stays: `Failed` and `cancelled`, or `Done` without a `fileUrl` and with the time
    of the removal as `expiresAt`.
    """
    return success(data=_wire(log, actor, log.remove(actor, export_id), base_url(request)))


@router.get(
    "/export/{export_id}/events",
    **as_events(described(LoggedExportAnswer, example=_ONE, errors=(403, 404))),
)
async def watch_export(
    request: Request,
    actor: Caller,
    log: LogPart,
    watchers: WatchersPart,
    export_id: ExportId,
) -> Response:
    """Give an export as server-sent events: now, and whenever it changes, until it has ended.

    Of one that has ended there is one event. The stream ends early where the token or the
    permission is taken away, and when the service stops.
    """
    again, base = caller_again(request), base_url(request)
    first = await run_in_threadpool(log.get, actor, export_id)

    def look() -> Export:
        return log.get(again(log.clock.now()), export_id)

    async def objects() -> AsyncIterator[LoggedExport | None]:
        async for seen in changes(
            first,
            look,
            is_last=lambda export: export.is_over,
            listening=log.listening,
            watchers=watchers,
        ):
            yield None if seen is None else _wire(log, actor, seen, base)

    return await event_stream(request, objects())


def _wire(log: ExportLog, actor: Actor, export: Export, base: str) -> LoggedExport:
    return {"_id": public_id(export), **log_entry(export, log.link(actor, export, base))}
