"""Any text to what the XML of a sheet can hold.

Sources: ECMA-376-1 22.9.2.19 (ST_Xstring) for `_xHHHH_`; XML 1.0, 2.2 and 2.11, for the characters
that it stands for; Excel's specifications for the longest text of a cell.
"""

import polars as pl

from transload.formats.markup import MARKUP

MAX_UNITS = 32_767
"""The longest text of a cell, in UTF-16 code units, counted before anything is escaped."""

# What XML forbids, and the carriage return, which its readers turn into a line feed.
_UNWRITABLE = [*(chr(code) for code in range(0x20) if chr(code) not in "\t\n"), "\ufffe", "\uffff"]
_ESCAPES = MARKUP | {character: f"_x{ord(character):04X}_" for character in _UNWRITABLE}

_EDGES = r"^\s|\s$|[\t\n]"

RARE = f"[{''.join(_UNWRITABLE)}]|_x|{_EDGES}"
"""Matches text that needs `escaped` and `space`; any other needs only its `MARKUP` replaced."""


def escaped(text: pl.Expr) -> pl.Expr:
    """Make `text` the content of an XML element that reads back as exactly that text."""
    # With or without its closing "_": that can come from the escape of the next character.
    literal = text.str.replace_all("_x([0-9A-Fa-f]{4})", "_x005F_x$1")
    return literal.str.replace_many(_ESCAPES)


def space(text: pl.Expr) -> pl.Expr:
    """Give the attribute, if any, without which readers trim blanks of the element `text` is in."""
    attribute = pl.lit(' xml:space="preserve"')
    return pl.when(text.str.contains(_EDGES)).then(attribute).otherwise(pl.lit(""))


def cut(texts: pl.Series) -> tuple[pl.Series, int]:
    """Shorten texts over `MAX_UNITS`, between two characters; returns them and how many were."""
    whole = texts.to_list()
    shortened = [text if text is None else _cut(text) for text in whole]
    count = sum(before != after for before, after in zip(whole, shortened, strict=True))
    return pl.Series(texts.name, shortened, dtype=pl.String), count


def _cut(text: str) -> str:
    if len(text) <= MAX_UNITS // 2:
        return text
    units = text.encode("utf-16-le")
    # Half of a pair at the end decodes to nothing.
    return units[: 2 * MAX_UNITS].decode("utf-16-le", errors="ignore")
