"""Columns read the same on both stores."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select

from transload.db.engine import Database
from transload.db.types import Document, UtcTime

_marks = Table(
    "marks",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime),
    Column("document", Document),
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writer.connect() as connection, connection.begin() as transaction:
        _marks.create(connection)
        yield connection
        transaction.rollback()


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 5, 1, 7, tzinfo=timezone(timedelta(hours=7))),
        None,
    ],
)
def test_instant_is_read_as_it_was_written(
    connection: Connection, instant: datetime | None
) -> None:
    """P23."""
    connection.execute(insert(_marks), {"at": instant})
    found = connection.execute(select(_marks.c.at)).scalar_one()
    assert found == instant
    assert found is None or found.tzinfo is UTC


def test_instants_compare_in_the_store(connection: Connection) -> None:
    first = datetime(2024, 5, 1, tzinfo=UTC)
    second = first + timedelta(microseconds=1)
    connection.execute(insert(_marks), [{"at": second}, {"at": first}])
    later = select(_marks.c.at).where(_marks.c.at > first)
    assert connection.execute(later).scalars().all() == [second]


@pytest.mark.parametrize(
    "text", ['{"b": 1.50,"a":1,  "b":2}', '{"é":"\\u00e9😀"}', '{"n":12345678901234567890.10}']
)
def test_document_is_read_byte_for_byte(connection: Connection, text: str) -> None:
    """P23."""
    connection.execute(insert(_marks), {"document": text})
    assert connection.execute(select(_marks.c.document)).scalar_one() == text
