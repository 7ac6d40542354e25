"""What every writer of a file keeps to, whatever its format."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from tests.formats.tables import (
    FORMATS,
    FRAME_FORMATS,
    FullFile,
    mixed,
    opened,
    peak_megabytes,
    threads_of_writers,
    written,
)
from transload.formats.columns import Losses
from transload.formats.registry import Format
from transload.formats.writer import Writer

every_format = pytest.mark.parametrize("name", FORMATS)
frame_format = pytest.mark.parametrize("name", FRAME_FORMATS)
Write = Callable[[pl.DataFrame], None]


@every_format
@pytest.mark.parametrize("rows_a_frame", [1, 7, 700, 1_199])
def test_the_bytes_do_not_depend_on_how_rows_are_cut_into_frames(
    name: Format, rows_a_frame: int
) -> None:
    frame = mixed(1_200)
    assert written(name, frame.iter_slices(rows_a_frame)) == written(name, [frame])


@every_format
def test_large_files_do_not_depend_on_frames_either(name: Format) -> None:
    frame = mixed(60_000)
    assert written(name, frame.iter_slices(5_000)) == written(name, frame.iter_slices(17_001))


@every_format
def test_closing_ends_the_threads_and_may_be_repeated(name: Format) -> None:
    file = BytesIO()
    writer, write = opened(name, file)
    with writer:
        write(mixed(2))
        found = writer.close()
        size = file.tell()
    assert writer.close() == found
    assert file.tell() == size
    assert not file.closed
    assert threads_of_writers() == 0
    with pytest.raises(ValueError, match="closed"):
        write(mixed(1))


@every_format
def test_an_exception_leaves_the_file_incomplete_and_ends_the_threads(name: Format) -> None:
    file = BytesIO()
    writer, write = opened(name, file)
    with pytest.raises(KeyError):
        fail_after_two_frames(writer, write)
    assert len(file.getvalue()) < len(written(name, [mixed(5_000)] * 3))
    assert not file.closed
    assert threads_of_writers() == 0
    for refused in (lambda: write(mixed(1)), writer.close):
        with pytest.raises(ValueError, match="closed"):
            refused()


def fail_after_two_frames(writer: Writer[Any], write: Write) -> None:
    with writer:
        write(mixed(5_000))
        write(mixed(5_000))
        raise KeyError


@every_format
def test_a_full_disk_is_raised_while_writing_and_ends_the_threads(name: Format) -> None:
    file = FullFile()
    with pytest.raises(OSError, match="No space left"):
        write_too_much(*opened(name, file))
    assert threads_of_writers() == 0


def write_too_much(writer: Writer[Any], write: Write) -> None:
    with writer:
        for _ in range(200):
            write(mixed(5_000))


@pytest.mark.parametrize("name", [name for name in FORMATS if name is not Format.NDJSON])
def test_a_full_disk_is_raised_by_close_at_the_latest(name: Format) -> None:
    file = FullFile()
    writer, write = opened(name, file)
    write(mixed(1))
    file.seek(2_000_000)
    with pytest.raises(OSError, match="No space left"):
        writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.close()
    assert threads_of_writers() == 0


@frame_format
def test_a_frame_that_cannot_be_written_is_raised(name: Format) -> None:
    writer, write = opened(name, BytesIO())
    with pytest.raises(pl.exceptions.ColumnNotFoundError), writer:
        write(pl.DataFrame({"text": ["a"]}))
    assert threads_of_writers() == 0


@frame_format
def test_nothing_lost_is_said_too(name: Format) -> None:
    writer, write = opened(name, BytesIO())
    write(mixed(1))
    assert writer.close() == Losses()


@frame_format
def test_a_file_without_columns_is_refused(name: Format) -> None:
    with pytest.raises(ValueError, match="column"):
        opened(name, BytesIO(), [])


@every_format
def test_a_table_that_the_file_does_not_have_is_refused(name: Format) -> None:
    writer, _ = opened(name, BytesIO())
    with pytest.raises(ValueError, match=r"table|sheet"), writer:
        writer.write(mixed(1), 1)
    assert threads_of_writers() == 0


@every_format
def test_memory_does_not_grow_with_the_rows(name: Format) -> None:
    """P22: ten times the rows, the same memory."""
    assert peak_megabytes(name, 150) - peak_megabytes(name, 15) < 40
