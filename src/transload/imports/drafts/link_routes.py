"""The HTTP routes of what becomes of an import that came by a link."""

from fastapi import Response
from pydantic import Field

from transload.imports.drafts import sending
from transload.imports.drafts.answers import (
    EXAMPLE_ANSWER,
    AnswersPart,
    DraftAnswer,
    DraftsPart,
    Member,
    make_router,
)
from transload.imports.links.caller import Guest, LinksPart
from transload.imports.wire import ImportId
from transload.web.body import JsonBody
from transload.web.openapi import described
from transload.web.parameters import Parameters, validated

router = make_router()
_DECIDED = {"sentence": "The prices are those of last year."}


class SenderBody(Parameters):
    """Who sends an import; nobody checks it."""

    name: str = Field(min_length=1, max_length=255, examples=["Mei Tan"])
    email: str = Field(min_length=3, max_length=255, examples=["mei@supplier.example"])


class SentenceBody(Parameters):
    """What the sender is told."""

    sentence: str = Field(min_length=1, max_length=2_000, examples=[_DECIDED["sentence"]])


@router.post(
    "/imports/{import_id}/send",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=SenderBody,
        body_example={"name": "Mei Tan", "email": "mei@supplier.example"},
        errors=(400, 403, 404, 409),
    ),
)
def send_draft(  # noqa: PLR0917 - the framework fills them in by name
    actor: Guest,
    drafts: DraftsPart,
    links: LinksPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Send a draft that was begun by an import link: it waits for approval, and is not changed.

    For who holds its secret alone.
    """
    said = validated(SenderBody, body, "field")
    sending.send(drafts, links, actor, import_id, name=said.name, email=said.email)
    return answers.draft(import_id)


@router.post(
    "/imports/{import_id}/return",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=SentenceBody,
        body_example=_DECIDED,
        errors=(400, 403, 404, 409),
    ),
)
def return_draft(
    actor: Member, drafts: DraftsPart, answers: AnswersPart, import_id: ImportId, body: JsonBody
) -> Response:
    """Return a draft to who sent it by a link, to be mended and sent again; say why."""
    said = validated(SentenceBody, body, "field")
    sending.turn_down(drafts, actor, import_id, said.sentence, is_final=False)
    return answers.draft(import_id)


@router.post(
    "/imports/{import_id}/refuse",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=SentenceBody,
        body_example=_DECIDED,
        errors=(400, 403, 404, 409),
    ),
)
def refuse_draft(
    actor: Member, drafts: DraftsPart, answers: AnswersPart, import_id: ImportId, body: JsonBody
) -> Response:
    """Refuse a draft that was sent by a link, for good; say why. None of its rows goes in."""
    said = validated(SentenceBody, body, "field")
    sending.turn_down(drafts, actor, import_id, said.sentence, is_final=True)
    return answers.draft(import_id)
