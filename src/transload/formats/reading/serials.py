"""Numbers as a spreadsheet has them, and the days and times that it counts in numbers."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from transload.formats.reading.model import Form

# Excel's day 60 is 1900-02-29, which never was: days up to it count from one day later.
_EPOCH_1900 = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_FALSE_LEAP_DAY = 60
_DAY_MILLISECONDS = 86_400_000
_PLAIN_FROM = 1e-7


def spelled_number(value: float) -> str:
    """Give the shortest digits of the same double, without an exponent from 1e-7 to 1e16.

    From there on digits would be made up that the file does not have.
    """
    digits = repr(value).removesuffix(".0")
    if digits == "-0":
        return "0"
    if "e-" in digits and abs(value) >= _PLAIN_FROM:
        return format(Decimal(digits), "f")
    return digits.replace("e-0", "e-")


def spelled_serial(value: float, *, is_1904: bool) -> tuple[Form, str]:
    """Give what a number is that is shown as a date: to the millisecond, as Excel rounds it.

    Below one day it is a time of day. Raises nothing: what is no date is its digits.
    """
    milliseconds = round(value * _DAY_MILLISECONDS) if isfinite(value) else -1
    if milliseconds < 0 or (not is_1904 and _FALSE_LEAP_DAY <= value < _FALSE_LEAP_DAY + 1):
        return Form.NOT_A_DATE, spelled_number(value)
    if milliseconds < _DAY_MILLISECONDS:
        return Form.TIME, spelled_duration(timedelta(milliseconds=milliseconds), width=2)
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    if not is_1904 and milliseconds < _FALSE_LEAP_DAY * _DAY_MILLISECONDS:
        milliseconds += _DAY_MILLISECONDS
    try:
        moment = epoch + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return Form.NOT_A_DATE, spelled_number(value)
    if moment.time() == time(0):
        return Form.DATE, moment.date().isoformat()
    return Form.DATE_TIME, spelled_moment(moment.replace(tzinfo=None))


def spelled_moment(moment: datetime) -> str:
    """Give YYYY-MM-DD HH:MM:SS, and a fraction where that is not zero, its zeros left out."""
    return _trimmed(moment.isoformat(" "))


def spelled_time(moment: time) -> str:
    """Give HH:MM:SS, likewise."""
    return _trimmed(moment.isoformat())


def spelled_duration(span: timedelta, *, width: int = 1) -> str:
    """Give [-]H:MM:SS, likewise, the hours of `width` digits at least."""
    sign = "-" if span < timedelta(0) else ""
    span = abs(span)
    hours, rest = divmod(span.days * 86_400 + span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06}" if span.microseconds else ""
    return _trimmed(f"{sign}{hours:0{width}}:{minutes:02}:{seconds:02}{fraction}")


def _trimmed(text: str) -> str:
    if "." not in text:
        return text
    whole, fraction = text.split(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction:0<3}" if fraction else whole
