"""The pipeline of one file: windows of records in, a published file out."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, assert_never

from sqlalchemy import Connection

from transload.db.watching import watched
from transload.exports.model import Format, Outcome
from transload.exports.plan import Plan
from transload.files.model import Files
from transload.formats.csv_writer import CsvWriter
from transload.formats.json_reader import read_lines
from transload.formats.json_writer import JsonWriter
from transload.formats.ndjson_writer import NdjsonWriter
from transload.formats.parquet_writer import ParquetWriter
from transload.formats.writer import Writer
from transload.formats.xlsx_writer import XlsxWriter
from transload.records import store as records
from transload.records.windows import Window, iterate, last_id

_ALMOST_DONE = 99


def write_file(
    connection: Connection,
    files: Files,
    key: str,
    plan: Plan,
    check_in: Callable[[int], None],
) -> Outcome:
    """Write the planned records to a file and publish it whole under the key; give what it holds.

    The connection's transaction is the one snapshot that the count and all the records are of.
    `check_in` is called with the percentage after each window, and from another thread while the
    store sorts or reads; what it raises ends the work, also within a statement, and leaves no file.
    """
    percent, written, last = 0, 0, None

    def look() -> None:
        check_in(percent)

    with watched(connection, look):
        matched = records.count(connection, plan.selection)
    expected = max(1, min(plan.part.limit, matched - plan.part.offset))
    with files.stage() as staged:
        writer, write = _open(staged.stream, plan)
        with writer:
            for window in _windows(connection, plan, look):
                write(window.lines)
                written += window.rows
                last = last_id(connection, plan.order, window)
                percent = min(_ALMOST_DONE, 100 * written // expected)
                look()
            losses = writer.close()
        size = files.publish(staged, key)
    return Outcome(
        records=written,
        matched=matched,
        is_truncated=plan.part.offset + written < matched,
        last_id=last,
        last_field=plan.columns[-1].id,
        size=size,
        losses=losses,
    )


def _windows(connection: Connection, plan: Plan, look: Callable[[], None]) -> Iterator[Window]:
    windows = iterate(connection, plan.selection, plan.order, plan.part, plan.content)
    while True:
        with watched(connection, look):
            window = next(windows, None)
        if window is None:
            return
        yield window


def _open(stream: BinaryIO, plan: Plan) -> tuple[Writer, Callable[[bytes], None]]:
    """Give the format's writer, and how lines of JSON are written with it."""
    match plan.format:
        case Format.XLSX:
            return _of_frames(XlsxWriter(stream, plan.columns), plan)
        case Format.CSV:
            return _of_frames(CsvWriter(stream, plan.columns), plan)
        case Format.PARQUET:
            return _of_frames(ParquetWriter(stream, plan.columns), plan)
        case Format.JSON:
            json = JsonWriter(stream)
            return json, json.write
        case Format.NDJSON:
            ndjson = NdjsonWriter(stream)
            return ndjson, ndjson.write
        case _:
            assert_never(plan.format)


def _of_frames(
    writer: XlsxWriter | CsvWriter | ParquetWriter, plan: Plan
) -> tuple[Writer, Callable[[bytes], None]]:
    return writer, lambda lines: writer.write(read_lines(lines, plan.columns))
