"""What a change makes of a data type, and whether its documents have to follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from transload.data_types.model import (
    KEY_FIELD,
    TEXT_TYPES,
    DataType,
    Field,
    FieldType,
    Provider,
    Source,
)
from transload.errors import InvalidError, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to become of a type; None: what it is.

    The values of the fields in `deleted` are removed, whether or not the fields stay. A source
    without a key keeps the one that there is.
    """

    name: str | None = None
    fields: Sequence[Field] | None = None
    is_common: bool | None = None
    is_limited: bool | None = None
    provider: Provider | None = None
    source: Source | None = None
    deleted: frozenset[str] = frozenset()


def changed(old: DataType, changes: Changes, author: str, now: datetime) -> DataType:
    """Give the type as the changes make it; raise InvalidError for what cannot be changed.

    Its shape rises, and its documents are of an older form, if its fields ask for another one.
    """
    _check(old, changes)
    fields = old.fields if changes.fields is None else tuple(changes.fields)
    has_other_form = _has_other_form(old.fields, fields, changes.deleted)
    shape = old.shape + 1 if has_other_form else old.shape
    return replace(
        old,
        name=old.name if changes.name is None else changes.name,
        fields=_dated(old.fields, fields, changes.deleted, shape),
        shape=shape,
        same_since=shape if has_other_form else old.same_since,
        is_limited=old.is_limited if changes.is_limited is None else changes.is_limited,
        source=_source(old.source, changes.source),
        updated_by=author,
        updated_time=now,
    )


def converted_fields(old: DataType, new: DataType) -> list[Field]:
    """Give the new fields whose values were of another type, or among other options."""
    known = {field.id: field for field in old.fields}
    return [
        field
        for field in new.fields
        if field.since <= old.shape and _is_converted(known[field.id], field)
    ]


def _check(old: DataType, changes: Changes) -> None:
    faults = []
    if changes.is_common not in {None, old.is_common}:
        faults.append("The commonData field is fixed when a type is created.")
    if changes.provider not in {None, old.provider}:
        faults.append("The provider field is fixed when a type is created.")
    unknown = sorted(changes.deleted - {field.id for field in old.fields})
    if unknown:
        shown = named(unknown, ", ")
        faults.append(f"The deleteFields field names what is no field: {shown}.")
    if KEY_FIELD in changes.deleted:
        faults.append(f"The values of {KEY_FIELD} cannot be deleted.")
    if faults:
        raise InvalidError(named(faults))


def _source(old: Source | None, new: Source | None) -> Source | None:
    """Give the source to be; what was read may be sent back, and nothing secret is lost."""
    if new is None or old is None:
        return new or old
    url = old.url if new.url == old.shown_url else new.url
    return Source(url=url, key=old.key if new.key is None else new.key)


def _has_other_form(old: Sequence[Field], new: Sequence[Field], deleted: Collection[str]) -> bool:
    known = {field.id: field for field in old}
    return (
        bool(deleted)
        or [field.id for field in old] != [field.id for field in new]
        or any(_is_converted(known[field.id], field) for field in new)
    )


def _is_converted(old: Field, new: Field) -> bool:
    """Tell whether there are values of the old field that the new one would hold otherwise."""
    kinds = {old.value_type, new.value_type}
    if kinds == {FieldType.OPTION}:
        return not set(old.options) <= set(new.options)
    return len(kinds) > 1 and not kinds <= TEXT_TYPES


def _dated(
    old: Sequence[Field], new: Sequence[Field], deleted: Collection[str], shape: int
) -> tuple[Field, ...]:
    """Give the new fields, each with the shape since which documents have values for it."""
    since = {field.id: field.since for field in old if field.id not in deleted}
    return tuple(replace(field, since=since.get(field.id, shape)) for field in new)
