"""Which of the tasks that a user may read are asked for: one definition for lists and exports."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, and_, not_, or_

from transload.data_types.values import MisfitError
from transload.db.dialect import list_holds
from transload.db.tables import tasks
from transload.documents.filtering import condition_of, holding_text
from transload.documents.filters import (
    OF_PRESENCE,
    Comparable,
    Condition,
    Filter,
    Holds,
    Operator,
    Scalar,
    TypedCondition,
    named_fields,
    typed,
)
from transload.documents.order import Order
from transload.documents.source import Source
from transload.errors import InvalidError
from transload.flows.model import ValueKind
from transload.flows.reserved import RESERVED_KEYS, KeyKind
from transload.tasks.access import Readable
from transload.tasks.source import source_of
from transload.tasks.values import canonical_reserved, canonical_single

_MAY_BE_LISTS = frozenset({ValueKind.CHOICE, ValueKind.FILES})
_ITEMS = frozenset({ValueKind.BILL, ValueKind.LIST})
_OF_COMPONENTS = {ValueKind.NUMBER: Holds.NUMBER, ValueKind.BOOLEAN: Holds.BOOLEAN}
_OF_KEYS = {
    KeyKind.NUMBER: Holds.NUMBER,
    KeyKind.BOOLEAN: Holds.BOOLEAN,
    KeyKind.NAMES: Holds.LIST,
}


def narrowed(
    connection: Connection, readable: Readable, wanted: Filter
) -> list[ColumnElement[bool]]:
    """Give what those of the readable tasks fulfil that are asked for.

    Raises InvalidError for a condition that names no field or does not go with it, ForbiddenError
    for one of a component that is hidden from the user.
    """
    if not wanted:
        return []
    readable.require_seen(named_fields(wanted.conditions))
    source = source_of(readable.selection, readable.by_id)
    columns = {"_id": tasks.c.id, "createdTime": tasks.c.created_time}
    source = replace(source, sort_columns={**source.sort_columns, **columns})
    found = [_fulfilled(connection, source, readable, one) for one in wanted.conditions]
    if wanted.text:
        names = [*RESERVED_KEYS, *readable.components]
        found.append(holding_text(connection, source, names, wanted.text))
    return found


def narrowed_source(connection: Connection, readable: Readable, wanted: Filter) -> Source:
    """Give the tasks that are asked for as documents."""
    source = source_of(readable.selection, readable.by_id)
    return source.narrowed(narrowed(connection, readable, wanted))


def order_by(readable: Readable, name: str, *, is_descending: bool) -> Order:
    """Give the order by a name; a field about which flows disagree sorts as text."""
    if name in RESERVED_KEYS:
        holds = _OF_KEYS.get(RESERVED_KEYS[name], Holds.TEXT)
    else:
        kinds = {one.value_kind for one in readable.components.get(name, ())}
        holds = _OF_COMPONENTS.get(kinds.pop(), Holds.TEXT) if len(kinds) == 1 else Holds.TEXT
    return Order(name=name, is_descending=is_descending, holds=holds)


def _fulfilled(
    connection: Connection, source: Source, readable: Readable, condition: Condition
) -> ColumnElement[bool]:
    name = condition.field
    kinds = {one.value_kind for one in readable.components.get(name, ())}
    if not kinds:
        known = typed(condition, _key(name, condition))
        return condition_of(connection, source, known)
    if len(kinds) > 1:
        raise InvalidError(
            f"The filter parameter names {name}, about which flows disagree: name one with flowId."
        )
    (kind,) = kinds
    known = typed(condition, _component(name, kind, condition))
    found = condition_of(connection, source, known)
    return _or_in_list(connection, source, known, found) if kind in _MAY_BE_LISTS else found


def _key(name: str, condition: Condition) -> Comparable:
    kind = RESERVED_KEYS.get(name)
    if kind is None:
        raise InvalidError(f"The filter parameter names what is no field: {name}.")
    if kind is KeyKind.ANY:
        _require_empty(name, condition)
    return Comparable(
        holds=_OF_KEYS.get(kind, Holds.TEXT),
        read=_reading(lambda value: canonical_reserved(name, kind, value)),
    )


def _component(name: str, kind: ValueKind, condition: Condition) -> Comparable:
    if kind in _ITEMS:
        _require_empty(name, condition)
    return Comparable(
        holds=_OF_COMPONENTS.get(kind, Holds.TEXT),
        read=_reading(lambda value: canonical_single(kind, value)),
    )


def _require_empty(name: str, condition: Condition) -> None:
    """Raise InvalidError where values are compared of which there is no order and no text."""
    if condition.operator not in OF_PRESENCE:
        allowed = ", ".join(sorted(OF_PRESENCE))
        raise InvalidError(
            f"The filter parameter's condition of {name}: its operator must be one of {allowed}."
        )


def _reading(read: Callable[[object], object]) -> Callable[[object], Scalar | None]:
    def scalar(value: object) -> Scalar | None:
        try:
            found = read(value)
        except MisfitError as misfit:
            raise ValueError(str(misfit)) from misfit
        return found if isinstance(found, str | int | float | bool) else None

    return scalar


def _or_in_list(
    connection: Connection,
    source: Source,
    condition: TypedCondition,
    found: ColumnElement[bool],
) -> ColumnElement[bool]:
    """Compare the items too, where the value is a list of texts."""
    value = condition.value
    wanted = value if isinstance(value, tuple) else (value,)
    among = or_(*(list_holds(connection, source.document, condition.field, one) for one in wanted))
    match condition.operator:
        case Operator.EQ | Operator.IN:
            return or_(found, among)
        case Operator.NE:
            return and_(found, not_(among))
        case _:
            return found
