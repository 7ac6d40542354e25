"""What a change makes of a type, without a store."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.schemas import KEY, data_type_of, field_of
from transload.data_types.changing import Changes, changed, converted_fields
from transload.data_types.model import DataType, Field, FieldType, Provider, Source
from transload.errors import InvalidError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRICE = field_of(FieldType.NUMBER, "price")
NAME = field_of(FieldType.STRING, "name")
OLD = data_type_of(NAME, PRICE)


def after(changes: Changes, old: DataType = OLD) -> DataType:
    return changed(old, changes, "editor@example.com", NOW)


def with_fields(*fields: Field, deleted: frozenset[str] = frozenset()) -> DataType:
    return after(Changes(fields=(KEY, *fields), deleted=deleted))


def since(data_type: DataType) -> dict[str, int]:
    return {field.id: field.since for field in data_type.fields}


def test_nothing_named_is_nothing_changed_but_who_and_when() -> None:
    expected = replace(OLD, updated_by="editor@example.com", updated_time=NOW)
    assert after(Changes()) == expected


@pytest.mark.parametrize(
    "fields",
    [
        (NAME, PRICE),
        (replace(NAME, title="Name", is_required=True, is_visible=False), PRICE),
        (replace(NAME, type=FieldType.TEXT, format="uri", default="x"), PRICE),
    ],
)
def test_what_no_document_shows_raises_no_shape(fields: tuple[Field, ...]) -> None:
    new = with_fields(*fields)
    assert (new.shape, new.same_since) == (1, 1)
    assert new.fields == (KEY, *fields)


@pytest.mark.parametrize(
    "fields",
    [
        (PRICE, NAME),
        (NAME,),
        (NAME, PRICE, field_of(FieldType.DATE, "opened")),
        (NAME, replace(PRICE, type=FieldType.STRING)),
        (replace(NAME, format="date-time"), PRICE),
        (replace(NAME, options=("a",)), PRICE),
    ],
)
def test_other_documents_are_of_a_later_shape(fields: tuple[Field, ...]) -> None:
    new = with_fields(*fields)
    assert (new.shape, new.same_since) == (2, 2)


def test_values_are_there_since_their_field_came() -> None:
    opened = field_of(FieldType.DATE, "opened")
    assert since(with_fields(opened, PRICE)) == {"dataId": 1, "opened": 2, "price": 1}


def test_a_field_that_left_and_comes_back_has_no_values() -> None:
    without = with_fields(NAME)
    back = after(Changes(fields=OLD.fields), without)
    assert since(back) == {"dataId": 1, "name": 1, "price": 3}


def test_a_field_whose_values_are_deleted_stays_without_them() -> None:
    new = after(Changes(deleted=frozenset({"price"})))
    assert new.same_since == 2
    assert since(new) == {"dataId": 1, "name": 1, "price": 2}


@pytest.mark.parametrize(
    ("options", "is_converted"),
    [(("a", "b", "c"), False), (("b", "a"), False), (("a",), True), (("a", "x"), True)],
)
def test_options_are_looked_through_only_where_one_is_gone(
    options: tuple[str, ...], *, is_converted: bool
) -> None:
    size = Field(id="size", title="", type=FieldType.OPTION, options=("a", "b"))
    old = data_type_of(size)
    new = after(Changes(fields=(KEY, replace(size, options=options))), old)
    assert bool(converted_fields(old, new)) is is_converted
    assert new.same_since == (2 if is_converted else 1)


def test_values_that_are_deleted_are_not_converted() -> None:
    text = replace(PRICE, type=FieldType.DATE)
    assert [field.id for field in converted_fields(OLD, with_fields(NAME, text))] == ["price"]
    without = with_fields(NAME, text, deleted=frozenset({"price"}))
    assert converted_fields(OLD, without) == []


def test_everything_that_cannot_be_changed_is_named() -> None:
    changes = Changes(
        is_common=True, provider=Provider.EXTERNAL_API, deleted=frozenset({"x", "dataId"})
    )
    with pytest.raises(InvalidError) as refusal:
        after(changes)
    assert refusal.value.message == (
        "The commonData field is fixed when a type is created. "
        "The provider field is fixed when a type is created. "
        "The deleteFields field names what is no field: x. "
        "The values of dataId cannot be deleted."
    )


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, Source(url="https://a.example", key="secret")),
        (Source(url="https://b.example"), Source(url="https://b.example", key="secret")),
        (
            Source(url="https://b.example", key="other"),
            Source(url="https://b.example", key="other"),
        ),
    ],
)
def test_a_key_stays_until_another_is_sent(sent: Source | None, kept: Source) -> None:
    old = replace(
        OLD,
        provider=Provider.EXTERNAL_API,
        source=Source(url="https://a.example", key="secret"),
    )
    assert after(Changes(source=sent), old).source == kept


def test_a_key_is_in_no_description() -> None:
    """P13."""
    assert "secret" not in repr(Source(url="https://a.example", key="secret"))
