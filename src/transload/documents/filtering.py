"""The SQL of filters: the conditions that a document has to fulfil."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, case, false, func, not_, or_

from transload.db.dialect import (
    by_code_point,
    decimal_of,
    holds_part,
    json_member,
    list_holds,
    lowered_holds,
    may_hold_text,
    number_of,
    starts_with,
    text_of,
    values_hold_text,
)
from transload.documents.filters import (
    OF_PARTS,
    OF_PRESENCE,
    Holds,
    Operator,
    TypedCondition,
)
from transload.documents.search_text import SEPARATOR
from transload.documents.source import Source

_NAMED_TEXT = OF_PARTS | {Operator.EQ}
_NO_VALUE = "null"
_NOTHING = (_NO_VALUE, '""', "[]")


def holding_text(
    connection: Connection,
    source: Source,
    field_ids: Sequence[str],
    text: str,
    *,
    search_text: ColumnElement[str] | None = None,
    has_more: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """Give what the documents fulfil in which one of the fields has the text, case ignored.

    Numbers are read as they are spelled; of a list, each item. `search_text` is the documents' own
    where it may be looked in: where the fields are all that they have. `has_more` tells of those
    documents that have other values too.
    """
    if not field_ids:
        return false()
    if search_text is None or SEPARATOR in text:
        return _taken_apart(connection, source, field_ids, text)
    found = lowered_holds(connection, search_text, text)
    if has_more is None:
        return found
    return case((has_more, _taken_apart(connection, source, field_ids, text)), else_=found)


def condition_of(
    connection: Connection, source: Source, condition: TypedCondition
) -> ColumnElement[bool]:
    """Give what the documents fulfil of which the condition holds."""
    column = source.sort_columns.get(condition.field)
    if condition.operator in OF_PRESENCE:
        empty = _is_empty(connection, source, condition.field, column)
        return empty if condition.operator is Operator.IS_EMPTY else not_(empty)
    match condition.holds:
        case Holds.NUMBER:
            number = number_of(connection, source.document, condition.field)
            return _compared(connection, number, condition)
        case Holds.DECIMAL:
            number = decimal_of(connection, source.document, condition.field)
            return _compared(connection, number, condition)
        case Holds.BOOLEAN:
            return _truth(json_member(connection, source.document, condition.field), condition)
        case Holds.LIST:
            return list_holds(connection, source.document, condition.field, condition.value)
        case Holds.TEXT:
            if column is not None:
                return _compared(connection, by_code_point(connection, column), condition)
            return _text(connection, source, condition)


def _taken_apart(
    connection: Connection, source: Source, field_ids: Sequence[str], text: str
) -> ColumnElement[bool]:
    # The document as a whole is looked at first: to take it apart takes ten times as long.
    return case(
        (
            may_hold_text(connection, source.document, _spelled(text)),
            values_hold_text(connection, source.document, field_ids, text),
        ),
        else_=false(),
    )


def _text(connection: Connection, source: Source, condition: TypedCondition) -> ColumnElement[bool]:
    """Compare a text in the document, which is taken apart where it may hold what is sought."""
    found = _compared(connection, text_of(connection, source.document, condition.field), condition)
    if condition.operator not in _NAMED_TEXT or not condition.value:
        return found
    spelled = _spelled(str(condition.value))
    return case((may_hold_text(connection, source.document, spelled), found), else_=false())


def _spelled(text: str) -> str:
    """Give a text as it stands in JSON."""
    return orjson.dumps(text).decode()[1:-1]


def _is_empty(
    connection: Connection, source: Source, name: str, column: ColumnElement[str] | None
) -> ColumnElement[bool]:
    if column is not None:
        return or_(column.is_(None), column == "")
    return json_member(connection, source.document, name).in_(_NOTHING)


def _truth(member: ColumnElement[str], condition: TypedCondition) -> ColumnElement[bool]:
    """Compare the JSON text of a truth value."""
    value = condition.value
    wanted = value if isinstance(value, tuple) else (value,)
    found = member.in_([orjson.dumps(one).decode() for one in wanted])
    return not_(found) if condition.operator is Operator.NE else found


def _compared(
    connection: Connection, key: ColumnElement[Any], condition: TypedCondition
) -> ColumnElement[bool]:
    """Compare a value that may be missing: of one that is, `ne` alone holds."""
    value = condition.value
    match condition.operator:
        case Operator.NE:
            return not_(_known(key == value))
        case Operator.CONTAINS:
            return _known(holds_part(connection, key, str(value)))
        case Operator.STARTS_WITH:
            return _known(starts_with(connection, key, str(value)))
        case _:
            return _known(_COMPARISONS[condition.operator](key, value))


def _known(found: ColumnElement[bool]) -> ColumnElement[bool]:
    """Take what is not known, because there is no value, for false."""
    return func.coalesce(found, false())


_COMPARISONS: Mapping[Operator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    Operator.EQ: operator.eq,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.IN: lambda key, values: key.in_(values),
}
