"""Use cases of flows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from transload import audit
from transload.accounts import organization_store
from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, NotFoundError
from transload.flows import store
from transload.flows.model import Flow, ValueKind, check_flow, misfits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFlow:
    """What a user says of a flow to be; `order_index` None: after all others."""

    name: str
    pages: Sequence[Mapping[str, Any]]
    configurations: Sequence[Mapping[str, Any]] = ()
    is_default: bool = False
    order_index: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowQuery:
    """Which page of the flows is asked for; `permission`: of those that the role holds it for."""

    sort_key: store.SortKey
    is_descending: bool
    permission: Permission | None
    offset: int
    limit: int


def create(database: Database, actor: Actor, new: NewFlow, now: datetime) -> Flow:
    """Create a flow.

    Raises InvalidError for a definition that is not sound, ConflictError for a name that is taken.
    """
    actor.require(Permission.ADD_FLOW)
    flow = Flow(
        id=new_id(),
        organization_id=actor.organization_id,
        name=new.name,
        pages=new.pages,
        configurations=new.configurations,
        is_default=new.is_default,
        order_index=new.order_index,
        more=new.more,
        created_time=now,
        updated_time=now,
    )
    check_flow(flow)
    with _writing(database, new.name) as connection:
        store.add(connection, changed(flow, value_kinds=_value_kinds(flow)))
        _record(connection, actor, audit.Action.CREATE, flow, now)
    return flow


def get(database: Database, actor: Actor, flow_id: str) -> Flow:
    """Give a flow; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.VIEW_FLOW)
    with database.read() as connection:
        return _found(store.find(connection, actor.organization_id, flow_id))


def get_by_name(database: Database, actor: Actor, name: str) -> Flow:
    """Give a flow; raise NotFoundError if the organization has none of that name."""
    actor.require(Permission.VIEW_FLOW)
    with database.read() as connection:
        return _found(store.find_by_name(connection, actor.organization_id, name))


def find_page(database: Database, actor: Actor, query: FlowQuery) -> tuple[int, Sequence[Flow]]:
    """Give how many flows there are, and the page that is asked for."""
    actor.require(Permission.VIEW_FLOW)
    flow_ids = None
    if query.permission is not None and not actor.may(query.permission):
        flow_ids = frozenset[str]()
    elif query.permission is Permission.ADD_TASK:
        flow_ids = actor.addable_flow_ids
    with database.read() as connection:
        return store.find_page(
            connection,
            actor.organization_id,
            flow_ids,
            sort_key=query.sort_key,
            is_descending=query.is_descending,
            offset=query.offset,
            limit=query.limit,
        )


def find_all(
    database: Database, actor: Actor, flow_ids: Sequence[str] | None = None
) -> Sequence[Flow]:
    """Give flows, oldest first: those of the ids that there are, or all."""
    actor.require(Permission.VIEW_FLOW)
    with database.read() as connection:
        return store.find_all(connection, actor.organization_id, flow_ids)


def replace(database: Database, actor: Actor, flow_id: str, new: NewFlow, now: datetime) -> Flow:
    """Write all of a flow anew but its id and when it was made; its version rises.

    Raises NotFoundError if the organization has none with that id, InvalidError for a definition
    that is not sound, ConflictError for a name that is taken, and for a component whose values
    would be of another kind than those that tasks may have of it.
    """
    actor.require(Permission.EDIT_FLOW)
    with _writing(database, new.name) as connection:
        # Without it, two flows that take each other's names at once would wait for each other.
        organization_store.lock_names(connection, actor.organization_id)
        old = _found(store.lock(connection, actor.organization_id, flow_id))
        has_tasks = store.has_tasks(connection, actor.organization_id, flow_id)
        flow = changed(
            old,
            name=new.name,
            pages=new.pages,
            configurations=new.configurations,
            is_default=new.is_default,
            order_index=new.order_index,
            more=new.more,
            version=old.version + 1,
            value_kinds=old.value_kinds if has_tasks else {},
            updated_time=now,
        )
        check_flow(flow)
        odd = misfits(flow)
        if odd:
            raise ConflictError(
                f"Tasks of the flow {old.name} have values of another kind for: {', '.join(odd)}."
            )
        store.replace(connection, changed(flow, value_kinds=_value_kinds(flow)))
        _record(connection, actor, audit.Action.UPDATE, flow, now)
    return flow


def delete(database: Database, actor: Actor, flow_id: str, now: datetime) -> Flow:
    """Delete a flow and give what it was.

    Raises NotFoundError if the organization has none with that id, ConflictError if it has tasks.
    """
    actor.require(Permission.DELETE_FLOW)
    with database.write() as connection:
        flow = _found(store.lock(connection, actor.organization_id, flow_id))
        if store.has_tasks(connection, actor.organization_id, flow_id):
            raise ConflictError(f"The flow {flow.name} still has tasks.")
        store.remove(connection, actor.organization_id, flow_id)
        _record(connection, actor, audit.Action.DELETE, flow, now)
    return flow


@contextmanager
def _writing(database: Database, name: str) -> Iterator[Connection]:
    """Open a transaction that writes a flow of this name; raise ConflictError if it is taken."""
    try:
        with database.write() as connection:
            yield connection
    except IntegrityError as error:
        raise ConflictError(f"There is a flow {name} already.") from error


def _value_kinds(flow: Flow) -> dict[str, ValueKind]:
    present = {name: component.value_kind for name, component in flow.components.items()}
    return {**flow.value_kinds, **present}


def _found(flow: Flow | None) -> Flow:
    if flow is None:
        raise NotFoundError
    return flow


def _record(
    connection: Connection, actor: Actor, action: audit.Action, flow: Flow, now: datetime
) -> None:
    audit.record(
        connection, actor, action, thing="flow", thing_id=flow.id, now=now, detail=flow.name
    )
