"""The program as an administrator runs it: a process of its own, with settings of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from unittest import mock

import httpx

from tests.factories import PATIENCE_SECONDS, TRUSTED
from tests.forked import ForkedProgram
from transload.accounts.keys import token_key
from transload.accounts.model import Role
from transload.accounts.run import Accounts, create_user, find_organization
from transload.accounts.run import create_organization as add_organization
from transload.cli.program import main
from transload.clock import Clock
from transload.db.engine import Database
from transload.db.opening import opened_database
from transload.settings import Settings

_ADDRESS = re.compile(r" on (http://\S+), data in ")
_AT_WORK = re.compile(r" does background work, \d+ at a time(?:, on (http://\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningProgram:
    """A `transload serve` that answers requests."""

    process: subprocess.Popen[str] | ForkedProgram
    url: str
    log_path: Path

    def client(self, token: str) -> httpx.Client:
        """Give a client of the API that sends the token."""
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=f"{self.url}/api/v3",
            headers=headers,
            timeout=PATIENCE_SECONDS,
            verify=TRUSTED,
        )

    def log(self) -> str:
        """Give what the program has written to stderr."""
        return self.log_path.read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A data folder and the settings with which programs are run on it.

    Its programs are forks, unless a variable or an argument is there for the interpreter to read.
    """

    data_dir: Path
    database_url: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    is_forked: bool = True

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with TemporaryDirectory() as folder:
            log_path = Path(folder) / "log"
            with self._begun(arguments, log_path) as process:
                try:
                    status = process.wait(PATIENCE_SECONDS)
                finally:
                    process.kill()
                assert process.stdout is not None
                out = process.stdout.read()
            assert status is not None, out
            return subprocess.CompletedProcess(arguments, status, out, log_path.read_text())

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end in this process: one of its own takes seconds to start."""
        out, err, status = StringIO(), StringIO(), 0
        with (
            mock.patch.dict(os.environ, self._environment(), clear=True),
            mock.patch.object(sys, "argv", ["transload", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
            chdir(self.data_dir.parent),
        ):
            try:
                main()
            except SystemExit as end:
                status = int(end.code or 0)
        return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())

    @contextmanager
    def serving(self, *flags: str) -> Iterator[RunningProgram]:
        """Run the service on a free port; kill it after the block if it still runs."""
        with self._running("serve", "--port", "0", *flags) as (process, log_path):
            found = _announced(process.stdout, _ADDRESS, log_path)
            yield RunningProgram(process=process, url=found, log_path=log_path)

    @contextmanager
    def working(self, *flags: str) -> Iterator[RunningProgram]:
        """Run a worker beside the service; kill it after the block if it still runs."""
        with self._running("worker", *flags) as (process, log_path):
            found = _announced(process.stdout, _AT_WORK, log_path)
            yield RunningProgram(process=process, url=found, log_path=log_path)

    @contextmanager
    def _running(
        self, *arguments: str
    ) -> Iterator[tuple[subprocess.Popen[str] | ForkedProgram, Path]]:
        log_path = self.data_dir.parent / f"{self.data_dir.name}.log"
        with self._begun(arguments, log_path) as process:
            try:
                yield process, log_path
            finally:
                process.kill()

    def _begun(
        self, arguments: tuple[str, ...], log_path: Path
    ) -> subprocess.Popen[str] | ForkedProgram:
        env, cwd = self._environment(), self.data_dir.parent
        if self.is_forked:
            return ForkedProgram(arguments, env=env, cwd=cwd, log_path=log_path)
        with log_path.open("a") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                _command(arguments), env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=log, text=True
            )

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the store beside whoever else has it open."""
        given = Settings(data_dir=self.data_dir, database_url=self.database_url)
        with opened_database(given) as database:
            yield database

    def token(self, organization: str = "Acme") -> str:
        """Give the token of a new owner in the organization, which is made if it is missing."""
        now = Clock().now()
        with self.database() as database:
            tenant = find_organization(database, organization)
            if tenant is None:
                tenant = add_organization(database, organization, now)
            email = f"owner-{time.monotonic_ns()}@example.com"
            create_user(
                database,
                organization_id=tenant.id,
                email=email,
                role=Role.OWNER,
                hub_ids=(),
                now=now,
            )
            accounts = Accounts(database=database, token_key=token_key(database, now))
            return accounts.create_token(
                email=email, name="test", lifetime=timedelta(days=1), now=now
            )

    def _environment(self) -> dict[str, str]:
        """Give the program's whole environment: none of this machine's settings is among it."""
        named = {f"TRANSLOAD_{name.upper()}": str(value) for name, value in self.settings.items()}
        return {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "TRANSLOAD_DATA_DIR": str(self.data_dir),
            "TRANSLOAD_DATABASE_URL": self.database_url,
            **named,
            **self.variables,
        }


def _command(arguments: tuple[str, ...] | list[str]) -> list[str]:
    return [sys.executable, "-m", "transload", *arguments]


def _announced(stdout: IO[str] | None, what: re.Pattern[str], log_path: Path) -> str:
    assert stdout is not None
    for line in stdout:
        found = what.search(line)
        if found:
            return found[1] or ""
    raise AssertionError(f"The program did not start: {log_path.read_text()}")
