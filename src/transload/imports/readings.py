"""Readings: what a person says that cells mean, where their field alone cannot tell.

A reading is stated, never guessed. It is applied to the text of a cell before its field reads it,
and leaves alone what it does not understand: that stays an error.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from transload.data_types.model import Field, FieldType
from transload.data_types.values import KINDS, MisfitError
from transload.imports.fields import value_of

_DAY = re.compile(r"(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{1,4})(?:[T ]+(.*))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
# Between thousands stands the other sign or a blank.
_GROUPED = {
    ",": re.compile(
        r"[+-]?(?:\d{1,3}([. ])\d{3}(?:\1\d{3})*|\d+)?(?:,\d+)?(?:[eE][+-]?\d+)?", re.ASCII
    ),
    ".": re.compile(
        r"[+-]?(?:\d{1,3}([, ])\d{3}(?:\1\d{3})*|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII
    ),
}
_CENTURY_STARTS = 69  # as POSIX has it: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
_YEAR_DIGITS = 4
_SHORT_YEAR_DIGITS = 2
_MAX_SPELLINGS = 1_000

TRUE_WORDS = frozenset({"yes", "y", "ya", "t", "on", "x", "ok", "oui", "si", "sí", "ja", "benar"})
FALSE_WORDS = frozenset({"no", "n", "tidak", "tdk", "f", "off", "-", "non", "nein", "salah"})
NO_VALUE_WORDS = frozenset(
    {"n/a", "#n/a", "na", "n.a.", "null", "none", "nil", "nan", "-", "--", "\u2013", "\u2014", "?"}
    | {"tba", "tbd", "unknown", "tidak ada", "kosong"}
)


def as_word(text: str) -> str:
    """Give a text as words are compared: without letter case and blanks at its ends."""
    return text.strip().casefold()


class DayOrder(StrEnum):
    """In which order the parts of a day stand."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the cells of one field are read.

    `words` are texts, as `as_word` gives them, and what they stand for: `ya` for `true`, `jakrta`
    for `Jakarta`, `n/a` for the empty text, which is no value. What a faulty cell shows can be a
    word too, as `#n/a`. `leave_out`: rows whose cell is none of the field's are left out instead of
    being an error.
    """

    day_order: DayOrder | None = None
    decimal_separator: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    leave_out: bool = False

    @property
    def is_empty(self) -> bool:
        """It says nothing."""
        return self == NO_READING

    def meaning_of(self, text: str) -> str | None:
        """Give what a text stands for; None where it is none of the words."""
        return self.words.get(as_word(text))

    def over(self, other: "Reading") -> "Reading":
        """Give this reading where it says something, and else the other."""
        return Reading(
            day_order=self.day_order or other.day_order,
            decimal_separator=self.decimal_separator or other.decimal_separator,
            words={**other.words, **self.words},
            leave_out=self.leave_out or other.leave_out,
        )


NO_READING = Reading()


def applied(reading: Reading, field_type: FieldType, text: str) -> str:
    """Give the text as the reading has it, and the same text where it has nothing to say.

    Raises MisfitError where a field would read the text in another way than was stated.
    """
    meant = reading.meaning_of(text)
    if meant is not None:
        return meant
    if KINDS[field_type].is_numeric and reading.decimal_separator is not None:
        return _number(text, reading.decimal_separator)
    if field_type in _DATED and reading.day_order is not None:
        return _day(text, reading.day_order, with_time=field_type is FieldType.DATE_TIME)
    return text


_DATED = frozenset({FieldType.DATE, FieldType.DATE_TIME})


def offers(field: Field, values: Sequence[str]) -> list[Reading]:
    """Give the readings under which some of these texts, none of which the field takes, fit.

    Of day orders both are given where both fit: it is for a person to say which.
    """
    kind = field.value_type
    words = {as_word(text) for text in values}
    candidates: list[Reading] = []
    if kind in _DATED:
        candidates = [Reading(day_order=order) for order in DayOrder]
    elif KINDS[kind].is_numeric:
        candidates = [Reading(decimal_separator=mark) for mark in (",", ".")]
    elif kind is FieldType.BOOLEAN:
        meant = dict.fromkeys(sorted(words & TRUE_WORDS), "true")
        meant |= dict.fromkeys(sorted(words & FALSE_WORDS), "false")
        candidates = [Reading(words=meant)] if meant else []
    elif kind is FieldType.OPTION:
        candidates = [Reading(words=found) for found in _spellings(field, values)]
    nothing = words & NO_VALUE_WORDS
    if nothing and not (field.is_required or field.is_key):
        candidates.append(Reading(words=dict.fromkeys(sorted(nothing), "")))
    return [one for one in candidates if any(mends(field, one, text) for text in values)]


def mends(field: Field, reading: Reading, text: str) -> bool:
    """Tell whether the reading has another text in the place of this one, and the field takes it.

    A cell may be wrong though its text is not: a formula without a value has none.
    """
    try:
        read = applied(reading, field.value_type, text)
        value_of(field, read)
    except MisfitError:
        return False
    return read != text


def meaning(field: Field, reading: Reading, text: str) -> str:
    """Say what a text is under a reading: the value as it would be stored, empty for none."""
    try:
        value = value_of(field, applied(reading, field.value_type, text))
    except MisfitError:
        return text
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _spellings(field: Field, values: Sequence[str]) -> list[dict[str, str]]:
    """Give for each text the option that it is nearly: by case and blanks, else by letters."""
    by_form = {_plain(option): option for option in field.options}
    found: dict[str, str] = {}
    for text in list(dict.fromkeys(values))[:_MAX_SPELLINGS]:
        near = get_close_matches(_plain(text), list(by_form), n=1, cutoff=0.75)
        if near:
            found[as_word(text)] = by_form[near[0]]
    return [{text: option} for text, option in found.items()]


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _number(text: str, decimal: str) -> str:
    bare = " ".join(text.split())  # a spreadsheet's blanks are mostly such that do not break
    found = _GROUPED[decimal].fullmatch(bare)
    if not bare or found is None:
        if decimal == "," and "." in bare:
            raise MisfitError("must be a number with a decimal comma")
        return text
    return bare.replace(found[1] or " ", "").replace(decimal, ".")


def _day(text: str, order: DayOrder, *, with_time: bool) -> str:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return text
    first, second, third, rest = found.groups()
    parts = dict(zip(order.value, (first, second, third), strict=True))
    year = _year(parts["y"])
    if year is None or max(len(parts["m"]), len(parts["d"])) > _SHORT_YEAR_DIGITS:
        return text
    try:
        day = date(year, int(parts["m"]), int(parts["d"])).isoformat()
    except ValueError:
        return text
    if rest is None:
        return day
    clock = _CLOCK.fullmatch(rest.strip())
    if not with_time or clock is None:
        return f"{day} {rest}"
    hour, minute, second_ = clock.groups()
    return f"{day} {hour:0>2}:{minute}:{second_ or '00'}"


def _year(digits: str) -> int | None:
    if len(digits) == _YEAR_DIGITS:
        return int(digits)
    if len(digits) != _SHORT_YEAR_DIGITS:
        return None
    short = int(digits)
    return short + (1900 if short >= _CENTURY_STARTS else 2000)
