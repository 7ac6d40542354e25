"""Workbooks of every kind, made by other programs, to tables."""

import re
import struct
from collections.abc import Callable
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own
import pyexcelerate  # type: ignore[import-untyped]  # likewise
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # likewise
import xlwt  # type: ignore[import-untyped]  # likewise
from odf import opendocument, style, table, text  # type: ignore[import-untyped]  # likewise

from tests.formats.reading.files import moment, patched, read
from tests.formats.reading.hostile import ODS_ROWS, ods
from transload.formats.reading.model import Cause, Choices, Form, Kind, UnreadableError

T, N, D, DT, TI, DU, B, E, F = (
    Form.TEXT,
    Form.NUMBER,
    Form.DATE,
    Form.DATE_TIME,
    Form.TIME,
    Form.DURATION,
    Form.BOOLEAN,
    Form.ERROR,
    Form.FORMULA,
)


def _by_xlsxwriter(write: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as workbook:
        write(workbook)
    return file.getvalue()


def _typed(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet("Data")
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    second = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    clock = workbook.add_format({"num_format": "hh:mm"})
    span = workbook.add_format({"num_format": "[h]:mm"})
    sheet.write_row(0, 0, ["text", "number", "day", "moment", "clock", "span", "flag", "error"])
    sheet.write_string(1, 0, " 007 ")
    sheet.write_number(1, 1, 20123456789)
    sheet.write_datetime(1, 2, moment(2024, 2, 29), day)
    sheet.write_datetime(1, 3, moment(2024, 2, 29, 13, 30, 5), second)
    sheet.write_number(1, 4, 0.25, clock)
    sheet.write_number(1, 5, 1.5, span)
    sheet.write_boolean(1, 6, 1)
    sheet.write_formula(1, 7, "=NA()", None, "#N/A")
    sheet.write_number(2, 1, 0.1 + 0.2)
    sheet.write_number(2, 2, 2.5)
    sheet.write_string(2, 4, "late")


def test_cells_keep_the_form_that_they_are_stored_in() -> None:
    found = read(_by_xlsxwriter(_typed))

    assert found.table.kind is Kind.XLSX
    assert found.rows[0] == [
        *(" 007 ", "20123456789", "2024-02-29", "2024-02-29 13:30:05"),
        *("06:00:00", "36:00:00", "true", "#N/A"),
    ]
    assert found.forms[0] == [T, N, D, DT, TI, DU, B, E]
    assert found.rows[1] == [None, "0.3", "2.5", None, "late", None, None, None]
    assert found.forms[1] == [T, N, N, T, T, T, T, T]


def test_xls_has_the_same_cells() -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Data")
    for at, title in enumerate(["text", "number", "day", "moment", "clock", "span", "flag"]):
        sheet.write(0, at, title)
    values = [" 007 ", 20123456789, 45351, 45351.5, 0.25, 1.5, True]
    formats = ["@", "0", "dd/mm/yyyy", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm", "General"]
    for at, (value, shown) in enumerate(zip(values, formats, strict=True)):
        sheet.write(1, at, value, xlwt.easyxf(num_format_str=shown))
    file = BytesIO()
    workbook.save(file)

    found = read(file.getvalue())

    assert found.table.kind is Kind.XLS
    assert found.rows == [
        [
            " 007 ",
            "20123456789",
            "2024-02-29",
            "2024-02-29 12:00:00",
            "06:00:00",
            "36:00:00",
            "true",
        ]
    ]
    assert found.forms == [[T, N, D, DT, TI, DU, B]]


def _ods(rows: list[list[object]], hidden: list[list[object]] | None = None) -> bytes:
    document = opendocument.OpenDocumentSpreadsheet()
    unseen = style.Style(name="unseen", family="table")
    unseen.addElement(style.TableProperties(display="false"))
    document.automaticstyles.addElement(unseen)
    sheets = [("Hidden", hidden, {"stylename": unseen})] if hidden else []
    for name, content, options in [*sheets, ("Data", rows, {})]:
        sheet = table.Table(name=name, **options)
        for row in content:
            line = table.TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            sheet.addElement(line)
        document.spreadsheet.addElement(sheet)
    file = BytesIO()
    document.write(file)
    return file.getvalue()


def _ods_cell(value: object) -> table.TableCell:
    match value:
        case None:
            return table.TableCell()
        case bool():
            return table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
        case float() | int():
            return table.TableCell(valuetype="float", value=value)
        case date():
            return table.TableCell(valuetype="date", datevalue=value.isoformat())
        case timedelta():
            hours, rest = divmod(int(value.total_seconds()), 3600)
            said = f"PT{hours:02}H{rest // 60:02}M{rest % 60:02}S"
            return table.TableCell(valuetype="time", timevalue=said)
        case _:
            cell = table.TableCell(valuetype="string")
            for part in str(value).split("\n"):
                cell.addElement(text.P(text=part))
            return cell


def test_ods_has_the_same_cells() -> None:
    titles: list[object] = ["text", "number", "day", "moment", "clock", "span", "flag"]
    spans = [timedelta(hours=6), timedelta(hours=36)]
    values: list[object] = ["two\nlines", 20123456789, date(2024, 2, 29)]
    values += [moment(2024, 2, 29, 13, 30, 5), *spans, True]

    found = read(_ods([titles, values, [None], [None, "x"]], hidden=[["not this"]]))

    assert found.table.kind is Kind.ODS
    assert [sheet.is_visible for sheet in found.table.sheets] == [False, True]
    assert found.rows[0] == [
        *("two\nlines", "20123456789", "2024-02-29", "2024-02-29 13:30:05"),
        *("06:00:00", "36:00:00", "true"),
    ]
    assert found.forms[0] == [T, N, D, DT, TI, DU, B]
    assert found.lines == [2, 4]


def _openpyxl(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_a_formula_without_a_value_is_not_empty() -> None:
    def fill(workbook: openpyxl.Workbook) -> None:
        workbook.active.append(["a", "b", "c"])
        workbook.active.append([1, "=A2*2", "=CONCATENATE(A2)"])
        workbook.active.append([2, None, "x"])

    found = read(_openpyxl(fill))

    assert found.rows == [["1", None, None], ["2", None, "x"]]
    assert found.forms == [[N, F, F], [N, T, T]]


def test_a_formula_counts_with_its_value() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=6*7", None, 42)
        sheet.write_formula(1, 1, '="x"', None, "x")

    found = read(_by_xlsxwriter(write))

    assert (found.rows, found.forms) == ([["42", "x"]], [[N, T]])


def test_rows_of_errors_alone_are_there() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 1, ["b", "c"])
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 1, ["x", "y"])
        sheet.write_formula(9, 2, "=NA()", None, "#N/A")

    found = read(_by_xlsxwriter(write))

    assert found.lines == [3, 4, 10]
    assert found.rows == [["#DIV/0!", None, None], [None, "x", "y"], [None, None, "#N/A"]]
    assert found.table.titles == ("", "b", "c")


def test_numbers_below_zero_are_no_dates() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["day", "number"])
        sheet.write_row(1, 0, [-5], day)
        sheet.write_row(1, 1, [-5])
        sheet.write_row(2, 0, [0], day)

    found = read(_by_xlsxwriter(write))

    assert found.rows == [["-5", "-5"], ["00:00:00", None]]
    assert found.forms == [[Form.NOT_A_DATE, N], [TI, T]]


def test_large_numbers_below_zero_are_numbers() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["number", "other"])
        sheet.write_row(1, 0, [-5.055193722215261e16, -7e149])
        sheet.write_row(2, 0, [-3, 5e16])

    found = read(_by_xlsxwriter(write))

    assert [[float(cell or "") for cell in row] for row in found.rows] == [
        [-5.055193722215261e16, -7e149],
        [-3, 5e16],
    ]
    assert found.forms == [[N, N], [N, N]]


