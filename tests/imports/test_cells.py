"""What an import takes is what the API takes, in the same words."""

from dataclasses import replace

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transload.data_types.model import Field, FieldType
from transload.data_types.values import MisfitError, canonical
from transload.formats.reading.model import Form
from transload.imports.cells import Cells, Values, read
from transload.imports.readings import DayOrder, Reading, meaning, offers

OPTIONS = ("Jakarta", "Medan", 'a "b"', "1")
NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.from_regex(r"[+-]?[0-9]{0,17}[.,]?[0-9]{0,17}([eE][+-]?[0-9]{1,3})?", fullmatch=True),
)
DAYS = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,4})?Z?)?",
        fullmatch=True,
    ),
)
PLACES = st.tuples(
    st.floats(-200, 200).map(lambda one: f"{one:.6f}"),
    st.sampled_from([",", ", ", ";"]),
    st.floats(-200, 200).map(str),
).map("".join)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    NUMBERS,
    DAYS,
    PLACES,
    st.times().map(str),
    st.sampled_from(["TRUE", "false", "1", "0", " true ", "ya", "", " ", "+62 811-000", *OPTIONS]),
    st.lists(st.one_of(st.text('ab"\\é'), st.integers(), st.booleans())).map(
        lambda items: (
            orjson.dumps(items, option=0).decode()
            if all(abs(item) < 2**60 for item in items if isinstance(item, int))
            else "[]"
        )
    ),
    st.sampled_from(["[1", "{}", "null", '[{"a":1}]', "[1.50]", "[[1]]"]),
).filter(lambda text: "\0" not in text)


def field(kind: FieldType) -> Field:
    options = OPTIONS if kind is FieldType.OPTION else ()
    return Field(id="f", title="F", type=kind, options=options)


def values(kind: FieldType, texts: list[str | None], **more: object) -> Values:
    series = pl.Series("0", texts, dtype=pl.String)
    return read(Cells(field=field(kind), texts=series, **more))  # type: ignore[arg-type]  # tests


def by_the_api(kind: FieldType, text: str) -> tuple[object, str]:
    """Give the value that is stored, or what is wrong."""
    try:
        return canonical(field(kind), sent(kind, text)), ""
    except MisfitError as misfit:
        return None, str(misfit)


def sent(kind: FieldType, text: str) -> object:
    """Give what a client of the API would send for a text: of a list, its JSON."""
    if kind is not FieldType.LIST or not text:
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


@pytest.mark.parametrize("kind", FieldType)
@settings(max_examples=60)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_a_text_is_taken_or_refused_as_by_the_api(kind: FieldType, texts: list[str]) -> None:
    got = values(kind, list(texts))
    faults = {fault.row: fault.sentence for fault in got.faults}
    for row, text in enumerate(texts):
        expected, misfit = by_the_api(kind, text)
        assert (row in faults) == bool(misfit)
        assert faults.get(row, "F").startswith(f"F {misfit}".strip())
        assert got.tokens[row] == orjson.dumps(expected).decode()


def test_an_empty_cell_is_no_value() -> None:
    for kind in FieldType:
        assert values(kind, [None]).tokens.to_list() == ["null"]


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        (Form.ERROR, "#N/A", "#N/A"),
        (Form.FORMULA, None, "formula"),
        (Form.TOO_LONG, "abc", "1 MiB"),
        (Form.NOT_A_DATE, "-5", "-5"),
        (Form.BAD_BYTES, "a\ufffd", "bytes"),
        (Form.LIST, '{"a":1}', "text"),
    ],
)
def test_a_cell_that_is_no_value_is_a_fault_in_every_field(
    form: Form, text: str | None, says: str
) -> None:
    for kind in set(FieldType) - {FieldType.LIST}:
        got = values(kind, [text], forms=pl.Series([form.value], dtype=pl.UInt8))
        [fault] = got.faults
        assert says in fault.sentence


def test_a_day_order_is_read_as_stated_and_no_further() -> None:
    """P35."""
    texts: list[str | None] = ["31/05/24", "2024-02-29", "30.02.2024", "1/2/1999"]
    got = values(FieldType.DATE, texts, reading=Reading(day_order=DayOrder.DMY))
    assert got.tokens.to_list() == ['"2024-05-31"', '"2024-02-29"', "null", '"1999-02-01"']
    assert [fault.row for fault in got.faults] == [2]


