"""Instants in a query or a body."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from transload.web.instants import Instant

INSTANTS: TypeAdapter[datetime] = TypeAdapter(Instant)


def test_an_instant_without_offset_is_of_utc() -> None:
    found = INSTANTS.validate_python("2025-01-31 23:59")
    assert found == datetime(2025, 1, 31, 23, 59, tzinfo=UTC)


def test_an_hour_of_24_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be a time such as"):
        INSTANTS.validate_python("2025-01-31 24:00")
