"""A record: its document in canonical form, and what makes a record acceptable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple, assert_never

import orjson

from transload.accounts.model import parse_email
from transload.data_types.model import KEY_FIELD, SYSTEM_NAMES, DataType
from transload.data_types.values import MisfitError, Value, canonical
from transload.documents.filters import NO_FILTER, Filter, filter_of
from transload.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TransloadError,
    named,
)
from transload.path_names import PATH_STEP, is_path_step

EXPORTED_SYSTEM_NAMES = (
    "_id",
    "dataTypeId",
    "hubId",
    "organizationId",
    "createdBy",
    "updatedBy",
    "createdTime",
    "updatedTime",
)
"""The names of a record that are no field's, and that a file may have as columns."""
MAX_DOCUMENT_BYTES = 1 << 20
MAX_DATA_ID_LENGTH = 255
MAX_LIMITED_TO = 1_000
LIMIT = "limitUser"
IGNORED = "ignoredFields"
"""Where an answer names the keys that were passed over."""
_MAX_EMAIL_LENGTH = 320
_MAX_UNKNOWN_NAMED = 10
_NUL = "\0"
_NUL_IN_JSON = b"\\u0000"


class Fault(Enum):
    """Of what kind a refusal of one record is."""

    INVALID = auto()
    NOT_CHOSEN = auto()
    FORBIDDEN = auto()
    TAKEN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Which records: with one of the dataIds, such as the filter leaves in, after a cursor.

    `data_ids` None: with any; none at all: no record. `after` is an `_id`, beyond which a page
    begins in the order asked for.
    """

    data_ids: tuple[str, ...] | None = None
    filter: Filter = NO_FILTER
    after: str | None = None


ALL = Narrowing()
"""Nothing is left out."""


def narrowing_of(stored: Mapping[str, Any] | None) -> Narrowing:
    """Give what was asked for from the form of dictionaries and lists in which a row keeps it."""
    if stored is None:
        return ALL
    return Narrowing(
        data_ids=None if stored["data_ids"] is None else tuple(stored["data_ids"]),
        filter=filter_of(stored["filter"]),
        after=stored["after"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A record that fits its type. `document` is JSON: every field of the type, in its order.

    `limited_to` are the e-mails that its `limitUser` lists, None where it says nothing of them.
    """

    data_id: str
    document: str
    size: int
    limited_to: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that does not fit; `reason` names each field and what is wrong with it."""

    reason: str
    fault: Fault = Fault.INVALID

    def error(self) -> TransloadError:
        """Give the error that refuses a request about this one record."""
        match self.fault:
            case Fault.INVALID:
                return InvalidError(self.reason)
            case Fault.NOT_CHOSEN:
                return InvalidError(self.reason, is_whole=True)
            case Fault.FORBIDDEN:
                return ForbiddenError(self.reason)
            case Fault.TAKEN:
                return ConflictError(self.reason)
            case Fault.UNKNOWN:
                return NotFoundError(self.reason)
            case _:
                assert_never(self.fault)


class Key(NamedTuple):
    """What no two records share. `scope` is a hub's id; empty: the whole organization."""

    data_type_id: str
    scope: str
    data_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored record, without its type's definition.

    `values` are those of the shape that the type had when they were written; `hub_id` is empty for
    a record of no hub. `version` is 1 for a new record, and rises with every write of its values.
    """

    id: str
    data_type_id: str
    hub_id: str
    scope: str
    data_id: str
    version: int
    shape: int
    values: Mapping[str, Value | None]
    limited_to: tuple[str, ...]
    created_by: str
    updated_by: str
    created_time: str
    updated_time: str

    @property
    def key(self) -> Key:
        """What no other record has."""
        return Key(self.data_type_id, self.scope, self.data_id)


def accept(data_type: DataType, values: Mapping[str, object]) -> Accepted | Rejected:
    """Check the values of a record by its type and bring them into canonical form.

    System names among the keys are passed over, but for `limitUser`, so that a record that was read
    can be sent back, and so are keys that are no field of the type: see `unknown_keys`.
    """
    document, faults = _canonical_values(data_type, values)
    if len(str(document[KEY_FIELD])) > MAX_DATA_ID_LENGTH:
        faults.append(f"{KEY_FIELD} must be at most {MAX_DATA_ID_LENGTH} characters")
    if is_path_step(str(document[KEY_FIELD])):
        faults.append(f"{KEY_FIELD} {PATH_STEP}")
    faults += _text_faults(document)
    limited_to = None
    try:
        if LIMIT in values:
            limited_to = _limited_to(values[LIMIT])
    except InvalidError:
        faults.append(f"{LIMIT} must be a list of up to {MAX_LIMITED_TO} e-mail addresses")
    if faults:
        return Rejected(reason=named(faults, "; ").removesuffix(".") + ".")
    encoded = orjson.dumps(document)
    if len(encoded) > MAX_DOCUMENT_BYTES:
        return Rejected(reason=f"The record is over {MAX_DOCUMENT_BYTES >> 20} MiB.")
    return Accepted(
        data_id=str(document[KEY_FIELD]),
        document=encoded.decode(),
        size=len(encoded),
        limited_to=limited_to,
    )


def unknown_keys(data_type: DataType, values: Mapping[str, object]) -> tuple[str, ...]:
    """Give the keys that neither the type nor the system knows, in the order of the values."""
    known = {field.id for field in data_type.fields} | SYSTEM_NAMES | {IGNORED}
    return tuple(name for name in values if name not in known)


def unknown(data_type: DataType, names: Sequence[str]) -> Rejected:
    """Refuse a record that has these keys."""
    faults = [f"{name!r} is not a field of {data_type.name}" for name in names]
    return Rejected(reason=named(faults[:_MAX_UNKNOWN_NAMED], "; ").removesuffix(".") + ".")


def is_storable(value: object) -> bool:
    """Tell whether every store can hold the text, or all that is in the list."""
    if isinstance(value, list):
        return all(is_storable(item) for item in value)
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return _NUL not in value


def stored_emails(emails: Sequence[str]) -> str:
    """Give e-mails as the store keeps them: a line feed around each, empty text for none."""
    return "\n".join(["", *emails, ""]) if emails else ""


def emails_of(stored: str) -> tuple[str, ...]:
    """Give e-mails from the form in which the store keeps them."""
    return tuple(filter(None, stored.split("\n")))


def _limited_to(value: object) -> tuple[str, ...]:
    """Read a list of e-mails, or one text of them with commas between; raise InvalidError."""
    if isinstance(value, str) and len(value) > MAX_LIMITED_TO * (_MAX_EMAIL_LENGTH + 1):
        raise InvalidError("too many")
    items = value.split(",") if isinstance(value, str) else [] if value is None else value
    if not isinstance(items, list) or len(items) > 2 * MAX_LIMITED_TO:
        raise InvalidError("not a list")
    texts = [item.strip() if isinstance(item, str) else item for item in items]
    emails = [_email(text) for text in texts if text != ""]
    if len(emails) > MAX_LIMITED_TO:
        raise InvalidError("too many")
    return tuple(dict.fromkeys(emails))


def _email(item: object) -> str:
    if not isinstance(item, str) or not is_storable(item) or len(item) > _MAX_EMAIL_LENGTH:
        raise InvalidError("no e-mail address")
    return parse_email(item)


def _canonical_values(
    data_type: DataType, values: Mapping[str, object]
) -> tuple[dict[str, Value | None], list[str]]:
    document: dict[str, Value | None] = {}
    faults = []
    for field in data_type.fields:
        try:
            value = canonical(field, values.get(field.id, field.default))
        except MisfitError as misfit:
            faults.append(f"{field.id} {misfit}")
            value = None
        else:
            if (field.is_required or field.is_key) and value in (None, ""):
                faults.append(f"{field.id} is required")
        document[field.id] = value
    return document, faults


def _text_faults(document: Mapping[str, Value | None]) -> list[str]:
    """Find what no store can hold: U+0000 and surrogates that stand alone."""
    try:
        if _NUL_IN_JSON not in orjson.dumps(document):
            return []
    except TypeError:
        pass
    return [
        f"{name} must not hold U+0000 or a lone surrogate"
        for name, value in document.items()
        if not is_storable(value)
    ]
