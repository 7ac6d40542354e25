"""Instants in a query or a body."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# No hour of 24, which Python 3.14 takes for midnight of the next day.
_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[ T]((?!24)\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_EXAMPLE = "2025-01-31 10:20:30"


def _instant(value: object) -> object:
    if isinstance(value, datetime):
        return value
    found = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None:
        day, clock, offset = found.groups()
        try:
            instant = datetime.fromisoformat(f"{day} {clock or '00:00'}{offset or ''}")
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # a day or an hour that there is not
    raise PydanticCustomError("instant", f"must be a time such as {_EXAMPLE}")


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "examples": [_EXAMPLE]}),
]
"""`YYYY-MM-DD HH:MM:SS`, with a `T` or an offset too; without an offset, UTC."""
