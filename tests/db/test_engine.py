"""Transactions: whole or not at all, snapshots that stand still, and errors in the URL."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from transload.db.engine import Database, open_database
from transload.db.tables import keys, tokens
from transload.errors import StartupError

_NOW = datetime(2024, 5, 1, tzinfo=UTC)


def _add(connection: Connection, name: str) -> None:
    connection.execute(insert(keys), {"name": name, "secret": b"x", "created_time": _NOW})


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(keys)).scalar_one()


def _exists(database: Database, name: str) -> bool:
    with database.read() as connection:
        return (
            connection.execute(select(keys.c.name).where(keys.c.name == name)).first() is not None
        )


def test_what_is_written_alongside_commits_with_the_write_or_not_at_all(
    database: Database,
) -> None:
    names = [uuid4().hex for _ in range(6)]
    first, beside, lost, beside_lost, later, refused = names

    def refuse(_connection: Connection) -> None:
        raise LookupError

    with database.alongside(partial(_add, name=beside)), database.write() as connection:
        _add(connection, first)
        assert not _exists(database, beside)
    with (
        database.alongside(partial(_add, name=beside_lost)),
        suppress(LookupError),
        database.write() as connection,
    ):
        _add(connection, lost)
        raise LookupError
    with database.alongside(refuse), suppress(LookupError), database.write() as connection:
        _add(connection, refused)
    with database.write() as connection:
        _add(connection, later)
    assert [_exists(database, name) for name in names] == [True, True, False, False, True, False]


def test_write_commits_at_the_end_of_the_block(database: Database) -> None:
    name = uuid4().hex
    with database.write() as connection:
        _add(connection, name)
        assert not _exists(database, name)
    assert _exists(database, name)


def test_write_rolls_back_on_an_exception(database: Database) -> None:
    name = uuid4().hex
    with suppress(ZeroDivisionError), database.write() as connection:
        _add(connection, name)
        raise ZeroDivisionError
    assert not _exists(database, name)


def test_next_write_goes_on_after_one_that_failed(database: Database) -> None:
    name = uuid4().hex
    with database.write() as connection:
        _add(connection, name)
    for _ in range(3):
        with pytest.raises(IntegrityError), database.write() as connection:
            _add(connection, name)
    with database.write() as connection:
        connection.execute(delete(keys).where(keys.c.name == name))
    assert not _exists(database, name)


def test_foreign_keys_are_held(database: Database) -> None:
    row = {"id": "t", "user_id": "0" * 24, "name": "", "created_time": _NOW, "expires_time": _NOW}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(tokens), row)


def test_snapshot_sees_one_state_while_others_write(database: Database) -> None:
    """P19, P25."""
    with database.snapshot() as connection:
        before = _count(connection)
        for _ in range(3):
            with database.write() as writing:
                _add(writing, uuid4().hex)
            assert _count(connection) == before
    with database.snapshot() as connection:
        assert _count(connection) == before + 3


def test_writers_do_not_wait_for_a_snapshot(database: Database) -> None:
    with database.snapshot() as first, database.snapshot() as second:
        seen = _count(first)
        with database.write() as connection:
            _add(connection, uuid4().hex)
        assert _count(second) == seen + 1
        assert _count(first) == seen


def test_connection_of_a_snapshot_is_an_ordinary_one_afterwards(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one level of isolation")
    with database.snapshot() as connection:
        level = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    assert level == "repeatable read"
    with database.read() as connection:
        level = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    assert level == "read committed"


def test_statements_stay_prepared_from_one_short_read_to_the_next(database: Database) -> None:
    """PostgreSQL's driver forgets them at a rollback: then each is parsed and planned anew."""
    if database.is_sqlite:
        pytest.skip("SQLite's driver prepares every statement")
    for _ in range(10):
        with database.snapshot() as connection:
            connection.execute(text("SELECT 'asked again and again'"))
    with database.snapshot() as connection:
        names = text("SELECT 1 FROM pg_prepared_statements WHERE statement LIKE '%again and%'")
        assert connection.execute(names).all() == [(1,)]


def test_what_a_long_snapshot_lays_down_goes_with_it(database: Database) -> None:
    for _ in range(2):
        with database.long_snapshot() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE laid_down (id INTEGER)"))


def test_sqlite_is_in_the_data_folder(tmp_path: Path) -> None:
    opened = open_database("", tmp_path)
    with opened.read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    opened.close()
    assert opened.is_sqlite
    assert (tmp_path / "transload.db").is_file()


@pytest.mark.parametrize("url", ["mysql://u@h/d", "sqlite:///x.db", "postgres://u@h/d", "nonsense"])
def test_url_of_no_known_store_is_refused_with_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(StartupError, match=r"TRANSLOAD_DATABASE_URL must .*postgresql://"):
        open_database(url, tmp_path)
