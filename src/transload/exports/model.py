"""An export: what is asked, what becomes of it, and which columns its file has."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from transload.data_types.model import KEY_FIELD, DataType, Field, FieldType
from transload.errors import InvalidError
from transload.formats.columns import Column, Kind, Losses
from transload.formats.registry import Format
from transload.records.model import EXPORTED_SYSTEM_NAMES

MAX_RECORDS = 1_000_000
DEFAULT_DIRECT_LIMIT = 30
KEEP_DAYS = 30
MAX_COLUMNS = 16_384
"""As many as an xlsx sheet has; statements and files of more take minutes for one record."""
DATA_REPORT = "data"
_MAX_UNKNOWN_NAMED = 20
_ALL_TYPES = "All data types"
_FRONT_OF_ALL_TYPES = ("_id", "dataTypeId", "hubId")
_KINDS = {
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATE: Kind.DATE,
    FieldType.DATE_TIME: Kind.DATE_TIME,
    FieldType.LIST: Kind.LIST,
}
_FILE_KEY = re.compile(r"\d{8}/exp_([0-9a-f]{24})(?:\.\d+)?\.\w+", re.ASCII)
_SIGNED_TYPES = frozenset({FieldType.COORDINATE, FieldType.PHONE})
_SYSTEM_KINDS = {"createdTime": Kind.DATE_TIME, "updatedTime": Kind.DATE_TIME}


class Status(StrEnum):
    """Where an export stands. Clients poll on it, so the set is closed."""

    PROCESSING = "Processing"
    DONE = "Done"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What a user asks for, complete and checked by itself; `fields` None: the visible ones."""

    format: Format
    is_background: bool
    fields: tuple[str, ...] | None
    hub_id: str | None
    data_type_id: str | None
    page: int
    limit: int
    sort_by: str
    is_descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished file holds. Counts are records; `size` is in bytes."""

    records: int
    matched: int
    is_truncated: bool
    last_id: str | None
    last_field: str
    size: int
    losses: Losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One entry of the log. `file_name` is `<YYYYMMDD>/data_<organization>_<time>.<ext>`.

    `claim` rises whenever a worker begins with it, `attempts` unless that one handed it over.
    """

    id: str
    organization_id: str
    user_id: str
    email: str
    report: str
    data_name: str
    request: ExportRequest
    status: Status
    attempts: int
    claim: int
    progress: int
    requested_time: datetime
    started_time: datetime | None
    completed_time: datetime | None
    expires_time: datetime
    file_name: str
    file_size: int | None
    total_records: int | None
    total_matched: int | None
    is_truncated: bool | None
    losses: Losses | None
    error_message: str | None
    is_cancelled: bool

    @property
    def file_key(self) -> str:
        """Where the file store keeps the bytes: by id and claim, so that no two writers meet."""
        ordinal = f".{self.claim}" if self.claim > 1 else ""
        return f"{self.requested_time:%Y%m%d}/exp_{self.id}{ordinal}.{self.request.format}"

    @property
    def is_over(self) -> bool:
        """Nothing more will become of it."""
        return self.status is not Status.PROCESSING

    def has_file(self, now: datetime) -> bool:
        """Tell whether its file can be fetched: it is whole, not past its time, not removed."""
        return self.status is Status.DONE and now < self.expires_time


def export_of(file_key: str) -> str | None:
    """Give the id of the export whose file has the key; None for a key of another kind."""
    found = _FILE_KEY.fullmatch(file_key)
    return None if found is None else found[1]


def notes(losses: Losses) -> list[str]:
    """Say what the format could not hold, a sentence each."""
    found = []
    if losses.cut_texts:
        found.append(f"Cells cut to the 32,767 characters of an xlsx cell: {losses.cut_texts}.")
    if losses.dates_as_text:
        found.append(f"Dates before 1900-03-01 written as text: {losses.dates_as_text}.")
    if losses.numbers_as_text:
        found.append(f"Integers of more than 15 digits written as text: {losses.numbers_as_text}.")
    if losses.gaps_as_empty:
        found.append(f"Records without any value, written as empty text: {losses.gaps_as_empty}.")
    return found


def file_name(organization_id: str, requested: datetime, extension: str, number: int) -> str:
    """Give the public name of the `number`th file of an organization in one second, from 1."""
    ordinal = f"_{number}" if number > 1 else ""
    stem = f"{DATA_REPORT}_{organization_id}_{int(requested.timestamp())}{ordinal}"
    return f"{requested:%Y%m%d}/{stem}.{extension}"


def data_name(data_type: DataType | None) -> str:
    """Give the name under which the log shows what was exported."""
    return _ALL_TYPES if data_type is None else data_type.name


def columns(
    data_type: DataType | None, all_types: Sequence[DataType], names: Sequence[str] | None
) -> list[Column]:
    """Give a file's columns, in order: the named ones, or those visible by default.

    Raises InvalidError naming every name that is neither the system's nor a field.
    """
    types = all_types if data_type is None else [data_type]
    fields = _fields_by_id(types)
    wanted = names or _default_names(data_type, types)
    unknown = [name for name in wanted if not _is_known(name, fields)]
    if unknown:
        named = ", ".join(unknown[:_MAX_UNKNOWN_NAMED])
        raise InvalidError(f"The fields parameter names what is no field: {named}.")
    unique = list(dict.fromkeys(wanted))
    titles = _titles(unique, fields)
    return [
        Column(
            id=name,
            title=titles[name],
            kind=kind(name, fields),
            is_guarded=not _is_signed(name, fields),
            may_be_list=_is_list_for_some(name, fields),
        )
        for name in unique
    ]


def sort_kind(data_type: DataType | None, all_types: Sequence[DataType], name: str) -> Kind:
    """Give what the values of a sort field are; raise InvalidError if there is no such field."""
    fields = _fields_by_id(all_types if data_type is None else [data_type])
    if not _is_known(name, fields):
        raise InvalidError(f"The sortBy parameter names what is no field: {name}.")
    return kind(name, fields)


def is_system(name: str) -> bool:
    """Tell whether the name is one that every record has, whatever its type."""
    return name in EXPORTED_SYSTEM_NAMES


def kind(name: str, fields: Mapping[str, Sequence[Field]]) -> Kind:
    """Give what a column holds; where types disagree about a field, text."""
    if is_system(name):
        return _SYSTEM_KINDS.get(name, Kind.TEXT)
    kinds = {_KINDS.get(field.value_type, Kind.TEXT) for field in fields.get(name, ())}
    return kinds.pop() if len(kinds) == 1 else Kind.TEXT


def _is_signed(name: str, fields: Mapping[str, Sequence[Field]]) -> bool:
    """Tell whether a column's texts begin with a sign by nature, in every type that has it."""
    found = () if is_system(name) else fields.get(name, ())
    return bool(found) and all(field.value_type in _SIGNED_TYPES for field in found)


def _is_list_for_some(name: str, fields: Mapping[str, Sequence[Field]]) -> bool:
    """Tell whether a column holds lists in some of the types that have it, and not in all."""
    found = () if is_system(name) else fields.get(name, ())
    are_lists = {_KINDS.get(field.value_type) is Kind.LIST for field in found}
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


def _titles(names: Sequence[str], fields: Mapping[str, Sequence[Field]]) -> dict[str, str]:
    """Give each column's title: its id where it has none, or where two would read the same."""
    titles = {name: fields[name][0].title or name if name in fields else name for name in names}
    while True:
        counts = Counter(titles.values())
        clashing = [name for name in names if counts[titles[name]] > 1 and titles[name] != name]
        if not clashing:
            return titles
        titles.update({name: name for name in clashing})
