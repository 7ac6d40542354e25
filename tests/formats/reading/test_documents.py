"""JSON and Parquet to tables."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import orjson
import polars as pl
import pytest

from tests.formats.reading.files import moment, read
from transload.formats.reading.model import Cause, Form, Kind, UnreadableError

_DOCUMENTS: list[dict[str, object]] = [
    {"a": "x", "b": 1, "c": None, "d": [1, "é"], "e": True},
    {"a": "", "b": 2.5, "f": {"g": 1}},
]
_ROWS = [["x", "1", None, '[1,"é"]', "true", None], ["", "2.5", None, None, None, '{"g":1}']]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (orjson.dumps(_DOCUMENTS), Kind.JSON),
        (orjson.dumps(_DOCUMENTS, option=orjson.OPT_INDENT_2), Kind.JSON),
        (b"[\n" + b",\n".join(map(orjson.dumps, _DOCUMENTS)) + b"\n]", Kind.JSON),
        (b"[" + b",\r\n".join(map(orjson.dumps, _DOCUMENTS)) + b"]\r\n", Kind.JSON),
        (b"\n".join(map(orjson.dumps, _DOCUMENTS)), Kind.NDJSON),
        (b"\xef\xbb\xbf" + b"\r\n\r\n".join(map(orjson.dumps, _DOCUMENTS)) + b"\n", Kind.NDJSON),
        (orjson.dumps(_DOCUMENTS).decode().encode("utf-16"), Kind.JSON),
    ],
)
def test_objects_are_rows(content: bytes, kind: Kind) -> None:
    found = read(content)

    assert found.table.kind is kind
    assert found.table.titles == ("a", "b", "c", "d", "e", "f")
    assert found.rows == _ROWS
    assert found.forms[0] == [
        *(Form.TEXT, Form.NUMBER, Form.TEXT, Form.LIST, Form.BOOLEAN, Form.TEXT),
    ]


def test_numbers_of_json_keep_their_digits() -> None:
    found = read(
        b'{"a":12345678901234567890123}\n{"a":9007199254740993}\n{"a":1e400}\n{"a":1.50}\n'
    )

    assert [row[0] for row in found.rows][:2] == ["12345678901234567890123", "9007199254740993"]
    assert found.rows[3] == ["1.5"]


def test_a_line_that_is_no_object_is_a_faulty_row() -> None:
    found = read(b'{"a":1}\n{"a":\n[1]\n{"a":2}\n')

    assert found.rows == [["1"], [None], [None], ["2"]]
    assert found.faults == {
        2: 'This line is no object of JSON: {"a":',
        3: "This line is no object of JSON: [1]",
    }


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b'[{"a": 1}, 2]', Cause.NO_TABLE),
        (b'[{"a": 1}', Cause.NO_TABLE),
        (b'{"a": ', Cause.NO_TABLE),
        (b"[{}]", Cause.EMPTY),
        (b"[]", Cause.EMPTY),
        (b'[{"a":' + b"[" * 100_000, Cause.TOO_COMPLEX),
    ],
)
def test_json_without_objects_is_refused(content: bytes, cause: Cause) -> None:
    with pytest.raises(UnreadableError) as error:
        read(content)

    assert error.value.cause is cause


def _parquet(frame: pl.DataFrame) -> bytes:
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def test_columns_of_parquet_have_their_types() -> None:
    frame = pl.DataFrame(
        {
            "text": ["007", None],
            "whole": [2**60, -1],
            "number": [0.1, 5.0],
            "flag": [True, None],
            "day": [date(2024, 2, 29), None],
            "moment": [moment(2024, 2, 29, 1, 2, 3, 4000), moment(2024, 1, 1)],
            "zoned": [datetime(2024, 2, 29, 1, tzinfo=UTC), None],
            "clock": [time(1, 2, 3), None],
            "span": [timedelta(hours=30), None],
            "money": [Decimal("12.50"), None],
            "list": [[1, 2], None],
            "struct": [{"x": 1}, {"x": None}],
            "bytes": [b"text", b"\xff"],
            "nothing": [None, None],
        }
    )

    found = read(_parquet(frame))

    assert found.table.titles == tuple(frame.columns)
    assert found.rows[0] == [
        *("007", "1152921504606846976", "0.1", "true", "2024-02-29", "2024-02-29 01:02:03.004"),
        *("2024-02-29 01:00:00", "01:02:03", "30:00:00", "12.50", "[1,2]", '{"x":1}', "text", None),
    ]
    assert found.rows[1][2] == "5"
    assert found.rows[1][5] == "2024-01-01 00:00:00"
    assert found.forms[0] == [
        *(Form.TEXT, Form.NUMBER, Form.NUMBER, Form.BOOLEAN, Form.DATE, Form.DATE_TIME),
        *(Form.DATE_TIME, Form.TIME, Form.DURATION, Form.NUMBER, Form.LIST, Form.LIST),
        *(Form.TEXT, Form.TEXT),
    ]
    assert found.forms[1][12] is Form.BAD_BYTES


def test_many_rows_of_parquet_are_all_there() -> None:
    found = read(_parquet(pl.DataFrame({"a": range(250_001)})))

    assert found.table.rows == 250_001
    assert found.lines == list(range(1, 250_002))


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1", b"PAR1\0\0\0\0PAR1"])
def test_damaged_parquet_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableError) as error:
        read(content)

    assert error.value.cause is Cause.DAMAGED
