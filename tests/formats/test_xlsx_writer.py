import math
import zipfile
from csv import reader
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.tables import (
    MIXED,
    Values,
    frames_of,
    mixed,
    tables,
    threads_of_writers,
)
from tests.formats.workbooks import column, held, read_by_calamine, workbook
from tests.programs import AS_SHOWN, convert
from transload.formats.columns import Column, Kind, Losses, Table
from transload.formats.xlsx_text import MAX_UNITS
from transload.formats.xlsx_writer import XlsxWriter


def as_read(value: object) -> object:
    """Give what calamine reads of a value; a midnight comes as its date."""
    match held(value):
        case None:
            return ""
        case str() as text:
            return text.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
        case float() as number if not math.isfinite(number):
            return {"nan": "NaN"}.get(str(number), str(number))
        case datetime() as moment if moment.time() == datetime.min.time():
            return moment.date()
        case other:
            return other


@given(tables(numbers=st.floats() | st.integers(-(2**53), 2**53).map(float)))
@settings(max_examples=50)
def test_any_frames_round_trip(table: tuple[list[Column], Values]) -> None:
    """P23: nothing changes on the way."""
    columns, values = table
    frames = frames_of(columns, values)
    expected = [[as_read(value) for value in row] for frame in frames for row in frame.iter_rows()]
    header, *rows = read_by_calamine(workbook(columns, frames))
    assert header == [each.title for each in columns]
    assert list(map(repr, rows)) == list(map(repr, expected))


def test_an_export_without_records_is_a_header() -> None:
    assert read_by_calamine(workbook(MIXED, [])) == [[kind.value for kind in Kind]]
    assert read_by_calamine(workbook(MIXED, [mixed(0)])) == [[kind.value for kind in Kind]]


def test_a_sheet_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 16,384 columns"):
        XlsxWriter(BytesIO(), [Table(columns=[])])


@pytest.mark.parametrize("name", ["*", "^.*$", "", "0", "é\n"])
def test_any_id_names_a_column(name: str) -> None:
    columns = [column(Kind.TEXT, name), column(Kind.TEXT, "other")]
    frame = pl.DataFrame({"skipped": ["-"], "other": ["b"], name: ["a"]})
    assert read_by_calamine(workbook(columns, [frame]))[1] == ["a", "b"]


def test_parts_stand_in_the_order_that_office_writes() -> None:
    with zipfile.ZipFile(BytesIO(workbook(MIXED, [mixed(5)]))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "[Content_Types].xml",
            "_rels/.rels",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/styles.xml",
            "xl/worksheets/sheet1.xml",
        ]


def test_the_header_is_bold_and_stays_in_view() -> None:
    with zipfile.ZipFile(BytesIO(workbook([column(Kind.TEXT)], []))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert '<c r="A1" s="1" t="inlineStr">' in sheet
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<xf numFmtId="0" fontId="1"' in styles


def test_losses_are_counted_over_all_frames() -> None:
    """P23: what a format cannot hold is said."""
    long = "x" * (MAX_UNITS + 1)
    columns = [
        column(Kind.TEXT, "a"),
        column(Kind.DATE, "b"),
        Column(id="c", title=long, kind=Kind.DATE_TIME),
        column(Kind.NUMBER, "d"),
    ]
    frame = pl.DataFrame(
        {
            "a": [long, "x", None],
            "b": [date(1900, 2, 28), None, date(1900, 3, 1)],
            "d": [-1e15, 1e15 - 1, 1e16],
        }
    ).with_columns(c=pl.col("b").cast(pl.Datetime("ms")))
    file = BytesIO()
    with XlsxWriter(file, [Table(columns=columns)]) as writer:
        writer.write(frame)
        writer.write(frame)
        assert writer.close() == Losses(cut_texts=3, dates_as_text=4, numbers_as_text=2)
    assert writer.close() == Losses(cut_texts=3, dates_as_text=4, numbers_as_text=2)
    rows = read_by_calamine(file.getvalue())
    assert rows[0][2] == long[:-1]
    assert [row[0] for row in rows[1:]] == [long[:-1], "x", "", long[:-1], "x", ""]


def test_nothing_lost_is_said_too() -> None:
    with XlsxWriter(BytesIO(), [Table(columns=[column(Kind.TEXT)])]) as writer:
        writer.write(pl.DataFrame({"value": ["x" * MAX_UNITS]}))
        assert writer.close() == Losses()


def flags(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"value": pl.repeat(value=True, n=rows, eager=True)})


