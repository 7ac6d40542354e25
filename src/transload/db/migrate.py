"""Bring the store's schema to this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from transload.db.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_266_738_011  # any number, the same in every process


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction; processes that start together wait in line."""
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
