"""Spreadsheets of OpenDocument, as calamine and LibreOffice read them."""

import re
import zipfile
from csv import reader
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import python_calamine
from hypothesis import given, settings

from tests.formats.tables import MIXED, Values, frames_of, mixed, tables, written
from tests.formats.workbooks import column, read_by_calamine, series
from tests.programs import AS_SHOWN, convert
from transload.formats.columns import Column, Kind, Losses, Table
from transload.formats.ods_writer import MEDIA_TYPE, OdsWriter
from transload.formats.registry import Format

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FIRST_DATE = date(1582, 10, 15)
_EXACT = ["=1+1", " blanks ", "a  b", "a\tb", "two\nlines", "\n", "<a>&amp;</a>", "_x0041_", "😀"]


def spreadsheet(columns: list[Column], frames: list[pl.DataFrame]) -> tuple[bytes, Losses]:
    file = BytesIO()
    with OdsWriter(file, [Table(columns=columns)]) as writer:
        for frame in frames:
            writer.write(frame)
        losses = writer.close()
    return file.getvalue(), losses


def as_read(value: object) -> object:
    """Give what calamine reads of a value."""
    match value:
        case None:
            return ""
        case str() as text:
            return _UNWRITABLE.sub("\ufffd", text)
        case datetime() as moment if moment.date() < _FIRST_DATE:
            return moment.isoformat(" ", "milliseconds").removesuffix(".000")
        case datetime() as moment:
            return moment
        case date() as day if day < _FIRST_DATE:
            return day.isoformat()
        case other:
            return other


@given(tables())
@settings(max_examples=40)
def test_any_frames_round_trip(table: tuple[list[Column], Values]) -> None:
    """P23: nothing changes on the way but what is counted."""
    columns, values = table
    frames = frames_of(columns, values)
    rows = [list(row) for frame in frames for row in frame.iter_rows()]
    content, losses = spreadsheet(columns, frames)
    header, *found = read_by_calamine(content)
    assert header == [each.title for each in columns]
    assert list(map(repr, found)) == [repr([as_read(value) for value in row]) for row in rows]
    texts = [value for row in rows for value in row if isinstance(value, str)]
    assert losses.replaced_texts == sum(bool(_UNWRITABLE.search(text)) for text in texts)
    assert losses.gaps_as_empty == sum(all(value is None for value in row) for row in rows)


def test_libreoffice_shows_what_was_written(tmp_path: Path) -> None:
    """P24."""
    days = [date(1582, 10, 14), _FIRST_DATE, date(9999, 12, 31)]
    frame = pl.DataFrame(
        [
            series(Kind.TEXT, _EXACT, "text"),
            series(Kind.DATE, [*days, *(None,) * (len(_EXACT) - len(days))], "day"),
            series(Kind.DECIMAL, ["12500.5", "123456789012345678", *("0",) * 7], "amount"),
        ]
    )
    columns = [column(Kind.TEXT, "text"), column(Kind.DATE, "day"), column(Kind.DECIMAL, "amount")]
    content, losses = spreadsheet(columns, [frame])
    book = tmp_path / "book.ods"
    book.write_bytes(content)
    with convert(book, AS_SHOWN).open(encoding="utf-8", newline="") as file:
        header, *rows = list(reader(file))
    assert header == ["text", "day", "amount"]
    assert [row[0] for row in rows] == _EXACT
    assert [row[1] for row in rows[:4]] == ["1582-10-14", "1582-10-15", "9999-12-31", ""]
    assert [row[2] for row in rows[:3]] == ["12500.5", "123456789012345678", "0"]
    assert losses == Losses(dates_as_text=1, numbers_as_text=1)


def test_each_table_is_a_sheet_however_its_rows_come() -> None:
    """P23."""
    names, rows = ["Tasks", 'R&D "x"'], [3, 4]
    file = BytesIO()
    with OdsWriter(file, [Table(name=name, columns=MIXED) for name in names]) as writer:
        for at in (1, 0, 1, 0, 1):
            writer.write(mixed(rows[at]), at)
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(file.getvalue()))
    assert book.sheet_names == names
    heights = [len(book.get_sheet_by_name(name).to_python()) for name in names]
    assert heights == [1 + 2 * rows[0], 1 + 3 * rows[1]]


def test_the_first_entry_says_what_the_file_is() -> None:
    """By OpenDocument's part 2, 3.3: uncompressed, so that a program needs no archive to see it."""
    content = written(Format.ODS, [])
    first = zipfile.ZipFile(BytesIO(content)).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert content[38 : 38 + len(MEDIA_TYPE)].decode() == MEDIA_TYPE
