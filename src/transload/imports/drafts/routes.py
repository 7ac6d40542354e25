"""The HTTP routes of drafts: which there are, what is known and decided of one."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from typing_extensions import TypedDict

from transload.accounts.model import Permission
from transload.data_types.wire import MAX_BODY_BYTES
from transload.imports.access import link_hub_ids
from transload.imports.drafts import deciding, showing
from transload.imports.drafts.answers import (
    EXAMPLE_ANSWER,
    AnswersPart,
    DraftAnswer,
    DraftsPart,
    Importer,
    make_router,
    require_import,
)
from transload.imports.drafts.bodies import DecisionsBody
from transload.imports.links.caller import User, UserOrGuest, user_or_guest_again
from transload.imports.model import Import
from transload.imports.monitor_routes import MonitorPart
from transload.imports.store import MonitorFilter
from transload.imports.wire import EXAMPLE, ImportId, Record
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.events import WatchersPart, as_events, changes, event_stream
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import query, validated

router = make_router()


class PageAnswer(TypedDict):
    """A page of imports, drafts among them."""

    status: Literal[True]
    message: str
    data: PageList[Record]


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
def list_drafts(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: User,
    drafts: DraftsPart,
    monitor: MonitorPart,
    answers: AnswersPart,
    asked: Annotated[PageParameters, Depends(query(PageParameters))],
) -> Response:
    """List the imports of the last 30 days, the newest first, drafts among them."""
    require_import(actor)
    email = None if actor.may(Permission.VIEW_LOG) else actor.email
    wanted = MonitorFilter(
        organization_id=actor.organization_id,
        since=monitor.since(),
        email=email,
        link_hub_ids=link_hub_ids(actor),
        with_drafts=True,
    )
    total, found = showing.find_page(drafts, wanted, offset=asked.offset, limit=asked.limit)
    items = [answers.record(one, is_single=False) for one in found]
    return success(data=page_list(request, asked, items, total))


@router.get(
    "/imports/{import_id}", **described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(403, 404))
)
def get_draft(answers: AnswersPart, import_id: ImportId) -> Response:
    """Give an import with all that is known of its file, its columns and its rows."""
    return answers.draft(import_id)


@router.patch(
    "/imports/{import_id}",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=DecisionsBody,
        body_example={"mapping": {"1": "dataId", "2": "opened"}, "mode": "upsert"},
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409, 422),
    ),
)
def change_draft(
    actor: Importer,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Decide of a draft: where its rows go, how its file is read, which column is which field."""
    before = showing.show(drafts, actor, import_id).one
    said = validated(DecisionsBody, body, "field").to_decisions(before.target)
    deciding.decide(drafts, actor, import_id, said)
    return answers.draft(import_id)


@router.delete(
    "/imports/{import_id}", **described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(403, 404, 409))
)
def delete_draft(
    actor: UserOrGuest,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
) -> Response:
    """Throw a draft away, its file with it."""
    shown = showing.show(drafts, actor, import_id)
    deciding.remove(drafts, actor, import_id)
    return success(data=answers.of(shown))


@router.get(
    "/imports/{import_id}/events",
    **as_events(described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(403, 404))),
)
async def watch_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: UserOrGuest,
    drafts: DraftsPart,
    monitor: MonitorPart,
    answers: AnswersPart,
    watchers: WatchersPart,
    import_id: ImportId,
) -> Response:
    """Give an import as server-sent events: now, and whenever it changes, while a step runs."""
    again = user_or_guest_again(request)
    first = await run_in_threadpool(showing.progress, drafts, actor, import_id)

    def look() -> tuple[Import, Any]:
        return showing.progress(drafts, again(monitor.clock.now()), import_id)

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
                yield answers.moved(*seen)

    return await event_stream(request, objects())
