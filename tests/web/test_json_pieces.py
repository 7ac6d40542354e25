"""Long bodies: read in pieces they are what they are as a whole, and no piece is long."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transload.errors import InvalidError, TooLargeError
from transload.web.json_pieces import (
    MAX_PIECE_BYTES,
    count_values,
    holds_more_values,
    read_pieces,
)

_PLAIN = st.none() | st.booleans() | st.integers() | st.text()
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30
)
_MOST_PARSED = 200 << 10


@given(st.dictionaries(st.text(), _VALUES), st.sampled_from([None, 1, "\t", " \r\n"]))
@settings(max_examples=60)
def test_an_object_is_read_as_it_stands(value: dict[str, Any], indent: str | int | None) -> None:
    assert read_pieces(json.dumps(value, indent=indent).encode(), json.loads) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a"}',
        '{"a":}',
        '{"a":[}',
        '{"a":[1,]}',
        '{"a":[1 2]}',
        '{"a":[{"b":1}{"b":2}]}',
        '{"a":1,}',
        '{"a":1}}',
        '{"a":1} x',
        '{"a":"}',
        '{"a":["]}',
        "{a:1}",
        '{"a":[1}',
        '{"a":{"b":[1}}',
        "[",
        '{"a":[,1]}',
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises((InvalidError, ValueError)):
        read_pieces(text.encode(), json.loads)


@pytest.mark.parametrize(
    "item", [b"0", b"[]", b'""', b'{"a":"x,]}","b":[1,{"c":2}]}', b'"\\"],"', b'{"a":1          }']
)
def test_no_piece_is_long(item: bytes) -> None:
    """P29: nothing keeps the other threads waiting."""
    sizes = []

    def parse(text: bytes | bytearray) -> object:
        sizes.append(len(text))
        return json.loads(text)

    number = (2 << 20) // (len(item) + 1)
    found = read_pieces(b'{"data":[' + b",".join([item] * number) + b"]}", parse)
    assert found == {"data": [json.loads(item)] * number}
    assert max(sizes) <= _MOST_PARSED


def test_blanks_without_end_are_passed_over() -> None:
    blanks = b" \n" * (4 << 20)
    assert read_pieces(blanks + b'{"a"' + blanks + b":[" + blanks + b"]}" + blanks, json.loads) == {
        "a": []
    }


@pytest.mark.parametrize("value", [b'"%b"', b'{"b":"%b"}', b'["%b"]', b'[{"b":["%b"]}]'])
def test_a_value_without_end_is_refused(value: bytes) -> None:
    with pytest.raises(TooLargeError, match=r"One value of a request's body may have 8 MiB"):
        read_pieces(b'{"a":' + value % (b"x" * MAX_PIECE_BYTES) + b"}", json.loads)


def test_values_are_counted_but_not_what_texts_hold() -> None:
    body = b'{"a":[1,2,{}],"b":",,,[[["}'
    exactly = 3 * 1 + 3 * 5
    assert holds_more_values(body, exactly - 1)
    assert not holds_more_values(body, exactly)
    assert count_values(body) == 3 * 1 + 3 * 5 + 3 + 3 * 5


def test_values_are_counted_no_further_than_needed() -> None:
    """P29: to count 60 MiB of objects, each within the one before, took 16 s."""
    before = time.process_time()
    assert holds_more_values(b'{"a":' * 4_000_000, 1_000)
    assert holds_more_values(b'"," ' * 4_000_000, 1_000)
    assert time.process_time() - before < 1
