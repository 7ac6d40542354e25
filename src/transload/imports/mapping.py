"""Which column is which field: what is certain is taken, what is likely is suggested.

Pure: titles, a few values and a type's fields in; matches out.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from string import whitespace

from transload.data_types.model import SYSTEM_NAMES, Field
from transload.data_types.titles import unique_titles
from transload.data_types.values import MisfitError
from transload.errors import UnusableError
from transload.formats.reading.model import Table
from transload.imports.fields import value_of
from transload.imports.model import ERROR_TITLE

_ENOUGH = 0.8
_LIKELY_FROM_VALUES = 0.55
_LETTERS = re.compile(r"[^a-z0-9]+")


class Sureness(StrEnum):
    """How sure it is that a column is a field."""

    EXACT = "exact"
    """The title or the id, as it stands."""
    NORMALISED = "normalised"
    """The same but for case, blanks and a mark of what is required."""
    CHOSEN = "chosen"
    """A person, or a saved choice, says so."""
    LIKELY = "likely"
    """It looks like it: to be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A column, from 0, and the field that it is taken for; `why` is a sentence."""

    column: int
    field_id: str
    sureness: Sureness
    why: str


class MappingError(UnusableError):
    """Columns that cannot be told apart, or that are no field's."""


def match(titles: Sequence[str], fields: Sequence[Field]) -> list[Match]:
    """Give the columns that are certainly fields: by title or id, as it stands or nearly.

    Raises MappingError where two columns are one field, naming them.
    """
    exact = _by_name(fields, str)
    near = _by_name(fields, normalised)
    found = []
    for column, title in enumerate(titles):
        if title in exact:
            why = "The title is the field's own."
            found.append(_match(column, exact[title], Sureness.EXACT, why))
        elif normalised(title) and normalised(title) in near:
            why = "The title is the field's but for case, blanks or a mark."
            found.append(_match(column, near[normalised(title)], Sureness.NORMALISED, why))
    return _without_errors(found, titles)


def by_position(columns: int, fields: Sequence[Field]) -> list[Match]:
    """Give the fields in their order, for a file without titles."""
    return [
        _match(column, field.id, Sureness.EXACT, f"Column {column + 1} is the field of that place.")
        for column, field in enumerate(fields[:columns])
    ]


def chosen(
    mapping: Mapping[str, str | None], titles: Sequence[str], fields: Sequence[Field]
) -> list[Match]:
    """Give what a person says: a column's title or number, from 1, to a field's id.

    Raises MappingError for a column or a field that is not there, and for two of one field.
    """
    known = {field.id for field in fields}
    found = []
    for name, field_id in mapping.items():
        if not field_id:
            continue
        column = find_column(name, titles)
        if column is None:
            raise MappingError(f"The mapping names the column {name!r}, which the file has not.")
        if field_id not in known:
            raise MappingError(f"The mapping names {field_id!r}, which is no field.")
        why = "It was chosen."
        found.append(_match(column, field_id, Sureness.CHOSEN, why))
    return require_distinct(found, titles)


def present(mapping: Mapping[str, str | None], titles: Sequence[str]) -> dict[str, str | None]:
    """Give what a saved mapping says of columns that the file has."""
    return {name: one for name, one in mapping.items() if find_column(name, titles) is not None}


def certain_matches(table: Table, fields: Sequence[Field]) -> list[Match]:
    """Give the columns of a table that are certainly fields, those that are other sheets too."""
    own = table.own_titles
    found = match(own, fields) if table.header_row else by_position(len(own), fields)
    return require_distinct([*found, *joined_matches(table, fields)], table.titles)


def joined_matches(table: Table, fields: Sequence[Field]) -> list[Match]:
    """Give the columns that are other sheets, and the fields that these are."""
    known = {field.id for field in fields}
    why = "The sheet is the field's own."
    return [
        _match(at, one.field_id, Sureness.EXACT, why)
        for at, one in enumerate(table.joined, len(table.own_titles))
        if one.field_id in known
    ]


