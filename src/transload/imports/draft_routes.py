"""The wire of imports step by step."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_again
from transload.accounts.model import Actor, Permission
from transload.errors import ForbiddenError, InvalidError
from transload.imports import draft_wire as wire
from transload.imports.draft_wire import (
    CellsBody,
    CommitBody,
    DecisionsBody,
    Draft,
    EditObject,
    ProblemObject,
    ReadingsBody,
    RowObject,
    RowsObject,
    UndoBody,
)
from transload.imports.drafts import MAX_SHOWN, Drafts, MovedOnError, Shown, too_large
from transload.imports.model import Import, Verdict
from transload.imports.monitor import DENIED, Monitor, may_import
from transload.imports.monitor_routes import wire as monitoring_record
from transload.imports.routes import ImportParameters
from transload.imports.store import MonitorFilter
from transload.imports.wire import EXAMPLE, FAILED_CODES, ImportId, Record
from transload.jobs.pool import Jobs
from transload.web.body import JsonBody
from transload.web.bounds import STREAMED
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.events import Watchers, as_events, changes, event_stream
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import Names, Parameters, Whole, query, validated
from transload.web.parts import part
from transload.web.upload import received

router = APIRouter(
    tags=["Import"], route_class=error_route(explains=False, failed_codes=FAILED_CODES)
)
DraftsPart = Annotated[Drafts, Depends(part(Drafts))]
MonitorPart = Annotated[Monitor, Depends(part(Monitor))]
WatchersPart = Annotated[Watchers, Depends(part(Watchers))]
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
_MAX_PART_BYTES = 64 << 20


class RowParameters(Parameters):
    """Which rows."""

    show: Names = Field(
        (),
        description="new, changed, same, invalid, left_out; default: all rows.",
        examples=["invalid"],
    )
    offset: Whole = Field(0, ge=0, description="How many of them come before.")
    limit: Whole = Field(100, ge=1, le=MAX_SHOWN, description="How many at most.")

    def verdicts(self) -> list[Verdict]:
        """Give the verdicts; raise InvalidError for one that there is not."""
        known = {one.value: one for one in Verdict}
        if not set(self.show) <= known.keys():
            raise InvalidError(
                "The show parameter must be of new, changed, same, invalid, left_out."
            )
        return [known[one] for one in self.show]


class DraftAnswer(TypedDict):
    """One draft."""

    status: Literal[True]
    message: str
    data: Draft


class RowsAnswer(TypedDict):
    """Rows of an import."""

    status: Literal[True]
    message: str
    data: RowsObject


class MendedObject(TypedDict):
    """The import, and the rows whose cells were mended."""

    draft: Draft
    rows: list[RowObject]


class MendedAnswer(TypedDict):
    """What mended rows come to."""

    status: Literal[True]
    message: str
    data: MendedObject


class ProblemsAnswer(TypedDict):
    """The problems of an import."""

    status: Literal[True]
    message: str
    data: list[ProblemObject]


class EditsAnswer(TypedDict):
    """The edits of an import."""

    status: Literal[True]
    message: str
    data: list[EditObject]


class PageAnswer(TypedDict):
    """A page of imports, drafts among them."""

    status: Literal[True]
    message: str
    data: PageList[Record]


_DRAFT = {"status": True, "message": "Success", "data": wire.EXAMPLE_DRAFT}
_CELLS = {"cells": [{"row": 23, "field": "opened", "value": "2024-05-31"}]}
_LEADS = {
    name: {"import_id": "data/_id"}
    for name in ("get_draft", "check_draft", "list_rows", "commit_draft")
}


@router.get(
    "/imports",
    **described(
        PageAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": page_example("/imports", EXAMPLE),
        },
        query=PageParameters,
        errors=(400, 403),
    ),
)
def list_drafts(
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    asked: Annotated[PageParameters, Depends(query(PageParameters))],
) -> Response:
    """List the imports of the last 30 days, the newest first, drafts among them."""
    _require_import(actor)
    email = None if actor.may(Permission.VIEW_LOG) else actor.email
    wanted = MonitorFilter(
        organization_id=actor.organization_id,
        since=monitor.since(),
        email=email,
        with_drafts=True,
    )
    total, found = drafts.find_page(wanted, offset=asked.offset, limit=asked.limit)
    base = base_url(request)
    items = [monitoring_record(monitor, one, base, is_single=False) for one in found]
    return success(data=page_list(request, asked, items, total))


@router.post(
    "/imports",
    **described(
        DraftAnswer,
        example=_DRAFT,
        status=201,
        form=ImportParameters,
        max_body_bytes=STREAMED,
        errors=(400, 403, 422),
        leads_to=_LEADS,
    ),
)
async def create_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    filename: wire.FileName = "",
    size: wire.FileSize = 0,
) -> Response:
    """Begin an import that waits between its steps; its file comes with it or in parts later."""
    _require_import(actor)
    async with received(request, drafts.max_bytes) as upload:
        values = {**upload.fields, **dict(request.query_params)}
        asked = validated(ImportParameters, values, "field").to_request()
        one = await run_in_threadpool(
            drafts.create,
            actor,
            asked,
            upload.file,
            upload.filename or filename,
            upload.size or size,
        )
    shown = await run_in_threadpool(drafts.show, actor, one.id)
    return _answer(request, monitor, shown, status=201)


@router.head("/imports/{import_id}/file", include_in_schema=False)
def head_file(actor: Caller, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Tell how much of a file has come."""
    return Response(status_code=204, headers=_offsets(drafts.show(actor, import_id).one))


