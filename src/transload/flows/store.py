"""The SQL of flows."""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from transload.db.dialect import by_code_point
from transload.db.tables import flows, tasks
from transload.flows.model import Flow, ValueKind


class SortKey(Enum):
    """What flows can be sorted by."""

    ORDER_INDEX = "orderIndex"
    NAME = "name"
    VERSION = "version"
    IS_DEFAULT = "isDefault"
    CREATED_TIME = "createdTime"
    UPDATED_TIME = "updatedTime"
    ID = "_id"


_SORTED_COLUMNS: dict[SortKey, ColumnElement[Any]] = {
    SortKey.ORDER_INDEX: flows.c.order_index,
    SortKey.NAME: flows.c.name,
    SortKey.VERSION: flows.c.version,
    SortKey.IS_DEFAULT: flows.c.is_default,
    SortKey.CREATED_TIME: flows.c.created_time,
    SortKey.UPDATED_TIME: flows.c.updated_time,
    SortKey.ID: flows.c.id,
}


def add(connection: Connection, flow: Flow) -> None:
    """Insert a flow."""
    connection.execute(insert(flows), _values(flow))


def find(connection: Connection, organization_id: str, flow_id: str) -> Flow | None:
    """Give the organization's flow with that id."""
    return _first(connection, organization_id, flows.c.id == flow_id)


def find_by_name(connection: Connection, organization_id: str, name: str) -> Flow | None:
    """Give the organization's flow of that exact name."""
    return _first(connection, organization_id, flows.c.name == name)


def find_all(
    connection: Connection, organization_id: str, flow_ids: Collection[str] | None = None
) -> list[Flow]:
    """Give flows of the organization, oldest first; `flow_ids`: these alone, None: all."""
    statement = select(flows).where(flows.c.organization_id == organization_id)
    if flow_ids is not None:
        statement = statement.where(flows.c.id.in_(sorted(flow_ids)))
    return [_flow(row) for row in connection.execute(statement.order_by(flows.c.id))]


def find_page(
    connection: Connection,
    organization_id: str,
    flow_ids: Collection[str] | None,
    *,
    sort_key: SortKey,
    is_descending: bool,
    offset: int,
    limit: int,
) -> tuple[int, Sequence[Flow]]:
    """Give how many flows there are, and a page of them; `flow_ids`: of these alone, None: of all.

    Names sort by code point, what is equal by id.
    """
    wanted = [flows.c.organization_id == organization_id]
    if flow_ids is not None:
        wanted.append(flows.c.id.in_(sorted(flow_ids)))
    total = connection.execute(select(func.count()).select_from(flows).where(*wanted)).scalar_one()
    key = _SORTED_COLUMNS[sort_key]
    if isinstance(key.type, Text):
        key = by_code_point(connection, key)
    rows = connection.execute(
        select(flows)
        .where(*wanted)
        .order_by(key.desc() if is_descending else key, flows.c.id)
        .offset(offset)
        .limit(limit)
    )
    return total, [_flow(row) for row in rows]


def hold(connection: Connection, organization_id: str) -> dict[str, Flow]:
    """Give all flows, by id, unchanged until the end of the transaction, which writes tasks."""
    rows = connection.execute(
        select(flows)
        .where(flows.c.organization_id == organization_id)
        .order_by(flows.c.id)
        .with_for_update(read=True)
    )
    return {row.id: _flow(row) for row in rows}


def lock(connection: Connection, organization_id: str, flow_id: str) -> Flow | None:
    """Give the organization's flow with that id to one transaction, which may change it."""
    row = connection.execute(
        select(flows)
        .where(flows.c.organization_id == organization_id, flows.c.id == flow_id)
        .with_for_update()
    ).first()
    return None if row is None else _flow(row)


def replace(connection: Connection, flow: Flow) -> None:
    """Write all of a flow that is locked."""
    connection.execute(
        update(flows)
        .where(flows.c.organization_id == flow.organization_id, flows.c.id == flow.id)
        .values(_values(flow))
    )


def remove(connection: Connection, organization_id: str, flow_id: str) -> None:
    """Delete a flow that is locked."""
    connection.execute(
        delete(flows).where(flows.c.organization_id == organization_id, flows.c.id == flow_id)
    )


def has_tasks(connection: Connection, organization_id: str, flow_id: str) -> bool:
    """Tell whether there is a task of the flow."""
    found = exists().where(tasks.c.organization_id == organization_id, tasks.c.flow_id == flow_id)
    return bool(connection.execute(select(found)).scalar_one())


def _first(
    connection: Connection, organization_id: str, condition: ColumnElement[bool]
) -> Flow | None:
    row = connection.execute(
        select(flows).where(flows.c.organization_id == organization_id, condition)
    ).first()
    return None if row is None else _flow(row)


def _values(flow: Flow) -> dict[str, object]:
    return {
        "organization_id": flow.organization_id,
        "id": flow.id,
        "name": flow.name,
        "pages": flow.pages,
        "configurations": flow.configurations,
        "is_default": flow.is_default,
        "order_index": flow.order_index,
        "version": flow.version,
        "value_kinds": {name: kind.value for name, kind in flow.value_kinds.items()},
        "more": flow.more,
        "created_time": flow.created_time,
        "updated_time": flow.updated_time,
    }


def _flow(row: Row[*tuple[Any, ...]]) -> Flow:
    return Flow(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        pages=row.pages,
        configurations=row.configurations,
        is_default=row.is_default,
        order_index=row.order_index,
        version=row.version,
        value_kinds={name: ValueKind(kind) for name, kind in row.value_kinds.items()},
        more=row.more,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )
