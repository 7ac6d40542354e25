"""Which documents are asked for: text to find in them, and conditions that all have to hold.

A condition is checked against its field when the schema is known: `typed` gives the value in the
form in which documents store it, so that the store compares like with like.

| the field holds | operators |
|---|---|
| text, dates and times, options | all |
| numbers, amounts | all but `contains`, `startsWith` |
| true or false | `eq ne in isEmpty isNotEmpty` |
| lists | `contains` (an item of it), `isEmpty`, `isNotEmpty` |
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from transload.errors import InvalidError

Scalar = str | int | float | bool

MAX_CONDITIONS = 50
MAX_CHOICES = 1_000
MAX_TEXT = 1_000


class Operator(StrEnum):
    """How a field's value and the condition's are compared; the SQL of it is in `filtering`.

    Text is compared by code point; `contains` and `startsWith` ignore case. `ne` holds of documents
    without a value too, `isEmpty` of those with an empty text or list.
    """

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    IN = "in"
    IS_EMPTY = "isEmpty"
    IS_NOT_EMPTY = "isNotEmpty"


class Holds(StrEnum):
    """What the values of a field are, as far as comparing them goes."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    """A number that is kept as text."""
    BOOLEAN = "boolean"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition; of `in`, `value` is a tuple, of `isEmpty` and `isNotEmpty` None."""

    field: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCondition:
    """A condition whose value is in the form in which the field stores it."""

    field: str
    operator: Operator
    holds: Holds
    value: Scalar | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A text to find in any of a document's values, case ignored, and conditions that all hold."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether it leaves anything out."""
        return bool(self.text or self.conditions)


NO_FILTER = Filter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """A field as conditions see it; `read` gives a value's stored form or raises ValueError.

    The error's text says what the field holds instead.
    """

    holds: Holds
    read: Callable[[object], Scalar | None]


OF_PRESENCE = frozenset({Operator.IS_EMPTY, Operator.IS_NOT_EMPTY})
"""Operators that ask whether there is a value, and take none themselves."""
OF_PARTS = frozenset({Operator.CONTAINS, Operator.STARTS_WITH})
"""Operators that look for a text within the value, case ignored."""
_OF_BOOLEANS = OF_PRESENCE | {Operator.EQ, Operator.NE, Operator.IN}
_OF_LISTS = OF_PRESENCE | {Operator.CONTAINS}
_ALLOWED = {
    Holds.TEXT: frozenset(Operator),
    Holds.NUMBER: frozenset(Operator) - OF_PARTS,
    Holds.DECIMAL: frozenset(Operator) - OF_PARTS,
    Holds.BOOLEAN: _OF_BOOLEANS,
    Holds.LIST: _OF_LISTS,
}


def read_conditions(given: object) -> tuple[Condition, ...]:
    """Give the conditions of a list of `{field, operator, value}`; raise ValueError naming a fault.

    What its field can hold is not looked at.
    """
    if not isinstance(given, list):
        raise ValueError("must be a JSON list of {field, operator, value}")  # noqa: TRY004 - a value
    if len(given) > MAX_CONDITIONS:
        raise ValueError(f"has at most {MAX_CONDITIONS} conditions")
    return tuple(_read(number, one) for number, one in enumerate(given, start=1))


def filter_of(stored: Mapping[str, Any]) -> Filter:
    """Give a filter from the form of dictionaries and lists in which a row keeps it."""
    return Filter(
        text=stored["text"],
        conditions=tuple(
            Condition(
                field=one["field"],
                operator=Operator(one["operator"]),
                value=tuple(one["value"]) if isinstance(one["value"], list) else one["value"],
            )
            for one in stored["conditions"]
        ),
    )


def typed(condition: Condition, field: Comparable) -> TypedCondition:
    """Give the condition with its value as the field stores it.

    Raises InvalidError for an operator that does not go with the field, and for a value that it
    cannot hold.
    """
    operator = condition.operator
    if operator not in _ALLOWED[field.holds]:
        allowed = ", ".join(one for one in Operator if one in _ALLOWED[field.holds])
        raise _fault(condition, f"operator must be one of {allowed}")
    return TypedCondition(
        field=condition.field,
        operator=operator,
        holds=field.holds,
        value=_stored(condition, field),
    )


def _read(number: int, given: object) -> Condition:
    where = f"has a condition {number}"
    if not isinstance(given, dict):
        raise ValueError(f"{where} that is no object of field, operator and value")  # noqa: TRY004 - likewise
    unknown = sorted(set(given) - {"field", "operator", "value"})
    if unknown:
        raise ValueError(f"{where} with the unknown key {unknown[0]}")
    field, operator, value = given.get("field"), given.get("operator"), given.get("value")
    if not isinstance(field, str) or not field:
        raise ValueError(f"{where} that names no field")
    if operator not in list(Operator):
        named = ", ".join(Operator)
        raise ValueError(f"{where} whose operator is {operator}, not one of {named}")
    known = Operator(str(operator))
    return Condition(field=field, operator=known, value=_value(where, known, value))


def _value(where: str, operator: Operator, value: object) -> Scalar | tuple[Scalar, ...] | None:
    if operator in OF_PRESENCE:
        if value is not None:
            raise ValueError(f"{where} with a value, which {operator} takes none of")
        return None
    if operator is Operator.IN:
        if not isinstance(value, list) or not value or len(value) > MAX_CHOICES:
            raise ValueError(f"{where} whose value is no list of 1 to {MAX_CHOICES} values")
        return tuple(_scalar(where, one) for one in value)
    return _scalar(where, value)


def _scalar(where: str, value: object) -> Scalar:
    if not isinstance(value, str | int | float | bool):
        raise ValueError(f"{where} whose value is no text, number or boolean")  # noqa: TRY004 - likewise
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ValueError(f"{where} whose value has over {MAX_TEXT} characters")
    return value


def _stored(condition: Condition, field: Comparable) -> Scalar | tuple[Scalar, ...] | None:
    value = condition.value
    if value is None:
        return None
    if condition.operator in OF_PARTS:
        if field.holds is Holds.LIST and not isinstance(value, tuple | bool):
            return value
        if not isinstance(value, str):
            raise _fault(condition, "value must be text")
        return value
    if isinstance(value, tuple):
        return tuple(_held(condition, field, one) for one in value)
    return _held(condition, field, value)


def _held(condition: Condition, field: Comparable, value: Scalar) -> Scalar:
    try:
        found = field.read(value)
    except ValueError as error:
        raise _fault(condition, f"value {error}") from error
    if found is None:
        raise _fault(condition, "value must not be empty; ask with isEmpty")
    return float(found) if field.holds in {Holds.NUMBER, Holds.DECIMAL} else found


def _fault(condition: Condition, what: str) -> InvalidError:
    return InvalidError(f"The filter parameter's condition of {condition.field}: its {what}.")


def named_fields(conditions: Sequence[Condition]) -> list[str]:
    """Give the fields that the conditions name."""
    return [condition.field for condition in conditions]
