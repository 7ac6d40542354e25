"""The pipeline of one file: windows of documents in, a published file out.

The store is read in the caller's thread; what was read is parsed and written in others.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
from sqlalchemy import Connection

from transload.db.watching import watched
from transload.documents.lines import Content
from transload.documents.windows import Window, iterate, last_id
from transload.errors import InvalidError, UnavailableError
from transload.exports.model import Outcome
from transload.exports.subject import Plan
from transload.files.model import Files
from transload.formats.columns import Column
from transload.formats.json_reader import read_lines
from transload.formats.registry import Lines
from transload.formats.stage import Stage
from transload.formats.writer import FullError, Writer

_ALMOST_DONE = 99
_WINDOWS_AHEAD = 2
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_RETRY_SECONDS = 30


def write_file(
    connection: Connection,
    files: Files,
    key: str,
    plan: Plan,
    check_in: Callable[[int], None],
) -> Outcome:
    """Write the planned documents to a file and publish it whole under the key; give what it holds.

    The connection's transaction is the one snapshot that the count and all the documents are of.
    `check_in` is called with the percentage after each window, and from another thread while the
    store sorts or reads; what it raises ends the work, also within a statement, and leaves no file.
    Raises UnavailableError where the disk is full or the store of files is out of reach.
    """
    percent, written, last = 0, 0, None

    def look() -> None:
        check_in(percent)

    with watched(connection, look):
        matched = plan.source.count(connection)
    expected = max(1, min(plan.part.limit, matched - plan.part.offset))
    with _with_room(), files.stage() as staged:
        writer, write = _open(staged.stream, plan, files.scratch_dir)
        with writer, Stage(write, depth=_WINDOWS_AHEAD) as stage:
            for window in _windows(connection, plan, look):
                stage.put(window)
                written += window.rows
                last = last_id(connection, plan.source, plan.order, window)
                percent = min(_ALMOST_DONE, 100 * written // expected)
                look()
            stage.finish()
            losses = writer.close()
        size = files.publish(staged, key)
    return Outcome(
        records=written,
        matched=matched,
        is_truncated=plan.part.offset + written < matched,
        last_id=last,
        last_field=plan.tables[0].columns[-1].id,
        size=size,
        losses=losses,
        notes=(*plan.notes, *plan.closing_notes()),
    )


@contextmanager
def _with_room() -> Iterator[None]:
    """Tell a disk that is full from one that is broken, and a file that is from one that is not."""
    try:
        yield
    except FullError as error:
        raise InvalidError(f"{error} Export fewer at once.") from error
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise UnavailableError(
            "There is no room left for the file; try again.", retry_after_seconds=_RETRY_SECONDS
        ) from error


def _windows(connection: Connection, plan: Plan, look: Callable[[], None]) -> Iterator[Window]:
    is_exact = isinstance(plan.format.described, Lines)
    content = Content(names=plan.names, is_exact=is_exact)
    windows = iterate(connection, plan.source, plan.order, plan.part, content)
    while True:
        with watched(connection, look):
            window = next(windows, None)
        if window is None:
            return
        yield window


def _open(
    stream: BinaryIO, plan: Plan, folder: Path
) -> tuple[Writer[Any], Callable[[Window], None]]:
    """Give the format's writer, and what writes a window with it."""
    described = plan.format.described
    if isinstance(described, Lines):
        lines = described.open(stream)
        return lines, lambda window: lines.write(window.lines)
    frames = described.open(stream, plan.tables, folder, plan.dialect)
    rows = plan.rows or partial(_rows_of_one, columns=plan.tables[0].columns)
    spelled = described.keeps_dates_spelled

    def write(window: Window) -> None:
        for number, frame in enumerate(rows(window.lines, keeps_dates_spelled=spelled)):
            frames.write(frame, number)

    return frames, write


def _rows_of_one(
    lines: bytes, *, keeps_dates_spelled: bool, columns: Sequence[Column]
) -> Iterator[pl.DataFrame]:
    yield read_lines(lines, columns, keeps_dates_spelled=keeps_dates_spelled)
