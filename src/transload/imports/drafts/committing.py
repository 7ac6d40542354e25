"""Turns a draft into an import, and retries failed rows that are right by now."""

from transload.accounts.model import Actor
from transload.data_types.run import writing
from transload.errors import ConflictError
from transload.imports import store
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.checking import look_again
from transload.imports.drafts.proposals import make, require_complete
from transload.imports.drafts.sending import decide, require_sent
from transload.imports.model import Counts, Import, Stage, Status, Step


class MovedOnError(ConflictError):
    """The store or the draft has moved on since it was shown; `counts` are those of now."""

    def __init__(self, counts: Counts) -> None:
        """Keep the counts."""
        super().__init__(
            "The records or the import have changed since the rows were checked; look again."
        )
        self.counts = counts


def commit(
    drafts: Drafts, actor: Actor, import_id: str, *, force: bool, revision: int | None = None
) -> Import:
    """Import the rows as they were shown; a type that is proposed is made with it.

    Raises ConflictError where they have not been checked, and MovedOnError where the records
    or the type have changed so that something else would come of a row, or something was decided
    since the `revision` that was shown, unless by force. One that came by a link is
    approved so: by who may see all of its rows, once it is sent.
    """
    one = drafts.draft(actor, import_id)
    if one.submission is not None:
        drafts.seen_rows(actor, import_id)
    require_sent(one)
    if not one.is_checked:
        raise ConflictError("The rows are not checked as they stand now; check them first.")
    require_complete(actor, one)
    if not force:
        if revision not in {None, one.revision}:
            raise MovedOnError(one.counts)
        counts, is_as_shown = look_again(drafts, actor, one, range(one.total_chunks))
        if counts != one.counts or not is_as_shown:
            raise MovedOnError(counts)
    with writing(drafts.database, one.target_name) as connection:
        now = store.lock(connection, one.organization_id, one.id)
        if now is None or now.revision != one.revision or not now.status.is_draft:
            raise ConflictError("The import was changed meanwhile; look again.")
        require_sent(now)
        if now.submission is not None:
            decide(connection, drafts, actor, now, Stage.APPROVED)
        if not one.is_dry_run:
            make(connection, drafts, actor, one)
        store.change(
            connection,
            one,
            drafts.now(),
            status=Status.PROCESSING,
            counts=Counts(),
            processed_chunks=0,
        )
        drafts.start(connection, actor, one, Step.COMMIT)
    return drafts.get(actor, import_id)


def retry(drafts: Drafts, actor: Actor, import_id: str) -> Import:
    """Import those failed rows that are right by now, and no other row."""
    one = drafts.ended(actor, import_id)
    if not one.counts.invalid:
        raise ConflictError("No row of the import has failed.")
    _require_fields(drafts, actor, one)
    with drafts.database.write() as connection:
        now = store.lock(connection, one.organization_id, one.id)
        if now is None or not now.status.is_over or now.undone is not None:
            raise ConflictError("The import was changed meanwhile; look again.")
        store.change(connection, one, drafts.now(), status=Status.PROCESSING, error_message=None)
        drafts.start(connection, actor, one, Step.RETRY)
    return drafts.get(actor, import_id)


def _require_fields(drafts: Drafts, actor: Actor, one: Import) -> None:
    """Raise ConflictError where a column's field is gone, or hidden: rows would go in without."""
    with drafts.database.read() as connection:
        destination = drafts.imports.committer.open(connection, actor.user_id, one)
    known = {field.id for field in destination.mappable}
    gone = sorted(set((one.mapping or {}).values()) - known)
    if gone:
        raise ConflictError(
            f"The fields of some columns are gone, or hidden from you: {', '.join(gone)}. Import "
            "the file of the failed rows instead."
        )
