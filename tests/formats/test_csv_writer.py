"""CSV as other programs read it: Python, polars, pandas, DuckDB and LibreOffice."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import orjson
import polars as pl
import pytest
from hypothesis import given, settings

from tests.formats.csv_files import (
    read_by_duckdb,
    read_by_pandas,
    read_by_polars,
    read_by_python,
    unguarded,
)
from tests.formats.tables import Values, frames_of, tables
from tests.formats.workbooks import column, read_by_calamine, series
from tests.programs import convert
from transload.formats.columns import Column, Kind, Losses
from transload.formats.csv_rows import Dialect
from transload.formats.csv_writer import CsvWriter
from transload.formats.json_reader import read_lines

BOM = b"\xef\xbb\xbf"
FORMULAS = ["=1+1", "'=x", "''@a", "@a", "+62", "-5", "\tx", "\rx", "-", "=", '=HYPERLINK("x")']
HARMLESS = ["", "'", "'x", " =1", "x=1", "1-2", "a, -b", "a;@b", "1\n- 2", "é", "#1", "a\tb"]
SIGNED = ["+6281234567890", "+62 (21) 555-12.34", "-6.17,106.8", "-6.17,-106.8", "+1-1"]


def csv_of(columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> bytes:
    file = BytesIO()
    with CsvWriter(file, columns) as writer:
        for frame in frames:
            writer.write(frame)
    return file.getvalue()


def lines_of(kind: Kind, values: Sequence[object], *, is_guarded: bool = True) -> list[str]:
    """Write values beside a column of numbers; give the lines, without it and the header."""
    columns = [
        Column(id="value", title="value", kind=kind, is_guarded=is_guarded),
        column(Kind.NUMBER, "n"),
    ]
    frame = pl.DataFrame([series(kind, values), pl.Series("n", [0.0] * len(values))])
    text = csv_of(columns, [frame]).removeprefix(BOM).decode()
    return [line.removesuffix(",0") for line in text.split("\r\n")[1:-1]]


def as_text(value: object) -> str | None:
    """Give how a value is spelled, before it is guarded."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < 1e16:
            return "-0" if str(value) == "-0.0" else str(int(value))
        case datetime():
            return value.isoformat(" ", "milliseconds").removesuffix(".000")
        case date():
            return value.isoformat()
        case _:
            raise AssertionError(value)


def as_cell(kind: Kind, text: str | None) -> object:
    """Give what a cell says: a number as a number, text without its apostrophe."""
    if text is None:
        return None
    if kind is Kind.NUMBER:
        return repr(float(text)) if text else ""
    if kind is Kind.LIST:
        return orjson.dumps(orjson.loads(text)).decode() if text else ""
    return unguarded(text) if kind is Kind.TEXT else text


def expected_cell(kind: Kind, value: object) -> object:
    return repr(value) if kind is Kind.NUMBER and value is not None else as_text(value)


@given(tables(min_columns=2))
@settings(max_examples=50)
def test_any_frames_round_trip(table: tuple[list[Column], Values]) -> None:
    """P23: nothing changes on the way, whoever reads it."""
    columns, values = table
    frames = frames_of(columns, values)
    kinds = [each.kind for each in columns]
    expected = [
        [expected_cell(kind, value) for kind, value in zip(kinds, row, strict=True)]
        for frame in frames
        for row in frame.iter_rows()
    ]
    without_gaps = [["" if cell is None else cell for cell in row] for row in expected]
    content = csv_of(columns, frames)

    def cells(rows: Sequence[Sequence[str | None]]) -> list[list[object]]:
        assert list(rows[0]) == [each.title for each in columns]
        return [[as_cell(*pair) for pair in zip(kinds, row, strict=True)] for row in rows[1:]]

    assert content.startswith(BOM)
    assert cells(read_by_python(content)) == without_gaps
    assert cells(read_by_pandas(content)) == without_gaps
    assert cells(read_by_polars(content)) == expected
    assert cells(read_by_duckdb(content, len(columns))) == expected


@given(tables())
@settings(max_examples=20)
def test_numbers_are_spelled_as_in_json(table: tuple[list[Column], Values]) -> None:
    for each, cells in zip(table[0], table[1][0] if table[1] else [], strict=False):
        if each.kind is Kind.NUMBER:
            numbers = [value for value in cells if value is not None]
            found = [orjson.loads(line) for line in lines_of(Kind.NUMBER, numbers)]
            assert list(map(float, found)) == numbers


