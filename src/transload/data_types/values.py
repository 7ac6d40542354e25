"""Values by field type: checked, and brought into the one form in which they are stored.

| type | stored as |
|---|---|
| string, text | the text itself |
| number | a JSON number; a whole one without a fraction, at most 2^53 |
| boolean | true or false |
| date | `YYYY-MM-DD` |
| dateTime | `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD HH:MM:SS.mmm`, in UTC |
| time | `HH:MM:SS` |
| coordinate | `lat,lng`, the digits as given |
| phone | the text itself |
| option | one of the field's options |
| list | an array of text, numbers and booleans |
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from transload.data_types.model import Field, FieldType

Value = str | int | float | bool | list[object]

MAX_EXACT_INTEGER = 2**53
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,400}", re.ASCII)
_EXPONENT = re.compile("[eE]")
_TOO_LONG = "must be a number up to 2^53; keep longer ids as text"
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?( ?(?:Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII,
)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_DEGREES = r"([+-]?\d{1,3}(?:\.\d{1,20})?)"
_COORDINATE = re.compile(rf"{_DEGREES}\s*,\s*{_DEGREES}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,38}", re.ASCII)
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_MILLISECOND_DIGITS = 3
_MAX_OPTIONS_NAMED = 20
_MAX_OPTION_SHOWN = 100
_MAX_LATITUDE = 90
_MAX_LONGITUDE = 180


class MisfitError(Exception):
    """A value that its field cannot hold; the text says what the field holds instead."""


def canonical(field: Field, value: object) -> Value | None:
    """Give the value in its stored form, None for no value.

    Empty text is no value for every type but string and text, where it is kept. Raises MisfitError.
    """
    if value is None:
        return None
    return _BY_TYPE[field.value_type](field, value)


def _text(_field: Field, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_EXACT_INTEGER:
        return str(value)
    raise MisfitError("must be text")


def _number(_field: Field, value: object) -> float | None:
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        if not _NUMBER.fullmatch(value):
            raise MisfitError("must be a number, with a point and without separators")
        text, value = value, int(value) if _WHOLE.fullmatch(value) else float(value)
        if abs(value) > MAX_EXACT_INTEGER and not _EXPONENT.search(text) and Decimal(text) != value:
            raise MisfitError(_TOO_LONG)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MisfitError("must be a number")
    if isinstance(value, int):
        if abs(value) > MAX_EXACT_INTEGER:
            raise MisfitError(_TOO_LONG)
        return value
    if not math.isfinite(value):
        raise MisfitError("must be a finite number")
    if value.is_integer() and abs(value) <= MAX_EXACT_INTEGER:
        return int(value)
    return value


def _boolean(_field: Field, value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int) else ""
    if value == "" or (isinstance(value, str) and not text):
        return None
    if text not in _BOOLEANS:
        raise MisfitError("must be true or false")
    return _BOOLEANS[text]


def _date(_field: Field, value: object) -> str | None:
    text = _stripped(value, "must be a date, YYYY-MM-DD")
    if not text:
        return None
    day, _, rest = text.replace("T", " ").partition(" ")
    if not _DATE.fullmatch(day) or rest not in {"", "00:00:00"}:
        raise MisfitError("must be a date, YYYY-MM-DD")
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise MisfitError("must be a date of the calendar, YYYY-MM-DD") from error


def _date_time(_field: Field, value: object) -> str | None:
    form = "must be a time, YYYY-MM-DD HH:MM:SS with or without offset"
    text = _stripped(value, form)
    if not text:
        return None
    match = _DATE_TIME.fullmatch(text)
    if not match:
        raise MisfitError(form)
    day, clock, fraction, offset = match.groups()
    milliseconds = (fraction or "").rstrip("0")
    if len(milliseconds) > _MILLISECOND_DIGITS:
        raise MisfitError(f"{form}, to the millisecond")
    try:
        instant = datetime.fromisoformat(f"{day} {clock or '00:00:00'}{(offset or '').strip()}")
        if instant.tzinfo is not None:
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MisfitError(f"{form}, of the calendar") from error
    whole = instant.replace(tzinfo=None).isoformat(" ")
    return f"{whole}.{milliseconds:0<3}" if milliseconds else whole


def _time(_field: Field, value: object) -> str | None:
    text = _stripped(value, "must be a time of day, HH:MM or HH:MM:SS")
    if not text:
        return None
    if not _TIME.fullmatch(text):
        raise MisfitError("must be a time of day, HH:MM or HH:MM:SS")
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError as error:
        raise MisfitError("must be a time of day up to 23:59:59") from error


def _coordinate(_field: Field, value: object) -> str | None:
    text = _stripped(value, "must be a coordinate, lat,lng")
    if not text:
        return None
    match = _COORDINATE.fullmatch(text)
    if not match or abs(float(match[1])) > _MAX_LATITUDE or abs(float(match[2])) > _MAX_LONGITUDE:
        raise MisfitError("must be a coordinate, lat,lng in degrees, such as -6.17,106.8")
    return f"{match[1]},{match[2]}"


def _phone(field: Field, value: object) -> str | None:
    text = _text(field, value)
    if not text:
        return None
    if not _PHONE.fullmatch(text):
        raise MisfitError("must be a phone number")
    return text


def _option(field: Field, value: object) -> str | None:
    text = _text(field, value)
    if text in field.options:
        return text
    if not text:
        return None
    named = ", ".join(map(_shortened, field.options[:_MAX_OPTIONS_NAMED]))
    raise MisfitError(
        f"must be one of: {named}{', ...' * (len(field.options) > _MAX_OPTIONS_NAMED)}"
    )


def _shortened(option: str) -> str:
    return option if len(option) <= _MAX_OPTION_SHOWN else f"{option[:_MAX_OPTION_SHOWN]}..."


def _list(_field: Field, value: object) -> list[object] | None:
    if value == "":
        return None
    if not isinstance(value, list):
        raise MisfitError("must be a list")
    for item in value:
        if not isinstance(item, str | bool):
            _number(_field, item)
    return value


def _stripped(value: object, form: str) -> str:
    if not isinstance(value, str):
        raise MisfitError(form)
    return value.strip()


_BY_TYPE: dict[FieldType, Callable[[Field, object], Value | None]] = {
    FieldType.STRING: _text,
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATE_TIME: _date_time,
    FieldType.TIME: _time,
    FieldType.COORDINATE: _coordinate,
    FieldType.PHONE: _phone,
    FieldType.OPTION: _option,
    FieldType.LIST: _list,
}
