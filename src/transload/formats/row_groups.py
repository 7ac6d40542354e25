"""Frames of any height, cut anew into groups that depend on the rows alone."""

from collections.abc import Iterator

import polars as pl

MAX_ROWS = 20_000
MAX_BYTES = 16 << 20


class RowGroups:
    """Gathers rows into groups: 20,000 of them, or fewer where their texts come to 16 MiB.

    Another `max_rows` can be asked for. A row with more text than that is a group by itself. The
    frames have the same columns.
    """

    def __init__(self, *, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._held: list[pl.DataFrame] = []
        self._rows = 0
        self._bytes = 0

    def add(self, frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Take rows; give the groups that they complete, each of one chunk."""
        rest = frame
        while rest.height:
            taken, size = self._fitting(rest)
            self._held.append(rest.head(taken))
            self._rows += taken
            self._bytes += size
            rest = rest.slice(taken)
            if rest.height:
                yield from self.finish()

    def finish(self) -> Iterator[pl.DataFrame]:
        """Give the group of the rows that are held, if any."""
        if self._rows:
            group = pl.concat(self._held, rechunk=True)
            self._held, self._rows, self._bytes = [], 0, 0
            yield group

    def _fitting(self, frame: pl.DataFrame) -> tuple[int, int]:
        """Give how many of the next rows the group can take, and the size of their texts."""
        part = frame.head(self._max_rows - self._rows)
        sizes = _text_bytes(part).cum_sum()
        taken = int((sizes <= MAX_BYTES - self._bytes).sum())
        if not taken and not self._rows:
            taken = 1
        return taken, int(sizes[taken - 1]) if taken else 0


def _text_bytes(frame: pl.DataFrame) -> pl.Series:
    """Give the bytes of each row's texts: in one step, for each has its price for many columns."""
    texts = [
        pl.col(name).str.len_bytes().cast(pl.Int64)
        for name, kind in frame.schema.items()
        if kind == pl.String
    ]
    if not texts:
        return pl.zeros(frame.height, dtype=pl.Int64, eager=True)
    return frame.select(pl.sum_horizontal(texts)).to_series()
