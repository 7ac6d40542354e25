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
| money | the amount as decimal text, one spelling an amount; the currency is the field's |

All else that differs by type is in `KINDS`, of which a new type is one entry. What a field of the
type has to say beside it, as `money` its currency, is checked in `model`.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from transload.data_types.model import Field, FieldType
from transload.documents.filters import Holds
from transload.formats.columns import Kind

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
_AMOUNT = re.compile(r"([+-]?)0*(\d{1,18})(\.\d{1,6})?", re.ASCII)
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
    return KINDS[field.value_type].read(field, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """What there is to know of a type of field.

    `read` gives a value's stored form, or raises MisfitError. `cells` are those of a file's column;
    `holds` says how values are sorted and compared. `is_signed`: texts begin with a sign by nature.
    `takes_spelling`: a value of another type becomes text as JSON spells it. The template of an
    import shows `example` in `number_format`, and `says` what a cell takes.
    """

    read: Callable[[Field, object], Value | None]
    says: str
    example: str | int | bool
    number_format: str = "@"
    cells: Kind = Kind.TEXT
    holds: Holds = Holds.TEXT
    is_signed: bool = False
    takes_spelling: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether its texts are numbers, which some write with a decimal comma."""
        return self.holds in {Holds.NUMBER, Holds.DECIMAL}


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
        instant = datetime.fromisoformat(
            f"{day} {_of_a_day(clock or '00:00:00')}{(offset or '').strip()}"
        )
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
        return time.fromisoformat(_of_a_day(text)).isoformat()
    except ValueError as error:
        raise MisfitError("must be a time of day up to 23:59:59") from error


def _of_a_day(clock: str) -> str:
    """Give a time of day as it is; raises ValueError for 24:00, which Python 3.14 takes."""
    if clock.startswith("24"):
        raise ValueError(clock)
    return clock


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


def _money(_field: Field, value: object) -> str | None:
    form = "must be an amount of up to 18 digits and 6 decimals, with a point"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise MisfitError(form)
    text = value.strip() if isinstance(value, str) else format(Decimal(str(value)), "f")
    if not text:
        return None
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise MisfitError(form)
    sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0").rstrip(".")
    is_negative = sign == "-" and bool((whole + fraction).strip("0."))
    return f"{'-' * is_negative}{whole}{fraction}"


KINDS: Mapping[FieldType, FieldKind] = {
    FieldType.STRING: FieldKind(read=_text, says="Text.", example="Text", takes_spelling=True),
    FieldType.TEXT: FieldKind(read=_text, says="Text.", example="Text", takes_spelling=True),
    FieldType.NUMBER: FieldKind(
        read=_number,
        says="A number.",
        example=12,
        number_format="General",
        cells=Kind.NUMBER,
        holds=Holds.NUMBER,
    ),
    FieldType.BOOLEAN: FieldKind(
        read=_boolean,
        says="TRUE or FALSE.",
        example=True,
        number_format="General",
        cells=Kind.BOOLEAN,
        holds=Holds.BOOLEAN,
    ),
    FieldType.DATE: FieldKind(
        read=_date,
        says="A date: year-month-day.",
        example="2025-01-31",
        number_format="yyyy-mm-dd",
        cells=Kind.DATE,
    ),
    FieldType.DATE_TIME: FieldKind(
        read=_date_time,
        says="A date and a time, UTC.",
        example="2025-01-31 10:20:30",
        number_format="yyyy-mm-dd hh:mm:ss",
        cells=Kind.DATE_TIME,
    ),
    FieldType.TIME: FieldKind(
        read=_time, says="A time of day.", example="10:20:30", number_format="hh:mm:ss"
    ),
    FieldType.COORDINATE: FieldKind(
        read=_coordinate,
        says="Latitude and longitude in degrees, with a comma between them.",
        example="-6.17,106.8",
        is_signed=True,
    ),
    FieldType.PHONE: FieldKind(
        read=_phone,
        says="A phone number.",
        example="+62 811 000 111",
        is_signed=True,
        takes_spelling=True,
    ),
    FieldType.OPTION: FieldKind(
        read=_option, says="One of the list.", example="", takes_spelling=True
    ),
    FieldType.LIST: FieldKind(
        read=_list,
        says="A list, as a JSON array.",
        example='["one","two"]',
        cells=Kind.LIST,
        holds=Holds.LIST,
    ),
    FieldType.MONEY: FieldKind(
        read=_money,
        says="An amount, with a point before its decimals.",
        example="12500.00",
        cells=Kind.DECIMAL,
        holds=Holds.DECIMAL,
    ),
}
