"""Each rule of a correct cell, judged by calamine, with openpyxl as a second opinion."""

import math
import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own
import polars as pl
import pytest

from tests.formats.workbooks import (
    column,
    first_cells,
    read_by_calamine,
    read_by_openpyxl,
    workbook,
    workbook_of,
)
from tests.programs import AS_SHOWN, convert
from transload.formats.columns import Column, Kind, Losses, Table
from transload.formats.xlsx_writer import XlsxWriter

TEXTS = [
    "plain",
    "a & b <c> ]]> \"quoted\" 'apostrophe'",
    "&amp; &#65; <![CDATA[x]]>",
    "\x00\x01\x02\x0b\x1f\x7f\x85",
    "a\r\nb\nc\rd\te",
    "_x0041_",
    "_x0041_x0042_ _x005F_ _x000d_",
    "_x0041\x01",
    " lead",
    "trail ",
    "  ",
    "\n",
    "\t",
    "\u3000wide\u3000",
    "=1+1",
    "+62812345678",
    "-6.17,106.8",
    "@SUM(A1)",
    "00123",
    "12345678901234567890",
    "1e5",
    "2024-01-01",
    "TRUE",
    "'quoted",
    "é ü 王小明 हिन्दी العربية 😀 👩‍👩‍👧",
    "e\u0301 \u00e9",
    "\ud7ff\ue000\ufffd\U0010ffff",
]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def sheet_of(content: bytes) -> str:
    return zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.LIST])
def test_text_reads_back_exactly(kind: Kind) -> None:
    content = workbook_of(kind, TEXTS)
    assert first_cells(read_by_calamine(content)) == TEXTS
    assert first_cells(read_by_openpyxl(content)) == TEXTS


@pytest.mark.parametrize("text", TEXTS)
def test_each_text_reads_back_exactly_by_itself(text: str) -> None:
    content = workbook_of(Kind.TEXT, [text])
    assert first_cells(read_by_calamine(content)) == [text]


def test_noncharacters_are_escaped_as_the_standard_says() -> None:
    content = workbook_of(Kind.TEXT, ["\ufffe\uffff"])
    assert "<t>_xFFFE__xFFFF_</t>" in sheet_of(content)
    assert first_cells(read_by_openpyxl(content)) == ["\ufffe\uffff"]


def test_text_that_looks_like_a_formula_is_text() -> None:
    """P1: text is never a formula."""
    sheet = sheet_of(workbook_of(Kind.TEXT, ["=1+1", "@x", "+1", "-1", "\t=1", "\r=1"]))
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == 7
    assert '<c r="A2" t="inlineStr"><is><t>=1+1</t></is></c>' in sheet


def test_no_value_is_no_cell_and_empty_text_is_an_empty_cell() -> None:
    columns = [column(kind, kind.value) for kind in Kind]
    frame = pl.DataFrame({kind.value: [None, None] for kind in Kind}).with_columns(
        pl.Series("text", ["", None]), pl.Series("number", [None, 1])
    )
    typed = frame.cast({"number": pl.Float64, "boolean": pl.Boolean, "date": pl.Date})
    typed = typed.cast({"date_time": pl.Datetime("ms"), "list": pl.String, "decimal": pl.String})
    sheet = sheet_of(workbook(columns, [typed]))
    assert '<row r="2"><c r="A2" t="inlineStr"><is><t></t></is></c></row>\n' in sheet
    assert '<row r="3"><c r="B3"><v>1</v></c></row>\n' in sheet


def test_a_row_without_any_value_is_a_row_that_readers_count() -> None:
    """P19."""
    columns = [column(Kind.NUMBER, "n"), column(Kind.TEXT, "a")]
    frame = pl.DataFrame(
        {"n": [None, 1.0, None, None], "a": [None, None, "", None]},
        schema={"n": pl.Float64, "a": pl.String},
    )
    file = BytesIO()
    with XlsxWriter(file, [Table(columns=columns)]) as writer:
        writer.write(frame)
        assert writer.close() == Losses(gaps_as_empty=2)
    assert read_by_calamine(file.getvalue())[1:] == [["", ""], [1.0, ""], ["", ""], ["", ""]]
    assert read_by_openpyxl(file.getvalue())[1:] == [
        ["", None],
        [1.0, None],
        [None, ""],
        ["", None],
    ]


NUMBERS = [0.0, -0.0, 1.0, -17.0, 0.1, 0.30000000000000004, 123456.78, 1e-7, 5e-324]
NUMBERS += [999_999_999_999_999.0, 1e16, 1.5e300, -1.7976931348623157e308, 1_000_000_000_000_000.5]


def test_numbers_are_number_cells_that_read_back_bit_exact() -> None:
    content = workbook_of(Kind.NUMBER, NUMBERS)
    read = first_cells(read_by_calamine(content))
    assert list(map(repr, read)) == list(map(repr, NUMBERS))
    assert first_cells(read_by_openpyxl(content)) == NUMBERS
    assert '<c r="A4"><v>1</v></c>' in sheet_of(content)


def test_integers_of_more_than_15_digits_are_text() -> None:
    numbers = [1e15, -1e15, 9_007_199_254_740_991.0, 2.0**53, 5.0]
    read = first_cells(read_by_calamine(workbook_of(Kind.NUMBER, numbers)))
    texts = ["1000000000000000", "-1000000000000000", "9007199254740991", "9007199254740992"]
    assert read == [*texts, 5.0]