def test_the_file_is_as_the_standard_says() -> None:
    """P24: UTF-8 with a byte order mark, CR LF, quotes where needed."""
    columns = [column(Kind.TEXT, "a"), column(Kind.TEXT, 'b "2", é')]
    frame = pl.DataFrame({"a": ["x", None, "a,b", "😀"], 'b "2", é': ["l\r\nf", "", 'q"q', " s "]})
    assert csv_of(columns, [frame]) == BOM + (
        'a,"b ""2"", é"\r\nx,"l\r\nf"\r\n,""\r\n"a,b","q""q"\r\n😀, s \r\n'.encode()
    )


def test_values_are_spelled_as_stored() -> None:
    assert lines_of(Kind.NUMBER, [5.0, -0.1, 1e300, 2.0**53, None, -5.0]) == [
        "5",
        "-0.1",
        "1e+300",
        "9007199254740992",
        "",
        "-5",
    ]
    assert lines_of(Kind.BOOLEAN, [True, False, None]) == ["true", "false", ""]
    assert lines_of(Kind.DATE, [date(1, 1, 1), date(9999, 12, 31)]) == ["0001-01-01", "9999-12-31"]
    moments = [datetime.fromisoformat(f"2025-01-31 10:00:0{at}") for at in ("0", "1.007", "1.120")]
    assert lines_of(Kind.DATE_TIME, moments) == [
        "2025-01-31 10:00:00",
        "2025-01-31 10:00:01.007",
        "2025-01-31 10:00:01.120",
    ]
    assert lines_of(Kind.LIST, ['["a", 1]']) == ['"[""a"", 1]"']


def test_dates_kept_as_they_are_stored_are_the_same_bytes() -> None:
    """P23."""
    columns = [column(Kind.DATE, "day"), column(Kind.DATE_TIME, "moment"), column(Kind.TEXT, "a")]
    days = ["0001-01-01", None, "2024-02-29", "9999-12-31"]
    moments = ["0001-01-01 00:00:00", "2024-02-29 12:40:48.007", "2024-02-29 12:40:48.700", None]
    stored = b"\n".join(
        orjson.dumps({"day": day, "moment": moment, "a": "=1"})
        for day, moment in zip(days, moments, strict=True)
    )
    spelled = read_lines(stored, columns, keeps_dates_spelled=True)
    assert [spelled["day"].to_list(), spelled["moment"].to_list()] == [days, moments]
    assert csv_of(columns, [spelled]) == csv_of(columns, [read_lines(stored, columns)])


def test_text_that_a_spreadsheet_takes_for_a_formula_has_an_apostrophe_in_front() -> None:
    """P1."""
    content = csv_of([column(Kind.TEXT)], [series(Kind.TEXT, FORMULAS + HARMLESS).to_frame()])
    _, *rows = read_by_python(content)
    assert [row[0] for row in rows] == [f"'{text}" for text in FORMULAS] + HARMLESS
    assert [unguarded(row[0]) for row in rows] == FORMULAS + HARMLESS


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("cut", [";", ",", "\t", "\n", "\r", "\r\n", ";;"])
def test_no_formula_comes_of_text_that_is_cut_at_another_separator(
    separator: str, cut: str
) -> None:
    """P1: a spreadsheet cuts cells at its own list separator, and then at line ends in them."""
    harm = ["=1", "'=1", '"=1', '""\'"=1', "=A1;=B1", "+1+cmd|' /C calc'!A0", "-x!y", "@SUM(1)"]
    texts = [f"a{cut}{one}" for one in harm]
    columns = [column(Kind.TEXT, "a"), column(Kind.TEXT, "b"), column(Kind.LIST, "c")]
    frame = pl.DataFrame(
        {"a": texts, "b": texts, "c": [orjson.dumps([one, one]).decode() for one in texts]}
    )
    file = BytesIO()
    with CsvWriter(file, columns, Dialect(separator=separator)) as writer:
        writer.write(frame)
    written = file.getvalue().removeprefix(BOM).decode()

    for other in ",;\t":
        for line in csv.reader(StringIO(written, newline=""), delimiter=other):
            for cell in line:
                assert not cell.startswith("=")
                assert not (re.match(r"[+\-@]", cell) and re.search(r"[(|!]", cell))
    _, *rows = csv.reader(StringIO(written, newline=""), delimiter=separator)
    assert [[unguarded(a), unguarded(b), orjson.loads(c)] for a, b, c in rows] == [
        [one, one, [one, one]] for one in texts
    ]


