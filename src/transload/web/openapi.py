"""The OpenAPI document, made of the models that the endpoints themselves use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from typing_extensions import TypedDict

from transload.errors import DENIED, NOT_FOUND
from transload.settings import Settings
from transload.web.bounds import MAX_BODY, SMALL, STREAMED
from transload.web.cookies import SECURE_COOKIE
from transload.web.parameters import Parameters
from transload.web.schemas import make_plain

JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_BYTES = "application/octet-stream"
_REFERENCES = "#/components/schemas/{model}"
_TYPES = "x-types"
_BEARER = "bearerAuth"
_COOKIE = "sessionCookie"
_FRAMEWORKS_OWN = "Validation Error"
_TOKENS = (
    "A token. Whoever runs the service makes one with `transload token create --email "
    "ada@acme.example`, which prints it; it works for 30 days unless `--expires` says otherwise."
)
_SESSIONS = (
    "The session of a browser, begun by `POST /session`. By http the cookie is named "
    "`transload_<port>`. A request that changes something must come from a page of the service."
)
_MEANINGS = {
    400: "A parameter or a value is missing or wrong; the message names it.",
    401: "The token is missing, malformed, expired or revoked.",
    403: "The user's role does not allow it.",
    404: "There is nothing under this id.",
    406: "The client takes no JSON.",
    409: "What is asked clashes with what is stored.",
    412: "The file is not the one that If-Match names.",
    413: "The body is too large.",
    416: "The range is beyond the file's end.",
    422: "The file, or what it refers to, cannot be used; the message says why.",
    429: "A limit is reached; see the header Retry-After.",
    500: "An internal error.",
    503: "Something that is needed is out of reach for the moment; see the header Retry-After.",
}
_MESSAGES = {
    400: "Bad request - invalid parameters provided. The limit parameter must be at least 1.",
    401: "Unauthorized",
    403: DENIED,
    404: NOT_FOUND,
    406: "Only application/json is served.",
    409: "There is a hub Jakarta already.",
    412: "The file is not the one that If-Match names.",
    413: "A request's body may have 64 MiB at most.",
    416: "The file has 1024 bytes; the range is beyond its end.",
    422: "The file must be a file of type: csv, xls, xlsx.",
    429: "Your organization may send 100 requests a second.",
    500: "Internal server error, please contact support.",
    503: "The database is out of reach for the moment; try again.",
}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until the same request may pass.",
        "schema": {"type": "integer"},
    }
}
_HEADERS = {429: _RETRY_AFTER, 503: _RETRY_AFTER}
_REFUSAL = {"$ref": _REFERENCES.format(model="Refusal")}
_EVERYWHERE = (401, 406, 429, 500, 503)


class Refusal(TypedDict):
    """What every error answers with."""

    status: Literal[False]
    message: str
    data: NotRequired[list[object]]
    error: NotRequired[dict[str, object]]
    failedCode: NotRequired[str]


def described(
    answer: object,
    *,
    example: object,
    status: int = 200,
    query: type[Parameters] | None = None,
    body: Any = None,  # noqa: ANN401 - a type, of any form
    body_example: object = None,
    is_query_in_body: bool = False,
    form: type[Parameters] | None = None,
    max_body_bytes: int = SMALL,
    errors: Sequence[int] = (),
    leads_to: Mapping[str, Mapping[str, str]] | None = None,
    is_open: bool = False,
) -> dict[str, Any]:
    """Give a route decorator's arguments that describe the endpoint.

    `answer` and `body` are types, each with an example; a `body` of bytes is taken as it comes.
    `errors` the codes beyond those that every
    endpoint may answer.
    The body has at most `max_body_bytes`; AS_SET is what the setting says.
    With `is_query_in_body` the query's parameters may also stand in a JSON or form body. `form` are
    the texts of a form that has a file too. One that `is_open` asks for no token.
    `leads_to` names endpoints by their functions, and where their parameters stand in the answer.
    """
    types = _Types(
        answer=answer,
        status=status,
        query=query,
        body=body,
        body_example=body_example,
        is_query_in_body=is_query_in_body,
        form=form,
    )
    extra: dict[str, Any] = {_TYPES: len(_TYPES_OF_ENDPOINTS), MAX_BODY: max_body_bytes}
    _TYPES_OF_ENDPOINTS.append(types)
    if is_open:
        extra["security"] = []
    refused = refusals({*errors, *_EVERYWHERE, *((413,) if types.have_body else ())})
    content = {JSON: {"example": example_text(example)}}
    answered: dict[str, Any] = {"description": "Success", "content": content}
    if leads_to is not None:
        answered["links"] = {
            name: {"operationId": name, "parameters": _in_answer(places)}
            for name, places in leads_to.items()
        }
    return {
        "status_code": status,
        "responses": {status: answered, **refused},
        "openapi_extra": extra,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Types:
    """The types of which an endpoint's part of the document is made; see `described`."""

    answer: Any
    status: int
    query: type[Parameters] | None
    body: Any
    body_example: object
    is_query_in_body: bool
    form: type[Parameters] | None

    @property
    def have_body(self) -> bool:
        """Tell whether the endpoint takes a body."""
        is_query = self.query is not None and self.is_query_in_body
        return is_query or self.form is not None or self.body is not None

    def write(self, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
        """Add parameters and body to the endpoint's operation, and what they refer to."""
        if self.query is not None:
            parameters = _query_parameters(self.query, schemas)
            if self.is_query_in_body:
                operation["requestBody"] = _optional_body(self.query, self.body_example, schemas)
                for parameter in parameters:
                    parameter["required"] = False
            operation["parameters"] = [*operation.get("parameters", []), *parameters]
        if self.form is not None:
            operation["requestBody"] = _form_body(self.form, schemas)
        elif self.body is bytes:
            schema = {"type": "string", "format": "binary"}
            sent = {_BYTES: {"schema": schema, "example": example_text(self.body_example)}}
            operation["requestBody"] = {"required": True, "content": sent}
        elif self.body is not None:
            schema = _schema(self.body, schemas)
            sent = {JSON: {"schema": schema, "example": example_text(self.body_example)}}
            operation["requestBody"] = {"required": True, "content": sent}


_TYPES_OF_ENDPOINTS: list[_Types] = []
"""By the number that stands in an operation until the document is first asked for: no start waits
for schemas to be made."""


def refusals(codes: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    """Give the descriptions of the errors that an endpoint may answer with.

    They point at one schema: the framework would make a model of each.
    """
    return {
        code: {
            "description": _MEANINGS[code],
            "headers": _HEADERS.get(code, {}),
            "content": {JSON: {"schema": _REFUSAL, "example": example_text(_refusal(code))}},
        }
        for code in sorted(codes)
    }


def example_text(example: object) -> str:
    """Give an example as text, for the document to be made with: an object would lose its nulls."""
    return orjson.dumps(example).decode()


def provide_document(app: FastAPI, description: str) -> None:
    """Have the application make its document when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, description)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as the framework documents it


def _document(app: FastAPI, description: str) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=description, routes=app.routes
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    components["securitySchemes"] = {
        _BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": _TOKENS,
        },
        _COOKIE: {
            "type": "apiKey",
            "in": "cookie",
            "name": SECURE_COOKIE,
            "description": _SESSIONS,
        },
    }
    schemas["Refusal"] = _schema(Refusal, schemas)
    most_bytes = app.state.parts[Settings].max_body_mib << 20
    document["security"] = [{_BEARER: []}, {_COOKIE: []}]
    answers = _answers(schemas)
    for operations in document["paths"].values():
        for operation in operations.values():
            if (number := operation.pop(_TYPES, None)) is not None:
                types = _TYPES_OF_ENDPOINTS[number]
                types.write(operation, schemas)
                contents = operation["responses"][str(types.status)]["content"]
                if JSON in contents:
                    contents[JSON]["schema"] = contents[JSON].get("schema") or answers[number]
            bound = operation.pop(MAX_BODY, SMALL)
            if "requestBody" in operation and bound != STREAMED:
                operation[MAX_BODY] = min(bound, most_bytes)
            if operation["responses"].get("422", {}).get("description") == _FRAMEWORKS_OWN:
                del operation["responses"]["422"]  # of wrong parameters: ours answer 400
            for part in (*operation["responses"].values(), operation.get("requestBody", {})):
                for content in part.get("content", {}).values():
                    content["example"] = orjson.loads(content["example"])
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    make_plain(document)
    return document


def _answers(schemas: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Give the schemas of all answers by their number; what they refer to goes into `schemas`."""
    adapters: list[tuple[int, JsonSchemaMode, TypeAdapter[Any]]] = [
        (number, "serialization", TypeAdapter(types.answer))
        for number, types in enumerate(_TYPES_OF_ENDPOINTS)
    ]
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template=_REFERENCES)
    schemas.update(definitions.get("$defs", {}))
    return {number: schema for (number, _), schema in found.items()}


def _refusal(code: int) -> Refusal:
    return {"status": False, "message": _MESSAGES[code]}


def _query_parameters(model: type[Parameters], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REFERENCES)
    definitions.update(schema.get("$defs", {}))
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": described.pop("description", ""),
            "schema": _without_none(described),
        }
        for name, described in schema["properties"].items()
    ]


