from dataclasses import replace

import pytest

from tests.schemas import KEY, data_type_of
from transload.data_types.model import (
    MAX_FIELDS,
    MAX_FIELDS_BYTES,
    MAX_TITLE_LENGTH,
    SYSTEM_NAMES,
    Field,
    FieldType,
    check_fields,
)
from transload.errors import InvalidError

NO_KEY = "Exactly one field is the primary key, and its id is dataId."


def text_field(name: str, *, title: str = "") -> Field:
    return Field(id=name, title=title, type=FieldType.STRING)


def faults(*fields: Field) -> str:
    with pytest.raises(InvalidError) as refusal:
        check_fields(fields)
    return refusal.value.message


@pytest.mark.parametrize(
    "name", ["a", "A1", "_private", "1st", "2024", "1.5", "a.b", "a-b", "x" * 100]
)
def test_letters_digits_and_some_marks_make_a_field_id(name: str) -> None:
    check_fields([KEY, text_field(name)])


@pytest.mark.parametrize(
    "name", ["", "-a", ".a", "a b", "a\n", 'a"b', "a'b", "a$b", "a[0]", "é", "a\0", "x" * 101]
)
def test_any_other_field_id_is_refused_by_name(name: str) -> None:
    """P15: nothing that a field id may be means anything to SQL or to a JSON path."""
    assert faults(KEY, text_field(name)) == (
        f"The field id {name!r} is not of 1 to 100 letters, digits, _, - and points, "
        "the first a letter, a digit or _."
    )


@pytest.mark.parametrize("name", sorted(SYSTEM_NAMES))
def test_a_system_name_is_no_field_id(name: str) -> None:
    assert faults(KEY, text_field(name)) == f"The field id {name} is taken by the system."


def test_a_field_id_stands_once() -> None:
    assert faults(KEY, text_field("a"), text_field("a")) == "The field id a stands twice."


def test_a_title_has_a_longest_length() -> None:
    check_fields([KEY, text_field("a", title="x" * MAX_TITLE_LENGTH)])
    assert faults(KEY, text_field("a", title="x" * (MAX_TITLE_LENGTH + 1))) == (
        "The title of a is over 255 characters."
    )


def test_an_option_field_needs_options() -> None:
    size = Field(id="size", title="", type=FieldType.OPTION)
    assert faults(KEY, size) == "The field size is an option field and has no optionData."


def test_money_needs_a_currency() -> None:
    for form in (None, "idr", "RUPIAH"):
        price = Field(id="price", title="", type=FieldType.MONEY, format=form)
        assert faults(KEY, price) == (
            "The field price holds money, so its format is a currency's three letters, such as IDR."
        )
    check_fields([KEY, Field(id="price", title="", type=FieldType.MONEY, format="IDR")])


def test_a_type_needs_a_key() -> None:
    assert faults(text_field("a")) == NO_KEY
    assert faults() == NO_KEY
    assert faults(text_field("dataId")) == NO_KEY


def test_a_type_has_no_second_key() -> None:
    second = Field(id="code", title="", type=FieldType.STRING, is_key=True)
    assert faults(KEY, second) == NO_KEY
    assert faults(second) == NO_KEY


@pytest.mark.parametrize(
    "key",
    [
        Field(id="dataId", title="", type=FieldType.NUMBER, is_key=True),
        Field(id="dataId", title="", type=FieldType.STRING, is_key=True, format="date-time"),
        Field(id="dataId", title="", type=FieldType.STRING, is_key=True, options=("1",)),
    ],
)
def test_the_key_is_plain_text(key: Field) -> None:
    assert faults(key) == "The field dataId is the primary key, so its type is string."


def test_a_type_has_a_largest_number_of_fields() -> None:
    fields = [KEY, *(text_field(f"f{number}") for number in range(MAX_FIELDS))]
    check_fields(fields[:-1])
    assert faults(*fields) == "A data type has at most 1000 fields."


def test_every_fault_is_named() -> None:
    message = faults(text_field("a b"), text_field("hubId"), text_field("c"), text_field("c"))
    assert message == (
        "The field id 'a b' is not of 1 to 100 letters, digits, _, - and points, "
        "the first a letter, a digit or _. "
        "The field id hubId is taken by the system. "
        f"The field id c stands twice. {NO_KEY}"
    )


@pytest.mark.parametrize("kind", FieldType)
def test_a_field_with_options_is_checked_as_an_option(kind: FieldType) -> None:
    field = Field(id="a", title="", type=kind, options=("x",), format="date-time")
    assert field.value_type is FieldType.OPTION


@pytest.mark.parametrize("kind", FieldType)
def test_only_text_is_made_a_date_time_by_its_format(kind: FieldType) -> None:
    field = Field(id="a", title="", type=kind, format="date-time")
    is_text = kind in {FieldType.STRING, FieldType.TEXT}
    assert field.value_type is (FieldType.DATE_TIME if is_text else kind)


@pytest.mark.parametrize("kind", FieldType)
def test_any_other_format_changes_nothing(kind: FieldType) -> None:
    assert Field(id="a", title="", type=kind, format="uri").value_type is kind


def test_visible_fields_keep_the_order_of_the_type() -> None:
    hidden = Field(id="hidden", title="", type=FieldType.STRING, is_visible=False)
    data_type = data_type_of(text_field("b"), hidden, text_field("a"))
    assert [field.id for field in data_type.visible_fields] == ["dataId", "b", "a"]


_LONG = "x" * MAX_FIELDS_BYTES


@pytest.mark.parametrize(
    "field",
    [
        replace(text_field("a"), description=_LONG),
        replace(text_field("a"), format=_LONG),
        replace(text_field("a"), default=_LONG),
        replace(text_field("a"), options=(_LONG,)),
    ],
    ids=["description", "format", "default", "options"],
)
def test_all_fields_together_have_a_largest_size(field: Field) -> None:
    """P4: definitions are kept in memory."""
    assert faults(KEY, field) == "The fields of a data type are over 1 MiB."
