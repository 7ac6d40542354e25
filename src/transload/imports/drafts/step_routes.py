"""The HTTP routes of the steps of a draft that a worker does."""

from fastapi import Response

from transload.imports.drafts import checking, committing, undoing
from transload.imports.drafts.answers import (
    EXAMPLE_ANSWER,
    AnswersPart,
    DraftAnswer,
    DraftsPart,
    Member,
    make_router,
)
from transload.imports.drafts.bodies import CommitBody, UndoBody
from transload.imports.links.caller import User, UserOrGuest
from transload.imports.wire import ImportId
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.openapi import described
from transload.web.parameters import validated

router = make_router()


@router.post(
    "/imports/{import_id}/check",
    **described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(400, 403, 404, 409, 422)),
)
def check_draft(
    actor: UserOrGuest,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
) -> Response:
    """Check all rows, in the background: what each would come to, and what is wrong."""
    checking.start_check(drafts, actor, import_id)
    return answers.draft(import_id)


@router.post(
    "/imports/{import_id}/commit",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=CommitBody,
        body_example={"force": False},
        errors=(400, 403, 404, 409),
    ),
)
def commit_draft(
    actor: Member,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Import the rows as they were shown; 409 with new counts where other ones would come of it.

    One that came by a link is approved so, once its sender has sent it.
    """
    said = validated(CommitBody, body, "field")
    try:
        committing.commit(drafts, actor, import_id, force=said.force, revision=said.revision)
    except committing.MovedOnError as error:
        refusal = {
            "status": False,
            "message": error.message,
            "failedCode": "import-031",
            "data": {"counts": error.counts.as_json()},
        }
        return json_response(refusal, 409)
    return answers.draft(import_id)


@router.post(
    "/imports/{import_id}/retry",
    **described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(403, 404, 409)),
)
def retry_import(
    actor: User,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
) -> Response:
    """Import those failed rows that are right by now, and no other row."""
    committing.retry(drafts, actor, import_id)
    return answers.draft(import_id)


@router.post(
    "/imports/{import_id}/undo",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=UndoBody,
        body_example={"dryRun": False},
        errors=(400, 403, 404, 409),
    ),
)
def undo_import(
    actor: Member,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Take an import back: what it made goes, what it changed is as before, what was edited stays.

    With `dryRun` it says so in `data.undo`, which names what would be kept, and does nothing.
    """
    said = validated(UndoBody, body, "field")
    undo: dict[str, object] | None = None
    if said.dry_run:
        sums, kept = undoing.would_undo(drafts, actor, import_id)
        undo = {**sums, "keptIds": kept}
    else:
        undoing.undo(drafts, actor, import_id)
    found = answers.now(import_id)
    return success(data=found if undo is None else {**found, "undo": undo})
