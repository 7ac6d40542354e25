"""Chosen members of JSON objects, against orjson document by document."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.formats.json_cutter import Cutter

KEYS = ("dataId", "a", "b", "a.b", "1", "x-1", "last")
_NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
# Pieces of JSON, so that texts look like members.
_TEXTS = st.text() | st.lists(
    st.sampled_from([*KEYS, '"', ",", ":", "\\", "\n", "{", "}", "[", "]", "é", "\x00", "😀"])
).map("".join)
_SCALARS = _TEXTS | _NUMBERS | st.booleans()
_VALUES = st.none() | _SCALARS | st.lists(_SCALARS, max_size=4)
_OBJECTS = st.tuples(*[_VALUES] * len(KEYS)).map(
    lambda values: dict(zip(KEYS, values, strict=True))
)


def lines(objects: list[dict[str, object]]) -> bytes:
    return b"\n".join(orjson.dumps(one) for one in objects)


@given(
    objects=st.lists(_OBJECTS, min_size=1, max_size=5),
    chosen=st.lists(st.sampled_from([*KEYS, "missing"]), unique=True, min_size=1),
)
def test_chosen_members_are_what_orjson_writes(
    objects: list[dict[str, object]], chosen: list[str]
) -> None:
    """P23."""
    expected = lines([{key: one.get(key) for key in chosen} for one in objects])
    assert Cutter(keys=KEYS, chosen=chosen).cut(lines(objects)) == expected


@pytest.mark.parametrize("text", [',"b":', '","b":1,"', '\\","b":', ',\\"b\\":', ',"', '"', "\\"])
def test_text_that_looks_like_a_member_is_text(text: str) -> None:
    """P23."""
    stored = lines([{"a": text, "b": [text, "b"], "c": text}])
    assert Cutter(keys=["a", "b", "c"], chosen=["b"]).cut(stored) == lines([{"b": [text, "b"]}])
    assert Cutter(keys=["a", "b", "c"], chosen=["c", "a"]).cut(stored) == lines(
        [{"c": text, "a": text}]
    )


def test_members_that_no_object_has_are_null_in_each() -> None:
    stored = lines([{"a": 1}, {"a": 2}])
    assert Cutter(keys=["a"], chosen=["b", "c"]).cut(stored) == lines([{"b": None, "c": None}] * 2)


def test_an_object_of_another_form_is_an_error() -> None:
    stored = lines([{"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}])
    with pytest.raises(ValueError, match="canonical"):
        Cutter(keys=["a", "b", "c"], chosen=["b"]).cut(stored)
