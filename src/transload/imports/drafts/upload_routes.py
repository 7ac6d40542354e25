"""The HTTP routes of how a draft begins and its file comes."""

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from transload.errors import InvalidError
from transload.imports.drafts import showing, uploading, visiting
from transload.imports.drafts.answers import (
    EXAMPLE_ANSWER,
    AnswersPart,
    DraftAnswer,
    DraftsPart,
    Importer,
    make_router,
    require_import,
)
from transload.imports.drafts.bodies import FileName, FileSize, UploadComplete, UploadOffset
from transload.imports.links.caller import LinksPart, UserOrGuest
from transload.imports.model import Import
from transload.imports.routes import ImportParameters
from transload.imports.wire import ImportId
from transload.web.bounds import STREAMED
from transload.web.envelope import success
from transload.web.openapi import described
from transload.web.parameters import validated
from transload.web.upload import received, received_part

router = make_router()
_LEADS = {
    name: {"import_id": "data/_id"}
    for name in ("get_draft", "check_draft", "list_rows", "commit_draft")
}


@router.post(
    "/imports",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        status=201,
        form=ImportParameters,
        max_body_bytes=STREAMED,
        errors=(400, 403, 422),
        leads_to=_LEADS,
    ),
)
async def create_draft(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: UserOrGuest,
    drafts: DraftsPart,
    answers: AnswersPart,
    links: LinksPart,
    filename: FileName = "",
    size: FileSize = 0,
) -> Response:
    """Begin an import that waits between its steps; its file comes with it or in parts later.

    Without a data type one is proposed, and made when the draft is committed. By an import link the
    link says where the rows go, and `secret` is in the answer, this once: with it as the bearer
    token, and with nothing else, its sender works at the draft.
    """
    require_import(actor)
    async with received(request, drafts.max_bytes) as upload:
        values = {**upload.fields, **dict(request.query_params)}
        asked = validated(ImportParameters, values, "field").to_request(needs_type=False)
        come = uploading.Come(
            stream=upload.file,
            filename=upload.filename or filename,
            size=upload.size or size,
        )
        if actor.guest is not None:
            begun = await run_in_threadpool(visiting.begin, drafts, links, actor, asked, come)
            return success(status=201, data=answers.of_guest(begun))
        one = await run_in_threadpool(uploading.create, drafts, actor, asked, come)
    shown = await run_in_threadpool(showing.show, drafts, actor, one.id)
    return success(status=201, data=answers.of(shown))


@router.head("/imports/{import_id}/file", include_in_schema=False)
def head_file(actor: UserOrGuest, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Tell how much of a file has come."""
    return Response(status_code=204, headers=_offsets(showing.show(drafts, actor, import_id).one))


@router.patch(
    "/imports/{import_id}/file",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=bytes,
        body_example="The bytes of the part.",
        max_body_bytes=STREAMED,
        errors=(400, 403, 404, 409, 422),
    ),
)
async def append_to_file(  # noqa: PLR0917 - the framework fills them in by name
    request: Request,
    actor: Importer,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    upload_offset: UploadOffset = "",
    upload_complete: UploadComplete = "?0",
) -> Response:
    """Send a part of a file: `Upload-Offset` says where it begins, `Upload-Complete: ?1` the last.

    What came of a part whose connection broke off is kept: ask with HEAD for the offset.
    """
    offset = _offset(upload_offset)
    is_complete = upload_complete.strip() == "?1"
    async with received_part(request, drafts.max_bytes) as part:
        one = await run_in_threadpool(
            lambda: uploading.append(
                drafts,
                actor,
                import_id,
                part.file,
                offset=offset,
                size=part.size,
                is_complete=is_complete and part.is_whole,
            )
        )
    shown = await run_in_threadpool(showing.show, drafts, actor, import_id)
    answered = success(data=answers.of(shown))
    answered.headers.update(_offsets(one))
    return answered


def _offset(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidError("The header Upload-Offset must be a whole number of bytes.")
    return int(text)


def _offsets(one: Import) -> dict[str, str]:
    is_complete = "?1" if one.table is not None else "?0"
    return {"Upload-Offset": str(one.uploaded_size), "Upload-Complete": is_complete}
