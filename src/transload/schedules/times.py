"""When a schedule runs: five fields of cron, in a time zone (crontab(5), as Debian reads them).

A local time that the clocks leave out runs once, when they have gone forward; one that comes twice
runs once, the first time. An hour field of `*` means every hour that passes, by whatever name.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from transload.counts import counted
from transload.errors import InvalidError

MAX_LENGTH = 200
_FIELDS = 5
_LOOKED_AT = 400
_HORIZON = timedelta(days=365 * 9)  # from one 29 February to the next there may be eight years
_EVERY = "*"
_WHOLE_RANGES = ("0-59", "0-23")


def check(cron: str, zone: str, shortest: timedelta, now: datetime) -> None:
    """Raise InvalidError for what is no schedule, never comes, or comes more often than that."""
    if zone not in available_timezones():
        raise InvalidError(f"The timeZone field names no time zone: {zone[:MAX_LENGTH]}.")
    start = now.replace(tzinfo=None)
    soon = takewhile(lambda time: time < start + _HORIZON, _local_times(cron, start))
    times = list(islice(soon, _LOOKED_AT))
    if not times:
        raise InvalidError(f"The cron field names a time that never comes: {cron}.")
    closest = min((later - earlier for earlier, later in pairwise(times)), default=shortest)
    if closest < shortest:
        raise InvalidError(
            f"The cron field must leave {_minutes(shortest)} between two runs at the least; "
            f"{cron} leaves {_minutes(closest)}."
        )


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """Give the first time after an instant, in UTC."""
    start = after.astimezone(ZoneInfo(zone))
    for found in CronSim(_normalised(cron), start):
        instant = found.astimezone(UTC)
        # What the clocks have left out or repeat may lie at the instant itself, or before it.
        if instant > after:
            return instant
    raise InvalidError(f"The cron field names a time that never comes: {cron}.")


def _local_times(cron: str, after: datetime) -> Iterator[datetime]:
    """Iterate the times as a clock shows them that is never changed."""
    if len(cron) > MAX_LENGTH or len(cron.split()) != _FIELDS or not cron.isascii():
        raise InvalidError(
            "The cron field must have five parts: minute, hour, day of the month, month and day of "
            "the week, as in 0 3 * * *."
        )
    try:
        yield from CronSim(_normalised(cron), after)
    except CronSimError as error:
        part = str(error).removeprefix("Bad ")
        raise InvalidError(f"The cron field has a wrong {part}: {cron}.") from error


def _normalised(cron: str) -> str:
    """Spell steps through all minutes or hours as steps through a range.

    The library takes a field that begins with `*` for time that passes, of which no local time is
    made up: right of every hour, wrong of `*/20 2 * * *` or `0 */2 * * *`.
    """
    minute, hour, *rest = cron.split()
    if hour != _EVERY:
        minute, hour = (
            whole + field[1:] if field.startswith(_EVERY) else field
            for field, whole in zip((minute, hour), _WHOLE_RANGES, strict=True)
        )
    return " ".join([minute, hour, *rest])


def _minutes(time: timedelta) -> str:
    return counted(round(time.total_seconds() / 60), "minute")
