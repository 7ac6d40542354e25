import json
import math
import random
import struct
from datetime import date, datetime

import orjson
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.workbooks import TYPES, column
from transload.formats.columns import Column, Kind
from transload.formats.json_reader import read_lines


def read_one(kind: Kind, *spelled: str) -> list[object]:
    """Read one column whose values are spelled in JSON."""
    lines = "\n".join(f'{{"value":{value}}}' for value in spelled)
    return read_lines(lines.encode(), [column(kind)]).to_series().to_list()


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def test_every_kind_has_its_type_and_its_name() -> None:
    columns = [column(kind, kind.value) for kind in Kind]
    line = (
        b'{"text":"a","number":1,"decimal":"12.50","boolean":true,"date":"2024-02-29",'
        b'"date_time":"2024-02-29 12:40:48.007","list":["x"],"further":{"a":[1]}}'
    )
    frame = read_lines(line, columns)
    assert frame.schema == {kind.value: TYPES[kind] for kind in Kind}
    moment = datetime(2024, 2, 29, 12, 40, 48, 7_000)  # noqa: DTZ001  # frames hold UTC, unmarked
    assert frame.row(0) == ("a", 1.0, "12.50", True, date(2024, 2, 29), moment, '["x"]')


def test_columns_come_in_the_order_asked_for() -> None:
    frame = read_lines(b'{"a":"1","b":"2"}', [column(Kind.TEXT, "b"), column(Kind.TEXT, "a")])
    assert frame.columns == ["b", "a"]


@pytest.mark.parametrize("kind", Kind)
def test_null_and_absent_are_no_value(kind: Kind) -> None:
    frame = read_lines(b'{"value":null}\n{}\n{"other":1}', [column(kind)])
    assert frame.to_series().to_list() == [None, None, None]
    assert frame.schema["value"] == TYPES[kind]


@pytest.mark.parametrize("kind", Kind)
def test_no_line_is_a_frame_without_rows(kind: Kind) -> None:
    frame = read_lines(b"", [column(kind)])
    assert (frame.height, frame.schema) == (0, {"value": TYPES[kind]})


@pytest.mark.parametrize("name", ["*", "^a.*$", "", "é\n", 'quote"d', "a.b", "ünï 😀"])
def test_any_key_is_found(name: str) -> None:
    columns = [Column(id=name, title="", kind=Kind.DATE), column(Kind.TEXT, "abc")]
    frame = read_lines(json.dumps({name: "2024-01-02", "abc": "x"}).encode(), columns)
    assert frame.row(0) == (date(2024, 1, 2), "x")


def test_text_is_exact_for_every_character() -> None:
    codes = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    text = "".join(map(chr, codes))
    for spelled in (orjson.dumps({"value": text}), json.dumps({"value": text}).encode()):
        assert read_lines(spelled, [column(Kind.TEXT)]).item() == text


def test_text_keeps_blanks_and_is_never_taken_for_something_else() -> None:
    texts = [" a ", "a\r\nb", "\t", "", "2024-01-01", "1e5", "00123", "true", "null", "=1+1", "[1]"]
    assert read_one(Kind.TEXT, *map(json.dumps, texts)) == texts


@pytest.mark.parametrize(
    "spelled",
    [
        "5e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "9007199254740991",
        "-9007199254740992",
        "9007199254740993",
        "0.30000000000000004",
        "-0.0",
        "8.5e22",
        "6.631236846766476e-316",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
    ],
)
def test_hard_numbers_are_bit_exact(spelled: str) -> None:
    (number,) = read_one(Kind.NUMBER, spelled)
    assert isinstance(number, float)
    assert bits(number) == bits(float(spelled))


def test_random_numbers_are_bit_exact() -> None:
    choose = random.Random(1)  # noqa: S311  # numbers, not secrets
    spelled = [f"{choose.randint(1, 10**17)}e{choose.randint(-340, 280)}" for _ in range(20_000)]
    spelled += [f"{choose.random():.{choose.randint(1, 25)}f}" for _ in range(20_000)]
    patterns = (struct.unpack("<d", choose.randbytes(8))[0] for _ in range(20_000))
    spelled += [repr(number) for number in patterns if math.isfinite(number)]
    numbers = pl.Series(read_one(Kind.NUMBER, *spelled), dtype=pl.Float64)
    assert numbers.to_list() == [float(each) for each in spelled]


def test_dates_of_all_years_are_exact() -> None:
    days = [date(1, 1, 1), date(1582, 10, 10), date(1900, 2, 28), date(9999, 12, 31)]
    assert read_one(Kind.DATE, *(f'"{day.isoformat()}"' for day in days)) == days


@given(st.lists(st.datetimes() | st.none(), max_size=8), st.booleans())
def test_date_times_are_exact_to_the_millisecond(
    moments: list[datetime | None],
    has_milliseconds: bool,  # noqa: FBT001  # given by hypothesis
) -> None:
    width = 23 if has_milliseconds else 19
    texts = [None if each is None else f"{each.isoformat(' ')}.000000"[:width] for each in moments]
    texts = [text and text[:width] for text in texts]
    expected = [None if text is None else datetime.fromisoformat(text) for text in texts]
    assert read_one(Kind.DATE_TIME, *map(json.dumps, texts)) == expected


def test_date_times_with_and_without_milliseconds_may_be_mixed() -> None:
    texts = ["0001-01-01 00:00:00", "9999-12-31 23:59:59.999", "1969-12-31 23:59:59.001"]
    expected = [datetime.fromisoformat(text) for text in texts]
    assert read_one(Kind.DATE_TIME, *map(json.dumps, texts)) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.lists(values, max_size=4), min_size=1, max_size=4))
def test_lists_become_the_text_of_the_same_json(lists: list[list[object]]) -> None:
    lines = b"\n".join(orjson.dumps({"value": each}) for each in lists)
    texts = read_lines(lines, [column(Kind.LIST)]).to_series().to_list()
    assert [json.loads(text) for text in texts] == lists


@pytest.mark.parametrize(
    "spelled",
    [
        "[]",
        "[1.0,-0.0,1e+300,5e-324,1e+16,9007199254740992]",
        r'["a\"]","\\","[,","\u0001\n","\"value\":[1]"]',
        '["{",",","é😀",true,false]',
    ],
)
def test_a_list_keeps_its_text(spelled: str) -> None:
    """P23."""
    texts = '"other":",\\"value\\":[0]"'
    inner = '"other":{"value":[0]}'
    for further in (texts, inner):
        line = f'{{{further},"value":{spelled}}}\n{{{further},"value":null}}\n{{{further}}}'
        read = read_lines(line.encode(), [column(Kind.LIST)])
        assert read.to_series().to_list() == [spelled, None, None]


@pytest.mark.parametrize(
    ("kind", "spelled"),
    [
        (Kind.NUMBER, '"5"'),
        (Kind.NUMBER, "1e400"),
        (Kind.BOOLEAN, '"true"'),
        (Kind.DATE, '"2024-02-30"'),
        (Kind.DATE, '"yesterday"'),
        (Kind.DATE_TIME, '"2024-02-01T00:00:00"'),
        (Kind.DATE_TIME, '"2024-02-01 00:00:00.12x"'),
        (Kind.TEXT, '"open'),
    ],
)
def test_a_value_that_is_not_canonical_is_refused(kind: Kind, spelled: str) -> None:
    with pytest.raises(ValueError, match="canonical form"):
        read_one(kind, spelled)
