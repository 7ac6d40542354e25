"""The processes of an installation, which can be killed, frozen and started again."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_STOP_SECONDS = 15


@dataclass(slots=True, kw_only=True)
class Program:
    """One process, and how it is started; what it writes goes to a log of its own."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log_path: Path
    process: subprocess.Popen[bytes] | None = None
    is_frozen: bool = False

    @property
    def pid(self) -> int:
        """The process's id; 0 where none runs."""
        return self.process.pid if self.process is not None else 0

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process is not None and self.process.poll() is None:
            return
        with self.log_path.open("ab") as log:
            self.process = _opened(self.command, self.environment, log)
        self.is_frozen = False

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart_after(self, seconds: float) -> None:
        """End it without a word after some time, and start it again."""
        time.sleep(seconds)
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Let it do nothing until `thaw`."""
        os.kill(self.pid, signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self) -> None:
        """Let it go on, if it still exists."""
        if self.is_frozen and self.process is not None and self.process.poll() is None:
            os.kill(self.pid, signal.SIGCONT)
        self.is_frozen = False

    def stop(self) -> None:
        """Tell it to stop; raise RuntimeError if it has not within 15 seconds."""
        self.thaw()
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise RuntimeError(f"{self.name} did not stop within {_STOP_SECONDS} s.") from error


def transload(*arguments: str, is_ahead: bool = False) -> list[str]:
    """Give the command line of this project's program; `is_ahead`: its clock is an hour ahead."""
    return [sys.executable, "-m", "faults.skewed" if is_ahead else "transload", *arguments]


def _opened(
    command: list[str], environment: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this project's own command
        command, env=environment, stdout=log, stderr=log
    )