def test_titles_are_guarded_too() -> None:
    """P1."""
    title = Column(id="a", title='=HYPERLINK("x")', kind=Kind.NUMBER, is_guarded=False)
    assert read_by_python(csv_of([title], [])) == [['\'=HYPERLINK("x")']]


def test_phones_and_coordinates_are_left_as_they_are() -> None:
    """P1: but only what is one."""
    columns = [Column(id="value", title="value", kind=Kind.TEXT, is_guarded=False)]
    content = csv_of(columns, [series(Kind.TEXT, [*SIGNED, *FORMULAS[:4]]).to_frame()])
    _, *rows = read_by_python(content)
    assert [row[0] for row in rows] == [*SIGNED, *(f"'{text}" for text in FORMULAS[:4])]


def test_a_line_of_one_column_is_never_blank_and_what_that_loses_is_counted() -> None:
    """P19, P23: readers skip blank lines."""
    file = BytesIO()
    with CsvWriter(file, [column(Kind.TEXT)]) as writer:
        writer.write(pl.DataFrame({"value": ["a", None, ""]}))
        writer.write(pl.DataFrame({"value": [None]}, schema={"value": pl.String}))
        assert writer.close() == Losses(gaps_as_empty=2)
    assert file.getvalue() == BOM + b'value\r\na\r\n""\r\n""\r\n""\r\n'
    assert len(read_by_pandas(file.getvalue())) == 5


@pytest.mark.parametrize("blank", [" ", "\u00a0", " \u2003 ", "\n", "\n "])
def test_a_line_of_blanks_alone_is_in_quotes(blank: str) -> None:
    """P23: pandas passes over a line of blanks as it does over an empty one."""
    texts = [blank, "a b", 'q"', "a,b", " a"]
    content = csv_of([column(Kind.TEXT)], [series(Kind.TEXT, texts).to_frame()])
    assert [row[0] for row in read_by_python(content)] == ["value", *texts]
    assert [row[0] for row in read_by_pandas(content)] == ["value", *texts]
    assert content == BOM + f'value\r\n"{blank}"\r\na b\r\n"q"""\r\n"a,b"\r\n a\r\n'.encode()


def test_an_export_without_records_is_a_header() -> None:
    columns = [column(Kind.TEXT, "a"), column(Kind.DATE, "")]
    assert csv_of(columns, []) == BOM + b'a,""\r\n'
    empty = pl.DataFrame(schema={"a": pl.String, "": pl.Date})
    assert csv_of(columns, [empty]) == BOM + b'a,""\r\n'


@pytest.mark.parametrize("name", ["*", "^.*$", "", "0", "é\n"])
def test_any_id_names_a_column(name: str) -> None:
    columns = [column(Kind.TEXT, name), column(Kind.TEXT, "other")]
    frame = pl.DataFrame({"skipped": ["-"], "other": ["b"], name: ["a"]})
    assert read_by_python(csv_of(columns, [frame]))[1] == ["a", "b"]


def test_libreoffice_opens_it_and_calculates_nothing(tmp_path: Path) -> None:
    """P1, P24."""
    texts = ["é 市場 😀", "a,b", 'q"q', "two\nlines", *FORMULAS, *SIGNED[:3]]
    columns = [
        Column(id="value", title="Wert é", kind=Kind.TEXT),
        Column(id="phone", title="phone", kind=Kind.TEXT, is_guarded=False),
    ]
    frame = pl.DataFrame({"value": texts, "phone": ["-6.17,106.8"] * len(texts)})
    table = tmp_path / "table.csv"
    table.write_bytes(csv_of(columns, [frame]))
    # Fields: comma, quote, UTF-8, from line 1.
    opened = convert(table, "xlsx", "--infilter=CSV:44,34,76,1")
    header, *rows = read_by_calamine(opened.read_bytes())
    assert header == ["Wert é", "phone"]
    shown = [str(row[0]).replace("\r\n", "\n") for row in rows]
    assert shown[:4] == texts[:4]
    guarded = [f"'{text}" for text in texts[4:]]
    assert shown[4:] == [text.replace("\r", "\n") for text in guarded]
    assert {row[1] for row in rows} == {"-6.17,106.8"}