def suggest(
    titles: Sequence[str],
    samples: Mapping[int, Sequence[str]],
    fields: Sequence[Field],
    certain: Sequence[Match],
) -> list[Match]:
    """Give what columns that are not certain are likely to be, the likeliest first taken.

    A title that reads nearly like a field's counts, and so does that all sample values fit where
    few fields would take them. No field and no column is suggested twice.
    """
    taken_columns = {one.column for one in certain}
    taken_fields = {one.field_id for one in certain}
    scored = sorted(
        (
            (score, column, one, why)
            for column, title in enumerate(titles)
            if column not in taken_columns and title != ERROR_TITLE and title not in SYSTEM_NAMES
            for one in fields
            if one.id not in taken_fields
            for score, why in (_likeness(title, samples.get(column, ()), one),)
            if score >= _LIKELY_FROM_VALUES
        ),
        key=lambda scored: (-scored[0], scored[1]),
    )
    found: list[Match] = []
    for _, column, one, why in scored:
        if column in taken_columns or one.id in taken_fields:
            continue
        taken_columns.add(column)
        taken_fields.add(one.id)
        found.append(_match(column, one.id, Sureness.LIKELY, why))
    return sorted(found, key=lambda one: one.column)


def find_column(name: str, titles: Sequence[str]) -> int | None:
    """Give the column that a title, in any spelling, or a number from 1 names."""
    if name in titles:
        return titles.index(name)
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(titles):
        return int(name) - 1
    near = [at for at, title in enumerate(titles) if normalised(title) == normalised(name)]
    return near[0] if len(near) == 1 else None


def normalised(title: str) -> str:
    """Give a title without case, blanks and a mark of what is required at its end."""
    bare = unicodedata.normalize("NFKC", title).rstrip(f"*{whitespace}")
    return "".join(bare.split()).casefold()


def require_distinct(found: Sequence[Match], titles: Sequence[str]) -> list[Match]:
    """Give the matches; raise MappingError where two columns are one field."""
    by_field: dict[str, Match] = {}
    for one in found:
        other = by_field.setdefault(one.field_id, one)
        if other is not one:
            first, second = (f"{c.column + 1} ({titles[c.column]})" for c in (other, one))
            raise MappingError(
                f"The columns {first} and {second} are both the field {one.field_id}; "
                "take one of them out, or choose with the mapping."
            )
    return list(found)


def _without_errors(found: Sequence[Match], titles: Sequence[str]) -> list[Match]:
    """Leave out the column that a file of failed rows has on top, where a field has its title."""
    last = len(titles) - 1
    named = [one for one in found if titles[one.column] == ERROR_TITLE]
    if len(named) > 1 and named[-1].column == last:
        found = [one for one in found if one.column != last]
    return require_distinct(found, titles)


def _match(column: int, field_id: str, sureness: Sureness, why: str) -> Match:
    return Match(column=column, field_id=field_id, sureness=sureness, why=why)


def _by_name(fields: Sequence[Field], form: "type[str] | object") -> dict[str, str]:
    """Give fields by title and id in that form: the titles that files of ours have first.

    Then those that no two fields have, and then ids.
    """
    spell = normalised if form is normalised else str
    ids = {spell(field.id): field.id for field in fields}
    titles: dict[str, list[str]] = {}
    for field in fields:
        if field.title:
            titles.setdefault(spell(field.title), []).append(field.id)
    single = {title: found[0] for title, found in titles.items() if len(found) == 1}
    ours = unique_titles([field.id for field in fields], {one.id: one.title for one in fields})
    spelled = Counter(map(spell, ours.values()))
    own = {spell(title): name for name, title in ours.items() if spelled[spell(title)] == 1}
    return {**ids, **single, **own}


def _likeness(title: str, sample: Sequence[str], field: Field) -> tuple[float, str]:
    score = max(_similarity(title, field.title), _similarity(title, field.id))
    fits = [_fits(field, value) for value in sample]
    if fits and not all(fits):
        return 0.0, ""
    if score >= _ENOUGH:
        return score, f"The title reads like {field.title or field.id}."
    distinctive = bool(fits) and bool(field.options or field.value_type.value not in _LOOSE)
    if distinctive and score:
        return (
            _LIKELY_FROM_VALUES + score / 10,
            f"All values looked at fit {field.title or field.id}.",
        )
    return 0.0, ""


_LOOSE = {"string", "text", "number", "list"}


def _similarity(left: str, right: str) -> float:
    first, second = (_LETTERS.sub("", normalised(text)) for text in (left, right))
    if not first or not second:
        return 0.0
    words = [set(_LETTERS.split(text.casefold())) - {""} for text in (left, right)]
    if words[0] and (words[0] < words[1] or words[1] < words[0]):
        # "Email consent" is not "Email": one word more is another thing.
        return 0.3
    return SequenceMatcher(None, first, second).ratio()


def _fits(field: Field, value: str) -> bool:
    try:
        return value_of(field, value) is not None
    except MisfitError:
        return False
