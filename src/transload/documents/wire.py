"""How a filter is spelled in a request."""

from typing import Annotated

import orjson
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from transload.documents.filters import Condition, read_conditions


def _conditions(given: object) -> object:
    """Read a JSON list, which in a query is text and in a body a list."""
    try:
        return read_conditions(orjson.loads(given) if isinstance(given, str) else given)
    except orjson.JSONDecodeError as error:
        reason = "must be a JSON list of {field, operator, value}"
        raise PydanticCustomError("filter", "{reason}", {"reason": reason}) from error
    except ValueError as error:
        raise PydanticCustomError("filter", "{reason}", {"reason": str(error)}) from error


Conditions = Annotated[
    tuple[Condition, ...], BeforeValidator(_conditions), WithJsonSchema({"type": "string"})
]
"""A JSON list of `{field, operator, value}`; see `documents.filters`."""
