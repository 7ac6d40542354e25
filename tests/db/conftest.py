"""A store of its own, brought to this version's schema, of each kind."""

from collections.abc import Iterator

import pytest

from tests.conftest import STORES, empty_database
from transload.db.engine import Database, open_database
from transload.db.migrate import migrate


@pytest.fixture(scope="session", params=STORES)
def own_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database; empty for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(scope="session")
def database(own_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(own_url, tmp_path_factory.mktemp("db"))
    migrate(opened)
    yield opened
    opened.close()
