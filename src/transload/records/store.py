"""The SQL of which records there are: selections, counts, a record by its id.

Long reads are in `documents.windows`, pages in `records.lists`, writes in `records.writes`, many
records by id or key in `records.rows`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
)

from transload.data_types.model import DataType
from transload.db.dialect import insert_or_add
from transload.db.tables import data_types, record_counts, record_removals, records
from transload.documents import removals
from transload.records.model import Record, emails_of, stored_emails

_RECORD = (
    records.c.id,
    records.c.data_type_id,
    records.c.hub_id,
    records.c.scope,
    records.c.data_id,
    records.c.version,
    records.c.shape,
    records.c.created_by,
    records.c.updated_by,
    records.c.created_time,
    records.c.updated_time,
    records.c.limited_to,
    records.c.document,
)
_OWN = records.c.organization_id == bindparam("organization_id")
_BY_ID = select(*_RECORD).where(_OWN, records.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records: of one type or of all; `hub_ids` None: of all hubs, empty text: of none.

    `without_type_ids` are those of the types that are being removed; of the types in
    `limited_type_ids` only the records that list `email` are selected.
    """

    organization_id: str
    data_type_id: str | None
    hub_ids: frozenset[str] | None
    without_type_ids: frozenset[str] = frozenset()
    limited_type_ids: frozenset[str] = frozenset()
    email: str = ""


def find(connection: Connection, organization_id: str, record_id: str) -> Record | None:
    """Give the organization's record with that id."""
    found = {"organization_id": organization_id, "id": record_id}
    row = connection.execute(_BY_ID, found).first()
    return None if row is None else _record(row)


def find_first(
    connection: Connection, selection: Selection, data_type: DataType, data_id: str
) -> Record | None:
    """Give the oldest of the selected records of a type that have that dataId."""
    row = connection.execute(
        select(*_RECORD)
        .where(*conditions(selection), having(connection, selection, [data_type], [data_id]))
        .order_by(records.c.id)
        .limit(1)
    ).first()
    return None if row is None else _record(row)


def having(
    connection: Connection,
    selection: Selection,
    types: Sequence[DataType],
    data_ids: Sequence[str],
) -> ColumnElement[bool]:
    """Give what those of the selected records fulfil that are of these types and have a dataId.

    It names all columns of the index by dataId, for which the hubs are looked up in the counts.
    """
    common = [data_type.id for data_type in types if data_type.is_common]
    others = [data_type.id for data_type in types if not data_type.is_common]
    hubs = connection.scalars(select(record_counts.c.hub_id).where(*_counted(selection)).distinct())
    within = [
        and_(records.c.data_type_id.in_(kinds), records.c.scope.in_(scopes))
        for kinds, scopes in ((common, [""]), (others, sorted(filter(None, hubs))))
        if kinds
    ]
    return and_(or_(false(), *within), records.c.data_id.in_(data_ids))


def count(connection: Connection, selection: Selection) -> int:
    """Give the number of selected records, from the counts that the writers keep.

    Only records of types limited to named users are counted one by one.
    """
    statement = select(func.coalesce(func.sum(record_counts.c.records), 0)).where(
        *_counted(selection)
    )
    limited = selection.limited_type_ids
    if not limited:
        return int(connection.execute(statement).scalar_one())
    free = statement.where(record_counts.c.data_type_id.not_in(sorted(limited)))
    listed = (
        select(func.count())
        .select_from(records)
        .where(*conditions(selection), records.c.data_type_id.in_(sorted(limited)))
    )
    return sum(int(connection.execute(part).scalar_one()) for part in (free, listed))


def note_removal(connection: Connection, organization_id: str) -> None:
    """Say, in the transaction that removes records, that places in lists are not what they were."""
    connection.execute(
        insert_or_add(connection, record_removals, ["organization_id"], "times"),
        {"organization_id": organization_id, "times": 1},
    )


def tell_removal(
    connection: Connection, organization_id: str, are_gone: ColumnElement[bool], now: datetime
) -> None:
    """Keep, in the transaction that removes records, which they are, if anybody wants to know."""
    gone = (
        select(
            records.c.id,
            records.c.data_type_id,
            records.c.hub_id,
            records.c.data_id,
            case((data_types.c.is_limited, records.c.limited_to), else_=None).label("limited_to"),
        )
        .join(
            data_types,
            and_(
                data_types.c.organization_id == records.c.organization_id,
                data_types.c.id == records.c.data_type_id,
            ),
        )
        .where(records.c.organization_id == organization_id, are_gone)
    )
    removals.note(connection, organization_id, removals.RemovedKind.DATA, gone, now)


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Give what the selected records fulfil."""
    found = [records.c.organization_id == selection.organization_id]
    if selection.data_type_id is not None:
        found.append(records.c.data_type_id == selection.data_type_id)
    if selection.hub_ids is not None:
        found.append(records.c.hub_id.in_(sorted(selection.hub_ids)))
    return [*found, *type_conditions(selection)]


def type_conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Give what the selected records fulfil beyond their organization, type and hub."""
    found: list[ColumnElement[bool]] = []
    if selection.without_type_ids:
        found.append(records.c.data_type_id.not_in(sorted(selection.without_type_ids)))
    if selection.limited_type_ids:
        listed = records.c.limited_to.contains(stored_emails([selection.email]), autoescape=True)
        free = records.c.data_type_id.not_in(sorted(selection.limited_type_ids))
        found.append(or_(free, listed))
    return found


def _counted(selection: Selection) -> list[ColumnElement[bool]]:
    found = [record_counts.c.organization_id == selection.organization_id]
    if selection.data_type_id is not None:
        found.append(record_counts.c.data_type_id == selection.data_type_id)
    if selection.hub_ids is not None:
        found.append(record_counts.c.hub_id.in_(sorted(selection.hub_ids)))
    if selection.without_type_ids:
        found.append(record_counts.c.data_type_id.not_in(sorted(selection.without_type_ids)))
    return found


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    """Take the row apart by position: by name takes three times as long."""
    (
        record_id,
        data_type_id,
        hub_id,
        scope,
        data_id,
        version,
        shape,
        created_by,
        updated_by,
        created_time,
        updated_time,
        limited_to,
        document,
    ) = row
    return Record(
        id=record_id,
        data_type_id=data_type_id,
        hub_id=hub_id,
        scope=scope,
        data_id=data_id,
        version=version,
        shape=shape,
        values=orjson.loads(document),
        limited_to=emails_of(limited_to),
        created_by=created_by,
        updated_by=updated_by,
        created_time=created_time,
        updated_time=updated_time,
    )
