"""When schedules run: pure, over many zones and times."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transload.errors import InvalidError
from transload.schedules.times import check, next_time

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)
# Berlin goes by an hour, Lord Howe by half of one, Troll by two; Samoa left a day out in 2011.
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll")


def _next_times(cron: str, zone: str, after: datetime, number: int) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(number):
        found.append(next_time(cron, zone, found[-1] if found else after))
    return found


def _local(times: list[datetime], zone: str) -> list[str]:
    return [f"{one.astimezone(ZoneInfo(zone)):%d %H:%M %z}" for one in times]


def test_a_local_time_that_does_not_exist_runs_once_when_the_clocks_have_gone_forward() -> None:
    after = datetime(2026, 3, 28, 12, tzinfo=UTC)
    for cron in ("30 2 * * *", "*/20 2 * * *", "15,45 2 * * *"):
        first, second = _next_times(cron, "Europe/Berlin", after, 2)
        assert _local([first], "Europe/Berlin") == ["29 03:00 +0200"]
        assert second - first > timedelta(hours=12)


def test_a_local_time_that_comes_twice_runs_once() -> None:
    after = datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = _next_times("30 2 * * *", "Europe/Berlin", after, 2)
    assert _local(found, "Europe/Berlin") == ["25 02:30 +0200", "26 02:30 +0100"]
    # Asked in the hour that comes again, it does not run again.
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert next_time("30 2 * * *", "Europe/Berlin", again) == found[1]


def test_every_hour_is_every_hour_that_passes() -> None:
    for after in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        found = _next_times("0 * * * *", "Europe/Berlin", after, 6)
        assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    zone=st.sampled_from(_ZONES),
    days=st.integers(0, 700),
)
def test_a_daily_time_comes_once_for_every_day_of_the_calendar(
    minute: int, hour: int, zone: str, days: int
) -> None:
    after = _NOW + timedelta(days=days)
    found = _next_times(f"{minute} {hour} * * *", zone, after, 5)
    local = [one.astimezone(ZoneInfo(zone)) for one in found]
    assert all(earlier < later for earlier, later in pairwise([after, *found]))
    assert [later.toordinal() - earlier.toordinal() for earlier, later in pairwise(local)] == [
        1
    ] * 4
    for one in local:
        is_shown = (one.hour, one.minute) == (hour, minute)
        offset_before = (one - timedelta(hours=3)).utcoffset()
        assert is_shown or one.utcoffset() != offset_before


@given(st.integers(0, 20 * 365 * 24 * 60), st.sampled_from(_ZONES))
def test_what_was_missed_is_one_run_however_long_nobody_looked(minutes: int, zone: str) -> None:
    """The time that follows a run lies after the moment at which it began, never before."""
    now = _NOW + timedelta(minutes=minutes)
    following = next_time("0 */6 * * *", zone, now)
    assert now < following <= now + timedelta(hours=9)


@pytest.mark.parametrize(
    ("cron", "zone", "said"),
    [
        ("0 3 * *", "UTC", "five parts"),
        ("0 0 3 * * *", "UTC", "five parts"),
        ("61 3 * * *", "UTC", "wrong minute"),
        ("0 3 * * FUN", "UTC", "wrong day-of-week"),
        ("0 0 30 2 *", "UTC", "wrong day-of-month"),
        ("*/5 * * * *", "UTC", "15 minutes .* leaves 5 minutes"),
        ("0,59 0,23 * * *", "UTC", "leaves 1 minute"),
        ("0 3 * * *", "Mars/Olympus", "names no time zone"),
    ],
)
def test_what_is_no_schedule_is_named(cron: str, zone: str, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        check(cron, zone, _QUARTER, _NOW)


def test_what_comes_seldom_or_just_often_enough_is_taken() -> None:
    for cron in ("*/15 * * * *", "0 0 29 2 *", "30 7 L * *", "0 9 * * MON-FRI", "0 3 1 1 *"):
        check(cron, "Asia/Jakarta", _QUARTER, _NOW)