@pytest.mark.parametrize(
    "shown", ["0.00", '"Day" 0', "\\d0", "[Red]0", "0%", "# ?/?", "@", "0E+00"]
)
def test_a_number_that_is_not_shown_as_a_date_is_a_number(shown: str) -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write_number(1, 0, 45351, workbook.add_format({"num_format": shown}))

    found = read(_by_xlsxwriter(write))

    assert (found.rows, found.forms) == ([["45351"]], [[N]])


@pytest.mark.parametrize("shown", [14, 17, 22, "mmm yy", "[$-409]d-mmm-yy;@", "yyyy\\年m\\月d\\日"])
def test_a_number_that_is_shown_as_a_date_is_a_day(shown: int | str) -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write_number(1, 0, 45351, workbook.add_format({"num_format": shown}))

    found = read(_by_xlsxwriter(write))

    assert (found.rows, found.forms) == ([["2024-02-29"]], [[D]])


def test_days_of_1904_are_the_same_days() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "a")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(1, 0, moment(2024, 2, 29), day)

    assert read(_by_xlsxwriter(write, date_1904=True)).rows == [["2024-02-29"]]


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740993"),
        ("12345678901234567890", "12345678901234567890"),
        ("-100000000000000001", "-100000000000000001"),
        ("1.2345678901234567E+19", "1.2345678901234567e+19"),
        ("0.10000000000000001", "0.1"),
        ("1E-9", "1e-9"),
        ("2.5E-5", "0.000025"),
        ("1E+300", "1e+300"),
        ("-0", "0"),
    ],
)
def test_numbers_have_their_shortest_digits_and_whole_ones_all(stored: str, text: str) -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet().write_column(0, 0, ["a", 4711, "x"])

    for cell in (f"<v>{stored}</v>", f"<f>B9</f><v>{stored}</v>"):
        changed = patched(_by_xlsxwriter(write), SHEET, "<v>4711</v>", cell)
        alone = patched(changed, SHEET, '<c r="A3" t="s"><v>1</v></c>', "")
        assert (read(changed).rows, read(changed).forms) == ([[text], ["x"]], [[N], [T]])
        assert (read(alone).rows, read(alone).forms) == ([[text]], [[N]])


