"""Parses parameters and bodies into models, and says in one sentence what is wrong with one."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, Path, Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from starlette.exceptions import HTTPException

from transload.db.ids import is_id
from transload.errors import NOT_FOUND, InvalidError, NotFoundError, named
from transload.web.body import aside, read_json_object, whole_body
from transload.web.bounds import SMALL, bound_body
from transload.web.json_pieces import Body

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
MAX_PAGE = 1_000_000_000
EXAMPLE_ID = "6b069e7d527fae7ccb2f5744"
_ID_SCHEMA = {"type": "string", "pattern": "^[0-9a-f]{24}$", "examples": [EXAMPLE_ID]}
_LIST_MARK = "[]"
_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_FIELDS = 1_000
MAX_NAMES = 10_000

Model = TypeVar("Model", bound="Parameters")


class Several(list[str]):
    """Several values of one parameter of a query or a form: those of a list, or one too many."""


class Parameters(BaseModel):
    """The parameters of an endpoint. What it does not name is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _whole(value: object) -> object:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("whole", "must be a whole number")


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    text = "" if isinstance(value, Several) else str(value).strip().lower()
    if text not in _BOOLEANS:
        raise PydanticCustomError("boolean", "must be true or false")
    return _BOOLEANS[text]


def _names(value: object) -> object:
    if isinstance(value, Several):
        value = ",".join(value)
    if isinstance(value, str | list | tuple) and _length(value) > MAX_NAMES:
        raise PydanticCustomError("names", "must have at most {most} items", {"most": MAX_NAMES})
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise PydanticCustomError("names", "must be a list of names")
    return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))


def _length(items: str | list[object] | tuple[object, ...]) -> int:
    return items.count(",") + 1 if isinstance(items, str) else len(items)


def _id(value: object) -> object:
    if isinstance(value, str) and is_id(value.strip()):
        return value.strip()
    raise PydanticCustomError("id", "must be an id of 24 hexadecimal digits")


def an_id(message: str = NOT_FOUND) -> AfterValidator:
    """Have a text in a path lead to nothing, in these words, where it is no id."""

    def check(value: str) -> str:
        if not is_id(value):
            raise NotFoundError(message)
        return value

    return AfterValidator(check)


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, in decimal digits."""
Flag = Annotated[bool, BeforeValidator(_boolean)]
"""true, false, 1 or 0, in any case."""
Names = Annotated[tuple[str, ...], BeforeValidator(_names), WithJsonSchema({"type": "string"})]
"""Items with commas between them; blanks around them, empty and repeated ones are passed over."""
Id = Annotated[str, BeforeValidator(_id), WithJsonSchema(_ID_SCHEMA)]
"""The id of something that a parameter refers to."""
PathId = Annotated[
    str,
    an_id(),
    WithJsonSchema({"type": "string"}),
    Path(description="An id.", openapi_examples={"id": {"value": EXAMPLE_ID}}),
]
"""The id of something in a path; a text that is no id leads to nothing."""


def query(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """Give the dependency that reads the model from the query string."""

    async def read(request: Request) -> Model:
        return validated(model, query_values(request))

    return read


def query_values(request: Request) -> dict[str, object]:
    """Give the query's parameters; one without a value is as good as absent."""
    return _checked(_gathered(request.query_params.multi_items()))


async def _query_or_body_values(request: Request) -> dict[str, object]:
    return _checked({**await _body_values(request), **query_values(request)})


QueryOrBody = Annotated[dict[str, object], Depends(_query_or_body_values)]
"""The parameters of the query string and of a JSON or form body; the query wins."""


def validated(model: type[Model], values: Mapping[str, object], noun: str = "parameter") -> Model:
    """Give the model, or raise InvalidError naming the parameters that are wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise InvalidError(named([_sentence(fault, noun) for fault in faults])) from error


async def _body_values(request: Request) -> dict[str, object]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart_values(request)
    if kind == _FORM:
        bound_body(request.scope, SMALL)
        return _form_values(await whole_body(request))
    found = await aside(request, _read_object_or_nothing)
    return {name: value for name, value in found.items() if value not in (None, "")}


def _read_object_or_nothing(body: Body) -> dict[str, object]:
    return read_json_object(body) if body.strip() else {}


async def _multipart_values(request: Request) -> dict[str, object]:
    bound_body(request.scope, SMALL)
    try:
        form = await request.form(max_fields=_MAX_FORM_FIELDS)
    except HTTPException as error:
        raise InvalidError(error.detail) from error
    return _gathered([(name, text) for name, text in form.multi_items() if isinstance(text, str)])


def _form_values(body: Body) -> dict[str, object]:
    try:
        found = parse_qsl(body.decode(errors="replace"), max_num_fields=_MAX_FORM_FIELDS)
    except ValueError as error:
        raise InvalidError(f"A form has at most {_MAX_FORM_FIELDS} fields.") from error
    return _gathered(found)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Give parameters by name; `a=1&a=2` and `a[]=1` are lists, as clients spell them."""
    found: dict[str, object] = {}
    for spelled, value in pairs:
        if not value:
            continue
        name = spelled.removesuffix(_LIST_MARK)
        before = found.get(name)
        if before is None and name == spelled:
            found[name] = value
        else:
            found[name] = Several([*_items(before), value])
    return found


def _items(before: object) -> list[str]:
    if before is None:
        return []
    return before if isinstance(before, Several) else [str(before)]


def _checked(values: dict[str, object]) -> dict[str, object]:
    for name, value in values.items():
        for text in (name, *(value if isinstance(value, list) else [value])):
            if isinstance(text, str) and _UNKEEPABLE.search(text):
                raise InvalidError("A parameter must not hold U+0000 or a lone surrogate.")
    return values


def _sentence(fault: ErrorDetails, noun: str) -> str:
    name = ".".join(str(step) for step in fault["loc"]) or "body"
    return f"The {name} {noun} {_predicate(fault)}."


_PREDICATES = {
    "missing": "is required",
    "list_type": "must be a list",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
}


def _predicate(fault: ErrorDetails) -> str:
    bounds: Mapping[str, Any] = fault.get("ctx", {})
    if fault["type"] in _PREDICATES:
        return _PREDICATES[fault["type"]]
    match fault["type"]:
        case "greater_than_equal":
            return f"must be at least {bounds['ge']}"
        case "less_than_equal":
            return f"must be at most {bounds['le']}"
        case "literal_error" | "enum":
            return f"must be {bounds['expected']}"
        case "string_too_long":
            return f"must have at most {bounds['max_length']} characters"
        case "too_long":
            return f"must have at most {bounds['max_length']} items"
        case "union_tag_invalid" | "union_tag_not_found":
            kinds = bounds.get("expected_tags", "")
            return f"must name its kind: {kinds}" if kinds else "must name its kind"
        case _:
            return fault["msg"][:1].lower() + fault["msg"][1:]
