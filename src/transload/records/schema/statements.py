"""The SQL of all records of one type: looked through, rewritten and removed in bounded parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    delete,
    exists,
    func,
    literal_column,
    select,
)

from transload.db.dialect import encoded, joined_lines, json_text
from transload.db.given import update_rows
from transload.db.tables import record_counts, records
from transload.documents.search_text import search_text
from transload.records.store import note_removal, tell_removal

MAX_ROWS = 1_000
MAX_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped:
    """Records of a type whose documents have a shape from `lowest` to below `below`, if given."""

    organization_id: str
    data_type_id: str
    lowest: int | None = None
    below: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give what such records fulfil."""
        found = [
            records.c.organization_id == self.organization_id,
            records.c.data_type_id == self.data_type_id,
        ]
        if self.lowest is not None:
            found.append(records.c.shape >= self.lowest)
        if self.below is not None:
            found.append(records.c.shape < self.below)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A record's document, and the shape that it was written in."""

    id: str
    data_id: str
    shape: int
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A document in its new form; `size` is in bytes."""

    id: str
    document: str
    size: int


def has_any(connection: Connection, wanted: Shaped) -> bool:
    """Tell whether there is such a record."""
    return bool(connection.execute(select(exists().where(*wanted.conditions()))).scalar_one())


def fits_one_transaction(connection: Connection, wanted: Shaped) -> bool:
    """Tell whether such records are at most 1,000 and together at most 4 MiB."""
    part = select(records.c.size).where(*wanted.conditions()).limit(MAX_ROWS + 1).subquery()
    rows, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(part.c.size), 0)).select_from(part)
    ).one()
    return bool(rows <= MAX_ROWS and size <= MAX_BYTES)


def find_part(
    connection: Connection, wanted: Shaped, after: str, *, is_locking: bool = False
) -> tuple[list[Stored], str | None]:
    """Give such records beyond an id, at most 1,000 and about 4 MiB, and the id that they reach.

    That id is None where there are none beyond. When locking, records that others write at this
    moment are left out: nobody waits for one record while holding another.
    """
    conditions = [*wanted.conditions(), records.c.id > after]
    sizes = select(records.c.id, cast(records.c.size, Text)).where(*conditions).limit(MAX_ROWS)
    last, size = None, 0
    for record_id, of_document in _cells(connection, sizes):
        size += int(of_document)
        if last is not None and size > MAX_BYTES:
            break
        last = record_id
    if last is None:
        return [], None
    statement = select(
        records.c.id,
        cast(records.c.shape, Text),
        json_text(connection, records.c.data_id),
        cast(records.c.document, Text),
    ).where(*conditions, records.c.id <= last)
    if is_locking:
        statement = statement.with_for_update(skip_locked=True)
    return [
        Stored(id=record_id, data_id=orjson.loads(data_id), shape=int(shape), document=document)
        for record_id, shape, data_id, document in _cells(connection, statement)
    ], last


def rewrite(
    connection: Connection, organization_id: str, shape: int, rows: Sequence[Rewritten]
) -> None:
    """Write documents anew, in that shape; when and by whom they were changed stays."""
    update_rows(
        connection,
        records,
        [
            {
                "organization_id": organization_id,
                "id": row.id,
                "shape": shape,
                "size": row.size,
                "document": row.document,
                "search_text": search_text(row.document),
            }
            for row in rows
        ],
        key=("organization_id", "id"),
    )


def count(connection: Connection, organization_id: str, data_type_id: str) -> int:
    """Give the number of the type's records, from the counts that the writers keep."""
    return int(
        connection.execute(
            select(func.coalesce(func.sum(record_counts.c.records), 0)).where(
                record_counts.c.organization_id == organization_id,
                record_counts.c.data_type_id == data_type_id,
            )
        ).scalar_one()
    )


def remove_part(
    connection: Connection, organization_id: str, data_type_id: str, now: datetime
) -> int:
    """Remove up to 1,000 of the type's records, the oldest first; give how many they were."""
    wanted = Shaped(organization_id=organization_id, data_type_id=data_type_id)
    statement = select(records.c.id).where(*wanted.conditions()).limit(MAX_ROWS)
    ids = [cells[0] for cells in _cells(connection, statement.with_for_update(skip_locked=True))]
    are_gone = records.c.id.in_(ids)
    tell_removal(connection, organization_id, are_gone, now)
    connection.execute(
        delete(records).where(records.c.organization_id == organization_id, are_gone)
    )
    note_removal(connection, organization_id)
    return len(ids)


def forget_counts(connection: Connection, organization_id: str, data_type_id: str) -> None:
    """Remove the counts of the type's records: in no total are they from here on."""
    connection.execute(
        delete(record_counts).where(
            record_counts.c.organization_id == organization_id,
            record_counts.c.data_type_id == data_type_id,
        )
    )


def _cells(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterator[list[str]]:
    """Give the rows of a statement in the order of their ids, which come first.

    The other cells are texts without tabs and line feeds. The database hands them over as one text:
    a row by itself is a turn of the interpreter's lock, while the store's write lock is held.
    """
    part = statement.order_by(records.c.id).subquery()
    cells: list[ColumnElement[str]] = list(part.c)
    line = reduce(lambda left, right: left + literal_column("'\t'") + right, cells)
    text = connection.scalar(select(joined_lines(connection, line, part.c.id)))
    lines = [] if text is None else encoded(text).decode().split("\n")
    return (one.split("\t") for one in lines)
