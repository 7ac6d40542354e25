"""Schemas in the forms that programs which write clients understand: the common ground of many.

What the models' library writes is right, and some of it is read wrongly or not at all: truth values
that can be one alone, a generic model under several names with one title, defaults that are read
into another type.
"""

import re
from collections.abc import Iterator
from typing import Any

_GENERIC = re.compile(r"(?P<kind>[A-Za-z]+)_(?P<of>\w+?)_+")
_BOUNDS = {"ge": "minimum", "le": "maximum"}
_OPEN = "dict_str__Any"
_REFERENCE = "#/components/schemas/"


def make_plain(document: dict[str, Any]) -> None:
    """Bring every schema of an OpenAPI document into these forms, in place."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    names = {name: _plain_name(name) for name in schemas}
    document["components"]["schemas"] = {names[name]: one for name, one in schemas.items()}
    for name, one in document["components"]["schemas"].items():
        one["title"] = name
    for node in _nodes(document):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            name = reference.removeprefix(_REFERENCE)
            node["$ref"] = f"{_REFERENCE}{names.get(name, name)}"
        _settle_constant(node)
        _settle_bounds(node)
        _settle_default(node)


def _plain_name(name: str) -> str:
    """Give the name of a model; of a generic one, that of what it is of behind its own."""
    found = _GENERIC.fullmatch(name)
    if found is None:
        return name
    return f"{found['kind']}Of{'Objects' if found['of'] == _OPEN else found['of']}"


def _nodes(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Give every object in a part of the document but those of examples."""
    if isinstance(part, list):
        for one in part:
            yield from _nodes(one)
    elif isinstance(part, dict):
        yield part
        for name, one in part.items():
            if name not in {"example", "examples"}:
                yield from _nodes(one)


def _settle_constant(schema: dict[str, Any]) -> None:
    if "const" not in schema or "type" not in schema:
        return
    constant = schema.pop("const")
    if not isinstance(constant, bool):
        schema["enum"] = [constant]


def _settle_bounds(schema: dict[str, Any]) -> None:
    """Spell bounds as JSON Schema does; the models' library leaves those of read values as is."""
    if "type" not in schema:
        return
    for ours, theirs in _BOUNDS.items():
        if ours in schema:
            schema[theirs] = schema.pop(ours)


def _settle_default(schema: dict[str, Any]) -> None:
    """Have a default be of the type that the schema names, as a request would spell it; or none."""
    if schema.get("type") == "string":
        schema.pop("items", None)
    default = schema.get("default")
    if "default" in schema and default is None:
        del schema["default"]
    match schema.get("type"), default:
        case "string", list():
            schema["default"] = ",".join(map(str, default))
            if not default:
                del schema["default"]
        case "integer", str():
            schema["default"] = int(default)
        case _:
            return
