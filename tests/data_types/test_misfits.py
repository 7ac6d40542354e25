import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.schemas import field_of
from transload.data_types.model import Field, FieldType
from transload.data_types.values import MisfitError, canonical

BOOLEAN = "must be true or false"
COORDINATE = "must be a coordinate, lat,lng in degrees, such as -6.17,106.8"
DATE = "must be a date, YYYY-MM-DD"
DATE_TIME = "must be a time, YYYY-MM-DD HH:MM:SS with or without offset"
MONEY = "must be an amount of up to 18 digits and 6 decimals, with a point"
NUMBER = "must be a number, with a point and without separators"
PHONE = "must be a phone number"
TEXT = "must be text"
TIME = "must be a time of day, HH:MM or HH:MM:SS"
TOO_LARGE = "must be a number up to 2^53; keep longer ids as text"
TWENTY_DIGITS = "12345678901234567890"

REFUSED: dict[FieldType, Sequence[tuple[object, str]]] = {
    FieldType.STRING: [
        (True, TEXT),
        (1.5, TEXT),
        ([], TEXT),
        ({}, TEXT),
        (2**53 + 1, TEXT),
    ],
    FieldType.TEXT: [(False, TEXT), (["a"], TEXT)],
    FieldType.NUMBER: [
        (2**53 + 1, TOO_LARGE),
        (-(2**53) - 1, TOO_LARGE),
        (TWENTY_DIGITS, TOO_LARGE),
        (f"{TWENTY_DIGITS}.0", TOO_LARGE),
        ("9" * 5_000, TOO_LARGE),
        (math.nan, "must be a finite number"),
        (math.inf, "must be a finite number"),
        (-math.inf, "must be a finite number"),
        ("1e999", "must be a finite number"),
        ("1,5", NUMBER),
        ("1 000", NUMBER),
        ("NaN", NUMBER),
        ("Infinity", NUMBER),
        ("0x10", NUMBER),
        ("1_000", NUMBER),
        ("٣", NUMBER),
        (".", NUMBER),
        (True, "must be a number"),
        ([1], "must be a number"),
        ({}, "must be a number"),
    ],
    FieldType.BOOLEAN: [
        ("yes", BOOLEAN),
        (2, BOOLEAN),
        (1.0, BOOLEAN),
        ([], BOOLEAN),
        ({}, BOOLEAN),
    ],
    FieldType.DATE: [
        ("2025-02-29", "must be a date of the calendar, YYYY-MM-DD"),
        ("2025-13-01", "must be a date of the calendar, YYYY-MM-DD"),
        ("0000-01-01", "must be a date of the calendar, YYYY-MM-DD"),
        ("31-01-2025", DATE),
        ("2025-1-31", DATE),
        ("20250131", DATE),
        ("2025-W01-1", DATE),
        ("2025-01-31 12:00:00", DATE),
        (45_000, DATE),
        (True, DATE),
    ],
    FieldType.DATE_TIME: [
        ("2025-02-29 00:00:00", f"{DATE_TIME}, of the calendar"),
        ("2025-01-31 24:00:00", f"{DATE_TIME}, of the calendar"),
        ("2025-01-31 23:59:60", f"{DATE_TIME}, of the calendar"),
        ("2025-01-31 00:00:00+24:00", f"{DATE_TIME}, of the calendar"),
        ("0001-01-01 00:00:00+07:00", f"{DATE_TIME}, of the calendar"),
        ("9999-12-31 23:59:59-07:00", f"{DATE_TIME}, of the calendar"),
        ("2025-01-31 12:00:00.1234", f"{DATE_TIME}, to the millisecond"),
        ("2025-01-31 12:00", DATE_TIME),
        ("2025-01-31Z", DATE_TIME),
        ("31/01/2025 12:00:00", DATE_TIME),
        ("now", DATE_TIME),
        (1_735_689_600, DATE_TIME),
    ],
    FieldType.TIME: [
        ("24:00", "must be a time of day up to 23:59:59"),
        ("12:60", "must be a time of day up to 23:59:59"),
        ("8:30", TIME),
        ("08:30:00.5", TIME),
        ("08:30+07:00", TIME),
        (830, TIME),
    ],
    FieldType.COORDINATE: [
        ("90.000001,0", COORDINATE),
        ("0,-180.1", COORDINATE),
        ("-6.17", COORDINATE),
        ("-6.17;106.8", COORDINATE),
        ("1,2,3", COORDINATE),
        ("1e1,2", COORDINATE),
        ([-6.17, 106.8], "must be a coordinate, lat,lng"),
    ],
    FieldType.PHONE: [
        ("call me", PHONE),
        ("+", PHONE),
        ("1", PHONE),
        ("++62812", PHONE),
        ("=62812", PHONE),
        ("1" * 41, PHONE),
        (True, TEXT),
    ],
    FieldType.OPTION: [
        ("small", "must be one of: Small, Large, 007"),
        ("Small ", "must be one of: Small, Large, 007"),
        (7, "must be one of: Small, Large, 007"),
        (True, TEXT),
        (["Small"], TEXT),
    ],
    FieldType.MONEY: [
        ("1,5", MONEY),
        ("1e3", MONEY),
        ("1" * 19, MONEY),
        ("0.1234567", MONEY),
        (True, MONEY),
        ([], MONEY),
    ],
    FieldType.LIST: [
        ("a,b", "must be a list"),
        ({"a": 1}, "must be a list"),
        (1, "must be a list"),
        ([None], "must be a number"),
        ([["a"]], "must be a number"),
        ([{}], "must be a number"),
        ([2**53 + 1], TOO_LARGE),
        ([math.nan], "must be a finite number"),
    ],
}


@pytest.mark.parametrize(
    ("kind", "given_value", "message"),
    [(kind, *case) for kind, cases in REFUSED.items() for case in cases],
)
def test_a_value_that_does_not_fit_is_refused_with_what_the_field_holds(
    kind: FieldType, given_value: object, message: str
) -> None:
    with pytest.raises(MisfitError) as refusal:
        canonical(field_of(kind), given_value)
    assert str(refusal.value) == message


def test_every_type_has_values_that_are_refused() -> None:
    assert REFUSED.keys() == set(FieldType)


def test_a_misfit_option_is_told_the_first_twenty() -> None:
    field = Field(
        id="size",
        title="",
        type=FieldType.OPTION,
        options=tuple(str(number) for number in range(21)),
    )
    with pytest.raises(MisfitError) as refusal:
        canonical(field, "x")
    named = ", ".join(str(number) for number in range(20))
    assert str(refusal.value) == f"must be one of: {named}, ..."


def test_a_long_option_is_named_by_its_start() -> None:
    """P4: the same sentence may stand in an answer 2,000 times."""
    field = replace(field_of(FieldType.OPTION), options=("x" * 1_000_000, "S"))
    with pytest.raises(MisfitError) as refusal:
        canonical(field, "L")
    assert str(refusal.value) == f"must be one of: {'x' * 100}..., S"