def test_a_sheet_takes_1_048_575_rows_and_not_one_more() -> None:
    file = BytesIO()
    with XlsxWriter(file, [Table(columns=[column(Kind.BOOLEAN)])]) as writer:
        for rows in [65_536] * 15 + [65_535]:
            writer.write(flags(rows))
    file.seek(0)
    sheet = python_calamine.load_workbook(file).get_sheet_by_index(0)
    assert sheet.end == (1_048_575, 0)

    writer = XlsxWriter(BytesIO(), [Table(columns=[column(Kind.BOOLEAN)])])
    with pytest.raises(ValueError, match="at most 1,048,575 rows"):
        writer.write(flags(1_048_576))
    with pytest.raises(ValueError, match="closed"):
        writer.close()


def test_a_sheet_takes_16_384_columns_and_not_one_more() -> None:
    columns = [column(Kind.NUMBER, str(at)) for at in range(16_384)]
    frame = pl.DataFrame([pl.Series(each.id, [1.5]) for each in columns])
    rows = read_by_calamine(workbook(columns, [frame]))
    assert (len(rows[0]), rows[0][-1], rows[1][-1]) == (16_384, "16383", 1.5)
    with pytest.raises(ValueError, match="1 to 16,384 columns"):
        XlsxWriter(BytesIO(), [Table(columns=[*columns, column(Kind.NUMBER)])])


def write_and_fail(writer: XlsxWriter) -> None:
    with writer:
        writer.write(mixed(5_000))
        writer.write(mixed(5_000))
        raise KeyError


def test_an_exception_leaves_the_file_incomplete_and_ends_the_threads() -> None:
    file = BytesIO()
    writer = XlsxWriter(file, [Table(columns=MIXED)])
    with pytest.raises(KeyError):
        write_and_fail(writer)
    assert not zipfile.is_zipfile(file)
    assert not file.closed
    assert threads_of_writers() == 0
    with pytest.raises(ValueError, match="closed"):
        writer.write(mixed(1))


def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(workbook([TEXT, NUMBER, MOMENT], [SPREAD]))
    with convert(book, AS_SHOWN).open(encoding="utf-8", newline="") as file:
        _, *rows = reader(file)
    assert [row[0] for row in rows] == SPREAD["text"].to_list()
    assert [float(row[1]) for row in rows] == SPREAD["number"].to_list()
    assert [row[2] for row in rows] == SPREAD["moment"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list()


TEXT, NUMBER, MOMENT = (
    column(Kind.TEXT, "text"),
    column(Kind.NUMBER, "number"),
    column(Kind.DATE_TIME, "moment"),
)
SPREAD = pl.DataFrame(
    {
        "text": [" a ", "=1+1", "_x0041_", "\x01\x1f", "&<>", "a\nb", "00123", "😀\ufffe"],
        "number": [1.0, 0.5, -2.25, 1e300, 5.0, 999_999_999_999.0, 0.0, 17.0],
        "moment": pl.datetime_range(
            datetime(2024, 1, 1, 12, 40, 48),  # noqa: DTZ001  # frames hold UTC, unmarked
            datetime(2024, 1, 1, 12, 40, 55),  # noqa: DTZ001  # likewise
            "1s",
            time_unit="ms",
            eager=True,
        ),
    }
)
