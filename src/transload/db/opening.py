"""The store as every program opens it: the service, its workers and the commands beside them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from transload.data_folder import make_database_file, make_folder, require_database
from transload.db.engine import Database, is_outage, open_database
from transload.db.migrate import migrate
from transload.errors import StartupError
from transload.lasting import reason_of
from transload.settings import Settings


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """Open the store, brought to this version's schema, and close it after the block.

    Raises StartupError for a store that cannot be used, at the start or in the block: it is full,
    or has gone.
    """
    if settings.is_embedded:
        make_folder(settings.data_dir)
        require_database(settings.data_dir, settings.data_dir / "files")
        make_database_file(settings.data_dir)
    database = open_database(settings.database_url, settings.data_dir)
    try:
        migrate(database)
        yield database
    except DBAPIError as error:
        if not is_outage(error):
            raise
        raise StartupError(f"The database cannot be used: {reason_of(error)}.") from error
    finally:
        database.close()
