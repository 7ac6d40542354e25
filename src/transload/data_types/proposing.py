"""A data type that fits a table: ids, titles, types, options and the key, read off its columns.

A type is proposed where every cell that has something in it fits, and loses nothing by it. Text
that only looks like a number stays text: leading zeros and signs, 16 digits and more, exponents.
So does what can be read in two ways, as `1.250` and `01/02/2024`: the reason then says so.
Whatever is proposed, every such cell is one that its field takes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from transload.data_types.model import (
    KEY_FIELD,
    MAX_TITLE_LENGTH,
    SYSTEM_NAMES,
    Field,
    FieldType,
)
from transload.formats.reading.model import Form

_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$"
_MAX_DIGITS = 15
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?"
    r"( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?$"
)
_TO_SECONDS = len("YYYY-MM-DD HH:MM:SS")
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
_PHONE = r"^\+?[0-9][0-9 ()./-]{5,38}$"
_COORDINATE = r"^[+-]?[0-9]{1,2}(\.[0-9]{1,20})?\s*,\s*[+-]?[0-9]{1,3}(\.[0-9]{1,20})?$"
_AMOUNT_WITH_COMMA = (
    r"^[+-]?([0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[0-9]+,[0-9]+)$"
)
_SIGNED_THOUSANDS = r"^\+[0-9]{1,3}(\.[0-9]{3})+$"
_LIKE_NUMBER = r"^[+-]?[0-9][0-9]*(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_THOUSANDS_OR_DECIMALS = r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$"
_LIKE_AMOUNT = r"^[+-]?([0-9]{1,3}([., \x{a0}\x{202f}][0-9]{3})+|[0-9]+)([.,][0-9]+)?$"
_LIKE_DAY = (
    r"^([0-9]{1,2}[./ -][0-9]{1,2}[./ -]([0-9]{2}|[0-9]{4})|"
    r"[0-9]{4}[./ -][0-9]{1,2}[./ -][0-9]{1,2})"
    r"([T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?$"
)
_CLOCK = r":[0-9]{2}$"
_ABOUT_PHONES = re.compile(
    r"phone|mobile|telp|telepon|handphone|whatsapp|\bhp\b|\bwa\b|\btel\b", re.IGNORECASE
)
_ABOUT_KEYS = re.compile(
    r"\b(id|code|kode|key|no|nr|num|number|nomor|sku|uuid|ref|reference|nik|npwp|npsn|email)\b",
    re.IGNORECASE,
)
_LOSES = (
    "Text: as numbers, some values would lose leading zeros, a sign, an exponent or digits past "
    f"the {_MAX_DIGITS}th."
)
_ARE_LIKE_AMOUNTS = (
    "Text, with signs as numbers have them between thousands or before decimals. If you choose a "
    "number, the check asks which sign is which."
)
_ARE_LIKE_DAYS = (
    "Text that looks like dates. If you choose {kind}, the check asks in which order day, month "
    "and year stand."
)
_DISTINCT = "Each row has another value: the key."
_CHOSEN = "It was chosen for the key."
_MAX_OPTIONS = 20
_MAX_OPTION_CHARACTERS = 50
_LEAST_ROWS_AN_OPTION = 5
_LEAST_ROWS_OF_OPTIONS = 20
_LONG_CHARACTERS = 200
_MAX_ID = 60
_UNTOLD = (Form.ERROR, Form.FORMULA, Form.TOO_LONG, Form.NOT_A_DATE, Form.BAD_BYTES)
_KEY_TYPES = (FieldType.STRING, FieldType.PHONE, FieldType.NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its title, and its cells' texts with their forms, if they have some."""

    title: str
    texts: pl.Series
    forms: pl.Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Fields, one a column, and why each has its type, a sentence each.

    `key`: the place of the column that tells rows apart, whose field is `dataId`; None where none
    does: then no field has that id, and the type cannot be made without a choice.
    """

    fields: tuple[Field, ...]
    reasons: tuple[str, ...]
    key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    title: str
    type: FieldType
    options: tuple[str, ...]
    reason: str
    is_unique: bool


def propose_fields(columns: Iterable[Column], key: int | None = None) -> Proposal:
    """Propose a data type's fields for a table's columns, of which one is held at a time.

    `key`: the place of the column that is to tell rows apart; None: one that does is looked for.
    """
    seen = [_seen(column) for column in columns]
    is_chosen = key is not None
    key = _key(seen) if key is None else key
    ids = _ids([one.title for one in seen], key)
    fields = tuple(
        Field(
            id=name,
            title=(one.title.strip() or f"Column {at + 1}")[:MAX_TITLE_LENGTH],
            type=FieldType.STRING if at == key else one.type,
            options=() if at == key else one.options,
            is_required=at == key,
            is_key=at == key,
        )
        for at, (name, one) in enumerate(zip(ids, seen, strict=True))
    )
    reasons = tuple(
        (_CHOSEN if is_chosen else _DISTINCT) if at == key else one.reason
        for at, one in enumerate(seen)
    )
    return Proposal(fields=fields, reasons=reasons, key=key)


def _seen(column: Column) -> _Seen:
    texts = written = column.texts
    if column.forms is not None:
        told = column.forms.is_in([form.value for form in _UNTOLD])
        texts = texts.zip_with(~told, pl.Series([None], dtype=pl.String))
        written = texts.filter(column.forms != Form.NUMBER.value)
    values = texts.drop_nulls()
    stripped = values.str.strip_chars()
    values, stripped = values.filter(stripped != ""), stripped.filter(stripped != "")
    is_unique = len(values) == len(column.texts) and stripped.n_unique() == len(values) > 0
    dotted = _dotted(written.str.strip_chars())
    kind, options, reason = _typed(column.title, values, stripped, dotted)
    if _all(stripped, _NUMBER) and stripped.str.contains(".", literal=True).any():
        is_unique = False
    return _Seen(title=column.title, type=kind, options=options, reason=reason, is_unique=is_unique)


def _typed(
    title: str, values: pl.Series, stripped: pl.Series, dotted: str | None
) -> tuple[FieldType, tuple[str, ...], str]:
    if not len(values):
        return FieldType.STRING, (), "Text: the column is empty."
    for kind, reason in _fitting(title, stripped):
        if kind is not FieldType.NUMBER or dotted is None:
            return kind, (), reason
    reason = _unread(stripped, dotted)
    if reason:
        return FieldType.STRING, (), reason
    options = _options(values)
    if options:
        return FieldType.OPTION, options, f"An option: there are {len(options)} different values."
    is_long = (values.str.len_chars() > _LONG_CHARACTERS).any()
    if is_long or values.str.contains("\n", literal=True).any():
        return FieldType.TEXT, (), "Text: some values are long, or of several lines."
    return FieldType.STRING, (), "Text."


def _unread(values: pl.Series, dotted: str | None) -> str:
    """Say why texts that look like numbers or dates are proposed as neither; nothing of others."""
    if _all(values, _LIKE_NUMBER):
        if dotted is None:
            return _LOSES
        return (
            "Text: the dots may stand between thousands, or before decimals. As a number, "
            f"{dotted} would be {float(dotted):g}, unless you state that the decimal sign is a "
            "comma."
        )
    if _all(values, _LIKE_DAY):
        has_clocks = values.str.contains(_CLOCK).any()
        return _ARE_LIKE_DAYS.format(kind="a date and time" if has_clocks else "a date")
    if _all(values, _LIKE_AMOUNT):
        return _ARE_LIKE_AMOUNTS
    return ""


def _fitting(title: str, values: pl.Series) -> Iterator[tuple[FieldType, str]]:
    """Give the types that all values fit, the most telling first."""
    if values.str.to_lowercase().is_in(["true", "false"]).all():
        yield FieldType.BOOLEAN, "All values are true or false."
    is_about_phones = _ABOUT_PHONES.search(title) is not None
    is_signed = _all(values, r"^\+") and not _all(values, _SIGNED_THOUSANDS)
    if _all(values, _PHONE) and (is_about_phones or is_signed):
        yield FieldType.PHONE, "All values are phone numbers."
    if _are_numbers(values):
        yield FieldType.NUMBER, "All values are numbers, and lose nothing by it."
    if _all(values, _DATE) and _are_days(values):
        yield FieldType.DATE, "All values are dates, YYYY-MM-DD."
    if _are_moments(values):
        yield FieldType.DATE_TIME, "All values are dates, some with a time of day."
    if _all(values, _TIME):
        yield FieldType.TIME, "All values are times of day."
    is_placed = _all(values, _COORDINATE) and not _all(values, _AMOUNT_WITH_COMMA)
    if is_placed and _are_on_earth(values):
        yield FieldType.COORDINATE, "All values are coordinates: latitude, longitude."


def _all(values: pl.Series, pattern: str) -> bool:
    return bool(values.str.contains(pattern).all())


def _are_numbers(values: pl.Series) -> bool:
    if not _all(values, _NUMBER) or (values == "-0").any():
        return False
    digits = values.str.replace_all(r"[-.]", "").str.strip_chars_start("0").str.len_chars()
    return bool((digits <= _MAX_DIGITS).all())


def _dotted(written: pl.Series) -> str | None:
    """Give the first of the texts with a dot, if each such dot may stand between thousands."""
    dotted = written.filter(written.str.contains(".", literal=True))
    return dotted[0] if len(dotted) and _all(dotted, _THOUSANDS_OR_DECIMALS) else None


def _are_days(values: pl.Series) -> bool:
    days = values.str.head(len("YYYY-MM-DD")).str.to_date("%Y-%m-%d", strict=False)
    return not days.null_count() and bool((days.dt.year() >= 1).all())


def _are_moments(values: pl.Series) -> bool:
    is_day = values.str.contains(_DATE)
    moments = values.filter(~is_day)
    if not _are_days(values) or not _all(moments, _DATE_TIME):
        return False
    # Moments of the first and the last year may leave the calendar by their zones.
    clock = moments.str.slice(0, _TO_SECONDS).str.replace("T", " ", literal=True)
    read = clock.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    is_sound = not read.null_count() and bool(read.dt.year().is_between(2, 9998).all())
    offset = moments.str.extract(r"[+-]([0-9]{2}):?[0-9]{2}$")
    minutes = moments.str.extract(r"[+-][0-9]{2}:?([0-9]{2})$")
    return (
        is_sound
        and bool((offset.cast(pl.Int32).fill_null(0) < 24).all())  # noqa: PLR2004 - hours
        and bool((minutes.cast(pl.Int32).fill_null(0) < 60).all())  # noqa: PLR2004 - minutes
        and not bool(clock.str.ends_with("60").any())
    )


def _are_on_earth(values: pl.Series) -> bool:
    parts = values.str.split_exact(",", 1).struct.unnest()
    degrees = [parts.get_column(name).str.strip_chars() for name in ("field_0", "field_1")]
    return all(
        bool((one.cast(pl.Float64).abs() <= most).all())
        for one, most in zip(degrees, (90, 180), strict=True)
    )


def _options(values: pl.Series) -> tuple[str, ...]:
    """Give the few texts of which each value is one, the most frequent first; none for many."""
    if len(values) < _LEAST_ROWS_OF_OPTIONS:
        return ()
    counts = values.value_counts(sort=True).to_series(0)
    is_few = 1 < len(counts) <= _MAX_OPTIONS and len(counts) * _LEAST_ROWS_AN_OPTION <= len(values)
    if not is_few or (counts.str.len_chars() > _MAX_OPTION_CHARACTERS).any():
        return ()
    return tuple(counts.to_list())


def _key(columns: list[_Seen]) -> int | None:
    """Choose the column that tells rows apart: one that is named so, or the first."""
    unique = [at for at, one in enumerate(columns) if one.is_unique and one.type in _KEY_TYPES]
    named = [at for at in unique if _ABOUT_KEYS.search(_words(columns[at].title))]
    return next(iter([*named, *unique]), None)


def _words(title: str) -> str:
    """Part a title's words where case and signs part them: outletCode, outlet_code."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", " ", title)


def _ids(titles: list[str], key: int | None) -> list[str]:
    """Give ids, each once, of the letters and digits that titles have."""
    taken = {*SYSTEM_NAMES, KEY_FIELD}
    ids = []
    for at, title in enumerate(titles):
        if at == key:
            ids.append(KEY_FIELD)
            continue
        wanted = _id(title) or f"column{at + 1}"
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}{number}", number + 1
        taken.add(name)
        ids.append(name)
    return ids


def _id(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = _words(plain.replace("'", "")).split()
    joined = "".join(word[:1].upper() + word[1:] for word in words)[:_MAX_ID]
    first = words[0] if words else ""
    # The first word small, unless it is all capitals, as abbreviations are.
    head = first.lower() if first.isupper() or first.istitle() else first[:1].lower() + first[1:]
    return head + joined[len(first) :]
