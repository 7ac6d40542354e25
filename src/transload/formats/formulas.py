r"""Texts of a csv cell that a spreadsheet would take for formulas: how they are marked, and read.

Text that begins so has one `'` in front. Text that goes on so behind what separates cells or lines
somewhere has one there: a spreadsheet with another list separator (Windows has it by country)
knows the quotes around a cell only where they begin one of its own, and cuts the others. As what
comes of that is no cell of anybody's, it is marked only where it could do something: behind `=`,
and behind `+`, `-` and `@` where a function, a program or another sheet is called.

To take one `'` off each marked place gives the text again, whatever the file's separator is.
"""

import re

import polars as pl

_BEGINS = r"[=+\-@\t\r]"
_SEPARATES = r"[,;\t\r\n]"
_CALLS = r"(?:=|[+\-@][^,;\t\r\n]*[(|!])"
# With apostrophes in front too: taking one off a marked text always gives the text.
_FORMULA = rf"^'*{_BEGINS}"
_MARKED = rf"^'+{_BEGINS}"
_FURTHER = rf"""({_SEPARATES})(["']*{_CALLS})"""
_FURTHER_MARKED = rf"""({_SEPARATES})'(["']*{_CALLS})"""
# What cheaply tells most texts from those that may need a mark.
_PERHAPS = r"""^['=+\-@\t\r]|[,;\t\r\n"'][=+\-@]"""
_IN_LISTS = {
    sign: rf"""({_SEPARATES}["']*){re.escape(sign)}"""
    + ("" if sign == "=" else r"([^,;\t\r\n]*[(|!])")
    for sign in "=+-@"
}


def may_be_formula(text: pl.Expr) -> pl.Expr:
    """Tell of texts that need no mark that they do not; it errs for some others."""
    return text.str.contains(_PERHAPS)


def marked(text: pl.Expr, is_plain: pl.Expr | None = None) -> pl.Expr:
    """Mark texts, but for those of which `is_plain` holds."""
    begun = pl.when(text.str.contains(_FORMULA)).then(pl.lit("'") + text).otherwise(text)
    made = begun.str.replace_all(_FURTHER, "${1}'${2}")
    return made if is_plain is None else pl.when(is_plain).then(text).otherwise(made)


def marked_list(array: pl.Expr) -> pl.Expr:
    """Mark JSON arrays, which stay JSON of the same values: the sign is spelled by its number."""
    for sign, pattern in _IN_LISTS.items():
        rest = "" if sign == "=" else "${2}"
        array = array.str.replace_all(pattern, rf"${{1}}\u{ord(sign):04x}{rest}")
    return array


def unmarked(texts: pl.Series) -> pl.Series:
    """Take the marks off."""
    if not texts.str.contains("'", literal=True).any():
        return texts
    text = pl.col(texts.name)
    begun = pl.when(text.str.contains(_MARKED)).then(text.str.slice(1)).otherwise(text)
    further = begun.str.replace_all(_FURTHER_MARKED, "${1}${2}")
    return texts.to_frame().select(further.alias(texts.name)).to_series()


def unmarked_text(text: str) -> str:
    """Take the marks off one text."""
    if "'" not in text:
        return text
    begun = text[1:] if re.match(_MARKED, text) else text
    return re.sub(_FURTHER_MARKED, r"\1\2", begun)
