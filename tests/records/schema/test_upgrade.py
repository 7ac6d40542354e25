"""Documents of older shapes in the form of their type's present fields."""

from dataclasses import replace

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.schemas import data_type_of, field_of
from transload.data_types.model import DataType, Field, FieldType
from transload.data_types.values import MAX_EXACT_INTEGER, MisfitError, Value, canonical
from transload.records.schema.upgrade import converted, upgraded, upgraded_values

NUMBER, TEXT = field_of(FieldType.NUMBER), field_of(FieldType.STRING)
numbers = st.integers(-MAX_EXACT_INTEGER, MAX_EXACT_INTEGER) | st.floats(
    allow_nan=False, allow_infinity=False
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values = texts | numbers | st.booleans() | st.lists(texts | st.booleans())

CONVERTED: list[tuple[FieldType, object, object]] = [
    (FieldType.NUMBER, "5", 5),
    (FieldType.NUMBER, "-0.5", -0.5),
    (FieldType.NUMBER, "9007199254740992", 2**53),
    (FieldType.NUMBER, "", None),
    (FieldType.STRING, 5, "5"),
    (FieldType.TEXT, 0.1, "0.1"),
    (FieldType.STRING, True, "true"),
    (FieldType.STRING, False, "false"),
    (FieldType.STRING, "", ""),
    (FieldType.BOOLEAN, "TRUE", True),
    (FieldType.BOOLEAN, 0, False),
    (FieldType.DATE, "2025-01-31", "2025-01-31"),
    (FieldType.DATE, "2025-01-31 00:00:00", "2025-01-31"),
    (FieldType.DATE_TIME, "2025-01-31", "2025-01-31 00:00:00"),
    (FieldType.DATE_TIME, "2025-01-31T07:00:00+07:00", "2025-01-31 00:00:00"),
    (FieldType.TIME, "08:30", "08:30:00"),
    (FieldType.COORDINATE, "-6.17 , 106.8", "-6.17,106.8"),
    (FieldType.PHONE, "+62812", "+62812"),
    (FieldType.PHONE, 62812, "62812"),
    (FieldType.OPTION, "007", "007"),
    (FieldType.OPTION, "", None),
    (FieldType.LIST, ["a", 1], ["a", 1]),
    (FieldType.LIST, "", None),
]
MISFITS: list[tuple[FieldType, object]] = [
    *(
        (FieldType.NUMBER, text)
        for text in ("007", "1e5", "12345678901234567890", "1.50", "+1", " 1", " ", "-0", "x", ".5")
    ),
    (FieldType.NUMBER, True),
    (FieldType.NUMBER, [1]),
    (FieldType.STRING, ["a"]),
    (FieldType.BOOLEAN, "yes"),
    (FieldType.BOOLEAN, 2),
    (FieldType.DATE, "2025-01-31 10:00:00"),
    (FieldType.DATE, 20250131),
    (FieldType.TIME, "noon"),
    (FieldType.COORDINATE, "here"),
    (FieldType.PHONE, -62812),
    (FieldType.OPTION, "small"),
    (FieldType.OPTION, 7),
    (FieldType.OPTION, True),
    (FieldType.LIST, "a"),
    (FieldType.LIST, 1),
]


@pytest.mark.parametrize("kind", FieldType)
def test_no_value_stays_none(kind: FieldType) -> None:
    assert converted(field_of(kind), None) is None


@pytest.mark.parametrize(("kind", "old", "new"), CONVERTED)
def test_a_value_is_had_in_another_type(kind: FieldType, old: Value, new: Value) -> None:
    found = converted(field_of(kind), old)
    assert (type(found), found) == (type(new), new)


@pytest.mark.parametrize(("kind", "old"), MISFITS)
def test_what_would_be_lost_does_not_fit(kind: FieldType, old: Value) -> None:
    """P23."""
    with pytest.raises(MisfitError):
        converted(field_of(kind), old)


@given(numbers)
@example(2.0**53 + 2)
def test_a_number_comes_back_from_text_as_it_was(number: float) -> None:
    """P23."""
    stored = canonical(NUMBER, number)
    assert converted(NUMBER, converted(TEXT, stored)) == stored


@given(texts.filter(bool) | numbers.map(str))
def test_text_that_fits_a_number_is_spelled_the_same_again(text: str) -> None:
    """P23."""
    try:
        number = converted(NUMBER, text)
    except MisfitError:
        return
    assert converted(TEXT, number) == text


@given(st.sampled_from(list(FieldType)), values)
def test_a_converted_value_is_canonical(kind: FieldType, value: Value) -> None:
    field = field_of(kind)
    try:
        found = converted(field, value)
    except MisfitError:
        return
    assert canonical(field, found) == found
    assert converted(field, found) == found


def newer(*fields: Field, shape: int = 2) -> DataType:
    return replace(data_type_of(*fields), shape=shape, same_since=shape)


def test_a_document_has_the_fields_of_its_type_in_their_order() -> None:
    added = replace(field_of(FieldType.STRING, "new"), since=2, default="never")
    price = field_of(FieldType.STRING, "price")
    document = '{"dataId":"1","gone":"x","price":5,"kept":[1.5]}'
    found = upgraded(newer(field_of(FieldType.LIST, "kept"), price, added), 1, document)
    assert found == '{"dataId":"1","kept":[1.5],"price":"5","new":null}'


def test_a_value_from_before_its_field_is_none() -> None:
    field = replace(field_of(FieldType.STRING, "name"), since=3)
    type_ = newer(field, shape=4)
    stored = {"dataId": "1", "name": "x"}
    assert upgraded_values(type_, 2, stored) == {"dataId": "1", "name": None}
    assert upgraded_values(type_, 3, stored) == stored


@pytest.mark.parametrize("shape", [2, 3])
def test_a_document_of_the_present_form_is_left_byte_for_byte(shape: int) -> None:
    document = '{ "dataId" : "1" }'
    assert upgraded(replace(newer(), shape=3), shape, document) is document


def test_reading_never_fails_on_a_value_that_does_not_fit() -> None:
    values = {"dataId": "1", "number": "x"}
    assert upgraded_values(newer(NUMBER), 1, values) == {"dataId": "1", "number": None}


@given(st.dictionaries(st.sampled_from([kind.value for kind in FieldType]), st.none() | values))
def test_an_upgraded_document_is_in_the_present_form(old: dict[str, Value | None]) -> None:
    type_ = newer(*map(field_of, FieldType))
    document = orjson.dumps({"dataId": "1", **old}).decode()
    found = orjson.loads(upgraded(type_, 1, document))
    assert list(found) == [field.id for field in type_.fields]
    assert all(canonical(field, found[field.id]) == found[field.id] for field in type_.fields)
    assert upgraded_values(replace(type_, shape=3, same_since=3), 2, found) == found
