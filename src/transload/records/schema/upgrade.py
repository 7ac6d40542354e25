"""Documents written for older fields of their type, brought into the form of its present ones."""

from collections.abc import Mapping
from typing import Any

import orjson

from transload.data_types.model import DataType, Field
from transload.data_types.values import KINDS, MisfitError, Value, canonical
from transload.records.model import Record


def upgraded(data_type: DataType, shape: int, document: str) -> str:
    """Give a document of that shape as its type would have it written now.

    A document that is in the present form already comes back as it is.
    """
    if shape >= data_type.same_since:
        return document
    return orjson.dumps(upgraded_values(data_type, shape, orjson.loads(document))).decode()


def upgraded_values(
    data_type: DataType, shape: int, values: Mapping[str, Any]
) -> dict[str, Value | None]:
    """Give the values of a document of that shape, every field of the type in its order.

    A field that came after the document has none, nor has one whose values were removed since. Nor
    has one that its value does not fit, but no change lets that come to be.
    """
    if shape >= data_type.same_since:
        return dict(values)
    found: dict[str, Value | None] = {}
    for field in data_type.fields:
        try:
            found[field.id] = converted(field, _old_value(field, shape, values))
        except MisfitError:
            found[field.id] = None
    return found


def fits(data_type: DataType, shape: int, values: Mapping[str, Any]) -> bool:
    """Tell whether the values of a document of that shape all go into the type's fields."""
    if shape >= data_type.same_since:
        return True
    try:
        for field in data_type.fields:
            converted(field, _old_value(field, shape, values))
    except MisfitError:
        return False
    return True


def current_values(record: Record, data_type: DataType) -> dict[str, Value | None]:
    """Give a record's values in the form of its type's present fields."""
    return upgraded_values(data_type, record.shape, record.values)


def converted(field: Field, value: Value | None) -> Value | None:
    """Give a stored value of some other type of field as this field holds it, None for no value.

    Numbers and truths become text as JSON spells them. Text becomes a number only if the number is
    spelled as the text is. Raises MisfitError, whose text says what the field holds.
    """
    if value is None:
        return None
    kind = field.value_type
    if KINDS[kind].takes_spelling and not isinstance(value, str | list):
        return canonical(field, orjson.dumps(value).decode())
    if KINDS[kind].is_numeric and isinstance(value, str) and value:
        return _as_number(field, value)
    return canonical(field, value)


def _old_value(field: Field, shape: int, values: Mapping[str, Any]) -> Value | None:
    """Give what such a document has for the field; None from before the field, or its removal."""
    return values.get(field.id) if shape >= field.since else None


def _as_number(field: Field, text: str) -> Value | None:
    number = canonical(field, text)
    spelled = number if isinstance(number, str) else orjson.dumps(number).decode()
    if spelled != text:
        raise MisfitError("must be a number that is spelled as JSON spells it")
    return number
