import re
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas import OPTIONS, field_of
from transload.data_types.model import Field, FieldType
from transload.data_types.values import KINDS, MisfitError, canonical

TWENTY_DIGITS = "12345678901234567890"

ACCEPTED: dict[FieldType, Sequence[tuple[object, object]]] = {
    FieldType.STRING: [
        ("Toko Kita", "Toko Kita"),
        ("", ""),
        ("  both ends \t\r\n", "  both ends \t\r\n"),
        ("007", "007"),
        (TWENTY_DIGITS, TWENTY_DIGITS),
        ("=1+1", "=1+1"),
        ("\x01\x1f\x7f\u2028 سوق 市場 🏪", "\x01\x1f\x7f\u2028 سوق 市場 🏪"),
        (42, "42"),
        (-(2**53), "-9007199254740992"),
    ],
    FieldType.MONEY: [
        ("12500.00", "12500"),
        (" 007.50 ", "7.5"),
        ("+1", "1"),
        ("-0.00", "0"),
        ("-12.345678", "-12.345678"),
        ("123456789012345678.99", "123456789012345678.99"),
        (12.5, "12.5"),
        (1e15, "1000000000000000"),
        (10**15, "1000000000000000"),
        ("", None),
        (" ", None),
    ],
    FieldType.TEXT: [("several\nlines", "several\nlines"), ("", ""), (0, "0")],
    FieldType.NUMBER: [
        (0, 0),
        (2**53, 2**53),
        (-(2**53), -(2**53)),
        (0.1, 0.1),
        (1e300, 1e300),
        (5e-324, 5e-324),
        (3.0, 3),
        (-0.0, 0),
        ("12", 12),
        (" -12.50 ", -12.5),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-2", 0.01),
        ("0042", 42),
        ("9007199254740992", 2**53),
        ("", None),
        ("  ", None),
    ],
    FieldType.BOOLEAN: [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        (" True ", True),
        ("1", True),
        ("0", False),
        (1, True),
        (0, False),
        ("", None),
        (" ", None),
    ],
    FieldType.DATE: [
        ("2025-01-31", "2025-01-31"),
        (" 2024-02-29 ", "2024-02-29"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("2025-01-31 00:00:00", "2025-01-31"),
        ("2025-01-31T00:00:00", "2025-01-31"),
        ("", None),
    ],
    FieldType.DATE_TIME: [
        ("2025-01-31 23:59:59", "2025-01-31 23:59:59"),
        ("2025-01-31T23:59:59", "2025-01-31 23:59:59"),
        ("2025-01-31", "2025-01-31 00:00:00"),
        ("2025-01-31T00:00:00Z", "2025-01-31 00:00:00"),
        ("2025-01-01 06:59:59+07:00", "2024-12-31 23:59:59"),
        ("2025-01-01T06:59:59 +0700", "2024-12-31 23:59:59"),
        ("2024-12-31T20:00:00-05:30", "2025-01-01 01:30:00"),
        ("2025-01-31 12:00:00.007", "2025-01-31 12:00:00.007"),
        ("2025-01-31 12:00:00.5", "2025-01-31 12:00:00.500"),
        ("2025-01-31 12:00:00.120000", "2025-01-31 12:00:00.120"),
        ("2025-01-31 12:00:00.000", "2025-01-31 12:00:00"),
        ("2025-01-31T12:00:00.250+07:00", "2025-01-31 05:00:00.250"),
        ("", None),
    ],
    FieldType.TIME: [
        ("08:30", "08:30:00"),
        ("23:59:59", "23:59:59"),
        (" 00:00 ", "00:00:00"),
        ("", None),
    ],
    FieldType.COORDINATE: [
        ("-6.170,106.80", "-6.170,106.80"),
        ("-6.17 , 106.8", "-6.17,106.8"),
        (" +0,-0.0 ", "+0,-0.0"),
        ("90,180", "90,180"),
        ("-90.000,-180.000", "-90.000,-180.000"),
        ("1.12345678901234567890,2", "1.12345678901234567890,2"),
        ("", None),
    ],
    FieldType.PHONE: [
        ("+6281234567890", "+6281234567890"),
        ("021 (555) 01.23-45/6", "021 (555) 01.23-45/6"),
        ("0812", "0812"),
        (62812, "62812"),
        ("", None),
    ],
    FieldType.OPTION: [("Small", "Small"), ("007", "007"), ("", None)],
    FieldType.LIST: [
        ([], []),
        (["a", "", " b "], ["a", "", " b "]),
        ([1, 2.5, -(2**53), True, "x"], [1, 2.5, -(2**53), True, "x"]),
        ([TWENTY_DIGITS], [TWENTY_DIGITS]),
        ("", None),
    ],
}

any_time = st.datetimes(timezones=st.just(UTC) | st.timezones()).map(
    lambda instant: instant.isoformat(timespec="milliseconds")
)
any_value = (
    st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates().map(str)
    | st.times().map(lambda time: time.isoformat("seconds"))
    | any_time
    | st.from_regex(r"[+-]?\d{1,2}\.?\d{0,6} ?, ?[+-]?\d{1,3}(\.\d{1,20})?", fullmatch=True)
    | st.from_regex(r"\+?[0-9 ().-]{1,20}", fullmatch=True)
    | st.from_regex(r"[+-]?\d{1,20}\.?\d{0,20}([eE]-?\d{1,3})?", fullmatch=True)
    | st.sampled_from(OPTIONS)
    | st.lists(st.text() | st.integers() | st.floats() | st.booleans())
)


@pytest.mark.parametrize(
    ("kind", "given_value", "stored"),
    [(kind, *case) for kind, cases in ACCEPTED.items() for case in cases],
)
def test_a_value_that_fits_has_one_stored_form(
    kind: FieldType, given_value: object, stored: object
) -> None:
    found = canonical(field_of(kind), given_value)
    assert (found, type(found)) == (stored, type(stored))


def test_every_type_is_described_tried_and_documented() -> None:
    """What a new type needs before the other tests say anything of use about it."""
    assert KINDS.keys() == set(FieldType)
    assert ACCEPTED.keys() == set(FieldType)
    page = (Path(__file__).parents[2] / "docs/field-types.md").read_text()
    rows = {row.split("|")[1] for row in page.splitlines() if row.startswith("| `")}
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(FieldType)


@pytest.mark.parametrize("kind", FieldType)
def test_null_is_no_value_of_any_type(kind: FieldType) -> None:
    assert canonical(field_of(kind), None) is None


@pytest.mark.parametrize("kind", FieldType)
@given(value=any_value)
def test_a_stored_form_is_its_own_stored_form(kind: FieldType, value: object) -> None:
    """P23: what was exported and is imported again does not change."""
    field = field_of(kind)
    try:
        stored = canonical(field, value)
    except MisfitError:
        return
    again = canonical(field, stored)
    assert (again, type(again)) == (stored, type(stored))


@given(text=st.text())
def test_text_is_stored_as_it_is(text: str) -> None:
    """P23."""
    assert canonical(field_of(FieldType.STRING), text) == text


def test_empty_text_is_a_value_where_it_is_an_option() -> None:
    field = Field(id="size", title="", type=FieldType.OPTION, options=("", "Small"))
    assert canonical(field, "") == ""


def test_text_in_the_format_of_a_date_time_is_checked_as_one() -> None:
    field = Field(id="seen", title="", type=FieldType.STRING, format="date-time")
    assert canonical(field, "2025-01-01T00:00:00+07:00") == "2024-12-31 17:00:00"
    with pytest.raises(MisfitError):
        canonical(field, "tomorrow")
