"""What PostgreSQL knows of a table by which it plans: many records that go in are known of."""

from pathlib import Path

from sqlalchemy import text

from tests.conftest import empty_database
from transload import bench_data, samples
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.opening import opened_database
from transload.settings import Settings


def _known(database: Database) -> int:
    """Give how many records PostgreSQL believes there are, -1 where it has never counted."""
    with database.read() as connection:
        return int(
            connection.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'records'"))
        )


def test_records_are_counted_where_they_have_become_twice_as_many(
    tmp_path: Path, postgres_url: str
) -> None:
    with (
        empty_database(postgres_url) as url,
        opened_database(Settings(data_dir=tmp_path, database_url=url)) as database,
    ):
        target = bench_data.prepare(database, "Acme", Clock().now())
        known, there = [_known(database)], 0
        for added in bench_data.load(database, target, samples.outlets(20_000)):
            there += added
            known.append(_known(database))
            assert there / 3 < known[-1] <= there
    assert known[0] == -1
    assert len(set(known)) < len(known)
