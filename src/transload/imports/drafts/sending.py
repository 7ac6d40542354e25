"""An import that came by a link: its sender sends it, and a person of the organization decides."""

from dataclasses import replace

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor, parse_email
from transload.errors import ConflictError
from transload.imports import store
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.telling import tell_decided, tell_waiting
from transload.imports.links import store as links
from transload.imports.links.run import ImportLinks
from transload.imports.model import Import, Stage

_ACTIONS = {
    Stage.APPROVED: audit.Action.APPROVE,
    Stage.RETURNED: audit.Action.RETURN,
    Stage.REFUSED: audit.Action.REFUSE,
}
_NOT_SENT = "The import came by a link, and {}."
_WHY = {
    Stage.OPEN: "its sender has not sent it yet",
    Stage.RETURNED: "was returned to its sender, who has not sent it again",
    Stage.APPROVED: "was approved already",
    Stage.REFUSED: "was refused",
}


def send(
    drafts: Drafts, link_rule: ImportLinks, actor: Actor, import_id: str, *, name: str, email: str
) -> Import:
    """Send a draft by a link: from then on it waits, and its sender changes nothing more.

    Raises ConflictError where its rows are not checked, or none of them could go in.
    """
    one = drafts.draft(actor, import_id)
    address = parse_email(email)
    if not one.is_checked:
        raise ConflictError("The rows are not checked as they stand now; check them first.")
    if not one.counts.valid:
        raise ConflictError("No row is right: mend one first.")
    now = drafts.now()
    with drafts.database.write() as connection:
        link = link_rule.get(connection, actor)
        found = _locked(connection, one)
        if found.submission is None or not found.submission.stage.is_with_sender:
            raise ConflictError("The import was changed meanwhile; look again.")
        sent = replace(
            found.submission,
            stage=Stage.SENT,
            name=name.strip(),
            email=address,
            sent_time=now,
        )
        store.submit(connection, one, sent, now)
        links.count_use(connection, link, now, sent=1)
        drafts.note(connection, actor, audit.Action.SEND, replace(one, submission=sent))
        tell_waiting(connection, drafts, one, sent)
    return drafts.get(actor, import_id)


def turn_down(
    drafts: Drafts, actor: Actor, import_id: str, sentence: str, *, is_final: bool
) -> Import:
    """Return an import to its sender, who may send it again, or refuse it for good; say why."""
    one = drafts.draft(actor, import_id)
    require_sent(one)
    with drafts.database.write() as connection:
        now = _locked(connection, one)
        require_sent(now)
        stage = Stage.REFUSED if is_final else Stage.RETURNED
        decide(connection, drafts, actor, now, stage, sentence.strip())
    return drafts.get(actor, import_id)


def require_sent(one: Import) -> None:
    """Raise ConflictError for an import by a link that does not wait for a decision."""
    said = one.submission
    if said is not None and said.stage is not Stage.SENT:
        raise ConflictError(_NOT_SENT.format(_WHY[said.stage]))


def decide(  # noqa: PLR0917 - what is decided, of what, by whom
    connection: Connection,
    drafts: Drafts,
    actor: Actor,
    one: Import,
    stage: Stage,
    sentence: str = "",
) -> None:
    """Write what was decided of an import by a link, which is locked."""
    if one.submission is None:
        raise ConflictError("The import came by no link.")
    decided = replace(
        one.submission,
        stage=stage,
        sentence=sentence,
        decided_by=actor.email,
        decided_time=drafts.now(),
    )
    store.submit(connection, one, decided, drafts.now())
    drafts.note(connection, actor, _ACTIONS[stage], one)
    tell_decided(connection, drafts, one, decided)


def _locked(connection: Connection, one: Import) -> Import:
    found = store.lock(connection, one.organization_id, one.id)
    if found is None or found.revision != one.revision or not found.status.is_draft:
        raise ConflictError("The import was changed meanwhile; look again.")
    return found