@router.patch(
    "/imports/{import_id}/file",
    **described(
        DraftAnswer,
        example=_DRAFT,
        body=bytes,
        body_example="The bytes of the part.",
        max_body_bytes=STREAMED,
        errors=(400, 403, 404, 409, 422),
    ),
)
async def append_to_file(
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    import_id: ImportId,
) -> Response:
    """Send a part of a file: `Upload-Offset` says where it begins, `Upload-Complete: ?1` the last.

    What came of a part whose connection broke off is kept: ask with HEAD for the offset.
    """
    offset = _offset(request)
    is_complete = request.headers.get("upload-complete", "?0").strip() == "?1"
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > min(drafts.max_bytes, _MAX_PART_BYTES):
                raise too_large(drafts.max_bytes)
    except ClientDisconnect:
        is_complete = False
    one = await run_in_threadpool(
        lambda: drafts.append(actor, import_id, offset, bytes(content), is_complete=is_complete)
    )
    shown = await run_in_threadpool(drafts.show, actor, import_id)
    answer = _answer(request, monitor, shown)
    answer.headers.update(_offsets(one))
    return answer


@router.get("/imports/{import_id}", **described(DraftAnswer, example=_DRAFT, errors=(403, 404)))
def get_draft(
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    import_id: ImportId,
) -> Response:
    """Give an import with all that is known of its file, its columns and its rows."""
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.patch(
    "/imports/{import_id}",
    **described(
        DraftAnswer,
        example=_DRAFT,
        body=DecisionsBody,
        body_example={"mapping": {"1": "dataId", "2": "opened"}, "mode": "upsert"},
        errors=(400, 403, 404, 409, 422),
    ),
)
def change_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Decide of a draft: where its rows go, how its file is read, which column is which field."""
    before = drafts.show(actor, import_id).one
    said = validated(DecisionsBody, body, "field").to_decisions(before.target)
    drafts.decide(actor, import_id, said)
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.delete(
    "/imports/{import_id}", **described(DraftAnswer, example=_DRAFT, errors=(403, 404, 409))
)
def delete_draft(
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    import_id: ImportId,
) -> Response:
    """Throw a draft away, its file with it."""
    shown = drafts.show(actor, import_id)
    drafts.remove(actor, import_id)
    return _answer(request, monitor, shown)


@router.post(
    "/imports/{import_id}/check",
    **described(DraftAnswer, example=_DRAFT, errors=(400, 403, 404, 409, 422)),
)
def check_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
) -> Response:
    """Check all rows, in the background: what each would come to, and what is wrong."""
    drafts.check(jobs, actor, import_id)
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.get(
    "/imports/{import_id}/rows",
    **described(
        RowsAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": {"total": 167, "rows": [wire.EXAMPLE_ROW]},
        },
        query=RowParameters,
        errors=(400, 403, 404),
    ),
)
def list_rows(
    actor: Caller,
    drafts: DraftsPart,
    import_id: ImportId,
    asked: Annotated[RowParameters, Depends(query(RowParameters))],
) -> Response:
    """Give rows as they stand: cells, what they would come to, what is wrong, what they change."""
    total, found = drafts.rows(actor, import_id, asked.verdicts(), asked.offset, asked.limit)
    return success(data={"total": total, "rows": [wire.row(one) for one in found]})


@router.get(
    "/imports/{import_id}/problems",
    **described(
        ProblemsAnswer,
        example={"status": True, "message": "Success", "data": [wire.EXAMPLE_PROBLEM]},
        errors=(403, 404),
    ),
)
def list_problems(actor: Caller, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Give what is wrong, grouped by field and kind, with the readings that would mend it."""
    found = drafts.problems(actor, import_id)
    return success(data=[wire.problem(group, offers) for group, offers in found])


