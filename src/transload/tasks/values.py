"""Values of tasks: checked, and brought into the one form in which they are stored.

Single values are stored as those of records are (`data_types.values`). Beyond these:

| value | stored as |
|---|---|
| time of a reserved key | `YYYY-MM-DDTHH:MM:SS[.mmm]+00:00` |
| choice, files | a text, or a list of texts |
| bill | `{"items": [{name, unit_price, qty}], "costs": [{name, amount}]}` |
| list | `[{title, content, data, qty, unitPrice, qtyProcessed}]` |

A bill and a list without anything in them are no value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from transload.accounts.model import parse_email
from transload.data_types.model import Field, FieldType
from transload.data_types.values import KINDS, MAX_EXACT_INTEGER, MisfitError, canonical
from transload.errors import InvalidError
from transload.flows.model import Component, ValueKind
from transload.flows.reserved import KeyKind

__all__ = ["MisfitError"]
BILL_ITEM = ("name", "unit_price", "qty")
BILL_COST = ("name", "amount")
LIST_ITEM = ("title", "content", "data", "qty", "unitPrice", "qtyProcessed")
MAX_ITEMS = 10_000
_NUMBERS = frozenset({"unit_price", "qty", "amount", "unitPrice", "qtyProcessed"})
_OTHER_NAMES = {"unitPrice": "unit_price"}
_NUL = "\0"


def _field(kind: FieldType) -> Field:
    return Field(id="", title="", type=kind)


_TEXT, _NUMBER, _BOOLEAN = map(_field, (FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN))
# A bill has many of these two: what reads them is looked up once.
_text = partial(KINDS[FieldType.TEXT].read, _TEXT)
_number = partial(KINDS[FieldType.NUMBER].read, _NUMBER)
_DATE_TIME = _field(FieldType.DATE_TIME)
_FIELDS = {
    ValueKind.TEXT: _TEXT,
    ValueKind.NUMBER: _NUMBER,
    ValueKind.BOOLEAN: _BOOLEAN,
    ValueKind.DATE: _field(FieldType.DATE),
    ValueKind.DATE_TIME: _DATE_TIME,
    ValueKind.TIME: _field(FieldType.TIME),
    ValueKind.COORDINATE: _field(FieldType.COORDINATE),
    ValueKind.PHONE: _field(FieldType.PHONE),
}


def canonical_component(component: Component, value: object) -> Any:  # noqa: ANN401 - any JSON
    """Give a component's value in its stored form, None for no value. Raises MisfitError."""
    if value is None:
        return None
    match component.value_kind:
        case ValueKind.BILL:
            return _bill(value)
        case ValueKind.LIST:
            return _items(value, LIST_ITEM, {}) or None
        case ValueKind.CHOICE:
            return _choice(component, value)
        case ValueKind.FILES:
            return _texts(value)
        case kind:
            found = canonical(_FIELDS[kind], value)
            _check_bounds(component, found)
            return found


def canonical_single(kind: ValueKind, value: object) -> Any:  # noqa: ANN401 - likewise
    """Give a single value in the form in which components of that kind store it.

    Bounds and options are not looked at: a condition may name what no task has. Raises MisfitError.
    """
    return canonical(_FIELDS.get(kind, _TEXT), value)


def canonical_reserved(name: str, kind: KeyKind, value: object) -> Any:  # noqa: ANN401 - likewise
    """Give a reserved key's value in its stored form, None for no value. Raises MisfitError."""
    if value is None:
        return None
    if name == "status":
        return _text(value)
    return _BY_KEY[kind](value)


def spelled_time(instant: datetime) -> str:
    """Give an instant, in UTC, as tasks have it, to the second."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def is_storable(value: object) -> bool:
    """Tell whether every store can hold all of the JSON: no U+0000 and no lone surrogate."""
    try:
        text = orjson.dumps(value)
    except TypeError:
        return False
    return b"\\u0000" not in text or not _holds_nul(value)


def _holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and _NUL in value


def canonical_time(value: object) -> str | None:
    """Give an instant as tasks have it, to the millisecond. Raises MisfitError."""
    found = canonical(_DATE_TIME, value)
    return task_time(found) if isinstance(found, str) else None


def task_time(spelled: str) -> str:
    """Give an instant as tasks have it, of the form in which records store it."""
    return f"{spelled[:10]}T{spelled[11:]}+00:00"


def _names(value: object) -> list[str] | None:
    """Read e-mails: a list of texts, or one text with commas between them."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise MisfitError("must be a list of e-mail addresses")
    try:
        found = [parse_email(item) for item in items if item != ""]
    except (AttributeError, InvalidError) as error:
        raise MisfitError("must be a list of e-mail addresses") from error
    return list(dict.fromkeys(found)) or None


