"""What cells a text has."""

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.formats.reading.csv_records import Dialect, parse_records, read_records

_CELLS = st.text(st.sampled_from("ab,;\"'\r\n\\ é"), max_size=6)


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_a_writer_writes_comes_back(rows: list[list[str]]) -> None:
    written = StringIO(newline="")
    csv.writer(written).writerows(rows)

    found = parse_records(written.getvalue(), Dialect())

    assert [[cell or "" for cell in row] for row in found] == rows


@given(st.lists(st.lists(_CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_escapes_come_back(rows: list[list[str]]) -> None:
    written = StringIO(newline="")
    csv.writer(
        written, quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\", lineterminator="\n"
    ).writerows(rows)

    found = parse_records(written.getvalue(), Dialect(escape="\\"))

    assert found == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,"",b\n', [["a", "", "b"]]),
        ("a,,b\n", [["a", None, "b"]]),
        ("5\" pipe,3' board\n", [['5" pipe', "3' board"]]),
        ('"abc"def,x\n', [["abcdef", "x"]]),
        ('"a ""b"" c",x\n', [['a "b" c', "x"]]),
        ('"abc" ,x\n', [["abc", "x"]]),
        ('"abc"\t\r\n', [["abc"]]),
        ('"one\ntwo",x\ny,z\n', [["one\ntwo", "x"], ["y", "z"]]),
        ('"one\r\ntwo",x\r\n', [["one\r\ntwo", "x"]]),
        ("a\x0bb,c\x85d\u2028e\n", [["a\x0bb", "c\x85d\u2028e"]]),
        ("a\0b,c\n", [["a\0b", "c"]]),
        ("a,b", [["a", "b"]]),
        ("a,b\r\n\r\nc,d\r\n", [["a", "b"], [None], ["c", "d"]]),
    ],
)
def test_cells_of_a_text(text: str, rows: list[list[str | None]]) -> None:
    found = parse_records(text, Dialect())

    # Where no cell is quoted, empty text is what nothing is read as.
    assert [[cell if '"' in text else cell or None for cell in row] for row in found] == rows


def test_a_stray_quote_costs_its_line_alone() -> None:
    batches = list(_read('a,b\n"open,1\n2,"ok"\n3,ok\n'))

    assert batches == [
        (1, ["a", "b"], None),
        (2, ['"open', "1"], "A quote opens in line 2 that is not closed at the end of its cell."),
        (3, ["2", "ok"], None),
        (4, ["3", "ok"], None),
    ]


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ('"x,y,"z"', ()),
        ('"a "b" c",y', ()),
        ('""a"" b",y', ()),
        ('"x,y,"z\nw"', ("w",)),
    ],
)
def test_a_cell_that_may_end_at_several_quotes_is_a_fault(line: str, more: tuple[str]) -> None:
    batches = list(_read(f"a,b\n{line}\n1,ok\n"))

    assert [bool(fault) for _, _, fault in batches] == [False, True, *(True for _ in more), False]


def test_lines_after_a_quote_that_is_never_closed_are_faulty() -> None:
    batches = list(_read('a,b\n1,"open\n2,x\n3,y\n'))

    assert [(line, row) for line, row, _ in batches] == [
        (1, ["a", "b"]),
        (2, ["1", '"open']),
        (3, ["2", "x"]),
        (4, ["3", "y"]),
    ]
    assert batches[1][2] == "A quote opens in line 2 that is never closed."
    assert "line 2" in str(batches[2][2])
    assert "line 2" in str(batches[3][2])


def test_lines_are_counted_through_cells_of_several() -> None:
    batches = list(_read('a,b\n"x\n\n\ny",1\nz,2\n'))

    assert [line for line, _, _ in batches] == [1, 2, 6]


def test_rows_that_span_blocks_are_whole(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    long = "x" * 700_000
    file.write_text("".join(f'{at},"{long}\n{at}"\n' for at in range(5)))

    batches = list(read_records(file, "utf-8", Dialect()))

    rows = [row for batch in batches for row in batch.rows]
    assert rows == [[str(at), f"{long}\n{at}"] for at in range(5)]
    assert [line for batch in batches for line in batch.lines] == [1, 3, 5, 7, 9]


def _read(text: str) -> list[tuple[int, list[object], str | None]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.csv"
        file.write_text(text, newline="")
        return [
            (line, list(row), batch.faults.get(at))
            for batch in read_records(file, "utf-8", Dialect())
            for at, (line, row) in enumerate(zip(batch.lines, batch.rows, strict=True))
        ]
