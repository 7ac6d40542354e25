"""The SQL of single records, bulk writes and counts. Long reads are in `records.windows`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select

from transload.db.dialect import insert_or_add, insert_or_ignore
from transload.db.tables import record_counts, records
from transload.records.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A row to insert. `scope` is where its data_id must be unique: a hub's id, or empty."""

    id: str
    hub_id: str
    scope: str
    data_id: str
    document: str
    size: int
    created_time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records: of one type or of all; `hub_ids` None: of all hubs, empty text: of none."""

    organization_id: str
    data_type_id: str | None
    hub_ids: frozenset[str] | None


def insert_many(
    connection: Connection,
    *,
    organization_id: str,
    data_type_id: str,
    shape: int,
    author: str,
    rows: Sequence[NewRecord],
) -> set[str]:
    """Insert the rows whose key is free, first come first served; give the ids that went in."""
    if not rows:
        return set()
    inserted = set(
        connection.scalars(
            insert_or_ignore(connection, records).returning(records.c.id),
            [
                {
                    "organization_id": organization_id,
                    "data_type_id": data_type_id,
                    "id": row.id,
                    "hub_id": row.hub_id,
                    "scope": row.scope,
                    "data_id": row.data_id,
                    "created_time": row.created_time,
                    "updated_time": row.created_time,
                    "created_by": author,
                    "updated_by": author,
                    "shape": shape,
                    "size": row.size,
                    "document": row.document,
                }
                for row in rows
            ],
        )
    )
    hubs = (row.hub_id for row in rows if row.id in inserted)
    _add_to_counts(connection, organization_id, data_type_id, hubs)
    return inserted


def find(connection: Connection, organization_id: str, record_id: str) -> Record | None:
    """Give the organization's record with that id."""
    row = connection.execute(
        select(records).where(
            records.c.organization_id == organization_id, records.c.id == record_id
        )
    ).first()
    return None if row is None else _record(row)


def count(connection: Connection, selection: Selection) -> int:
    """Give the number of selected records, from the counts that the writers keep."""
    statement = select(func.coalesce(func.sum(record_counts.c.records), 0)).where(
        record_counts.c.organization_id == selection.organization_id
    )
    if selection.data_type_id is not None:
        statement = statement.where(record_counts.c.data_type_id == selection.data_type_id)
    if selection.hub_ids is not None:
        statement = statement.where(record_counts.c.hub_id.in_(sorted(selection.hub_ids)))
    return int(connection.execute(statement).scalar_one())


def _add_to_counts(
    connection: Connection, organization_id: str, data_type_id: str, hub_ids: Iterable[str]
) -> None:
    added: dict[str, int] = {}
    for hub_id in hub_ids:
        added[hub_id] = added.get(hub_id, 0) + 1
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
            for hub_id, number in sorted(added.items())
        ],
    )


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    return Record(
        id=row.id,
        data_type_id=row.data_type_id,
        hub_id=row.hub_id or None,
        values=orjson.loads(row.document),
        created_by=row.created_by,
        updated_by=row.updated_by,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )
