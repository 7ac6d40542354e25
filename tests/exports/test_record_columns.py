"""The columns of a file of records."""

import pytest

from tests.schemas import KEY, data_type_of, field_of
from transload.data_types.model import DataType, Field, FieldType
from transload.errors import InvalidError
from transload.exports.record_columns import columns, require_known
from transload.formats.columns import Kind
from transload.records.model import EXPORTED_SYSTEM_NAMES


def text(name: str, title: str = "", *, is_visible: bool = True) -> Field:
    return Field(id=name, title=title, type=FieldType.STRING, is_visible=is_visible)


def titles(*fields: Field) -> list[str]:
    return [column.title for column in columns(data_type_of(*fields), [], None)]


def ids(data_type: DataType | None, *all_types: DataType) -> list[str]:
    return [column.id for column in columns(data_type, all_types, None)]


def test_a_column_is_called_by_its_title() -> None:
    assert titles(text("a", "Name"), text("b", " name ")) == ["Code", "Name", " name "]


def test_a_column_without_a_title_is_called_by_its_id() -> None:
    assert titles(text("a")) == ["Code", "a"]


def test_columns_of_one_title_are_called_by_their_ids() -> None:
    assert titles(text("a", "Name"), text("b", "Name"), text("c", "C")) == ["Code", "a", "b", "C"]


def test_a_title_that_is_anothers_id_gives_way() -> None:
    assert titles(text("a", "b"), text("b")) == ["Code", "a", "b"]
    assert titles(text("a", "b"), text("b", "a")) == ["Code", "b", "a"]


def test_titles_give_way_until_no_two_are_the_same() -> None:
    fields = (text("a", "T"), text("b", "T"), text("c", "a"), text("d", "c"))
    assert titles(*fields) == ["Code", "a", "b", "c", "d"]


def test_titles_clash_only_with_those_in_the_file() -> None:
    shop = data_type_of(text("a", "Name"), text("b", "Name"))
    assert [one.title for one in columns(shop, [], ["a", "_id"])] == ["Name", "_id"]


def test_a_title_that_is_a_name_of_the_system_gives_way() -> None:
    shop = data_type_of(text("a", "_id"))
    assert [one.title for one in columns(shop, [], ["a", "_id"])] == ["a", "_id"]


def test_the_visible_fields_are_the_columns_of_a_type() -> None:
    shop = data_type_of(text("b"), text("hidden", is_visible=False), text("a"))
    assert ids(shop) == ["dataId", "b", "a"]


def test_the_union_of_the_visible_fields_are_the_columns_of_all_types() -> None:
    shop = data_type_of(text("b"), text("a"))
    truck = data_type_of(text("c"), text("a"), text("hidden", is_visible=False))
    assert ids(None, shop, truck) == ["_id", "dataTypeId", "hubId", "dataId", "b", "a", "c"]
    assert ids(None) == ["_id", "dataTypeId", "hubId", "dataId"]


def test_a_name_that_stands_twice_is_one_column() -> None:
    found = columns(data_type_of(text("a")), [], ["a", "dataId", "a"])
    assert [column.id for column in found] == ["a", "dataId"]


def test_unknown_names_are_named_and_no_more_than_twenty_of_them() -> None:
    names = [f"x{number}" for number in range(30)]
    with pytest.raises(InvalidError) as caught:
        columns(data_type_of(), [], ["dataId", *names])
    named = ", ".join(names[:20])
    assert caught.value.message == f"The fields parameter names what is no field: {named}."


def test_each_type_of_field_has_its_kind_of_cell() -> None:
    kinds = {
        FieldType.NUMBER: Kind.NUMBER,
        FieldType.BOOLEAN: Kind.BOOLEAN,
        FieldType.DATE: Kind.DATE,
        FieldType.DATE_TIME: Kind.DATE_TIME,
        FieldType.LIST: Kind.LIST,
        FieldType.MONEY: Kind.DECIMAL,
    }
    everything = data_type_of(*(field_of(kind) for kind in FieldType))
    found = {column.id: column.kind for column in columns(everything, [], None)}
    assert found == {"dataId": Kind.TEXT} | {
        kind.value: kinds.get(kind, Kind.TEXT) for kind in FieldType
    }


def test_text_in_the_format_of_a_date_time_is_a_date_time() -> None:
    stamp = Field(id="a", title="", type=FieldType.STRING, format="date-time")
    assert columns(data_type_of(stamp), [], ["a"])[0].kind is Kind.DATE_TIME


def test_times_of_the_system_are_date_times_and_the_rest_of_it_is_text() -> None:
    found = columns(data_type_of(), [], EXPORTED_SYSTEM_NAMES)
    assert {column.id for column in found if column.kind is not Kind.TEXT} == {
        "createdTime",
        "updatedTime",
    }


def test_a_field_that_types_disagree_about_is_text() -> None:
    number, date = field_of(FieldType.NUMBER, "a"), field_of(FieldType.DATE, "a")
    disagreeing, agreeing = [data_type_of(number), data_type_of(date)], [data_type_of(number)] * 2
    for types, kind in ((disagreeing, Kind.TEXT), (agreeing, Kind.NUMBER)):
        assert columns(None, types, ["a"])[0].kind is kind


def test_phones_and_coordinates_are_not_guarded() -> None:
    """P1: they begin with a sign by nature, in every type that has the field."""
    everything = data_type_of(*(field_of(kind) for kind in FieldType))
    found = [*columns(everything, [], None), *columns(everything, [], EXPORTED_SYSTEM_NAMES)]
    assert {column.id for column in found if not column.is_guarded} == {"coordinate", "phone"}
    phone, text_field = field_of(FieldType.PHONE, "a"), field_of(FieldType.TEXT, "a")
    types = [data_type_of(phone), data_type_of(text_field)]
    assert columns(None, types, ["a"])[0].is_guarded
    assert not columns(None, types[:1], ["a"])[0].is_guarded


def test_a_sort_field_must_be_one_of_the_type() -> None:
    """P15."""
    shop, other = data_type_of(text("a")), data_type_of(text("b"))
    require_known(shop, [], "a")
    require_known(None, [], KEY.id)
    with pytest.raises(InvalidError) as caught:
        require_known(shop, [other], "b")
    assert caught.value.message == "The sortBy parameter names what is no field: b."