def test_large_numbers_of_xls_are_numbers() -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Data")
    for at, value in enumerate(["a", 9007199254740993.0, 1e200]):
        sheet.write(at, 0, value)
    file = BytesIO()
    workbook.save(file)

    found = read(file.getvalue())

    assert (found.rows, found.forms) == ([["9007199254740992"], ["1e+200"]], [[N], [N]])


def test_a_sheet_of_no_version_is_read_as_web_pages_write_it() -> None:
    content = struct.pack("<6H", 0x809, 8, 0, 0x10, 0, 0)
    for column, title in enumerate(["a", "Größe €"]):
        text = title.encode("cp1252")
        content += struct.pack("<6H", 0x204, 8 + len(text), 0, column, 0, len(text)) + text
        content += struct.pack("<5Hd", 0x203, 14, 1, column, 0, 1.5 + column)

    found = read(content + struct.pack("<2H", 0x0A, 0))

    assert found.table.titles == ("a", "Größe €")
    assert (found.rows, found.forms) == ([["1.5", "2.5"]], [[N, N]])


def test_days_in_a_format_of_east_asia_are_days() -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Data")
    sheet.write(0, 0, "a")
    sheet.write(1, 0, 45351, xlwt.easyxf(num_format_str="M/D/YY"))
    file = BytesIO()
    workbook.save(file)
    # Format 27 is built in, and its text is the program's.
    content = re.sub(rb"(?<=\xe0\x00\x14\x00..)\x0e(?=\x00)", b"\x1b", file.getvalue())

    found = read(content)

    assert (found.rows, found.forms) == ([["2024-02-29"]], [[D]])


def test_a_table_may_begin_far_below() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet().write_column(25_000, 0, ["a", "x"])

    found = read(_by_xlsxwriter(write))

    assert (found.table.titles, found.lines, found.rows) == (("a",), [25_002], [["x"]])


def test_errors_of_older_programs_are_errors_in_ods() -> None:
    cell = '<table:table-cell table:formula="of:=1/0" office:value-type="{}"{}><text:p>{}</text:p>'
    cells = "".join(
        f"{cell.format(kind, value, text)}</table:table-cell>"
        for kind, value, text in (
            ("float", ' office:value="0"', "#DIV/0!"),
            ("string", "", "Err:502"),
            ("string", "", "none"),
        )
    )
    found = read(ods(f"{ODS_ROWS}<table:table-row>{cells}</table:table-row>"))

    assert found.rows[1] == ["#DIV/0!", "Err:502", "none"]
    assert found.forms[1] == [E, E, T]


