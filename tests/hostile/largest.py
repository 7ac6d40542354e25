"""The largest request that each route takes, by what the service says of itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN_ID = "0" * 24
_NOT_WALKED = frozenset({"watch_export", "watch_import", "sign_out", "end_sessions"})
"""Streams without end, and what would end the walk's own session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Largest:
    """A request as large as it goes: a page of as many items, a body of as many bytes."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes | None


def largest_requests(
    document: Mapping[str, Any], ids: Mapping[str, str], most_bytes: int
) -> Iterator[Largest]:
    """Give one or two for each operation of the OpenAPI document; `ids`: what paths name.

    A body is a list of nothing, and then one long text: whichever way costs more.
    """
    for path, operations in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        named = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], UNKNOWN_ID), path)
        for method, described in operations.items():
            if described["operationId"] in _NOT_WALKED:
                continue
            query = {
                one["name"]: str(_maximum(one["schema"]))
                for one in described.get("parameters", ())
                if one["name"] == "limit" and one["in"] == "query"
            }
            for body in _bodies(document, described, most_bytes):
                yield Largest(method=method.upper(), path=named, query=query, body=body)


def _maximum(schema: Mapping[str, Any]) -> int:
    choices = [schema, *schema.get("anyOf", ())]
    return max(int(one.get("maximum", 1)) for one in choices)


def _bodies(
    document: Mapping[str, Any], described: Mapping[str, Any], most_bytes: int
) -> Iterator[bytes | None]:
    bound = min(described.get("x-max-body-bytes", 0), most_bytes)
    if not bound:
        yield None
        return
    name = next(_lists(document, described), "x")
    start, end = f'{{"{name}":['.encode(), b"0]}"
    yield start + b"0," * ((bound - len(start) - len(end)) // 2) + end
    start, end = f'{{"{name}":[{{"name":"'.encode(), b'"}]}'
    text = min(bound - len(start) - len(end), 7 << 20)
    yield start + b"x" * text + end


def _lists(document: Mapping[str, Any], described: Mapping[str, Any]) -> Iterator[str]:
    for content in described["requestBody"]["content"].values():
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for name, part in schema.get("properties", {}).items():
            if part.get("type") == "array":
                yield name
