"""The program on a machine whose clock is an hour ahead.

Usage: python -m faults.skewed ARGUMENTS OF transload
"""

import time
from datetime import timedelta
from functools import partial
from typing import Any

from transload.clock import Clock

_AHEAD = timedelta(hours=1)
_NANOSECONDS = 1_000_000_000


def main() -> None:
    """Move every clock that the program reads, and run it."""
    _move(time, "time", _AHEAD.total_seconds())
    _move(time, "time_ns", int(_AHEAD.total_seconds()) * _NANOSECONDS)
    now = Clock.now
    setattr(Clock, "now", lambda clock: now(clock) + _AHEAD)  # noqa: B010 - mypy would not have it
    from transload.cli import program  # noqa: PLC0415 - only now, so that nobody has kept the right time

    program.main()


def _move(module: Any, name: str, by: float) -> None:  # noqa: ANN401 - any module
    setattr(module, name, partial(_sum, getattr(module, name), by))


def _sum(read: Any, by: float) -> Any:  # noqa: ANN401 - an int stays one
    return read() + by


if __name__ == "__main__":
    main()
