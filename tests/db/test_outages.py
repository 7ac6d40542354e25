"""What is an outage of the store, and what a fault of the statement."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from transload.db.engine import Database, is_outage, open_database


def _error(database: Database, statement: str) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught, database.write() as connection:
        connection.execute(text(statement))
    return caught.value


def test_a_store_that_is_not_there_is_out_of_reach(tmp_path: Path) -> None:
    for url in ("", "postgresql://nobody@127.0.0.1:1/nothing"):
        gone = open_database(url, tmp_path / "nowhere")
        assert is_outage(_error(gone, "SELECT 1"))
        gone.close()


def test_a_store_without_room_is_out_of_reach(tmp_path: Path) -> None:
    """Of SQLite: PostgreSQL's disk is its own."""
    full = open_database("", tmp_path)
    with full.write() as connection:
        connection.execute(text("CREATE TABLE full_ (content BLOB)"))
        connection.execute(text("PRAGMA max_page_count = 1"))  # at once as many as there are
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text("INSERT INTO full_ VALUES (zeroblob(1000000))"))
    assert is_outage(caught.value)
    full.close()


def test_a_wrong_statement_is_no_outage(database: Database) -> None:
    assert not is_outage(_error(database, "SELECT nothing FROM nowhere"))
    assert not is_outage(ValueError("nothing of the store's"))