def test_a_decimal_comma_is_read_as_stated() -> None:
    """P35."""
    texts: list[str | None] = ["4817,25", "1.234", "1.234.567,5", "12", "1,2,3"]
    got = values(FieldType.NUMBER, texts, reading=Reading(decimal_separator=","))
    assert got.tokens.to_list() == ["4817.25", "1234", "1234567.5", "12", "null"]
    unstated = values(FieldType.NUMBER, ["4817,25", "1.234"])
    assert [fault.row for fault in unstated.faults] == [0]
    assert unstated.tokens[1] == "1.234"


def test_a_dot_that_stands_between_no_thousands_is_an_error_beside_a_stated_comma() -> None:
    """P35: what is not understood is not read in another way than was stated."""
    texts: list[str | None] = ["1.25", "12.5", "1.2505", "1.5e3", "1,5e3"]
    for kind in (FieldType.NUMBER, FieldType.MONEY):
        got = values(kind, texts[:4], reading=Reading(decimal_separator=","))
        assert [fault.row for fault in got.faults] == [0, 1, 2, 3]
        assert "decimal comma" in got.faults[0].sentence
    got = values(FieldType.NUMBER, texts[4:], reading=Reading(decimal_separator=","))
    assert got.tokens.to_list() == ["1500"]


def test_words_without_a_value_leave_texts_without_one_too() -> None:
    got = values(FieldType.STRING, ["n/a", "x"], reading=Reading(words={"n/a": ""}))
    assert got.tokens.to_list() == ["null", '"x"']


def test_a_cell_that_is_a_number_has_no_decimal_sign_to_be_told() -> None:
    """P35: a workbook's columns hold numbers beside texts that people typed."""
    texts: list[str | None] = ["1.125", "1.125", "1,5"]
    forms = pl.Series([Form.NUMBER, Form.TEXT, Form.TEXT])
    reading = Reading(decimal_separator=",")
    got = values(FieldType.NUMBER, texts, forms=forms, reading=reading)
    assert got.tokens.to_list() == ["1.125", "1125", "1.5"]


def test_blanks_between_thousands_are_read_where_the_decimal_sign_is_stated() -> None:
    """P35."""
    texts: list[str | None] = ["3 750", "1\xa0234\u202f567,5", "1 234.567", "12 34"]
    got = values(FieldType.NUMBER, texts, reading=Reading(decimal_separator=","))
    assert got.tokens.to_list() == ["3750", "1234567.5", "null", "null"]
    assert [fault.row for fault in values(FieldType.NUMBER, ["3 750"]).faults] == [0]


def test_words_stand_for_values() -> None:
    got = values(FieldType.BOOLEAN, ["Ya", "tidak", "true"], reading=Reading(words={"ya": "true"}))
    assert got.tokens.to_list() == ["true", "null", "true"]
    assert [fault.value for fault in got.faults] == ["tidak"]


def test_words_stand_for_no_value() -> None:
    """P35."""
    cells = [
        ("N/A ", Form.TEXT),
        ("#N/A", Form.ERROR),
        ("-1", Form.NOT_A_DATE),
        ("#REF!", Form.ERROR),
        ("5", Form.NUMBER),
    ]
    texts: list[str | None] = [text for text, _ in cells]
    forms = pl.Series([form.value for _, form in cells])
    reading = Reading(words={"n/a": "", "#n/a": "", "-1": ""})
    got = values(FieldType.NUMBER, texts, forms=forms, reading=reading)
    assert got.tokens.to_list() == ["null", "null", "null", "null", "5"]
    assert [fault.value for fault in got.faults] == ["#REF!"]


def test_no_value_is_offered_for_words_that_mean_none_unless_a_value_is_required() -> None:
    """P35."""
    price = field(FieldType.NUMBER)
    assert offers(price, ["n/a", "-", "dear"]) == [Reading(words={"-": "", "n/a": ""})]
    assert offers(replace(price, is_required=True), ["n/a"]) == []
    assert offers(field(FieldType.STRING), ["#N/A"]) == [Reading(words={"#n/a": ""})]
    assert meaning(price, Reading(words={"n/a": ""}), "N/A") == ""


def test_rows_whose_cell_does_not_fit_can_be_left_out() -> None:
    got = values(FieldType.NUMBER, ["1", "x"], reading=Reading(leave_out=True))
    assert (got.faults, got.left_out) == ([], [1])
