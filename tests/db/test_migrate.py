"""The schema: one way to it, also when many set out at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from tests.conftest import STORES, empty_database
from transload.db.engine import Database, open_database
from transload.db.given import insert_rows
from transload.db.migrate import config, migrate
from transload.db.tables import metadata, records
from transload.documents.search_text import search_text
from transload.errors import StartupError

_AT_ONCE = 10
_MORE_THAN_A_PART = 201


@pytest.fixture(params=STORES)
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in metadata.tables


def _revision(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def test_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_ours}
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = _revision(connection)
    migrate(database)
    with database.read() as connection:
        assert _revision(connection) == before
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_many_that_start_at_once_make_one_schema(empty_url: str, tmp_path: Path) -> None:
    start = Barrier(_AT_ONCE)

    def set_out(_number: int) -> list[str]:
        database = open_database(empty_url, tmp_path)
        try:
            start.wait()
            migrate(database)
            with database.read() as connection:
                return _revision(connection)
        finally:
            database.close()

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        revisions = list(threads.map(set_out, range(_AT_ONCE)))
    assert all(revision == revisions[0] and len(revision) == 1 for revision in revisions)


def test_records_of_a_version_before_search_texts_get_theirs(
    empty_url: str, tmp_path: Path
) -> None:
    documents = [
        f'{{"dataId":"{n}","name":"Toko \u039f\u0394\u039f\u03a3","tags":["A",1.5],"on":true}}'
        for n in range(_MORE_THAN_A_PART)
    ]
    rows = [
        {"id": f"{n:024x}", "data_id": str(n), "document": document}
        for n, document in enumerate(documents)
    ]
    shared = dict.fromkeys(("organization_id", "data_type_id"), "f" * 24)
    shared |= dict.fromkeys(("hub_id", "scope", "created_by", "updated_by"), "")
    shared |= dict.fromkeys(("created_time", "updated_time"), "2026-11-27 12:00:00")
    database = open_database(empty_url, tmp_path)
    with database.write() as connection:
        command.upgrade(config(connection), "0020")
        insert_rows(connection, records, [{**shared, "shape": 1, "size": 9, **row} for row in rows])
    migrate(database)
    with database.read() as connection:
        found = connection.execute(select(records.c.search_text).order_by(records.c.id)).scalars()
        assert list(found) == [search_text(document) for document in documents]
    database.close()


def test_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "transload.db").write_bytes(b"no database " * 1_000)
    database = open_database("", tmp_path)
    with pytest.raises(StartupError, match="The database of the data folder cannot be opened: "):
        migrate(database)
    database.close()


def test_database_of_a_newer_version_is_refused_and_stays_as_it_is(
    empty_url: str, tmp_path: Path
) -> None:
    database = open_database(empty_url, tmp_path)
    migrate(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartupError, match="a newer version's"):
        migrate(database)
    with database.read() as connection:
        assert _revision(connection) == ["9999"]
    database.close()
