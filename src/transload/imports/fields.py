"""What value a cell is, by its field: one of a data type, or one that only tasks have.

| value of a task | text of a cell |
|---|---|
| choice, files | a text, or a JSON array of texts |
| assignee | e-mail addresses with commas between them, or a JSON array |
| bill, list | the JSON that the API has; of a bill also the array of its items alone |
| any JSON | an array or an object as JSON, anything else as the text that it is |
"""

from dataclasses import dataclass
from typing import Any

import orjson

from transload.data_types.model import Field, FieldType
from transload.data_types.values import MisfitError, canonical
from transload.flows.model import Component, ValueKind
from transload.flows.reserved import KeyKind
from transload.tasks.values import canonical_component, canonical_reserved, is_storable

_STRUCTURES = ("[", "{")
_NOT_STORABLE = "must not hold U+0000 or a lone surrogate"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskField(Field):
    """A field whose values no field of a data type has: a component's, or a reserved key's."""

    component: Component | None = None
    reserved: KeyKind | None = None


def value_of(field: Field, text: str) -> Any:  # noqa: ANN401 - any JSON
    """Give what the text of a cell stands for, in its stored form; None for no value.

    Of a bill without `costs` nothing is said of its costs. Raises MisfitError.
    """
    if not isinstance(field, TaskField):
        value: object = text
        if field.value_type is FieldType.LIST and text:
            value = _loaded(text)
        return canonical(field, value)
    found = _value(field, text)
    if not is_storable(found):
        raise MisfitError(_NOT_STORABLE)
    return found


def takes_structures(field: Field) -> bool:
    """Tell whether an array or an object can be a value of the field."""
    return isinstance(field, TaskField) or field.value_type is FieldType.LIST


def _value(field: TaskField, text: str) -> Any:  # noqa: ANN401 - likewise
    if not text.strip():
        return None
    value = _loaded(text) if text.lstrip().startswith(_STRUCTURES) else text
    component = field.component
    if component is None:
        return canonical_reserved(field.id, field.reserved or KeyKind.TEXT, value)
    if component.value_kind is ValueKind.BILL and isinstance(value, list):
        bill = canonical_component(component, {"items": value})
        return {"items": [] if bill is None else bill["items"]}
    return canonical_component(component, value)


def _loaded(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
