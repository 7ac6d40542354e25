"""What a store must be like before anything is written into it."""

import sqlite3

from sqlalchemy import Connection, text

from transload.errors import StartupError

JOBS_SCHEMA = "dbos"
# The first to read a JSON document's values by `->`.
_OLDEST_SQLITE = (3, 38, 0)
_ENCODING = "UTF8"

_POSTGRESQL = text(
    """
    SELECT current_database() AS database,
        current_user AS who,
        current_schema() AS schema,
        current_setting('server_encoding') AS encoding,
        to_regclass('alembic_version') IS NOT NULL
            OR has_schema_privilege(current_schema(), 'CREATE') AS may_make_tables,
        to_regnamespace(:jobs) IS NOT NULL
            OR has_database_privilege(current_database(), 'CREATE') AS may_make_schemas
    """
)


def require_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raise StartupError for a SQLite that is too old."""
    if version < _OLDEST_SQLITE:
        needed, found = (".".join(map(str, one)) for one in (_OLDEST_SQLITE, version))
        raise StartupError(
            f"Transload needs SQLite {needed} or newer, and this Python brings {found}: run it "
            "with another Python, or set TRANSLOAD_DATABASE_URL to use PostgreSQL."
        )


def require_postgresql(connection: Connection) -> None:
    """Raise StartupError, naming the statement that helps, for a database that cannot be used."""
    found = connection.execute(_POSTGRESQL, {"jobs": JOBS_SCHEMA}).one()
    name = _quoted(found.database)
    if found.encoding != _ENCODING:
        another = _quoted(f"{found.database}_utf8")
        raise StartupError(
            f"The database {found.database} is in {found.encoding}, which does not hold every "
            f"text: make another with CREATE DATABASE {another} ENCODING 'UTF8' TEMPLATE template0."
        )
    if not found.may_make_tables:
        what = f"SCHEMA {_quoted(found.schema)}" if found.schema else f"DATABASE {name}"
        raise _not_granted(found.who, found.database, "tables", what)
    if not found.may_make_schemas:
        raise _not_granted(found.who, found.database, "schemas", f"DATABASE {name}")


def _not_granted(who: str, database: str, things: str, where: str) -> StartupError:
    return StartupError(
        f"The user {who} may not make {things} in the database {database}: as its owner, run "
        f"GRANT CREATE ON {where} TO {_quoted(who)}."
    )


def _quoted(name: str) -> str:
    """Give a name as SQL takes it."""
    if name.isidentifier() and name.islower():
        return name
    return '"' + name.replace('"', '""') + '"'
