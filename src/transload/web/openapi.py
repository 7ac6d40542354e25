"""The OpenAPI document, made of the models that the endpoints themselves use."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from transload.web.parameters import Parameters

JSON = "application/json"
_REFERENCES = "#/components/schemas/{model}"
_DEFINITIONS = "x-definitions"
_BEARER = "bearerAuth"
_MEANINGS = {
    400: "A parameter or a value is missing or wrong; the message names it.",
    401: "The token is missing, malformed, expired or revoked.",
    403: "The user's role does not allow it.",
    404: "There is nothing under this id.",
    406: "The client takes no JSON.",
    409: "What is asked clashes with what is stored.",
    413: "The body is too large.",
    429: "A limit is reached; see the header Retry-After.",
    500: "An internal error.",
    503: "The database is out of reach for the moment; see the header Retry-After.",
}
_EVERYWHERE = (401, 406, 429, 500, 503)


class Refusal(TypedDict):
    """What every error answers with."""

    status: Literal[False]
    message: str
    data: NotRequired[list[object]]
    error: NotRequired[dict[str, object]]


def described(
    answer: object,
    *,
    status: int = 200,
    query: type[Parameters] | None = None,
    body: Any = None,  # noqa: ANN401 - a type, of any form
    errors: Sequence[int] = (),
    leads_to: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Give a route decorator's arguments that describe the endpoint.

    `answer` and `body` are types, `errors` the codes beyond those that every endpoint may answer.
    `leads_to` names endpoints by their functions, and where their parameters stand in the answer.
    """
    extra: dict[str, Any] = {_DEFINITIONS: {}}
    if query is not None:
        extra["parameters"] = _query_parameters(query, extra[_DEFINITIONS])
    if body is not None:
        schema = _schema(body, extra[_DEFINITIONS])
        extra["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    codes = sorted({*errors, *_EVERYWHERE, *((413,) if body is not None else ())})
    refusals: dict[int | str, dict[str, Any]] = {
        code: {"description": _MEANINGS[code], "model": Refusal} for code in codes
    }
    answers: dict[int | str, dict[str, Any]] = {status: {"description": "Success", "model": answer}}
    if leads_to is not None:
        answers[status]["links"] = {
            name: {"operationId": name, "parameters": _in_answer(places)}
            for name, places in leads_to.items()
        }
    return {
        "status_code": status,
        "responses": {**answers, **refusals},
        "openapi_extra": extra,
    }


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
        _BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    document["security"] = [{_BEARER: []}]
    for operations in document["paths"].values():
        for operation in operations.values():
            schemas.update(operation.pop(_DEFINITIONS, {}))
            operation["responses"].pop("422", None)  # the framework's own; ours answer 400
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


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
