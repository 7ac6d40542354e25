"""How some endpoints say that something does not exist, in spellings that clients expect."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Path
from pydantic import WithJsonSchema

from transload.errors import NotFoundError
from transload.web.parameters import EXAMPLE_ID, an_id

_MESSAGE = "data not found"


@contextmanager
def in_lower_case() -> Iterator[None]:
    """Say `data not found` of what is not there."""
    try:
        yield
    except NotFoundError as error:
        raise NotFoundError(_MESSAGE) from error


LowerCasePathId = Annotated[
    str,
    an_id(_MESSAGE),
    WithJsonSchema({"type": "string"}),
    Path(description="An id.", openapi_examples={"id": {"value": EXAMPLE_ID}}),
]
"""The id of something in a path, of which `data not found` is said where it is none."""
