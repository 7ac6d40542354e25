"""The fields of a data type: every type there is, and what is wrong with a field."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys
from tests.factories import Tenant

_BAD_REQUEST = "Bad request - invalid parameters provided."
_TYPES = (
    "string",
    "text",
    "number",
    "boolean",
    "date",
    "dateTime",
    "time",
    "coordinate",
    "phone",
    "option",
    "list",
    "money",
)
_NEEDED: Mapping[str, Mapping[str, object]] = {
    "option": {"optionData": ["a", 7]},
    "money": {"format": "IDR"},
}
_KEY = {"id": "dataId", "type": "string"}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_NAMED = ", ".join(f"'{name}'" for name in _TYPES[:-1]) + f" or '{_TYPES[-1]}'"


def _of(*fields: Mapping[str, object]) -> Send:
    return lambda _: Sent(body={"name": "Outlets", "fields": [_KEY, *fields]})


def _of_every_type() -> Send:
    return _of(*({"id": name, "type": name, **_NEEDED.get(name, {})} for name in _TYPES))


def _is_of_every_type(body: Mapping[str, Any]) -> bool:
    data_type = body["data_type"]
    return all(
        (
            [field["type"] for field in data_type["fields"]] == ["string", *_TYPES],
            [field["primaryKey"] for field in data_type["fields"]]
            == [True] + [False] * len(_TYPES),
            data_type["fields"][10]["optionData"] == ["a", "7"],
            all(_TIME.fullmatch(data_type[name]) for name in ("createdTime", "updatedTime")),
        )
    )


def _default_values(body: Mapping[str, Any]) -> bool:
    field = body["data_type"]["fields"][1]
    return bool(
        field
        == {
            "id": "size",
            "title": "",
            "type": "number",
            "format": None,
            "description": None,
            "default": None,
            "optionData": [],
            "required": False,
            "primaryKey": False,
            "show": True,
            "visible": True,
        }
    )


def _all_that_can_be_said(body: Mapping[str, Any]) -> bool:
    return bool(_WHOLE.items() <= body["data_type"]["fields"][1].items())


_WHOLE: Mapping[str, object] = {
    "id": "size",
    "title": "Size",
    "type": "option",
    "format": "badge",
    "description": "As on the sign.",
    "default": "S",
    "optionData": ["S", "L"],
    "required": True,
    "primaryKey": False,
    "show": False,
    "visible": False,
}


def _made(case: str, send: Send, holds: Callable[[Any], bool]) -> Case:
    return Case(
        method="POST",
        path="/data-type",
        case=case,
        status=201,
        keys=keys("status message data_type"),
        message="Success",
        send=send,
        holds=holds,
    )


def _bad(case: str, fault: str, *fields: Mapping[str, object]) -> Case:
    return Case(
        method="POST",
        path="/data-type",
        case=case,
        status=400,
        keys=keys("status message"),
        message=f"{_BAD_REQUEST} {fault}",
        send=_of(*fields),
    )


def _losing_values(tenant: Tenant) -> Sent:
    fields = [_KEY, {"id": "price", "type": "number"}]
    kind = tenant.data_type(fields, name="Outlets", common=True)
    tenant.add(kind, None, [{"dataId": "A", "price": 5}])
    body = {"name": "Outlets", "fields": fields, "deleteFields": ["price"]}
    return Sent(ids={"id": kind}, body=body)


DATA_TYPE_FIELDS = [
    _made("fields of every type", _of_every_type(), _is_of_every_type),
    _made(
        "a field of which little is said", _of({"id": "size", "type": "number"}), _default_values
    ),
    _made("a field of which all is said", _of(_WHOLE), _all_that_can_be_said),
    *(
        Case(
            method=method,
            path="/data-type/{id}",
            case="whose records lose values",
            status=200,
            keys=keys("status message data_type"),
            message="Success",
            send=_losing_values,
            holds=lambda body: len(body["data_type"]["fields"]) == 2,
        )
        for method in ("PUT", "PATCH")
    ),
    _bad("a field without an id", "The fields.1.id field is required.", {"type": "string"}),
    _bad("a field without a type", "The fields.1.type field is required.", {"id": "a"}),
    _bad(
        "an unknown type", f"The fields.1.type field must be {_NAMED}.", {"id": "a", "type": "int"}
    ),
    _bad(
        "an option field without options",
        "The field a is an option field and has no optionData.",
        {"id": "a", "type": "option"},
    ),
    _bad(
        "a second key",
        "Exactly one field is the primary key, and its id is dataId.",
        {"id": "a", "type": "string", "primaryKey": True},
    ),
    _bad(
        "a name of the system",
        "The field id hubId is taken by the system.",
        {"id": "hubId", "type": "string"},
    ),
    _bad(
        "an id twice",
        "The field id a stands twice.",
        {"id": "a", "type": "string"},
        {"id": "a", "type": "number"},
    ),
    _bad(
        "a default that does not fit",
        "The default of a must be true or false.",
        {"id": "a", "type": "boolean", "default": "maybe"},
    ),
]
