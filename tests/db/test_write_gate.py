"""The gate before SQLite's one write lock: fair, and never left shut."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from transload.db.engine import open_database
from transload.db.write_gate import GatedConnection, WriteGate

_PATIENCE_SECONDS = 30


@pytest.fixture
def gate() -> WriteGate:
    return WriteGate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.execute(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
    return tmp_path / "x.db"


@pytest.fixture
def connection(path: Path, gate: WriteGate) -> Iterator[GatedConnection]:
    with closing(GatedConnection(path, timeout=0, isolation_level=None, gate=gate)) as opened:
        opened.execute("PRAGMA foreign_keys = ON")
        yield opened


def _is_open(gate: WriteGate) -> bool:
    """Tell whether another thread passes the gate; it is open again afterwards."""

    def pass_through() -> None:
        gate.acquire()
        gate.release()

    thread = threading.Thread(target=pass_through, daemon=True)
    thread.start()
    thread.join(0.2)
    return not thread.is_alive()


def test_gate_serves_in_the_order_of_asking(gate: WriteGate) -> None:
    """P16."""
    served: list[int] = []

    def take_a_turn(number: int) -> None:
        gate.acquire()
        served.append(number)
        gate.release()

    gate.acquire()
    threads = [threading.Thread(target=take_a_turn, args=(number,)) for number in range(20)]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(gate._waiting) < number:  # noqa: SLF001 - who waits is known nowhere else
            assert time.monotonic() < deadline
            time.sleep(0.001)
    gate.release()
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_gate_is_shut_for_the_length_of_the_transaction(
    connection: GatedConnection, gate: WriteGate
) -> None:
    connection.begin()
    assert not _is_open(gate)
    connection.commit()
    assert _is_open(gate)


def test_gate_opens_when_the_lock_is_not_to_be_had(
    connection: GatedConnection, gate: WriteGate, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.begin()
    assert _is_open(gate)


def test_gate_opens_after_a_rollback_of_a_commit_that_failed(
    connection: GatedConnection, gate: WriteGate
) -> None:
    connection.begin()
    connection.execute("INSERT INTO child VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        connection.commit()
    connection.rollback()
    assert _is_open(gate)
    connection.begin()
    assert connection.execute("SELECT * FROM child").fetchall() == []
    connection.rollback()


def test_gate_opens_when_the_connection_is_closed(
    connection: GatedConnection, gate: WriteGate
) -> None:
    connection.begin()
    connection.close()
    assert _is_open(gate)


def test_simultaneous_writers_lose_nothing(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def count_up() -> None:
        for _ in range(50):
            with database.write() as connection:
                n = connection.execute(text("SELECT n FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 400
    database.close()
