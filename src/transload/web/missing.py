"""What some of the reference's endpoints say of what is not there: the same in another spelling."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, WithJsonSchema

from transload.db.ids import is_id
from transload.errors import NotFoundError
from transload.web.parameters import EXAMPLE_ID

_MESSAGE = "data not found"


@contextmanager
def in_lower_case() -> Iterator[None]:
    """Say `data not found` of what is not there."""
    try:
        yield
    except NotFoundError as error:
        raise NotFoundError(_MESSAGE) from error


def _path_id(value: str) -> str:
    if not is_id(value):
        raise NotFoundError(_MESSAGE)
    return value


LowerCasePathId = Annotated[
    str,
    AfterValidator(_path_id),
    WithJsonSchema({"type": "string"}),
    Path(description="An id.", openapi_examples={"id": {"value": EXAMPLE_ID}}),
]
"""The id of something in a path, of which `data not found` is said where it is none."""
