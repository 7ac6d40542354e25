"""Tables for the tests: made, drawn, written in any format, and what writing them takes."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any, BinaryIO

import orjson
import polars as pl
from hypothesis import strategies as st

from tests.formats.workbooks import column, series
from transload.formats.columns import Column, Kind, Table
from transload.formats.csv_rows import PLAIN
from transload.formats.registry import Format, Frames
from transload.formats.writer import Writer

UNICODE_ROWS = ["x", "a & b", " y", None, "_x0041_", "\x01", "😀"]

FORMATS = list(Format)
FRAME_FORMATS = [each for each in Format if isinstance(each.described, Frames)]


def mixed(rows: int) -> pl.DataFrame:
    """Make rows of every kind, whose odd values stand far apart."""
    at = pl.int_range(rows)
    number = pl.when(at % 997 == 1).then(1e15).otherwise(at / 8)
    day = pl.date(2020, 1, 1) + pl.duration(days=at % 1000)
    old = pl.when(at % 991 == 2).then(pl.date(1890, 1, 1)).otherwise(day)
    texts = pl.Series(UNICODE_ROWS).gather([n % 7 if n % 89 == 0 else 0 for n in range(rows)])
    return pl.select(
        number=pl.when(at % 13 != 5).then(number),
        decimal=pl.format("{}.{}", at, at % 10),
        boolean=at % 3 == 0,
        date=old,
        date_time=old.cast(pl.Datetime("ms")) + pl.duration(milliseconds=at * 12_345),
        list=pl.format('["{}"]', at),
    ).with_columns(text=texts)


MIXED = [column(kind, kind.value) for kind in Kind]


def opened(
    name: Format, file: BinaryIO, columns: Sequence[Column] = MIXED
) -> tuple[Writer[Any], Callable[[pl.DataFrame], None]]:
    """Open a writer of one table, and give how it takes a frame."""
    described = name.described
    if isinstance(described, Frames):
        frames = described.open(file, [Table(columns=columns)], Path(gettempdir()), PLAIN)
        return frames, frames.write
    lines = described.open(file)
    return lines, lambda frame: lines.write(frame.write_ndjson().encode())


def written(name: Format, frames: Iterable[pl.DataFrame]) -> bytes:
    """Write frames like the mixed one; give the file."""
    file = BytesIO()
    writer, write = opened(name, file)
    with writer:
        for frame in frames:
            write(frame)
    return file.getvalue()


# Amounts are read back as numbers by some and as text by others: they have tests of their own.
kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.DECIMAL])
texts = st.text(max_size=20) | st.text(
    st.sampled_from("_x0041 \t\r\n&<>\x01a😀=+-@'\",;"), max_size=12
)
finite = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53).map(float)
milliseconds = st.datetimes().map(
    lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000)
)
VALUES: dict[Kind, st.SearchStrategy[object]] = {
    Kind.TEXT: texts,
    Kind.NUMBER: finite,
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.DATE_TIME: milliseconds,
    Kind.LIST: (texts | finite).map(lambda one: orjson.dumps([one, one]).decode()),
}


Values = list[list[list[object]]]
"""Frame by frame and column by column."""


@st.composite
def tables(
    draw: st.DrawFn, numbers: st.SearchStrategy[float] = finite, min_columns: int = 1
) -> tuple[list[Column], Values]:
    columns = [
        column(kind, str(at))
        for at, kind in enumerate(draw(st.lists(kinds, min_size=min_columns, max_size=5)))
    ]
    frames = []
    for rows in draw(st.lists(st.integers(0, 5), max_size=3)):
        cells = [
            st.lists(
                st.none() | (numbers if each.kind is Kind.NUMBER else VALUES[each.kind]),
                min_size=rows,
                max_size=rows,
            )
            for each in columns
        ]
        frames.append([draw(one) for one in cells])
    return columns, frames


def frames_of(columns: Sequence[Column], values: Values) -> list[pl.DataFrame]:
    return [
        pl.DataFrame(
            [series(each.kind, cells, each.id) for each, cells in zip(columns, frame, strict=True)]
        )
        for frame in values
    ]


class FullFile(BytesIO):
    """A file on a disk that has room for a megabyte."""

    def write(self, content: bytes) -> int:  # type: ignore[override]  # bytes are all it is given
        if self.tell() > 1_000_000:
            raise OSError("No space left on device")
        return super().write(content)


def threads_of_writers() -> int:
    return sum(thread.name.startswith("ThreadPoolExecutor") for thread in threading.enumerate())


PEAK = """
import resource, sys
from tempfile import TemporaryFile
from tests.formats.tables import mixed, opened
from transload.formats.registry import Format

frame = mixed(5_000)
with TemporaryFile() as file:
    writer, write = opened(Format(sys.argv[1]), file)
    with writer:
        for _ in range(int(sys.argv[2])):
            write(frame)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_megabytes(name: Format, frames: int) -> int:
    command = [sys.executable, "-c", PEAK, name, str(frames)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # ours
    return int(done.stdout)
