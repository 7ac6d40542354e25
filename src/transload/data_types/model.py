"""A data type and its fields, and the rules that a definition has to keep."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

import orjson

from transload.errors import InvalidError, named

KEY_FIELD = "dataId"
MAX_FIELDS = 1_000
MAX_FIELDS_BYTES = 1 << 20
MAX_TITLE_LENGTH = 255
SYSTEM_NAMES = frozenset(
    {
        "_id",
        "dataTypeId",
        "hubId",
        "organizationId",
        "limitUser",
        "data_type",
        "createdBy",
        "updatedBy",
        "createdTime",
        "updatedTime",
    }
)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_FIELD_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)


class FieldType(StrEnum):
    """What a field's values are; `values.KINDS` has an entry for each."""

    STRING = "string"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    COORDINATE = "coordinate"
    PHONE = "phone"
    OPTION = "option"
    LIST = "list"
    MONEY = "money"


TEXT_TYPES = frozenset({FieldType.STRING, FieldType.TEXT})


class Provider(StrEnum):
    """Where a type's records come from."""

    INTERNAL = "internal"
    EXTERNAL_API = "external-api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an external provider is found, and the secret that opens it."""

    url: str
    key: str | None = field(default=None, repr=False)

    @property
    def shown_url(self) -> str:
        """The address without a user and a password, which are as secret as the key."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a data type.

    `since` is the shape at which the field came, or at which its values were removed: a document of
    an older shape has no value for it.
    """

    id: str
    title: str
    type: FieldType
    format: str | None = None
    description: str | None = None
    default: str | int | float | bool | list[str] | None = None
    options: tuple[str, ...] = ()
    is_required: bool = False
    is_key: bool = False
    is_shown: bool = True
    is_visible: bool = True
    since: int = 1

    @property
    def value_type(self) -> FieldType:
        """What its values are checked as: options first, and text in the format of a date-time."""
        if self.options:
            return FieldType.OPTION
        if self.type in TEXT_TYPES and self.format == "date-time":
            return FieldType.DATE_TIME
        return self.type


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """The schema of one kind of record.

    Each document keeps the `shape` that its type had when it was written. Documents of `same_since`
    and later shapes are in the type's present form; older ones have still to be brought into it.
    """

    id: str
    organization_id: str
    name: str
    fields: tuple[Field, ...]
    shape: int
    is_common: bool
    created_by: str
    updated_by: str
    created_time: datetime
    updated_time: datetime
    same_since: int = 1
    is_limited: bool = False
    provider: Provider = Provider.INTERNAL
    source: Source | None = None

    @property
    def visible_fields(self) -> tuple[Field, ...]:
        """The fields that reads and exports give unless others are asked for."""
        return tuple(field for field in self.fields if field.is_visible)


def check_fields(fields: Sequence[Field]) -> None:
    """Raise InvalidError naming everything that is wrong with a type's fields."""
    faults = [fault for field in fields for fault in _field_faults(field)]
    counts = Counter(field.id for field in fields)
    faults += [f"The field id {name} stands twice." for name, count in counts.items() if count > 1]
    if [field.id for field in fields if field.is_key] != [KEY_FIELD]:
        faults.append(f"Exactly one field is the primary key, and its id is {KEY_FIELD}.")
    if len(fields) > MAX_FIELDS:
        faults.append(f"A data type has at most {MAX_FIELDS} fields.")
    if len(orjson.dumps(fields)) > MAX_FIELDS_BYTES:
        faults.append(f"The fields of a data type are over {MAX_FIELDS_BYTES >> 20} MiB.")
    if faults:
        raise InvalidError(named(faults))


def check_source(provider: Provider, source: Source | None) -> None:
    """Raise InvalidError unless an external provider, and no other, says where it is found."""
    if provider is Provider.INTERNAL:
        if source is not None:
            raise InvalidError("The providerConfig field is for the provider external-api alone.")
        return
    if source is None:
        raise InvalidError("The providerConfig field is required for the provider external-api.")
    if not _is_web_address(source.url):
        raise InvalidError("The providerConfig.url field must be an address of http or https.")


def _is_web_address(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _field_faults(field: Field) -> list[str]:
    faults = []
    if not _FIELD_ID.fullmatch(field.id):
        faults.append(
            f"The field id {field.id!r} is not of 1 to 100 letters, digits, _, - and points, "
            "the first a letter, a digit or _."
        )
    if field.id in SYSTEM_NAMES:
        faults.append(f"The field id {field.id} is taken by the system.")
    if len(field.title) > MAX_TITLE_LENGTH:
        faults.append(f"The title of {field.id} is over {MAX_TITLE_LENGTH} characters.")
    if field.type is FieldType.OPTION and not field.options:
        faults.append(f"The field {field.id} is an option field and has no optionData.")
    if field.type is FieldType.MONEY and not _CURRENCY.fullmatch(field.format or ""):
        faults.append(
            f"The field {field.id} holds money, so its format is a currency's three letters, "
            "such as IDR."
        )
    if field.is_key and field.value_type not in TEXT_TYPES:
        faults.append(f"The field {field.id} is the primary key, so its type is string.")
    return faults
