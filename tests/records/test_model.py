from collections.abc import Mapping

import orjson
import pytest

from tests.schemas import OPTIONS, data_type_of, field_of
from transload.data_types.model import SYSTEM_NAMES, Field, FieldType
from transload.records.model import (
    MAX_DATA_ID_LENGTH,
    MAX_DOCUMENT_BYTES,
    Accepted,
    Rejected,
    accept,
    unknown,
    unknown_keys,
)

EVERY_TYPE = data_type_of(*(field_of(kind) for kind in FieldType))
NOTES = data_type_of(field_of(FieldType.STRING, "note"), field_of(FieldType.LIST, "tags"))


def accepted(values: Mapping[str, object], *fields: Field) -> Accepted:
    outcome = accept(data_type_of(*fields), values)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def document(values: Mapping[str, object], *fields: Field) -> object:
    return orjson.loads(accepted(values, *fields).document)


def reason(values: Mapping[str, object], *fields: Field) -> str:
    outcome = accept(data_type_of(*fields), values)
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason


def test_a_document_has_every_field_in_the_order_of_the_type() -> None:
    values = {
        "money": "0012.50",
        "list": ["a", 1],
        "option": OPTIONS[0],
        "phone": "+62812",
        "coordinate": "-6.17, 106.8",
        "time": "08:30",
        "dateTime": "2025-01-01T00:00:00+07:00",
        "date": "2025-01-31",
        "boolean": "TRUE",
        "number": "12.0",
        "text": "two\nlines",
        "string": " é ",
        "dataId": "007",
    }
    outcome = accept(EVERY_TYPE, values)
    assert isinstance(outcome, Accepted)
    assert outcome.document == (
        '{"dataId":"007","string":" é ","text":"two\\nlines","number":12,"boolean":true,'
        '"date":"2025-01-31","dateTime":"2024-12-31 17:00:00","time":"08:30:00",'
        '"coordinate":"-6.17,106.8","phone":"+62812","option":"Small","list":["a",1],"money":"12.5"}'
    )
    assert outcome.data_id == "007"
    assert outcome.size == len(outcome.document.encode())


def test_a_missing_field_is_null_in_the_document() -> None:
    outcome = accept(EVERY_TYPE, {"dataId": "1"})
    assert isinstance(outcome, Accepted)
    found = orjson.loads(outcome.document)
    assert list(found) == [field.id for field in EVERY_TYPE.fields]
    assert all(value is None for name, value in found.items() if name != "dataId")


def test_empty_text_and_no_value_are_kept_apart() -> None:
    """P23."""
    a, b = field_of(FieldType.STRING, "a"), field_of(FieldType.STRING, "b")
    assert document({"dataId": "1", "a": "", "b": None}, a, b) == {
        "dataId": "1",
        "a": "",
        "b": None,
    }


def test_a_default_stands_in_for_a_missing_value_but_not_for_null() -> None:
    price = Field(id="price", title="", type=FieldType.NUMBER, default="10.0")
    assert document({"dataId": "1"}, price) == {"dataId": "1", "price": 10}
    assert document({"dataId": "1", "price": None}, price) == {"dataId": "1", "price": None}
    assert document({"dataId": "1", "price": 3}, price) == {"dataId": "1", "price": 3}


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("kind", FieldType)
def test_a_required_field_needs_a_value(kind: FieldType, value: object) -> None:
    options = OPTIONS if kind is FieldType.OPTION else ()
    field = Field(id="a", title="", type=kind, options=options, is_required=True)
    assert reason({"dataId": "1", "a": value}, field) == "a is required."
    assert reason({"dataId": "1"}, field) == "a is required."


@pytest.mark.parametrize("value", [False, 0, [], " "])
def test_false_zero_an_empty_list_and_a_blank_are_values(value: object) -> None:
    kinds = {bool: FieldType.BOOLEAN, int: FieldType.NUMBER, list: FieldType.LIST}
    kind = kinds.get(type(value), FieldType.STRING)
    field = Field(id="a", title="", type=kind, is_required=True)
    assert document({"dataId": "1", "a": value}, field) == {"dataId": "1", "a": value}


