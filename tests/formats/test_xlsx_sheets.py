"""Workbooks of several sheets."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own
import polars as pl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.workbooks import column
from tests.programs import AS_SHOWN, convert
from transload.formats.columns import Kind, Losses, Table
from transload.formats.xlsx_package import sheet_names
from transload.formats.xlsx_writer import XlsxWriter

TASKS = Table(name="Tasks", columns=[column(Kind.TEXT, "id"), column(Kind.NUMBER, "n")])
ITEMS = Table(name="Items", columns=[column(Kind.TEXT, "name")])


def tasks(start: int, rows: int) -> pl.DataFrame:
    return pl.select(
        id=pl.format("t{}", pl.int_range(start, start + rows)),
        n=pl.int_range(start, start + rows).cast(pl.Float64),
    )


def items(start: int, rows: int) -> pl.DataFrame:
    return pl.select(name=pl.format("<{}>", pl.int_range(start, start + rows)))


def written(batches: Sequence[tuple[pl.DataFrame, int]], folder: Path | None = None) -> bytes:
    file = BytesIO()
    with XlsxWriter(file, [TASKS, ITEMS], folder=folder) as writer:
        for frame, table in batches:
            writer.write(frame, table)
    return file.getvalue()


def test_readers_that_stream_are_told_how_large_a_sheet_is(tmp_path: Path) -> None:
    """P24: openpyxl knows neither rows nor columns of a sheet that does not say."""
    content = written([(tasks(0, 5_000), 0), (items(0, 3), 1), (tasks(0, 7), 0)], tmp_path)
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    assert book["Tasks"].calculate_dimension() == "A1:B5008"
    assert book["Items"].calculate_dimension() == "A1:A4"
    assert len(list(book["Tasks"].rows)) == 5_008


def test_sheets_whose_rows_alternate_read_back(tmp_path: Path) -> None:
    content = written(
        [
            (frame, table)
            for at in range(5)
            for table, frame in enumerate((tasks(at, 1), items(3 * at, 3)))
        ],
        tmp_path,
    )
    book = python_calamine.load_workbook(BytesIO(content))
    assert book.sheet_names == ["Tasks", "Items"]
    assert book.get_sheet_by_name("Tasks").to_python() == [
        ["id", "n"],
        *([f"t{at}", float(at)] for at in range(5)),
    ]
    assert book.get_sheet_by_name("Items").to_python() == [
        ["name"],
        *([f"<{at}>"] for at in range(15)),
    ]
    other = openpyxl.load_workbook(BytesIO(content))
    assert other.sheetnames == ["Tasks", "Items"]
    assert other.active.title == "Tasks"
    assert [sheet.max_row for sheet in other] == [6, 16]
    assert not list(tmp_path.iterdir())


def test_the_bytes_do_not_depend_on_how_the_sheets_alternate() -> None:
    one_by_one = [(tasks(0, 900), 0), (items(0, 4_000), 1)]
    mixed = [
        (frame, table)
        for at in range(9)
        for table, frame in enumerate((tasks(100 * at, 100), items(500 * at, 500 if at < 8 else 0)))
    ]
    assert written(one_by_one) == written(mixed)


def test_losses_of_all_sheets_are_counted() -> None:
    writer = XlsxWriter(BytesIO(), [TASKS, ITEMS])
    long = pl.DataFrame({"name": ["x" * 40_000]})
    writer.write(long, 1)
    writer.write(long, 1)
    assert writer.close() == Losses(cut_texts=2)


def test_a_workbook_without_sheets_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one sheet"):
        XlsxWriter(BytesIO(), [])


def test_libreoffice_opens_a_workbook_of_several_sheets(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(written([(tasks(0, 2), 0), (items(0, 3), 1)]))
    assert convert(book, AS_SHOWN).read_text(encoding="utf-8").splitlines() == [
        '"id","n"',
        '"t0",0',
        '"t1",1',
    ]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["", ""], ["Sheet1", "Sheet2"]),
        (["a/b:c", "History"], ["a_b_c", "History (2)"]),
        (["Items", "items", "ITEMS"], ["Items", "items (2)", "ITEMS (3)"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["'quoted'", "''"], ["quoted", "Sheet2"]),
        (["😀" * 20], ["😀" * 15]),
        (["A & <B>"], ["A & <B>"]),
    ],
)
def test_names_that_excel_does_not_take_are_changed(wanted: list[str], names: list[str]) -> None:
    assert sheet_names(wanted) == names


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_names_make_a_workbook(wanted: list[str]) -> None:
    file = BytesIO()
    with XlsxWriter(file, [Table(name=name, columns=ITEMS.columns) for name in wanted]):
        pass
    file.seek(0)
    names = python_calamine.load_workbook(file).sheet_names
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(1 <= len(name.encode("utf-16-le")) // 2 <= 31 for name in names)
    assert names == openpyxl.load_workbook(file).sheetnames
