"""The database: reads, short writes behind one gate, and reads of one snapshot, short and long."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from transload.db.dialect import lower_case
from transload.db.patience import waited_for
from transload.db.presence import DatabaseFile
from transload.db.requirements import require_sqlite
from transload.db.wal import WriteAheadLog
from transload.db.write_gate import GatedConnection, WriteGate
from transload.errors import StartupError

_KNOWS_SUBSECONDS = (3, 42, 0)
_NANOSECONDS = 1_000_000  # a millisecond
_MILLISECONDS = 1_000  # a second
_BUSY_SECONDS = 30
_RETRY_SECONDS = 0.01
_OUTAGES = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")
_POOL_SIZE = 10
_POOL_OVERFLOW = 50
_ALONGSIDE: ContextVar[Callable[[Connection], None] | None] = ContextVar("alongside", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One store. Transactions are opened here and nowhere else.

    `writer` is also the engine that the jobs run on: on SQLite, every transaction of the process
    that may write passes the same gate.
    """

    url: URL
    reader: Engine
    writer: Engine
    log: WriteAheadLog | None = None
    file: DatabaseFile | None = None

    @property
    def is_sqlite(self) -> bool:
        """The embedded store."""
        return self.reader.dialect.name == "sqlite"

    def require_file(self) -> None:
        """Raise UnavailableError where an embedded database was removed under the process."""
        if self.file is not None:
            self.file.require()

    @property
    def is_looked_after(self) -> bool:
        """Whatever its store needs is done in the background."""
        return self.log is None or self.log.is_looked_after

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a short read, each statement of which sees what is committed when it begins.

        Like all reads, it ends with an error where whoever it is for waits no longer.
        """
        with self.reader.begin() as connection, waited_for(connection):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one write transaction: short, about 50 ms, for on SQLite all others wait.

        It commits at the end of the block and rolls back on an exception. Never open a second one
        inside: on SQLite the two would wait for each other.
        """
        with self.writer.begin() as connection:
            yield connection
            if (add := _ALONGSIDE.get()) is not None:
                add(connection)

    @contextmanager
    def alongside(self, add: Callable[[Connection], None]) -> Iterator[None]:
        """Have each write of this thread inside the block also do this, in its own transaction."""
        token = _ALONGSIDE.set(add)
        try:
            yield
        finally:
            _ALONGSIDE.reset(token)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a short read that sees the store as it is at the first statement."""
        with self._one_moment() as connection, waited_for(connection):
            yield connection
            # PostgreSQL's driver forgets the statements that it has prepared where one rolls back.
            connection.commit()

    @contextmanager
    def long_snapshot(self) -> Iterator[Connection]:
        """Open a snapshot for seconds or more, of which SQLite's log has to be told.

        It rolls back at the end of the block, so that temporary tables go with it. Never inside
        another or inside a write: where the log is full, it waits for those under way.
        """
        with (
            self.log.long_read() if self.log else nullcontext(),
            self._one_moment() as connection,
            waited_for(connection, is_long=True),
        ):
            yield connection

    @contextmanager
    def _one_moment(self) -> Iterator[Connection]:
        with self.reader.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def close(self) -> None:
        """Close every connection."""
        if self.log:
            self.log.close()
        self.reader.dispose()
        self.writer.dispose()


def is_outage(error: BaseException) -> bool:
    """Tell whether the store itself failed, by being gone, locked or full: later may go well."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeoutError)
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname.startswith(_OUTAGES)
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def open_database(database_url: str, data_dir: Path) -> Database:
    """Open the PostgreSQL at the URL, or the SQLite file in the data folder if the URL is empty.

    Raises StartupError for a URL that names neither, and for a SQLite that is too old.
    """
    if not database_url:
        require_sqlite()
        return _open_sqlite(data_dir / "transload.db")
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise StartupError(
            "TRANSLOAD_DATABASE_URL must be of the form postgresql://user@host/name."
        ) from error
    if url.get_backend_name() != "postgresql":
        raise StartupError(
            "TRANSLOAD_DATABASE_URL must start with postgresql://; leave it empty for SQLite."
        )
    url = url.set(drivername="postgresql+psycopg")
    # To begin and end a transaction takes longer than most short reads, which need none. Engines of
    # their own, as on SQLite: to tell a connection at every use that it needs none takes as long.
    reader = _postgresql_engine(url, isolation_level="AUTOCOMMIT")
    return Database(url=url, reader=reader, writer=_postgresql_engine(url))


def _postgresql_engine(url: URL, **more: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own arguments
    return create_engine(
        url,
        # Half for each of the two: a server has so many connections, and processes share them.
        pool_size=_POOL_SIZE // 2,
        max_overflow=_POOL_OVERFLOW // 2,
        # The connection that was used last comes first: it has prepared what is asked.
        pool_use_lifo=True,
        hide_parameters=True,
        **more,
    )


def _open_sqlite(path: Path) -> Database:
    url = URL.create("sqlite", database=str(path))
    gate, file = WriteGate(), DatabaseFile(path)
    log = WriteAheadLog(path, gate)
    reader = _sqlite_engine(url, sqlite3.Connection, _begin_deferred)
    factory = partial(GatedConnection, gate=gate, after_write=log.note_write)

    def begin(connection: Connection) -> None:
        file.require()
        _driver_connection(connection).begin()

    writer = _sqlite_engine(url, factory, begin)
    return Database(url=url, reader=reader, writer=writer, log=log, file=file)


def _sqlite_engine(
    url: URL, factory: Callable[..., sqlite3.Connection], begin: Callable[[Connection], None]
) -> Engine:
    engine = create_engine(
        url,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        hide_parameters=True,
        connect_args={
            "factory": factory,
            "timeout": _BUSY_SECONDS,
            "isolation_level": None,
            "check_same_thread": False,
        },
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    # A checkpoint inside a commit keeps all other writers waiting; `db.wal` makes them instead.
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA foreign_keys = ON")
    # Large sorts, those of exports, have their runs sorted beside the reading.
    connection.execute("PRAGMA threads = 2")
    # SQLite's own `lower` knows ASCII alone; PostgreSQL's does as Unicode says.
    connection.create_function("unicode_lower", 1, _lower, deterministic=True)
    if sqlite3.sqlite_version_info < _KNOWS_SUBSECONDS:
        connection.create_function("unixepoch", 1, _unixepoch)


def _lower(text: str | None) -> str | None:
    return None if text is None else lower_case(text)


def _unixepoch(moment: str) -> float:
    """Give the time in seconds, as newer SQLites do: the job library asks for it.

    Theirs takes many moments, older ones give no value for this one.
    """
    if moment not in {"subsec", "subsecond"}:
        raise ValueError(f"Only subsec is known here, not {moment}.")
    return time.time_ns() // _NANOSECONDS / _MILLISECONDS


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Ask until it is granted: where several open a new file, SQLite does not wait by itself."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _driver_connection(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own class
    return connection.connection.driver_connection
