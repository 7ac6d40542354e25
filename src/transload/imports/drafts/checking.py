"""Works out what the rows of a draft would become."""

from collections.abc import Sequence

from transload.accounts.model import Actor
from transload.data_types.model import KEY_FIELD
from transload.errors import InvalidError
from transload.files.fetching import local_file
from transload.imports import row_store, store
from transload.imports.chunks import unpack
from transload.imports.drafts.access import NO_FILE, Drafts
from transload.imports.drafts.proposals import require_complete
from transload.imports.model import Counts, Import, Kind, Step

_NOT_MAPPED = "No column is {}: choose the column of the key first."


def start_check(drafts: Drafts, actor: Actor, import_id: str) -> Import:
    """Have all rows checked, in the background."""
    one = drafts.draft(actor, import_id)
    if one.table is None:
        raise InvalidError(NO_FILE)
    require_complete(actor, one)
    if one.target.kind is Kind.DATA and KEY_FIELD not in (one.mapping or {}).values():
        raise InvalidError(_NOT_MAPPED.format(KEY_FIELD))
    with drafts.database.write() as connection:
        drafts.start(connection, actor, one, Step.CHECK)
    return drafts.get(actor, import_id)


def look_again(
    drafts: Drafts, actor: Actor, one: Import, numbers: Sequence[int]
) -> tuple[Counts, bool]:
    """Check chunks anew and keep what they come to.

    Gives the counts of all, and whether each row of them still fares as it was shown: the same
    would be written, over the same version of the same record.
    """
    is_as_shown = True
    with local_file(drafts.imports.files, one.rows_key) as path:
        with drafts.database.read() as connection:
            under = drafts.review(connection, actor, one, path)
        for number in numbers:
            with drafts.database.read() as connection:
                found = under.looked_at(connection, number, one.job_id)
                before = row_store.find_chunk(connection, one, number)
            is_as_shown = is_as_shown and _is_alike(before, found)
            with drafts.database.write() as connection:
                row_store.put_chunk(connection, one, found)
    with drafts.database.write() as connection:
        summaries = row_store.find_summaries(connection, one)
        counts = sum((found.counts for found in summaries), Counts())
        now = store.lock(connection, one.organization_id, one.id)
        if now is not None and now.revision == one.revision:
            store.change(
                connection, one, drafts.now(), counts=counts, checked_revision=one.revision
            )
    return counts, is_as_shown


def _is_alike(before: row_store.Chunk | None, now: row_store.Chunk) -> bool:
    """Tell whether rows fare alike; an older version's check says not by which rules."""
    if before is None:
        return False
    shown, found = unpack(before.content), unpack(now.content)
    return shown.equals(found.select(shown.columns))
