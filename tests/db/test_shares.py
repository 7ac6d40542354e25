"""P16: one limit, however many processes there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from transload.app import rate_limiter
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.db.shares import forget, take
from transload.db.tables import request_shares
from transload.errors import BusyError

_LIMIT = 40
_PROCESSES = 3


@pytest.fixture
def shared(database: Database) -> Database:
    """A database that several processes can use."""
    if database.is_sqlite:
        pytest.skip("SQLite serves one process, which counts by itself")
    return database


def _now(database: Database) -> datetime:
    with database.read() as connection:
        now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now


def test_processes_share_the_limit(shared: Database) -> None:
    """P16."""
    link = new_id()
    limiters = [rate_limiter(_LIMIT, shared) for _ in range(_PROCESSES)]

    def admitted(number: int) -> bool:
        try:
            limiters[number % _PROCESSES].admit(link, _now(shared))
        except BusyError:
            return False
        return True

    before = int(_now(shared).timestamp())
    with ThreadPoolExecutor(8) as threads:
        passed = sum(threads.map(admitted, range(_LIMIT * _PROCESSES)))
    seconds = int(_now(shared).timestamp()) - before + 1
    assert _LIMIT // 2 <= passed <= _LIMIT * seconds


def test_what_is_taken_in_a_second_is_the_limit_and_no_more(shared: Database) -> None:
    """P16."""
    organization = new_id()
    ask = partial(take, shared, organization, 30, 40)
    second, given = 0, [0]
    while second != int(_now(shared).timestamp()):
        second = int(_now(shared).timestamp())
        given = [ask(), ask(), ask()]
    assert given in ([30, 10, 0], [0, 0, 0])


def test_what_was_taken_long_ago_is_forgotten(shared: Database) -> None:
    organization = new_id()
    assert take(shared, organization, 40, 40) == 40
    for day, is_kept in ((0, True), (2, False)):
        forget(shared, _now(shared) + timedelta(days=day))
        with shared.read() as connection:
            kept = connection.execute(
                select(request_shares).where(request_shares.c.organization_id == organization)
            ).first()
        assert (kept is not None) is is_kept


def test_organizations_take_nothing_from_each_other(shared: Database) -> None:
    """P16."""
    assert take(shared, new_id(), 40, 40) == 40
    assert take(shared, new_id(), 40, 40) == 40