def _optional_body(
    model: type[Parameters], example: object, definitions: dict[str, Any]
) -> dict[str, Any]:
    """Describe a body that may name some of the parameters, each of which may be in the query."""
    schema = {**_schema(model, definitions), "required": []}
    content = {"schema": schema, "example": example_text(example)}
    return {"required": False, "content": {JSON: content, _FORM: dict(content)}}


def _form_body(model: type[Parameters], definitions: dict[str, Any]) -> dict[str, Any]:
    """Describe a form: a file, and texts of which each may be left out."""
    schema = model.model_json_schema(ref_template=_REFERENCES)
    definitions.update(schema.pop("$defs", {}))
    texts = {name: _without_none(described) for name, described in schema["properties"].items()}
    file = {"type": "string", "format": "binary", "description": "The file."}
    content = {
        "schema": {"type": "object", "properties": {"file": file, **texts}, "required": ["file"]},
        "example": example_text({"file": "The bytes of the file."}),
    }
    return {"required": True, "content": {_MULTIPART: content}}


def _without_none(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Leave null out of a query's schema: a parameter that is None is one that is not there."""
    found = {name: value for name, value in schema.items() if name not in {"title", "anyOf"}}
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        found.update(choices[0])
    elif choices:
        found["anyOf"] = choices
    if found.get("default", ...) is None:
        del found["default"]
    return found


def _in_answer(places: Mapping[str, str]) -> dict[str, str]:
    return {parameter: f"$response.body#/{place}" for parameter, place in places.items()}


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - likewise
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    schema = adapter.json_schema(ref_template=_REFERENCES)
    definitions.update(schema.pop("$defs", {}))
    return schema