def test_numbers_that_are_not_finite_are_text() -> None:
    read = first_cells(
        read_by_calamine(workbook_of(Kind.NUMBER, [math.nan, math.inf, -math.inf, 1.5]))
    )
    assert read == ["NaN", "inf", "-inf", 1.5]


def test_booleans_are_boolean_cells() -> None:
    content = workbook_of(Kind.BOOLEAN, [True, False])
    assert first_cells(read_by_calamine(content)) == [True, False]
    assert first_cells(read_by_openpyxl(content)) == [True, False]


def test_dates_are_serial_numbers_with_a_style() -> None:
    days = [date(1900, 3, 1), date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 31)]
    content = workbook_of(Kind.DATE, days)
    assert first_cells(read_by_calamine(content)) == days
    read = [each.date() for each in first_cells(read_by_openpyxl(content))]  # type: ignore[attr-defined]  # date-times
    assert read == days
    assert '<c r="A2" s="2"><v>61</v></c>' in sheet_of(content)
    styles = zipfile.ZipFile(BytesIO(content)).read("xl/styles.xml").decode()
    assert 'formatCode="yyyy\\-mm\\-dd"' in styles


MOMENTS = [
    moment("1900-03-01 00:00:00.001"),
    moment("2024-01-01 12:40:48"),
    moment("2024-01-01 12:40:48.123"),
    moment("2024-12-31 23:59:59.999"),
    moment("2024-03-31 02:30:00"),
    moment("9999-12-31 23:59:59.999"),
]


def test_date_times_are_shown_with_the_day_that_is_theirs() -> None:
    """P24: in whole seconds, the last of a day would be shown as the first of the next one."""
    moments = [moment("2024-12-31 23:59:59.700"), moment("2024-12-31 23:59:59")]
    content = workbook_of(Kind.DATE_TIME, moments)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    shown = ["yyyy\\-mm\\-dd\\ hh:mm:ss.000", "yyyy\\-mm\\-dd\\ hh:mm:ss"]
    assert [sheet.cell(row, 1).number_format for row in (2, 3)] == shown


def test_date_times_are_shown_to_the_millisecond_by_libreoffice(tmp_path: Path) -> None:
    """P24."""
    moments = [moment("2024-12-31 23:59:59.700"), moment("2024-12-31 23:59:59")]
    table = tmp_path / "table.xlsx"
    table.write_bytes(workbook_of(Kind.DATE_TIME, moments))
    shown = convert(table, "csv", AS_SHOWN).read_text().splitlines()[1:]
    assert shown == ["2024-12-31 23:59:59.700", "2024-12-31 23:59:59"]


def test_date_times_read_back_to_the_millisecond() -> None:
    content = workbook_of(Kind.DATE_TIME, MOMENTS)
    assert first_cells(read_by_calamine(content)) == MOMENTS
    assert first_cells(read_by_openpyxl(content)) == MOMENTS
    assert '<c r="A3" s="3"><v>45292.52833333333</v></c>' in sheet_of(content)


def test_date_times_have_eleven_decimals_whatever_rows_are_beside_them() -> None:
    moments = [moment(f"2020-01-06 00:01:01.{each:03}") for each in range(1000)]
    alone = [sheet_of(workbook_of(Kind.DATE_TIME, [each])) for each in moments[:20]]
    beside = sheet_of(workbook_of(Kind.DATE_TIME, moments))
    serial = re.compile("<v>(43836\\.[0-9]{11})</v>")
    assert len(serial.findall(beside)) == 1000
    assert [serial.findall(each)[0] for each in alone] == serial.findall(beside)[:20]


def test_midnight_is_a_date_time_still() -> None:
    content = workbook_of(Kind.DATE_TIME, [moment("2024-05-05 00:00:00")])
    assert '<c r="A2" s="3"><v>45417.00000000000</v></c>' in sheet_of(content)
    assert first_cells(read_by_openpyxl(content)) == [moment("2024-05-05 00:00:00")]


def test_dates_before_march_1900_are_iso_text() -> None:
    days = [date(1, 1, 1), date(1899, 12, 31), date(1900, 2, 28), date(1900, 3, 1)]
    read = first_cells(read_by_calamine(workbook_of(Kind.DATE, days)))
    assert read == ["0001-01-01", "1899-12-31", "1900-02-28", date(1900, 3, 1)]


def test_date_times_before_march_1900_are_iso_text() -> None:
    moments = [
        moment("0001-01-01 00:00:00"),
        moment("1900-02-28 23:59:59.999"),
        moment("1900-03-01 12:00:00"),
    ]
    read = first_cells(read_by_calamine(workbook_of(Kind.DATE_TIME, moments)))
    assert read == ["0001-01-01 00:00:00", "1900-02-28 23:59:59.999", moments[2]]


def test_cells_past_the_26th_column_are_in_their_place() -> None:
    columns = [Column(id=str(at), title=f"T{at}", kind=Kind.NUMBER) for at in range(800)]
    frame = pl.DataFrame({str(at): [float(at)] for at in range(800)})
    content = workbook(columns, [frame])
    for rows in (read_by_calamine(content), read_by_openpyxl(content)):
        assert rows[0] == [f"T{at}" for at in range(800)]
        assert rows[1] == list(range(800))


def test_titles_are_escaped_as_text_is() -> None:
    columns = [Column(id=str(at), title=title, kind=Kind.TEXT) for at, title in enumerate(TEXTS)]
    content = workbook(columns, [])
    assert read_by_calamine(content) == [TEXTS]
    assert read_by_openpyxl(content) == [TEXTS]
