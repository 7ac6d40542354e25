"""What was removed, kept for 30 days for those who are told of it.

Rows are added, in the transaction that removes, for organizations alone that have a schedule of
exports which hands over what has changed.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
)

from transload.db.dialect import insert_or_ignore
from transload.db.tables import export_schedules, removals
from transload.documents.source import Source, plain, plain_or_null, spelled

_TIME = "%Y-%m-%d %H:%M:%S"
_SIZE = 200
_DOCUMENT = "'{\"_\":null}'"
_COLUMNS = ("organization_id", "kind", "id", "parent_id", "hub_id", "data_id", "limited_to")


class RemovedKind(StrEnum):
    """What it was that was removed."""

    DATA = "data"
    TASK = "task"


def note(
    connection: Connection,
    organization_id: str,
    kind: RemovedKind,
    gone: Select[*tuple[Any, ...]],
    now: datetime,
) -> None:
    """Keep what is about to be removed, if anybody wants to know.

    `gone` selects id, data type or flow, hub, dataId and whom it is limited to.
    """
    asks = exists().where(
        export_schedules.c.organization_id == organization_id, export_schedules.c.is_since_last
    )
    found = gone.subquery()
    rows = select(
        literal(organization_id), literal(kind.value), *found.c, literal(now.strftime(_TIME))
    ).where(asks)
    connection.execute(
        insert_or_ignore(connection, removals).from_select([*_COLUMNS, "removed_time"], rows)
    )


def forget_before(connection: Connection, instant: datetime) -> None:
    """Delete what was removed earlier."""
    connection.execute(delete(removals).where(removals.c.removed_time < instant.strftime(_TIME)))


def removed_source(
    organization_id: str,
    kind: RemovedKind,
    since: str,
    parent: str,
    further: Sequence[ColumnElement[bool]],
) -> Source:
    """Give what was removed since a moment as documents, whose type or flow is called `parent`."""
    conditions = [
        removals.c.organization_id == organization_id,
        removals.c.kind == kind.value,
        removals.c.removed_time >= since,
        *further,
    ]
    counted = select(func.count()).select_from(removals).where(*conditions)
    return Source(
        table=removals,
        conditions=conditions,
        key=removals.c.id,
        size=literal_column(str(_SIZE), Integer()),
        document=literal_column(_DOCUMENT, Text()),
        schema_id=removals.c.parent_id,
        schema_version=literal_column("1", Integer()),
        members={
            "_id": plain(removals.c.id),
            parent: plain(removals.c.parent_id),
            "hubId": plain_or_null(removals.c.hub_id),
            "dataId": spelled(removals.c.data_id),
            "removedTime": plain(removals.c.removed_time),
        },
        natural=frozenset({"_id"}),
        sort_columns={"_id": removals.c.id},
        field_ids=None,
        schemas={},
        count=lambda connection: int(connection.execute(counted).scalar_one()),
        is_counted=False,
    )
