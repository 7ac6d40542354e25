"""A record: its document in canonical form, and what makes a record acceptable."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from transload.data_types.model import KEY_FIELD, SYSTEM_NAMES, DataType
from transload.data_types.values import MisfitError, Value, canonical

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
_MAX_UNKNOWN_NAMED = 10
_NUL = "\0"
_NUL_IN_JSON = b"\\u0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A record that fits its type. `document` is JSON: every field of the type, in its order."""

    data_id: str
    document: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that does not fit; `reason` names each field and what is wrong with it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored record, without its type's definition."""

    id: str
    data_type_id: str
    hub_id: str | None
    values: Mapping[str, Value | None]
    created_by: str
    updated_by: str
    created_time: str
    updated_time: str


def accept(data_type: DataType, values: Mapping[str, object]) -> Accepted | Rejected:
    """Check the values of a new record by its type and bring them into canonical form.

    System names among the keys are passed over, so that a record that was read can be sent back;
    every other key must be a field of the type.
    """
    document, faults = _canonical_values(data_type, values)
    if len(str(document[KEY_FIELD])) > MAX_DATA_ID_LENGTH:
        faults.append(f"{KEY_FIELD} must be at most {MAX_DATA_ID_LENGTH} characters")
    faults += _text_faults(document)
    if faults:
        return Rejected(reason="; ".join(faults) + ".")
    encoded = orjson.dumps(document)
    if len(encoded) > MAX_DOCUMENT_BYTES:
        return Rejected(reason=f"The record is over {MAX_DOCUMENT_BYTES >> 20} MiB.")
    return Accepted(data_id=str(document[KEY_FIELD]), document=encoded.decode(), size=len(encoded))


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
    unknown = sorted(values.keys() - document.keys() - SYSTEM_NAMES)[:_MAX_UNKNOWN_NAMED]
    faults += [f"{name!r} is not a field of {data_type.name}" for name in unknown]
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
        if not _is_storable(value)
    ]


def _is_storable(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_storable(item) for item in value)
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return _NUL not in value
