"""A draft as a person works at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transload.accounts.model import Actor
from transload.data_types.model import Field
from transload.files.fetching import local_file
from transload.formats.reading.model import text_column
from transload.imports import row_store, store
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.tables import certain
from transload.imports.mapping import Match, Sureness, suggest
from transload.imports.model import Import
from transload.imports.rows import part

_SAMPLE_ROWS = 100
_SAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An import as a person works at it."""

    one: Import
    job: store.Job | None
    fields: Sequence[Field]
    certain: Sequence[Match]
    suggested: Sequence[Match]
    samples: Mapping[int, Sequence[str]]
    edits: int


def show(drafts: Drafts, actor: Actor, import_id: str) -> Shown:
    """Give an import with all that is known of its columns."""
    one, job = progress(drafts, actor, import_id)
    with drafts.database.read() as connection:
        edits = len(row_store.find_edits(connection, one))
        fields = drafts.fields(connection, actor, one)
    if one.table is None:
        return Shown(
            one=one,
            job=job,
            fields=fields,
            certain=(),
            suggested=(),
            samples={},
            edits=edits,
        )
    samples = _samples(drafts, one) if drafts.sees_rows(actor, one) else {}
    mapping = one.mapping or {}
    sure = certain(one, fields)
    taken = [found for found in sure if mapping.get(found.column) == found.field_id]
    known = {found.column for found in taken}
    taken += [
        Match(column=at, field_id=name, sureness=Sureness.CHOSEN, why="It was chosen.")
        for at, name in mapping.items()
        if at not in known
    ]
    suggested = suggest(one.table.titles, samples, fields, taken)
    return Shown(
        one=one,
        job=job,
        fields=fields,
        certain=sorted(taken, key=lambda found: found.column),
        suggested=suggested,
        samples=samples,
        edits=edits,
    )


def progress(drafts: Drafts, actor: Actor, import_id: str) -> tuple[Import, store.Job | None]:
    """Give an import and the step that was last begun."""
    one = drafts.seen(actor, import_id)
    with drafts.database.snapshot() as connection:
        now = store.find(connection, one.organization_id, one.id) or one
        return now, store.find_job(connection, one.organization_id, now.job_id)


def find_page(
    drafts: Drafts, wanted: store.MonitorFilter, *, offset: int, limit: int
) -> tuple[int, list[Import]]:
    """Give how many imports match, drafts among them, and the page of the newest."""
    with drafts.database.read() as connection:
        return store.find_page(
            connection,
            wanted,
            sort_by="createdTime",
            is_descending=True,
            offset=offset,
            limit=limit,
        )


def _samples(drafts: Drafts, one: Import) -> dict[int, list[str]]:
    """Give some distinct values of each column."""
    if one.table is None:
        return {}
    with local_file(drafts.imports.files, one.rows_key) as path:
        rows = part(path, 0, _SAMPLE_ROWS)
    found = {}
    for at in range(len(one.table.titles)):
        values = rows.get_column(text_column(at)).drop_nulls().to_list()
        found[at] = list(dict.fromkeys(value for value in values if value.strip()))[:_SAMPLES]
    return found
