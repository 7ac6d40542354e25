"""The rows of a file that was read: in chunks, and where a key stands twice."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from transload.formats.reading.model import (
    EXTRA,
    FAULT,
    GROUP_BYTES,
    GROUP_ROWS,
    LINE,
    form_column,
    text_column,
)
from transload.imports.checking import Rules, keys_of
from transload.imports.model import Import


def chunk_ends(path: Path, columns: int) -> tuple[int, ...]:
    """Give the numbers of rows up to the end of each chunk: of at most 5,000 rows, 16 MiB of text.

    One pass over all rows, in bounded memory.
    """
    texts = [pl.col(text_column(at)).str.len_bytes().fill_null(0) for at in range(columns)]
    size = pl.sum_horizontal(texts) if texts else pl.lit(0)
    sizes = (
        pl.scan_parquet(path)
        .select(size.cast(pl.UInt64).alias("size"))
        .collect(engine="streaming")
        .get_column("size")
    )
    ends: list[int] = []
    start = 0
    while start < sizes.len():
        part = sizes.slice(start, GROUP_ROWS)
        fitting = int((part.cum_sum() <= GROUP_BYTES).sum())
        start += max(1, fitting)
        ends.append(start)
    return tuple(ends)


def chunk(path: Path, one: Import, number: int) -> pl.DataFrame:
    """Give the rows of a chunk, with all columns."""
    first, rows = one.chunk(number)
    return pl.scan_parquet(path).slice(first, rows).collect()


def part(path: Path, first: int, rows: int) -> pl.DataFrame:
    """Give so many rows from that one on."""
    return pl.scan_parquet(path).slice(first, rows).collect()


def repeats(
    path: Path,
    one: Import,
    rules: Rules,
    patched: Callable[[pl.DataFrame, int], pl.DataFrame] | None = None,
) -> dict[int, int]:
    """Give the rows whose key stands in an earlier row of the file, and that one's line.

    In memory there are eight bytes a row, and the keys of those rows that may repeat one.
    """
    if rules.key not in rules.columns:
        return {}
    hashes = pl.concat(
        [_keys(path, one, number, rules, patched).hash() for number in range(one.total_chunks)]
        or [pl.Series(dtype=pl.UInt64)]
    )
    doubtful = hashes.is_duplicated().arg_true()
    if not len(doubtful):
        return {}
    found: dict[int, int] = {}
    first_lines: dict[str, int] = {}
    for number in range(one.total_chunks):
        first, rows = one.chunk(number)
        places = doubtful.filter(doubtful.is_between(first, first + rows - 1)) - first
        if not len(places):
            continue
        keys = _keys(path, one, number, rules, patched).gather(places).to_list()
        lines = _columns(path, one, number, [LINE]).get_column(LINE).gather(places).to_list()
        for place, key, line in zip(places.to_list(), keys, lines, strict=True):
            if key is not None and first_lines.setdefault(key, line) != line:
                found[first + place] = first_lines[key]
    return found


def within(found: dict[int, int], one: Import, number: int) -> dict[int, int]:
    """Give those of the repeated rows that are in a chunk, counted from its first row."""
    first, rows = one.chunk(number)
    if len(found) < rows:
        return {row - first: line for row, line in found.items() if first <= row < first + rows}
    return {row: found[first + row] for row in range(rows) if first + row in found}


def extras(rows: pl.DataFrame) -> pl.Series:
    """Give the cells past the last column, a JSON array a row, null where there are none."""
    return rows.get_column(EXTRA)


def _keys(
    path: Path,
    one: Import,
    number: int,
    rules: Rules,
    patched: Callable[[pl.DataFrame, int], pl.DataFrame] | None,
) -> pl.Series:
    at = rules.columns[rules.key]
    names = [LINE, FAULT, text_column(at)]
    if one.table is not None and one.table.has_forms:
        names.append(form_column(at))
    rows = _columns(path, one, number, names)
    if patched is not None:
        rows = patched(rows, number)
    return keys_of(rows, rules)


def _columns(path: Path, one: Import, number: int, names: Sequence[str]) -> pl.DataFrame:
    first, rows = one.chunk(number)
    return pl.scan_parquet(path).select(names).slice(first, rows).collect()
