"""The SQL that writes records, each kind in one statement, and keeps their counts."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from transload.db.dialect import insert_or_add, is_sqlite
from transload.db.given import insert_rows, is_one_of, update_rows
from transload.db.ids import created_times, new_ids
from transload.db.tables import hubs, record_counts, records
from transload.documents.search_text import search_text
from transload.records.model import Record
from transload.records.rows import Outline
from transload.records.store import note_removal, tell_removal

_LOCKS = 1_733_021_411  # any number but those of other locks
_KEY = ("organization_id", "id")


class NewRecord(NamedTuple):
    """A row to insert. `scope` is where its data_id must be unique: a hub's id, or empty."""

    data_type_id: str
    hub_id: str
    scope: str
    data_id: str
    shape: int
    document: str
    size: int
    limited_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of the row with that id."""

    id: str
    data_id: str
    version: int
    shape: int
    document: str
    size: int
    limited_to: str
    updated_time: str


def lock(connection: Connection, organization_id: str) -> None:
    """Let one transaction at a time write records of the organization.

    So ids are given in the order in which they come to be seen, and a page that was read stays as
    it was whoever adds. On SQLite every transaction that writes is alone anyway.
    """
    if not is_sqlite(connection):
        key = func.hashtextextended(organization_id, _LOCKS)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def hold_hubs(connection: Connection, organization_id: str, hub_ids: Collection[str]) -> set[str]:
    """Give those of the hubs that there are; none of them goes before the transaction ends."""
    if not hub_ids:
        return set()
    return set(
        connection.scalars(
            select(hubs.c.id)
            .where(hubs.c.organization_id == organization_id, hubs.c.id.in_(sorted(hub_ids)))
            .order_by(hubs.c.id)
            .with_for_update(read=True, key_share=True)
        )
    )


def insert(
    connection: Connection, organization_id: str, author: str, rows: Sequence[NewRecord]
) -> list[str]:
    """Insert rows whose keys are free, in a transaction that holds the lock; give their ids.

    The ids are above those of all records that the organization has, in the order of the rows.
    """
    if not rows:
        return []
    largest = connection.scalar(
        select(func.max(records.c.id)).where(records.c.organization_id == organization_id)
    )
    ids = new_ids(len(rows), above=largest or "")
    times = created_times(ids, lambda time: time.strftime("%Y-%m-%d %H:%M:%S"))
    insert_rows(
        connection,
        records,
        [
            {
                "organization_id": organization_id,
                "data_type_id": row.data_type_id,
                "id": record_id,
                "hub_id": row.hub_id,
                "scope": row.scope,
                "data_id": row.data_id,
                "created_time": time,
                "updated_time": time,
                "created_by": author,
                "updated_by": author,
                "limited_to": row.limited_to,
                "shape": row.shape,
                "size": row.size,
                "document": row.document,
                "search_text": search_text(row.document),
            }
            for row, record_id, time in zip(rows, ids, times, strict=True)
        ],
    )
    added = Counter((row.data_type_id, row.hub_id) for row in rows)
    _add_to_counts(connection, organization_id, added)
    return ids


def change(
    connection: Connection, organization_id: str, author: str, changes: Sequence[Change]
) -> None:
    """Write the changes over the rows with their ids, in a transaction that holds the lock."""
    update_rows(
        connection,
        records,
        [
            {
                "organization_id": organization_id,
                "id": change.id,
                "data_id": change.data_id,
                "version": change.version,
                "updated_time": change.updated_time,
                "updated_by": author,
                "limited_to": change.limited_to,
                "shape": change.shape,
                "size": change.size,
                "document": change.document,
                "search_text": search_text(change.document),
            }
            for change in changes
        ],
        key=_KEY,
    )


def move(
    connection: Connection, organization_id: str, record: Record, *, hub_id: str, scope: str
) -> None:
    """Put a record, read in this transaction that holds the lock, into another hub."""
    connection.execute(
        update(records)
        .where(records.c.organization_id == organization_id, records.c.id == record.id)
        .values(hub_id=hub_id, scope=scope)
    )
    note_removal(connection, organization_id)
    moved = Counter({(record.data_type_id, record.hub_id): -1, (record.data_type_id, hub_id): 1})
    _add_to_counts(connection, organization_id, moved)


def remove(
    connection: Connection,
    organization_id: str,
    found: Sequence[Record | Outline],
    now: datetime,
) -> None:
    """Delete records that were read in this transaction, which holds the lock."""
    if not found:
        return
    are_gone = is_one_of(connection, records.c.id, [record.id for record in found])
    tell_removal(connection, organization_id, are_gone, now)
    connection.execute(
        delete(records).where(records.c.organization_id == organization_id, are_gone)
    )
    note_removal(connection, organization_id)
    removed = Counter((record.data_type_id, record.hub_id) for record in found)
    less = Counter({place: -number for place, number in removed.items()})
    _add_to_counts(connection, organization_id, less)


def _add_to_counts(
    connection: Connection, organization_id: str, added: Counter[tuple[str, str]]
) -> None:
    if not added:
        return
    connection.execute(
        insert_or_add(
            connection, record_counts, ["organization_id", "data_type_id", "hub_id"], "records"
        ),
        [
            {
                "organization_id": organization_id,
                "data_type_id": data_type_id,
                "hub_id": hub_id,
                "records": number,
            }
            for (data_type_id, hub_id), number in sorted(added.items())
        ],
    )
