"""The store as every program opens it: the service, its workers and the commands beside them."""

from collections.abc import Iterator
from contextlib import contextmanager

from transload.data_folder import make_database_file, make_folder, require_database
from transload.db.engine import Database, open_database
from transload.db.migrate import migrate
from transload.settings import Settings


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """Open the store, brought to this version's schema, and close it after the block.

    Raises StartupError for a store that cannot be used.
    """
    if settings.is_embedded:
        make_folder(settings.data_dir)
        require_database(settings.data_dir, settings.data_dir / "files")
        make_database_file(settings.data_dir)
    database = open_database(settings.database_url, settings.data_dir)
    try:
        migrate(database)
        yield database
    finally:
        database.close()
