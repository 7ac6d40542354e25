import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.formats.markup import MARKUP
from transload.formats.xlsx_text import MAX_UNITS, RARE, cut, escaped, space


def escape(text: str) -> str:
    return str(pl.select(escaped(pl.lit(text))).item())


def unescape(content: str) -> str:
    """Decode as ST_Xstring says: from left to right, after the XML parser."""
    for character, entity in reversed(MARKUP.items()):
        content = content.replace(entity, character)
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), content)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("]]>", "]]&gt;"),
        ("&amp;", "&amp;amp;"),
        ("\x00\x01\x1f", "_x0000__x0001__x001F_"),
        ("a\r\nb\tc", "a_x000D_\nb\tc"),
        ("\ufffe\uffff", "_xFFFE__xFFFF_"),
        ("\x7f\x85\u2028", "\x7f\x85\u2028"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x000d_", "_x005F_x000d_"),
        ("_x005F_", "_x005F_x005F_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_x0041\x01", "_x005F_x0041_x0001_"),
        ("_x00", "_x00"),
        ("_X0041_", "_X0041_"),
    ],
)
def test_text_is_escaped(text: str, content: str) -> None:
    assert escape(text) == content
    assert unescape(content) == text


tricky = st.text(st.sampled_from("_x0041F\x01\r&<;\uffff"), max_size=12)


@given(st.text() | tricky)
def test_any_text_unescapes_to_itself(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text() | tricky)
def test_text_without_rare_characters_needs_its_markup_replaced_only(text: str) -> None:
    if pl.select(pl.lit(text).str.contains(RARE)).item():
        return
    assert pl.select(pl.lit(text).str.replace_many(MARKUP)).item() == escape(text)
    assert pl.select(space(pl.lit(text))).item() == ""


@pytest.mark.parametrize(
    "text", [" a", "a ", "\na", "a\n", "a\nb", "a\tb", " ", "\u3000a", "a\xa0"]
)
def test_blanks_that_readers_trim_are_preserved(text: str) -> None:
    assert pl.select(space(pl.lit(text))).item() == ' xml:space="preserve"'
    assert pl.select(pl.lit(text).str.contains(RARE)).item() is True


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * MAX_UNITS, "x" * MAX_UNITS),
        ("x" * MAX_UNITS + "y", "x" * MAX_UNITS),
        ("é" * MAX_UNITS, "é" * MAX_UNITS),
        ("😀" * 16_383 + "x", "😀" * 16_383 + "x"),
        ("😀" * 16_383 + "xy", "😀" * 16_383 + "x"),
        ("😀" * 16_384, "😀" * 16_383),
        ("x" + "😀" * 16_384, "x" + "😀" * 16_383),
    ],
)
def test_text_is_cut_to_excels_limit_between_characters(text: str, kept: str) -> None:
    texts, count = cut(pl.Series("name", ["short", None, text]))
    assert texts.to_list() == ["short", None, kept]
    assert texts.name == "name"
    assert count == (text != kept)
