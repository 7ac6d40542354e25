"""Reads a file of any kind in a guarded child process."""

from collections.abc import Callable
from pathlib import Path

from transload.formats.reading.model import Choices, Limits, Table


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
    raise NotImplementedError