def _any(value: object) -> object:
    _check_numbers(value)
    return value


def _check_numbers(value: object) -> None:
    """Raise MisfitError for a number that no store keeps exactly."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check_numbers(item)
    elif isinstance(value, int) and abs(value) > MAX_EXACT_INTEGER:
        raise MisfitError("must hold numbers up to 2^53; keep longer ids as text")
    elif isinstance(value, float) and not math.isfinite(value):
        raise MisfitError("must hold finite numbers")


_BY_KEY: Mapping[KeyKind, Callable[[object], Any]] = {
    KeyKind.TEXT: _text,
    KeyKind.NUMBER: _number,
    KeyKind.BOOLEAN: lambda value: canonical(_BOOLEAN, value),
    KeyKind.TIME: canonical_time,
    KeyKind.NAMES: _names,
    KeyKind.ANY: _any,
}


_MEMBERS: Mapping[str, Callable[[object], Any]] = {
    **{
        name: _number if name in _NUMBERS else _text
        for name in (*BILL_ITEM, *BILL_COST, *LIST_ITEM)
    },
    "data": _any,
}


def _choice(component: Component, value: object) -> object:
    found = _texts(value)
    chosen = [] if found is None else [found] if isinstance(found, str) else found
    unknown = [one for one in chosen if component.options and one not in component.options]
    if unknown:
        raise MisfitError(f"must be of the options {', '.join(component.options[:20])}")
    return found


def _texts(value: object) -> Any:  # noqa: ANN401 - a text or a list of texts
    if value in ("", []):
        return None
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise MisfitError(f"must have at most {MAX_ITEMS} items")
        return [canonical(_TEXT, item) for item in value if item is not None] or None
    return canonical(_TEXT, value)


def _bill(value: object) -> dict[str, Any] | None:
    if value == "":
        return None
    if not isinstance(value, dict) or not value.keys() <= {"items", "costs"}:
        raise MisfitError('must be a bill, {"items": [...], "costs": [...]}')
    items = _items(value.get("items") or [], BILL_ITEM, _OTHER_NAMES)
    costs = _items(value.get("costs") or [], BILL_COST, {})
    names = [cost["name"] for cost in costs]
    if None in names or len(set(names)) < len(names):
        raise MisfitError("must have costs that each have a name of their own")
    return {"items": items, "costs": costs} if items or costs else None


def _items(
    value: object, keys: Sequence[str], other_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    if value == "":
        return []
    if not isinstance(value, list):
        raise MisfitError("must be a list of objects")
    if len(value) > MAX_ITEMS:
        raise MisfitError(f"must have at most {MAX_ITEMS} items")
    found = [_item(at, item, keys, other_names) for at, item in enumerate(value, 1)]
    return [item for item in found if any(one is not None for one in item.values())]


def _item(
    at: int, value: object, keys: Sequence[str], other_names: Mapping[str, str]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MisfitError(f"must have an object as its item {at}")
    given = {other_names.get(name, name): one for name, one in value.items()}
    unknown = [name for name in given if name not in keys]
    if unknown:
        raise MisfitError(f"has no {unknown[0]!r}, in its item {at}")
    try:
        return {name: _member(name, given.get(name)) for name in keys}
    except MisfitError as misfit:
        raise MisfitError(f"has an item {at} of which a value {misfit}") from misfit


def _member(name: str, value: object) -> object:
    return None if value is None else _MEMBERS[name](value)


def _check_bounds(component: Component, value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if component.minimum is not None and value < component.minimum:
        raise MisfitError(f"must be at least {component.minimum:g}")
    if component.maximum is not None and value > component.maximum:
        raise MisfitError(f"must be at most {component.maximum:g}")
