"""A file whose rows are of no data type yet: one is proposed, changed, and made with the import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from sqlalchemy import Connection

from transload.accounts.model import Actor, Permission
from transload.data_types import run as data_types
from transload.data_types import store as type_store
from transload.data_types.model import MAX_FIELDS, Field
from transload.data_types.proposing import Column, propose_fields
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, MissingError, UnusableError
from transload.files.fetching import local_file
from transload.formats.reading.model import Table, form_column, text_column
from transload.imports import store
from transload.imports.drafts.access import NO_FILE, Drafts
from transload.imports.model import Import, Proposed, stem
from transload.imports.records import as_data_type

_MAX_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is proposed, and which column, from 0, is which of its fields."""

    proposed: Proposed
    columns: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a person says of a proposed type; None: it stays as it is.

    `key_column`, from 1: another column tells rows apart, and the fields are proposed anew.
    `fields`: all of them, in their order, each with its column from 1, or None for one that is in
    no column of the file.
    """

    name: str | None = None
    is_common: bool | None = None
    is_limited: bool | None = None
    key_column: int | None = None
    fields: Sequence[tuple[int | None, Field]] | None = None


def propose(drafts: Drafts, actor: Actor, one: Import, key: int | None = None) -> Found:
    """Propose a type for the rows of an import, whose columns are the fields.

    Its name is the file's, its records are of the hub, if one is named, else of the organization:
    unless something else was said of these before. Raises UnusableError for too many columns.
    """
    table, before = one.table, one.target.proposed
    if table is None:
        raise InvalidError(NO_FILE)
    if len(table.titles) > MAX_FIELDS:
        raise UnusableError(
            f"A data type has at most {MAX_FIELDS} fields, the file {len(table.titles)} columns."
        )
    with local_file(drafts.imports.files, one.rows_key) as path:
        found = propose_fields(_columns(path, table), key)
    if before is None:
        with drafts.database.read() as connection:
            name = _free_name(connection, actor, one.filename)
        before = Proposed(
            id=new_id(),
            name=name,
            is_common=not one.target.hub_id,
            is_limited=False,
            fields=(),
            reasons={},
        )
    ids = [field.id for field in found.fields]
    reasons = dict(zip(ids, found.reasons, strict=True))
    return Found(
        proposed=replace(before, fields=found.fields, reasons=reasons),
        columns=dict(enumerate(ids)),
    )


def change(drafts: Drafts, actor: Actor, one: Import, said: Change) -> None:
    """Keep what a person says of the type that is proposed.

    Raises ConflictError where none is, or where the name is taken, InvalidError for fields that
    are not sound.
    """
    proposed, columns = one.target.proposed, dict(one.mapping or {})
    if proposed is None or one.table is None:
        raise ConflictError("No data type is proposed: that of this import is there already.")
    if said.key_column is not None:
        _require_columns(one.table, [said.key_column])
        found = propose(drafts, actor, one, said.key_column - 1)
        proposed, columns = found.proposed, found.columns
    proposed = replace(
        proposed,
        name=proposed.name if said.name is None else said.name.strip(),
        is_common=proposed.is_common if said.is_common is None else said.is_common,
        is_limited=proposed.is_limited if said.is_limited is None else said.is_limited,
    )
    if said.fields is not None:
        fields = tuple(field for _, field in said.fields)
        known = proposed.reasons
        reasons = {field.id: known[field.id] for field in fields if field.id in known}
        proposed = replace(proposed, fields=fields, reasons=reasons)
        data_types.check(as_data_type(proposed, actor))
        named = [column for column, _ in said.fields if column is not None]
        _require_columns(one.table, named)
        columns = {at - 1: field.id for at, field in said.fields if at is not None}
    if not proposed.name:
        raise InvalidError("The name must not be blank.")
    with drafts.database.write() as connection:
        if type_store.find_by_name(connection, one.organization_id, proposed.name) is not None:
            raise ConflictError(f"There is a data type {proposed.name} already.")
        more = as_columns(Found(proposed=proposed, columns=columns))
        store.decide(connection, one, drafts.now(), mapping=columns, **more)


def require_complete(actor: Actor, one: Import) -> None:
    """Make sure that a proposed type, if there is one, can be made.

    Raises ForbiddenError where the actor may not add data types, MissingError where its records
    are of a hub and none is named.
    """
    proposed = one.target.proposed
    if proposed is None:
        return
    actor.require(Permission.ADD_DATA_TYPE)
    if not proposed.is_common and not one.target.hub_id:
        raise MissingError("The hubId field is required.")


def make(connection: Connection, drafts: Drafts, actor: Actor, one: Import) -> None:
    """Make the proposed type, and have the import be one of it, in a transaction of `writing`.

    Raises ForbiddenError where the actor may not add data types.
    """
    proposed = one.target.proposed
    if proposed is None:
        return
    new = data_types.NewDataType(
        name=proposed.name,
        fields=proposed.fields,
        is_common=proposed.is_common,
        is_limited=proposed.is_limited,
    )
    made = data_types.add(connection, actor, new, drafts.now(), proposed.id)
    store.change(connection, one, drafts.now(), data_type_id=made.id, proposal=None)


def as_columns(found: Found) -> dict[str, object]:
    """Give the columns of an import's row that say what is proposed."""
    return {
        "data_type_id": "",
        "proposal": found.proposed,
        "target_name": found.proposed.name,
    }


def _columns(path: Path, table: Table) -> Iterator[Column]:
    """Read the columns one after the other."""
    for at, title in enumerate(table.titles):
        names = [text_column(at), *([form_column(at)] if table.has_forms else [])]
        frame = pl.scan_parquet(path).select(names).collect()
        forms = frame.get_column(form_column(at)) if table.has_forms else None
        yield Column(title=title, texts=frame.get_column(text_column(at)), forms=forms)


def _require_columns(table: Table, columns: Sequence[int]) -> None:
    for column in columns:
        if not 1 <= column <= len(table.titles):
            raise InvalidError(f"The file has no column {column}.")
    if len(set(columns)) < len(columns):
        raise InvalidError("Two fields are in the same column.")


def _free_name(connection: Connection, actor: Actor, filename: str) -> str:
    """Give the file's name as that of a type, with a number where it is taken."""
    base = " ".join(stem(filename).replace("_", " ").split())[:_MAX_NAME] or "Data"
    name, number = base, 2
    while type_store.find_by_name(connection, actor.organization_id, name) is not None:
        name, number = f"{base} {number}", number + 1
    return name
