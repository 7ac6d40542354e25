"""The columns of a table that travels between a store and a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import polars as pl


class Kind(Enum):
    """What a column's cells hold, and as which polars type they travel in a frame."""

    TEXT = "text"
    """`String`, exactly as stored."""
    NUMBER = "number"
    """`Float64`, finite; integers only up to 2^53, so that each is exact."""
    DECIMAL = "decimal"
    """`String`: a decimal number, at most 18 digits and 6 behind the point, exactly as stored."""
    BOOLEAN = "boolean"
    """`Boolean`."""
    DATE = "date"
    """`Date`, years 1 to 9999."""
    DATE_TIME = "date_time"
    """`Datetime("ms")` without a zone, in UTC."""
    LIST = "list"
    """`String`: a JSON array as its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the key of its values, the title in a header row, and what its cells hold.

    `is_guarded`: in formats where text can be taken for a formula, texts that look like one are
    marked. False where texts begin with a sign by nature, as phones and coordinates do: there,
    texts of digits and what stands between digits are left as they are.
    `may_be_list`: among the texts of a text column there are lists, where types disagree about it.
    """

    id: str
    title: str
    kind: Kind
    is_guarded: bool = True
    may_be_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a file. `name`: what a format that shows one calls it; empty: by its number."""

    columns: Sequence[Column]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What a format could not hold, counted in cells.

    `cut_texts`: texts shortened to the format's longest. `dates_as_text`: dates and date-times
    outside the format's range, written as text instead. `numbers_as_text`: numbers of which the
    format's would keep less, likewise. `gaps_as_empty`: cells without a value, written as empty
    text. `replaced_texts`: texts with characters that the format has no place for, each of which
    stands as U+FFFD.
    """

    cut_texts: int = 0
    dates_as_text: int = 0
    numbers_as_text: int = 0
    gaps_as_empty: int = 0
    replaced_texts: int = 0

    def __add__(self, other: "Losses") -> "Losses":
        """Count both."""
        return Losses(
            cut_texts=self.cut_texts + other.cut_texts,
            dates_as_text=self.dates_as_text + other.dates_as_text,
            numbers_as_text=self.numbers_as_text + other.numbers_as_text,
            gaps_as_empty=self.gaps_as_empty + other.gaps_as_empty,
            replaced_texts=self.replaced_texts + other.replaced_texts,
        )


def by_position(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Give the values of `columns`, named by their place: `0`, `1`, and so on.

    In an expression, an id such as `*` or `^a$` would be a pattern.
    """
    return pl.DataFrame(
        [frame.get_column(column.id).alias(str(at)) for at, column in enumerate(columns)]
    )