@router.patch(
    "/imports/{import_id}/cells",
    **described(
        MendedAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": {"draft": wire.EXAMPLE_DRAFT, "rows": [wire.EXAMPLE_ROW]},
        },
        body=CellsBody,
        body_example=_CELLS,
        errors=(400, 403, 404, 409),
    ),
)
def mend_cells(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Put values in place of cells; of an import that has ended, of rows that failed."""
    cells = validated(CellsBody, body, "field").to_cells()
    _, rows = drafts.mend(jobs, actor, import_id, cells)
    shown = drafts.show(actor, import_id)
    found = wire.draft(shown, monitoring_record(monitor, shown.one, base_url(request)))
    return success(data={"draft": found, "rows": [wire.row(one) for one in rows]})


@router.post(
    "/imports/{import_id}/readings",
    **described(
        DraftAnswer,
        example=_DRAFT,
        body=ReadingsBody,
        body_example={"field": "opened", "reading": {"dayOrder": "dmy"}},
        errors=(400, 403, 404, 409),
    ),
)
def read_field(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """State how the cells of a field are read, or leave rows out."""
    said = validated(ReadingsBody, body, "field")
    if said.leave_out_rows is not None:
        drafts.leave_out(jobs, actor, import_id, said.leave_out_rows)
    else:
        drafts.read_so(jobs, actor, import_id, *said.to_field_reading())
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.get(
    "/imports/{import_id}/edits",
    **described(
        EditsAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": [
                {
                    "number": 1,
                    "kind": "reading",
                    "field": "opened",
                    "reading": {"dayOrder": "dmy"},
                    "createdBy": "planner@example.com",
                    "createdTime": "2025-01-31 10:20:30",
                }
            ],
        },
        errors=(403, 404),
    ),
)
def list_edits(actor: Caller, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Give what was said of cells, in its order."""
    return success(data=[wire.edit(one) for one in drafts.edits(actor, import_id)])


@router.delete(
    "/imports/{import_id}/edits/{number}",
    **described(DraftAnswer, example=_DRAFT, errors=(403, 404, 409)),
)
def delete_edit(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
    number: wire.EditNumber,
) -> Response:
    """Take an edit back."""
    drafts.take_edit_back(jobs, actor, import_id, number)
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.post(
    "/imports/{import_id}/commit",
    **described(
        DraftAnswer,
        example=_DRAFT,
        body=CommitBody,
        body_example={"force": False},
        errors=(400, 403, 404, 409),
    ),
)
def commit_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Import the rows as they were shown; 409 with new counts where other ones would come of it."""
    said = validated(CommitBody, body, "field")
    try:
        drafts.commit(jobs, actor, import_id, force=said.force)
    except MovedOnError as error:
        refusal = {
            "status": False,
            "message": error.message,
            "failedCode": "import-031",
            "data": {"counts": error.counts.as_json()},
        }
        return json_response(refusal, 409)
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.post(
    "/imports/{import_id}/retry",
    **described(DraftAnswer, example=_DRAFT, errors=(403, 404, 409)),
)
def retry_import(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
) -> Response:
    """Import those failed rows that are right by now, and no other row."""
    drafts.retry(jobs, actor, import_id)
    return _answer(request, monitor, drafts.show(actor, import_id))


@router.post(
    "/imports/{import_id}/undo",
    **described(
        DraftAnswer,
        example=_DRAFT,
        body=UndoBody,
        body_example={"dryRun": False},
        errors=(400, 403, 404, 409),
    ),
)
def undo_import(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    jobs: JobsPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Take an import back: what it made goes, what it changed is as before, what was edited stays.

    With `dryRun` it says so in `data.undo`, which names what would be kept, and does nothing.
    """
    said = validated(UndoBody, body, "field")
    undo: dict[str, object] | None = None
    if said.dry_run:
        sums, kept = drafts.would_undo(actor, import_id)
        undo = {**sums, "keptIds": kept}
    else:
        drafts.undo(jobs, actor, import_id)
    shown = drafts.show(actor, import_id)
    found = wire.draft(shown, monitoring_record(monitor, shown.one, base_url(request)))
    return success(data=found if undo is None else {**found, "undo": undo})


@router.get(
    "/imports/{import_id}/events",
    **as_events(described(DraftAnswer, example=_DRAFT, errors=(403, 404))),
)
async def watch_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Caller,
    drafts: DraftsPart,
    monitor: MonitorPart,
    watchers: WatchersPart,
    import_id: ImportId,
) -> Response:
    """Give an import as server-sent events: now, and whenever it changes, while a step runs."""
    again, base = caller_again(request), base_url(request)
    first = await run_in_threadpool(drafts.progress, actor, import_id)

    def look() -> tuple[Import, Any]:
        return drafts.progress(again(monitor.clock.now()), import_id)

    async def objects() -> AsyncIterator[dict[str, Any] | None]:
        async for seen in changes(
            first,
            look,
            is_last=lambda found: found[1] is None or found[1].status != "running",
            listening=monitor.listening,
            watchers=watchers,
        ):
            if seen is None:
                yield None
            else:
                one, job = seen
                yield {
                    **monitoring_record(monitor, one, base),
                    "counts": one.counts.as_json(),
                    "isChecked": one.is_checked,
                    "revision": one.revision,
                    "job": wire.job(job),
                }

    return event_stream(objects())


def _answer(request: Request, monitor: Monitor, shown: Shown, status: int = 200) -> Response:
    record = monitoring_record(monitor, shown.one, base_url(request))
    return success(status=status, data=wire.draft(shown, record))


def _require_import(actor: Actor) -> None:
    if not may_import(actor):
        raise ForbiddenError(DENIED)


def _offset(request: Request) -> int:
    text = request.headers.get("upload-offset", "")
    if not (text.isascii() and text.isdigit()):
        raise InvalidError("The header Upload-Offset must be a whole number of bytes.")
    return int(text)


def _offsets(one: Import) -> dict[str, str]:
    is_complete = "?1" if one.table is not None else "?0"
    return {"Upload-Offset": str(one.uploaded_size), "Upload-Complete": is_complete}
