"""Bring the store's schema to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from transload.db.engine import Database
from transload.db.requirements import require_postgresql
from transload.errors import StartupError
from transload.lasting import reason_of

_SCRIPTS = Path(__file__).parent / "migrations"
_VERSIONS = "alembic_version"
_LOCK = 7_266_738_011  # any number, the same in every process


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction; processes that start together wait in line.

    Raises StartupError for a database that cannot be opened or used, or that a newer version has
    changed.
    """
    _try(database)
    if database.is_sqlite:
        _require_own(database)
    try:
        _upgrade(database)
    except CommandError as error:
        raise StartupError(
            "The database is a newer version's: install that one, or restore a backup."
        ) from error


def _upgrade(database: Database) -> None:
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """Give Alembic's configuration for work on this connection."""
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.attributes["connection"] = connection
    return settings


def _require_own(database: Database) -> None:
    """Raise StartupError for another program's database."""
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names())
    if tables and _VERSIONS not in tables:
        raise StartupError(
            f"{database.url.database} is another program's database: name another folder with "
            "--data, or restore the database of this installation."
        )


def _try(database: Database) -> None:
    try:
        with database.read() as connection:
            if not database.is_sqlite:
                require_postgresql(connection)
    except DBAPIError as error:
        setting = "the data folder" if database.is_sqlite else "TRANSLOAD_DATABASE_URL"
        raise StartupError(
            f"The database of {setting} cannot be opened: {reason_of(error)}."
        ) from error
