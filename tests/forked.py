"""Programs that begin within a second.

`python -m transload` takes four to import all that the service is made of. Here one process of a
run has imported it, and each program is a fork of that process.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Self

from transload.cli.program import main

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["transload.cli.services", "tests.forked"])


class ForkedProgram:
    """A program `transload`, handled as a process of `subprocess` is."""

    def __init__(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, log_path: Path
    ) -> None:
        """Begin it in the folder; `env` is its whole environment, the log takes its stderr."""
        reading, writing = _FORKING.Pipe(duplex=False)
        self.stdout: IO[str] = os.fdopen(os.dup(reading.fileno()))
        self._process = _FORKING.Process(
            target=_become, args=(list(arguments), dict(env), cwd, log_path, writing)
        )
        self._process.start()
        reading.close()
        writing.close()
        self.pid = self._process.pid or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.wait()
        self.stdout.close()

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """Give its exit code, a signal as a negative number; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Give its exit code; None if it still runs after that many seconds."""
        self._process.join(timeout)
        return self.poll()


def _become(
    arguments: list[str], env: dict[str, str], cwd: Path, log_path: Path, stdout: Connection
) -> None:
    os.dup2(stdout.fileno(), 1)
    with log_path.open("ab") as log:
        os.dup2(log.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    stdout.close()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["transload", *arguments]
    main()