def test_numbers_that_are_shown_as_true_or_false_are_that_in_ods() -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="boolean" office:boolean-value="{value}">'
        f"<text:p>{text}</text:p></table:table-cell>"
        for value, text in (("1", "TRUE"), ("-2", "TRUE"), ("0", "FALSE"), ("", "yes"))
    )

    found = read(ods(f"{ODS_ROWS}<table:table-row>{cells}</table:table-row>"))

    assert found.rows[-1] == ["true", "true", "false", "yes"]
    assert found.forms[-1] == [B, B, B, T]


def test_moments_of_a_zone_are_moments_in_utc_in_ods() -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="date" office:date-value="{value}">'
        "<text:p>x</text:p></table:table-cell>"
        for value in ("2024-02-01T10:20:30+07:00", "2024-02-01T10:20:30Z", "2024-02-01T10:20:30")
    )

    found = read(ods(f"{ODS_ROWS}<table:table-row>{cells}</table:table-row>"))

    assert found.rows[-1] == ["2024-02-01 03:20:30", "2024-02-01 10:20:30", "2024-02-01 10:20:30"]


def test_cells_that_do_not_say_their_place_have_one() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["a", "b", "c"])
        sheet.write_row(1, 0, [1, 4711, 2])

    content = _by_xlsxwriter(write)
    for row in (1, 2):
        content = patched(content, SHEET, f'<row r="{row}"', "<row")
        for column in "ABC":
            content = patched(content, SHEET, f'<c r="{column}{row}"', "<c")
    content = patched(content, SHEET, "<c><v>4711</v>", '<c t="e"><v>#REF!</v>')

    found = read(content)

    assert (found.rows, found.forms) == ([["1", "#REF!", "2"]], [[N, E, N]])


def test_names_of_parts_may_have_a_prefix() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [4711, 2])

    content = _by_xlsxwriter(write)
    content = patched(content, SHEET, '<c r="A2"><v>4711</v></c>', '<c r="A2"><f>1</f></c>')
    for name in ("worksheet", "sheetData", "row", "c", "v", "f"):
        for end in (" ", ">"):
            content = patched(content, SHEET, f"<{name}{end}", f"<x:{name}{end}")
        content = patched(content, SHEET, f"</{name}>", f"</x:{name}>")
    content = patched(content, SHEET, "xmlns=", "xmlns:x=")

    found = read(content)

    assert (found.rows, found.forms) == ([[None, "2"]], [[F, N]])


def test_texts_keep_what_they_have() -> None:
    texts = [
        "a\nb",
        "a\tb",
        " x ",
        "=1+1",
        "'q",
        "_x0041_",
        "😀 é",
        "<&>",
        "a_x000D_b",
        "1E5",
        "TRUE",
    ]

    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_column(0, 0, ["t"])
        for at, one in enumerate(texts, start=1):
            sheet.write_string(at, 0, one)

    for options in ({}, {"constant_memory": True}):
        assert [row[0] for row in read(_by_xlsxwriter(write, **options)).rows] == texts


def test_rich_text_is_its_text() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        sheet.write(0, 0, "t")
        sheet.write_rich_string(1, 0, "a ", bold, "b", " c")
        sheet.write_comment(1, 0, "not this")

    assert read(_by_xlsxwriter(write)).rows == [["a b c"]]


def test_formatted_rows_without_cells_are_not_there() -> None:
    """P27."""

    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        colour = workbook.add_format({"bg_color": "red"})
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2])
        for row in range(2, 200):
            sheet.write_blank(row, 0, None, colour)
            sheet.write_blank(row, 30, None, colour)

    found = read(_by_xlsxwriter(write))

    assert (found.table.rows, found.table.titles) == (1, ("a", "b"))


