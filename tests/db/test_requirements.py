"""What a store must be like: where it is not, a sentence names what helps, and it does help."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import empty_database
from transload.db.engine import Database, open_database
from transload.db.migrate import migrate
from transload.db.requirements import require_sqlite
from transload.errors import StartupError


def _run(url: str, *statements: str) -> None:
    server = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _migrate(url: str) -> None:
    database = open_database(url, Path())
    try:
        migrate(database)
    finally:
        database.close()


def _refusal(url: str) -> str:
    with pytest.raises(StartupError) as caught:
        _migrate(url)
    return caught.value.message


@contextmanager
def _user_of(server_url: str, database_url: str) -> Iterator[str]:
    """Give the database's URL for a user who owns nothing in it."""
    name = f"stranger_{uuid4().hex[:8]}"
    _run(server_url, f"CREATE USER {name} PASSWORD 'x'")
    yield (
        make_url(database_url)
        .set(username=name, password="x")  # noqa: S106 - a user of this test
        .render_as_string(hide_password=False)
    )
    _run(database_url, f"DROP OWNED BY {name}", f"DROP USER {name}")


def test_time_in_milliseconds_is_known_to_every_sqlite(database: Database) -> None:
    """The job library asks for it from Python 3.12 on; SQLite gives it from 3.42 on."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL says it in another way")
    ours, seconds = "unixepoch('subsec')", "CAST(strftime('%s', 'now') AS INTEGER)"
    with database.write() as connection:
        (behind,) = connection.execute(text(f"SELECT {ours} - {seconds}")).one()
        connection.execute(text(f"CREATE TABLE timed (x, at INTEGER DEFAULT ({ours} * 1000))"))
        connection.execute(text("INSERT INTO timed (x) VALUES (1)"))
        (kept,) = connection.execute(text(f"SELECT at - {seconds} * 1000 FROM timed")).one()  # noqa: S608 - ours
    assert -1 < behind < 60
    assert -1_000 < kept < 60_000


def test_sqlite_that_is_too_old_is_refused_with_what_helps() -> None:
    require_sqlite((3, 38, 0))
    with pytest.raises(StartupError, match=r"needs SQLite 3\.38\.0 or newer.* brings 3\.37\.2"):
        require_sqlite((3, 37, 2))


def test_database_that_is_not_utf8_is_refused_with_the_statement_that_helps(
    postgres_url: str,
) -> None:
    name = f"latin_{uuid4().hex[:8]}"
    _run(
        postgres_url,
        f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
    )
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    sentence = _refusal(url)
    assert f"The database {name} is in LATIN1" in sentence
    found = re.search(r"CREATE DATABASE (\w+) ENCODING 'UTF8' TEMPLATE template0", sentence)
    assert found
    _run(postgres_url, found[0])
    _migrate(make_url(url).set(database=found[1]).render_as_string(hide_password=False))
    _run(postgres_url, f"DROP DATABASE {name}", f"DROP DATABASE {found[1]} WITH (FORCE)")


def test_user_who_may_not_make_what_is_needed_is_refused_with_the_statements_that_help(
    postgres_url: str,
) -> None:
    with empty_database(postgres_url) as owners, _user_of(postgres_url, owners) as url:
        for things in ("tables", "schemas"):
            sentence = _refusal(url)
            assert f" may not make {things} in the database " in sentence
            found = re.search(r"GRANT CREATE ON .* TO \w+", sentence)
            assert found
            _run(owners, found[0])
        _migrate(url)
