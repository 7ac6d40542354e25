"""Rows on their way from a file's reader to the frames that are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transload.formats.reading.model import Form

Row = Sequence[object]
"""The cells of a row as a reader gives them, None where there is nothing; of any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive rows, the line at which each begins, and what is to be said of some.

    `faults`: sentences, by the row's place in the batch. `marks`: forms and texts of cells that are
    not what their value is, by row and column. `empty_is_nothing`: empty texts mean None too.
    """

    lines: Sequence[int]
    rows: Sequence[Row]
    faults: Mapping[int, str] = field(default_factory=dict)
    marks: Mapping[tuple[int, int], tuple[Form, str | None]] = field(default_factory=dict)
    empty_is_nothing: bool = False