def test_the_first_visible_sheet_is_read_unless_another_is_chosen() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        for name in ("First", "Second", "Third", "7"):
            sheet = workbook.add_worksheet(name)
            sheet.write_column(0, 0, ["sheet", name])
            if name == "First":
                sheet.hide()
            if name == "Third":
                sheet.very_hidden()
        workbook.get_worksheet_by_name("Second").activate()

    content = _by_xlsxwriter(write)

    assert read(content).rows == [["Second"]]
    assert [sheet.is_visible for sheet in read(content).table.sheets] == [False, True, False, True]
    for choice, name in [("third", "Third"), ("1", "First"), ("7", "7"), (" Second ", "Second")]:
        found = read(content, Choices(sheet=choice))
        assert found.rows == [[name]]
        assert found.table.sheets[(found.table.sheet or 0) - 1].name == name
    with pytest.raises(UnreadableError) as error:
        read(content, Choices(sheet="Fourth"))
    assert error.value.cause is Cause.CHOICE
    assert "'Second'" in error.value.message


def test_a_sheet_in_a_state_that_there_is_not_can_be_seen() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet("First").hide()
        workbook.add_worksheet("Second").write_column(0, 0, ["a", "b"])
        workbook.get_worksheet_by_name("Second").activate()

    content = _by_xlsxwriter(write)
    found = read(patched(content, "xl/workbook.xml", '"Second"', '"Second" state="show"'))

    assert (found.table.sheet, found.rows) == (2, [["b"]])


def test_an_empty_sheet_is_refused_with_the_names_of_the_others() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet("Cover")
        workbook.add_worksheet("Data").write(0, 0, "a")

    with pytest.raises(UnreadableError) as error:
        read(_by_xlsxwriter(write))

    assert error.value.cause is Cause.EMPTY
    assert "'Data'" in error.value.message


def test_a_title_block_above_the_table_is_skipped() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Outlets of 2024")
        sheet.write_row(2, 0, ["code", "name", "city", "since"])
        sheet.write_row(3, 0, ["A", "x", "y", 2020])

    found = read(_by_xlsxwriter(write))

    assert found.table.header_row == 3
    assert found.table.skipped == ("Outlets of 2024",)
    assert found.rows == [["A", "x", "y", "2020"]]


def test_a_cell_beside_the_table_is_a_column_without_title() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, [1, 2, None, "note"])

    found = read(_by_xlsxwriter(write))

    assert found.table.titles == ("a", "b", "", "")
    assert found.rows == [["1", "2", None, "note"]]
    assert not found.faults


def test_a_table_may_begin_anywhere() -> None:
    def write(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(4, 3, ["a", "b"])
        sheet.write_row(5, 3, ["1", "x"])

    old = xlwt.Workbook()
    sheet = old.add_sheet("Data")
    for row, column, cell in [(4, 3, "a"), (4, 4, "b"), (5, 3, "1"), (5, 4, "x")]:
        sheet.write(row, column, cell)
    file = BytesIO()
    old.save(file)
    blank: list[list[object]] = [[None]] * 4
    document = _ods([*blank, [None, None, None, "a", "b"], [None, None, None, "1", "x"]])

    for content in (_by_xlsxwriter(write), file.getvalue(), document):
        found = read(content)
        assert (found.table.titles, found.rows, found.lines) == (("a", "b"), [["1", "x"]], [6])


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")  # that library's, from Python 3.12
def test_pyexcelerates_workbooks_are_read() -> None:
    workbook = pyexcelerate.Workbook()
    workbook.new_sheet("Data", data=[["a", "b"], ["x", 1.5], ["y", moment(2024, 2, 29, 12)]])
    file = BytesIO()
    workbook.save(file)

    found = read(file.getvalue())

    # It gives days no format: to any program they are numbers.
    assert found.rows == [["x", "1.5"], ["y", "45351.5"]]


def test_what_polars_writes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        sheet.add_table(0, 0, 2, 1, {"columns": [{"header": "k"}, {"header": "v"}]})
        sheet.write_row(1, 0, ["x", 1])
        sheet.write_row(2, 0, ["y", 2])

    assert read(file.read_bytes()).rows == [["x", "1"], ["y", "2"]]


def test_times_are_to_the_millisecond() -> None:
    def fill(workbook: openpyxl.Workbook) -> None:
        workbook.active.append(["a"])
        workbook.active.append([moment(2024, 2, 29, 23, 59, 59, 123000)])
        workbook.active.append([time(13, 5, 6, 7000)])

    found = read(_openpyxl(fill))

    assert found.rows == [["2024-02-29 23:59:59.123"], ["13:05:06.007"]]