def test_a_default_satisfies_a_required_field() -> None:
    field = Field(id="a", title="", type=FieldType.STRING, is_required=True, default="x")
    assert document({"dataId": "1"}, field) == {"dataId": "1", "a": "x"}


@pytest.mark.parametrize("values", [{}, {"dataId": None}, {"dataId": ""}])
def test_the_key_is_required_whatever_the_field_says(values: Mapping[str, object]) -> None:
    assert reason(values) == "dataId is required."


def test_a_key_that_is_no_text_is_named() -> None:
    assert reason({"dataId": True}) == "dataId must be text."


def test_a_whole_number_as_key_is_its_digits() -> None:
    assert accepted({"dataId": 42}).data_id == "42"


def test_a_key_has_a_longest_length_in_characters() -> None:
    assert accepted({"dataId": "é" * MAX_DATA_ID_LENGTH}).data_id == "é" * 255
    assert reason({"dataId": "x" * 256}) == "dataId must be at most 255 characters."


def test_a_key_keeps_leading_zeros_and_blanks() -> None:
    """P23."""
    assert accepted({"dataId": " 007 "}).data_id == " 007 "


def test_unknown_keys_are_found_in_the_order_of_the_values() -> None:
    system = dict.fromkeys([*SYSTEM_NAMES - {"limitUser"}, "ignoredFields"])
    sent: dict[str, object] = {"dataId": "1", "nmae": "x", "Price": 1, **system}
    assert unknown_keys(data_type_of(), sent) == ("nmae", "Price")
    assert document(sent) == {"dataId": "1"}


def test_at_most_ten_unknown_keys_are_named() -> None:
    """P28."""
    named = unknown(data_type_of(), [f"k{number:02d}" for number in range(11)]).reason
    assert named.startswith("'k00' is not a field of Outlets; 'k01'")
    assert "'k09'" in named
    assert "'k10'" not in named


def test_system_names_are_passed_over() -> None:
    """A record that was read can be sent back."""
    system = dict.fromkeys(SYSTEM_NAMES - {"limitUser"}, "x")
    assert document({"dataId": "1", **system}) == {"dataId": "1"}


def test_every_fault_is_named_with_its_field() -> None:
    """P28."""
    name = Field(id="name", title="", type=FieldType.STRING, is_required=True)
    price, opened = field_of(FieldType.NUMBER, "price"), field_of(FieldType.DATE, "opened")
    assert reason({"price": "much", "opened": "2025-02-30", "x": 1}, name, price, opened) == (
        "dataId is required; name is required; "
        "price must be a number, with a point and without separators; "
        "opened must be a date of the calendar, YYYY-MM-DD."
    )


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff", "\ude00\ud83d"])
def test_text_that_no_store_can_hold_is_named_by_its_field(text: str) -> None:
    """P20: a refusal of ours, not an error of the database."""
    fault = "must not hold U+0000 or a lone surrogate"
    good = {"dataId": "1", "note": "x", "tags": ["x"]}
    for name, value in (("dataId", text), ("note", text), ("tags", ["x", text])):
        outcome = accept(NOTES, {**good, name: value})
        assert outcome == Rejected(reason=f"{name} {fault}.")
    both = accept(NOTES, {**good, "note": text, "tags": [text]})
    assert both == Rejected(reason=f"note {fault}; tags {fault}.")


def test_text_that_only_looks_like_an_escape_of_nul_is_kept() -> None:
    """P23."""
    note = field_of(FieldType.STRING, "note")
    assert document({"dataId": "1", "note": "\\u0000"}, note) == {"dataId": "1", "note": "\\u0000"}


def test_a_document_has_a_largest_size_in_bytes() -> None:
    note = field_of(FieldType.STRING, "note")
    around = len('{"dataId":"1","note":""}')
    largest = "é" * ((MAX_DOCUMENT_BYTES - around) // 2)
    assert accepted({"dataId": "1", "note": largest}, note).size == MAX_DOCUMENT_BYTES
    assert reason({"dataId": "1", "note": f"{largest}é"}, note) == "The record is over 1 MiB."
