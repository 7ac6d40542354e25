"""Long statements on both stores, left before their end."""

import pytest
from sqlalchemy import text

from tests.exports.endless import ENDLESS
from tests.factories import Tenant
from transload.db.engine import Database
from transload.db.watching import watched


class EnoughError(Exception):
    """Nobody wants the answer any more."""


@pytest.fixture
def database(tenant: Tenant) -> Database:
    return tenant.site.service.exports.database


def give_up() -> None:
    raise EnoughError


def test_a_statement_without_end_is_left_when_nobody_wants_it(database: Database) -> None:
    """P18."""
    for _ in range(3):
        with (
            pytest.raises(EnoughError),
            database.snapshot() as connection,
            watched(connection, give_up),
        ):
            connection.execute(text(ENDLESS))
    with database.snapshot() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_statement_that_is_wanted_goes_on(database: Database) -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) > 2:
            raise EnoughError

    with (
        pytest.raises(EnoughError),
        database.snapshot() as connection,
        watched(connection, look),
    ):
        connection.execute(text(ENDLESS))
    assert len(looks) == 3


def test_the_error_of_a_statement_stays_its_own(database: Database) -> None:
    with (
        pytest.raises(ValueError, match="its own"),
        database.snapshot() as connection,
        watched(connection, give_up),
    ):
        raise ValueError("its own")
