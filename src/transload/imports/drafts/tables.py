"""Reads a draft's file into rows, and maps its columns to fields."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transload.accounts.model import Actor
from transload.counts import counted
from transload.data_types.model import Field
from transload.errors import InvalidError, UnusableError
from transload.files.fetching import local_file
from transload.formats.reading.model import Choices, UnreadableError
from transload.imports import intake, row_store, store
from transload.imports.child_sheets import of_main
from transload.imports.drafts.access import NO_FILE, Drafts
from transload.imports.drafts.proposals import as_columns, propose
from transload.imports.mapping import (
    MappingError,
    Match,
    certain_matches,
    chosen,
    find_column,
    joined_matches,
    present,
)
from transload.imports.model import Counts, Import, Status
from transload.imports.run import rows_of
from transload.imports.subject import Destination


def read_table(
    drafts: Drafts,
    actor: Actor,
    one: Import,
    choices: Choices,
    mapping: Mapping[str, str | None] | None,
    *,
    size: int,
) -> None:
    """Read the file as it is chosen; take columns for fields as they are chosen, or certain.

    `mapping` names columns that the file must have. Where nothing is said of what the rows are, a
    data type is proposed.
    """
    destination = drafts.open(actor, one.target)
    is_new = one.target.is_open or one.target.proposed is not None
    fields = () if is_new or destination is None else destination.mappable
    said = {**(one.asked_mapping or {}), **(mapping or {})}
    try:
        with local_file(drafts.imports.files, one.upload_key) as source:
            read = intake.read_rows(
                drafts.imports.files,
                source,
                rows_key=one.rows_key,
                choices=choices,
                rows_of=intake.RowsOf()
                if is_new or destination is None
                else rows_of(destination, said),
                look=drafts.imports.attempts.require_time,
            )
    except UnreadableError as error:
        raise UnusableError(error.message) from error
    if actor.guest is not None and read.table.rows > actor.guest.max_rows:
        raise UnusableError(
            f"The file has {counted(read.table.rows, 'row')}; "
            f"this link takes {actor.guest.max_rows:,} at most."
        )
    read_so = replace(one, table=read.table, chunk_ends=read.chunk_ends)
    if is_new:
        found = propose(drafts, actor, read_so)
        more, columns = as_columns(found), found.columns
    else:
        matches = _decided(read_so, fields, _named(read_so, mapping))
        more, columns = {}, {each.column: each.field_id for each in matches}
    with drafts.database.write() as connection:
        row_store.remove_chunks(connection, one)
        for edit in row_store.find_edits(connection, one):
            row_store.remove_edit(connection, one, edit.number)
        store.decide(
            connection,
            one,
            drafts.now(),
            status=Status.DRAFT,
            choices=choices,
            file_table=read.table,
            chunk_ends=read.chunk_ends,
            mapping=columns,
            upload_size=size,
            uploaded_size=size,
            counts=Counts(),
            **more,
        )


def _named(
    one: Import, mapping: Mapping[str, str | None] | None
) -> Mapping[str, str | None] | None:
    """Add to what is said of columns, where the file is there at last, what was said before."""
    if one.table is None or one.status is not Status.UPLOADING or not one.asked_mapping:
        return mapping
    return {**present(one.asked_mapping, one.table.titles), **(mapping or {})}


def map_columns(
    drafts: Drafts,
    one: Import,
    destination: Destination,
    mapping: Mapping[str, str | None] | None,
) -> None:
    """Take columns for fields as they are chosen, or those that are certain."""
    if one.table is None:
        raise InvalidError(NO_FILE)
    found = _decided(one, destination.mappable, mapping)
    with drafts.database.write() as connection:
        store.decide(
            connection,
            one,
            drafts.now(),
            mapping={each.column: each.field_id for each in found},
        )


def take_proposal(drafts: Drafts, actor: Actor, one: Import) -> None:
    """Propose a data type for rows that were read already."""
    found = propose(drafts, actor, one)
    with drafts.database.write() as connection:
        more = as_columns(found)
        store.decide(connection, one, drafts.now(), mapping=found.columns, **more)


def certain(one: Import, fields: Sequence[Field]) -> list[Match]:
    """Give the columns that are certainly fields; none where two would be one."""
    if one.table is None:
        return []
    try:
        return certain_matches(one.table, fields)
    except MappingError:
        return []


def _decided(
    one: Import, fields: Sequence[Field], mapping: Mapping[str, str | None] | None
) -> list[Match]:
    """Give the columns that are fields: as they are chosen, or those that are certain.

    A further sheet is what it was found to be, unless something is said of its column.
    """
    if mapping is None or one.table is None:
        return certain(one, fields)
    titles = one.table.titles
    found = chosen(of_main(mapping, one.table), titles, fields)
    named, taken = (
        {find_column(name, titles) for name in mapping},
        {each.field_id for each in found},
    )
    return found + [
        each
        for each in joined_matches(one.table, fields)
        if each.column not in named and each.field_id not in taken
    ]
