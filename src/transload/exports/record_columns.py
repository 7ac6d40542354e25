"""The columns of a file of records: which ones, their titles, and what their cells hold."""

from collections.abc import Mapping, Sequence

from transload.data_types.model import KEY_FIELD, DataType, Field
from transload.data_types.titles import unique_titles
from transload.data_types.values import KINDS
from transload.errors import InvalidError
from transload.exports.titles import no_fields, require_few
from transload.formats.columns import Column, Kind
from transload.records.model import EXPORTED_SYSTEM_NAMES

_NO_TITLES: Mapping[str, str] = {}
_FRONT_OF_ALL_TYPES = ("_id", "dataTypeId", "hubId")
_SYSTEM_KINDS = {"createdTime": Kind.DATE_TIME, "updatedTime": Kind.DATE_TIME}


def columns(
    data_type: DataType | None,
    all_types: Sequence[DataType],
    names: Sequence[str] | None,
    titles: Mapping[str, str] = _NO_TITLES,
) -> list[Column]:
    """Give a file's columns, in order: the named ones, or those visible by default.

    `titles` are those that a config gives; what it names that is gone is an empty column.

    Raises InvalidError naming every other name that is neither the system's nor a field, or for
    more columns than 16,384.
    """
    types = all_types if data_type is None else [data_type]
    fields = _fields_by_id(types)
    wanted = names or _default_names(data_type, types)
    unknown = [name for name in wanted if not _is_known(name, fields)]
    unknown = [name for name in unknown if name not in titles]
    if unknown:
        raise no_fields(unknown)
    unique = list(dict.fromkeys(wanted))
    require_few(unique)
    shown = unique_titles(
        unique, {**{name: one[0].title for name, one in fields.items()}, **titles}
    )
    return [
        Column(
            id=name,
            title=shown[name],
            kind=kind(name, fields),
            is_guarded=not _is_signed(name, fields),
            may_be_list=_is_list_for_some(name, fields),
        )
        for name in unique
    ]


def require_known(data_type: DataType | None, all_types: Sequence[DataType], name: str) -> None:
    """Raise InvalidError where records do not have the name that they are to be sorted by."""
    if not is_known(data_type, all_types, name):
        raise InvalidError(f"The sortBy parameter names what is no field: {name}.")


def is_known(data_type: DataType | None, all_types: Sequence[DataType], name: str) -> bool:
    """Tell whether records have the name."""
    return _is_known(name, _fields_by_id(all_types if data_type is None else [data_type]))


def is_system(name: str) -> bool:
    """Tell whether the name is one that every record has, whatever its type."""
    return name in EXPORTED_SYSTEM_NAMES


def kind(name: str, fields: Mapping[str, Sequence[Field]]) -> Kind:
    """Give what a column holds; where types disagree about a field, text."""
    if is_system(name):
        return _SYSTEM_KINDS.get(name, Kind.TEXT)
    kinds = {KINDS[field.value_type].cells for field in fields.get(name, ())}
    return kinds.pop() if len(kinds) == 1 else Kind.TEXT


def _is_signed(name: str, fields: Mapping[str, Sequence[Field]]) -> bool:
    """Tell whether a column's texts begin with a sign by nature, in every type that has it."""
    found = () if is_system(name) else fields.get(name, ())
    return bool(found) and all(KINDS[field.value_type].is_signed for field in found)


def _is_list_for_some(name: str, fields: Mapping[str, Sequence[Field]]) -> bool:
    """Tell whether a column holds lists in some of the types that have it, and not in all."""
    found = () if is_system(name) else fields.get(name, ())
    are_lists = {KINDS[field.value_type].cells is Kind.LIST for field in found}
    return len(are_lists) > 1


def _is_known(name: str, fields: Mapping[str, Sequence[Field]]) -> bool:
    """Tell whether records have the name: an organization without types has a key field too."""
    return name in fields or name == KEY_FIELD or is_system(name)


def _fields_by_id(types: Sequence[DataType]) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for data_type in types:
        for field in data_type.fields:
            found.setdefault(field.id, []).append(field)
    return found


def _default_names(data_type: DataType | None, types: Sequence[DataType]) -> list[str]:
    visible = [field.id for one in types for field in one.visible_fields]
    if data_type is not None:
        return visible or [KEY_FIELD]
    return [*_FRONT_OF_ALL_TYPES, KEY_FIELD, *visible]
