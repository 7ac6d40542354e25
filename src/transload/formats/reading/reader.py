"""Reads a file of any kind in a guarded child process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from transload.formats.reading.model import Cause, Choices, Limits, Table, UnreadableError
from transload.formats.reading.wire import Request, read_answer, written_request

_LOOK_SECONDS = 0.1
_FIRST_LOOK_SECONDS = 0.005
_MAX_ANSWER_BYTES = 64 << 20
_TOO_COMPLEX = (
    "The file is too complex or damaged: the program that reads it had to be ended. Save the sheet "
    "as csv, and import that."
)
_TOO_SLOW = "Reading the file takes too long. Split it, or save the sheet as csv."
# Nothing of the service's own: no token or address that it was started with.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "POLARS_MAX_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
    "TZ": "UTC",
}


def read_file(
    source: Path,
    rows: Path,
    *,
    choices: Choices,
    limits: Limits,
    look: Callable[[], None],
) -> Table:
    """Read `source` whole, once, and write its rows to the new file `rows`, as `model` describes.

    Blocks; `look` is called ten times a second, and what it raises ends the reading. `rows` is only
    there when this returns. Raises UnreadableError for a file that is no table, is too large or
    kills its parser.
    """
    unfinished = rows.with_name(f"{rows.name}.unfinished")
    request = Request(
        source=source.absolute(), rows=unfinished.absolute(), choices=choices, limits=limits
    )
    try:
        with TemporaryFile() as answer:
            _run(request, answer, look)
            answer.seek(0)
            table = read_answer(answer.read(_MAX_ANSWER_BYTES))
        unfinished.rename(rows)
        return table
    finally:
        unfinished.unlink(missing_ok=True)
        # What the child had decrypted, or written anew.
        for one in (".plain", ".utf8", ".related", ".long"):
            unfinished.with_name(f"{unfinished.name}{one}").unlink(missing_ok=True)


def _run(request: Request, answer: BinaryIO, look: Callable[[], None]) -> None:
    # Isolated: neither the working directory nor the user's folders have modules for it.
    child = subprocess.Popen(
        [sys.executable, "-I", "-m", "transload.formats.reading.child"],
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
    )
    try:
        # Open to its end: when this process dies, so does the child.
        with suppress(BrokenPipeError):
            os.write(child.stdin.fileno(), written_request(request))  # type: ignore[union-attr]
        _wait(child, request.limits.wall_seconds, look)
    finally:
        child.kill()
        child.wait()
        child.stdin.close()  # type: ignore[union-attr]
    if child.returncode == -signal.SIGXCPU:
        raise UnreadableError(Cause.TOO_SLOW, _TOO_SLOW)
    if child.returncode:
        raise UnreadableError(Cause.TOO_COMPLEX, _TOO_COMPLEX)


def _wait(child: subprocess.Popen[bytes], most_seconds: float, look: Callable[[], None]) -> None:
    ends = time.monotonic() + most_seconds
    patience = _FIRST_LOOK_SECONDS
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            return
        patience = _LOOK_SECONDS
        look()
        if time.monotonic() > ends:
            raise UnreadableError(Cause.TOO_SLOW, _TOO_SLOW)
