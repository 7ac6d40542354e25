"""Takes an import back."""

from transload import audit
from transload.accounts.model import Actor
from transload.errors import ConflictError
from transload.imports import row_store, store
from transload.imports.chunks import unpack
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.rows import MAX_SHOWN
from transload.imports.model import Import, Step
from transload.imports.stepping import totals, written_by


def undo(drafts: Drafts, actor: Actor, import_id: str) -> Import:
    """Take back what the import wrote, in the background: what was edited since is kept.

    One that was given up goes on where it ended.
    """
    one = _undoable(drafts, actor, import_id)
    with drafts.database.write() as connection:
        now = store.lock(connection, one.organization_id, one.id)
        if now is None or (now.undone, now.job_id, now.status) != (
            one.undone,
            one.job_id,
            one.status,
        ):
            raise ConflictError("The import was changed meanwhile; look again.")
        if one.undone is None:
            none = {"removed": 0, "restored": 0, "kept": 0}
            store.change(connection, one, drafts.now(), undone=none)
        drafts.start(connection, actor, one, Step.UNDO)
        drafts.note(connection, actor, audit.Action.DELETE, one)
    return drafts.get(actor, import_id)


def would_undo(drafts: Drafts, actor: Actor, import_id: str) -> tuple[dict[str, int], list[str]]:
    """Say what an undo would do now; give the ids of some records that it would keep."""
    one = _undoable(drafts, actor, import_id)
    sums = {"removed": 0, "restored": 0, "kept": 0}
    kept: list[str] = []
    with drafts.database.read() as connection:
        undoing = store.find_job_ids(connection, one, Step.UNDO)
    for number in range(one.total_chunks):
        with drafts.database.read() as connection:
            destination = drafts.imports.committer.open(connection, actor.user_id, one)
            found = row_store.find_chunk(connection, one, number)
            if found is None or found.job_id in undoing:
                continue  # taken back by an undo that was given up later
            created, changed = written_by(unpack(found.content))
            taken = destination.take_back(connection, created, changed, None)
        for name, number_of in totals(taken, created, changed).items():
            sums[name] += number_of
        if len(kept) < MAX_SHOWN:
            done = taken.removed | taken.restored
            kept += [one_id for one_id in (*created, *changed) if one_id not in done]
    return sums, kept[:MAX_SHOWN]


def _undoable(drafts: Drafts, actor: Actor, import_id: str) -> Import:
    """Give an import that was not taken back, or whose undo was given up."""
    one = drafts.own(actor, import_id)
    with drafts.database.read() as connection:
        job = store.find_job(connection, one.organization_id, one.job_id)
    if one.undone is None or job is None or job.status != store.FAILED:
        one = drafts.ended(actor, import_id)
    if one.table is None:
        raise ConflictError("Nothing was imported.")
    # The type and the hub of the rows have to be there yet, and be the user's.
    with drafts.database.read() as connection:
        drafts.imports.committer.open(connection, actor.user_id, one)
    return one
