"""Records of a type with a field of every kind: whatever can be stored, drawn."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from hypothesis import strategies as st

Stored = dict[str, object]
"""A record's values in their stored form, by field id."""

LONGEST_CELL = 32_767
FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "string", "title": "String", "type": "string"},
    {"id": "text", "title": "Text", "type": "text"},
    {"id": "number", "title": "Number", "type": "number"},
    {"id": "boolean", "title": "Boolean", "type": "boolean"},
    {"id": "date", "title": "Date", "type": "date"},
    {"id": "dateTime", "title": "Date time", "type": "dateTime"},
    {"id": "moment", "title": "Moment", "type": "string", "format": "date-time"},
    {"id": "time", "title": "Time", "type": "time"},
    {"id": "coordinate", "title": "Coordinate", "type": "coordinate"},
    {"id": "phone", "title": "Phone", "type": "phone"},
    {"id": "option", "title": "Option", "type": "option", "optionData": ["=a", " b ", "_x0041_"]},
    {"id": "list", "title": "List", "type": "list"},
]
KINDS = {str(field["id"]): str(field["type"]) for field in FIELDS} | {"moment": "dateTime"}
TITLES = {str(field["id"]): str(field["title"]) for field in FIELDS}

HOSTILE = (
    *("=1+1", "'=x", "''=x", "@a", "-5", "+62", "\t=1", "\rx", "'", '"', '""', ",", ";"),
    *("a\nb", "a\r\nb", "a\rb", "\r\n", " blanks ", "\u00a0x\u00a0", "\t", "00123"),
    *("1234567890123456", "12345678901234567890", "1e5", "TRUE", "NULL", "None", "nan", "NaN"),
    *("_x0041_", "_x005F_", "_x005f_x0041_", "\x01", "\x1f", "\x7f", "\ufffe", "\uffff", "\ufeff"),
    *("市場", "العربية", "हिन्दी", "😀", "👩‍👩‍👧", "e\u0301", "\u2028", "<a>&amp;</a>", "]]>", ""),
    *("2025-01-31", "1/2/2025", "#N/A", "\\", "\\N"),
)
# Around the longest text of an xlsx cell, which is counted in UTF-16 code units.
_LONG = [
    *("a" * (LONGEST_CELL + more) for more in (-1, 0, 1)),
    *("😀" * 16_383 + more for more in ("", "a", "aa", "😀")),
]
_short_texts = (
    st.sampled_from(HOSTILE)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    | st.text(st.sampled_from("_x0041F \t\r\n&<>\x01\x1fa😀=+-@'\",;\\"), max_size=15)
)
# pandas refuses the smallest numbers in JSON; a test of their own has them.
_numbers = (
    st.sampled_from(
        [0, 1e300, -1e300, 2**53, -(2**53), 2.0**53 + 2, -9990901487060444.0, 1e-7, 0.1]
    )
    | st.sampled_from([1e15, 10**15 - 1, 10**15 + 1])
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.integers(-(2**53), 2**53)
)
_days = st.dates() | st.sampled_from(
    [date(1, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)]
)
_moments = (
    st.datetimes()
    | _days.map(lambda day: datetime(day.year, day.month, day.day))  # noqa: DTZ001  # stored so
    | _days.map(lambda day: datetime(day.year, day.month, day.day, 23, 59, 59, 999_000))  # noqa: DTZ001  # likewise
).map(lambda each: each.isoformat(" ", "milliseconds").removesuffix(".000"))
_degrees = st.decimals(-90, 90, places=6).map(str)
_lists = st.lists(_short_texts | st.booleans() | _numbers, max_size=4)


def _seldom(
    rare: st.SearchStrategy[object], often: st.SearchStrategy[object]
) -> st.SearchStrategy[object]:
    return st.integers(0, 19).flatmap(lambda drawn: often if drawn else rare)


_VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "string": _short_texts,
    "text": _seldom(st.sampled_from(_LONG), _short_texts),
    "number": _numbers,
    "boolean": st.booleans(),
    "date": _days.map(date.isoformat),
    "dateTime": _moments,
    "moment": _moments,
    "time": st.times().map(lambda each: each.isoformat("seconds")),
    "coordinate": st.tuples(_degrees, _degrees).map(",".join),
    "phone": st.from_regex(r"\+?[0-9][0-9 ()./-]{1,38}", fullmatch=True),
    "option": st.sampled_from(["=a", " b ", "_x0041_"]),
    "list": _seldom(st.sampled_from(_LONG).map(lambda text: [text[8:], "b"]), _lists),
}
_many = st.lists(
    st.fixed_dictionaries(
        {"dataId": _short_texts, **{name: st.none() | one for name, one in _VALUES.items()}}
    ),
    min_size=40,
    max_size=60,
)


def _with_keys(drawn: Sequence[Mapping[str, object]]) -> list[Stored]:
    return [{**one, "dataId": f"{one['dataId']}{at:03}"} for at, one in enumerate(drawn)]


records = _many.map(_with_keys)
"""Some fifty records, each with a key of its own."""


def units(text: str) -> int:
    """Count a text as a spreadsheet does."""
    return len(text.encode("utf-16-le")) // 2
