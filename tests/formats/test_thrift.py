import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.formats.thrift import (
    Field,
    Type,
    integer,
    long_field,
    read_struct,
    struct_field,
    structs,
    structs_field,
    written_struct,
)

numbers = st.integers(-(2**63), 2**63 - 1)
# Values as the specification spells them, of every type.
VALUES = [
    Field(type=Type.TRUE, value=b""),
    Field(type=Type.FALSE, value=b""),
    Field(type=Type.BYTE, value=b"\xff"),
    Field(type=Type.I16, value=b"\x01"),
    Field(type=Type.I32, value=b"\xac\x02"),
    Field(type=Type.DOUBLE, value=b"\x00" * 8),
    Field(type=Type.BINARY, value=b"\x02\x00\x0f"),
    Field(type=Type.LIST, value=b"\x31\x01\x02\x01"),
    Field(type=Type.SET, value=b"\xf3\x0f" + b"\x07" * 15),
    Field(type=Type.LIST, value=b"\x08"),
]
fields = st.recursive(
    st.sampled_from(VALUES) | numbers.map(long_field),
    lambda inner: (
        st.dictionaries(st.integers(-40, 40), inner, max_size=4).map(struct_field)
        | st.lists(st.dictionaries(st.integers(1, 9), inner, max_size=2), max_size=20).map(
            lambda found: structs_field([written_struct(each) for each in found])
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.integers(-(2**15), 2**15 - 1), fields, max_size=8))
def test_a_struct_is_put_together_as_it_was(struct: dict[int, Field]) -> None:
    assert read_struct(written_struct(struct) + b"rest") == struct


def test_a_struct_is_spelled_as_the_specification_says() -> None:
    struct = {1: long_field(150), 3: Field(type=Type.BINARY, value=b"\x02hi"), 40: VALUES[0]}
    assert written_struct(struct) == b"\x16\xac\x02\x28\x02hi\x01\x50\x00"


@given(numbers)
def test_an_integer_is_read_back(number: int) -> None:
    assert integer(long_field(number)) == number


@pytest.mark.parametrize("count", [0, 1, 14, 15, 300])
def test_lists_of_any_length_are_read_back(count: int) -> None:
    found = [{1: long_field(at)} for at in range(count)]
    field = structs_field([written_struct(each) for each in found])
    assert structs(field) == found


def test_a_map_is_refused() -> None:
    with pytest.raises(ValueError, match="11"):
        read_struct(b"\x1b\x00\x00")
