"""What a row of a file may have of a task: the keys of every task, and its flow's components."""

from collections.abc import Iterator, Sequence

from transload.data_types.model import Field, FieldType
from transload.flows.model import Component, Flow, ValueKind
from transload.flows.reserved import RESERVED_KEYS, KeyKind
from transload.imports.fields import TaskField
from transload.imports.model import ChildTable
from transload.tasks.model import OF_THE_SYSTEM, Status

KEY = "_id"
KEY_TITLE = "ID"
_FIRST = ("title", "content", "assignee", "startTime", "endTime")
_TYPES = {
    KeyKind.TEXT: FieldType.STRING,
    KeyKind.NUMBER: FieldType.NUMBER,
    KeyKind.BOOLEAN: FieldType.BOOLEAN,
    KeyKind.TIME: FieldType.DATE_TIME,
}
_VALUES = {
    ValueKind.TEXT: FieldType.TEXT,
    ValueKind.NUMBER: FieldType.NUMBER,
    ValueKind.BOOLEAN: FieldType.BOOLEAN,
    ValueKind.DATE: FieldType.DATE,
    ValueKind.DATE_TIME: FieldType.DATE_TIME,
    ValueKind.TIME: FieldType.TIME,
    ValueKind.COORDINATE: FieldType.COORDINATE,
    ValueKind.PHONE: FieldType.PHONE,
    ValueKind.BILL: FieldType.LIST,
    ValueKind.LIST: FieldType.LIST,
}
_SAYS_KEY = "A task's id, or any text that no other row has: rows of further sheets name it."
_SAYS_NAMES = "E-mail addresses, with commas between them."


def _child(name: str, kind: FieldType, title: str = "") -> Field:
    return Field(id=name, title=title, type=kind)


_CHILD_KEY = _child(KEY, FieldType.STRING, KEY_TITLE)
_CHILDREN = {
    ValueKind.BILL: (
        _CHILD_KEY,
        _child("name", FieldType.STRING),
        _child("qty", FieldType.NUMBER),
        _child("unitPrice", FieldType.NUMBER),
    ),
    ValueKind.LIST: (
        _CHILD_KEY,
        _child("title", FieldType.STRING),
        _child("content", FieldType.STRING),
        _child("data", FieldType.STRING),
        _child("qty", FieldType.NUMBER),
        _child("unitPrice", FieldType.NUMBER),
        _child("qtyProcessed", FieldType.NUMBER),
    ),
}


def fields_of(flow: Flow) -> tuple[Field, ...]:
    """Give the fields: the ID and what is common first, then components, then all other keys.

    The flow itself is among them: it can be said, and must be this one.
    """
    others = [
        name
        for name in RESERVED_KEYS
        if name not in OF_THE_SYSTEM and name not in _FIRST and name != "status"
    ]
    return (
        Field(id=KEY, title=KEY_TITLE, type=FieldType.STRING, description=_SAYS_KEY),
        *map(_reserved, _FIRST),
        *(one for component in flow.components.values() for one in _of_component(flow, component)),
        _choice("status", *Status),
        *map(_reserved, others),
        _choice("flow", flow.name),
        _choice("flowId", flow.id),
        Field(id="hubId", title="", type=FieldType.STRING),
    )


def costs_of(flow: Flow) -> dict[str, tuple[str, str]]:
    """Give the bill and the name of each cost that a column may have, by the column's id."""
    return {
        f"{component.id}.{cost}": (component.id, cost)
        for component in flow.components.values()
        if component.value_kind is ValueKind.BILL
        for cost in component.cost_names
        if f"{component.id}.{cost}" not in flow.components
    }


def children_of(flow: Flow) -> tuple[ChildTable, ...]:
    """Give the bills and lists, which may be sheets of their own."""
    return tuple(
        ChildTable(field_id=one.id, title=one.title, fields=_CHILDREN[one.value_kind])
        for one in flow.components.values()
        if one.value_kind in _CHILDREN
    )


def template_of(flow: Flow, fields: Sequence[Field]) -> tuple[Field, ...]:
    """Give those of the fields that people fill in: what is no child table, and is not computed."""
    names = {KEY, *_FIRST, *costs_of(flow)}
    names |= {
        one.id
        for one in flow.components.values()
        if one.is_visible and one.value_kind not in _CHILDREN
    }
    return tuple(one for one in fields if one.id in names)


def _of_component(flow: Flow, component: Component) -> Iterator[Field]:
    kind = _VALUES.get(component.value_kind, FieldType.STRING)
    has_bounds = component.minimum is not None or component.maximum is not None
    if component.value_kind in _VALUES and component.value_kind not in _CHILDREN and not has_bounds:
        yield Field(id=component.id, title=component.title, type=kind)
    else:
        yield TaskField(
            id=component.id,
            title=component.title,
            type=kind,
            options=component.options if component.value_kind is ValueKind.CHOICE else (),
            component=component,
        )
    for name, (bill, _) in costs_of(flow).items():
        if bill == component.id:
            yield Field(id=name, title="", type=FieldType.NUMBER)


def _reserved(name: str) -> Field:
    kind = RESERVED_KEYS[name]
    if kind in _TYPES:
        return Field(id=name, title="", type=_TYPES[kind])
    says = _SAYS_NAMES if kind is KeyKind.NAMES else None
    return TaskField(id=name, title="", type=FieldType.STRING, description=says, reserved=kind)


def _choice(name: str, *options: str) -> Field:
    return Field(id=name, title="", type=FieldType.OPTION, options=tuple(map(str, options)))
