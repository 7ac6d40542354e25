"""SQLite's write-ahead log: brought over when long reads end, and never grown without end."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.factories import PATIENCE_SECONDS
from transload.db import engine
from transload.db.engine import Database, open_database
from transload.db.wal import Bounds, WriteAheadLog
from transload.db.write_gate import WriteGate

_KIB = 1 << 10
_TIDY, _CUT, _FULL = 64 * _KIB, 256 * _KIB, 512 * _KIB
_BOUNDS = Bounds(tidy_bytes=_TIDY, full_bytes=_FULL, held_pages=8, cut_bytes=_CUT)


def _opened(folder: Path, monkeypatch: pytest.MonkeyPatch, bounds: Bounds = _BOUNDS) -> Database:
    """A store whose log is called large at sizes that a test reaches."""

    def log(path: Path, gate: WriteGate) -> WriteAheadLog:
        return WriteAheadLog(path, gate, bounds)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "WriteAheadLog", log)
        return open_database("", folder)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    database = _opened(tmp_path, monkeypatch)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE lines (id INTEGER PRIMARY KEY, line TEXT)"))
    yield database
    database.close()


def _log(database: Database) -> WriteAheadLog:
    assert database.log is not None
    return database.log


def _write(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO lines (line) VALUES (hex(randomblob(8192)))"))


def _grow_to(database: Database, size: int) -> int:
    """Write until the log is that large; give the number of lines that were written."""
    written = 0
    while _log(database).size <= size:
        _write(database)
        written += 1
    return written


def _lines(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM lines")).scalar_one())


def _count(database: Database) -> int:
    with database.read() as connection:
        return _lines(connection)


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class _Reader:
    """A long read in a thread of its own, from its first statement until it is told to end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._may_end = threading.Event()
        self.has_begun = threading.Event()
        self.seen: list[int] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._database.long_snapshot() as connection:
            self.seen.append(_lines(connection))
            self.has_begun.set()
            self._may_end.wait(PATIENCE_SECONDS)
            self.seen.append(_lines(connection))

    def begun(self) -> "_Reader":
        assert self.has_begun.wait(PATIENCE_SECONDS)
        return self

    def end(self) -> None:
        self._may_end.set()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@pytest.mark.parametrize("size", [_TIDY, 3 * _CUT])
def test_log_is_emptied_after_a_long_read(store: Database, size: int) -> None:
    reader = _Reader(store).begun()
    written = _grow_to(store, size)
    reader.end()
    _await(lambda: _log(store).size == 0)
    assert reader.seen == [0, 0]
    assert _count(store) == written


def test_log_stays_small_without_long_reads(store: Database) -> None:
    for _ in range(10):
        _grow_to(store, _TIDY)
        _await(lambda: _log(store).size == 0)


def test_log_of_a_killed_process_is_brought_over_at_the_next_start(
    store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = _Reader(store).begun()
    written = _grow_to(store, 2 * _FULL)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("transload.db", "transload.db-wal"):
        shutil.copy(tmp_path / name, left / name)
    reader.end()
    database = _opened(left, monkeypatch)
    _Reader(database).begun().end()
    _await(lambda: _log(database).size == 0)
    assert _count(database) == written
    database.close()


def test_long_read_waits_for_those_under_way_where_the_log_is_full(store: Database) -> None:
    first = _Reader(store).begun()
    written = _grow_to(store, _FULL)
    later = [_Reader(store) for _ in range(3)]
    _await(lambda: _waiting(store) == 3)
    assert not any(reader.has_begun.is_set() for reader in later)
    first.end()
    for reader in later:
        reader.begun().end()
        assert reader.seen == [written, written]
    assert _log(store).size < _FULL


def test_short_reads_and_writes_go_on_while_long_reads_wait(store: Database) -> None:
    first = _Reader(store).begun()
    written = _grow_to(store, _FULL)
    waiting = _Reader(store)
    _await(lambda: _waiting(store) == 1)
    _write(store)
    assert _count(store) == written + 1
    with store.snapshot() as connection:
        assert _lines(connection) == written + 1
    assert not waiting.has_begun.is_set()
    first.end()
    waiting.begun().end()


def test_log_is_bounded_under_long_reads_that_overlap(store: Database) -> None:
    """Without a wait there would never be a moment at which the log can start anew."""
    largest = 0
    readers = [_Reader(store)]
    for _ in range(20):
        readers.append(_Reader(store))
        for _ in range(8):
            _write(store)
            largest = max(largest, _log(store).size)
        readers.pop(0).begun().end()
    for reader in readers:
        reader.begun().end()
    assert largest < 3 * _FULL
    assert _count(store) == 160


def test_long_read_goes_on_when_it_has_waited_long_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = Bounds(
        tidy_bytes=_TIDY, full_bytes=_FULL, held_pages=8, patience_seconds=0.05, reset_seconds=0.05
    )
    database = _opened(tmp_path, monkeypatch, bounds)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE lines (id INTEGER PRIMARY KEY, line TEXT)"))
    first = _Reader(database).begun()
    _grow_to(database, _FULL)
    _Reader(database).begun().end()
    first.end()
    database.close()


def test_closing_ends_the_wait(store: Database) -> None:
    with ExitStack() as ending:
        first = _Reader(store).begun()
        ending.callback(first.end)
        _grow_to(store, _FULL)
        waiting = _Reader(store)
        _await(lambda: _waiting(store) == 1)
        _log(store).close()
        waiting.begun().end()


def test_log_is_emptied_while_short_reads_never_leave_a_gap(store: Database) -> None:
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            _count(store)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        _grow_to(store, 4 * _TIDY)
        _await(lambda: _log(store).size == 0)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_long_read_that_fails_is_no_longer_waited_for(store: Database) -> None:
    with suppress(ZeroDivisionError), store.long_snapshot() as connection:
        assert _lines(connection) == 0
        _grow_to(store, _FULL)
        raise ZeroDivisionError
    _Reader(store).begun().end()
    _await(lambda: _log(store).size == 0)


def test_postgresql_has_no_such_log(database: Database) -> None:
    assert (database.log is None) == (not database.is_sqlite)
    with database.long_snapshot() as first, database.long_snapshot() as second:
        assert first.execute(text("SELECT 1")).scalar_one() == 1
        assert second.execute(text("SELECT 1")).scalar_one() == 1


def _waiting(database: Database) -> int:
    return len(_log(database)._changed._waiters)  # type: ignore[attr-defined]  # noqa: SLF001 - who waits is known nowhere else
