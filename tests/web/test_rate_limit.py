"""P16: so many requests a second and no more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from transload.errors import BusyError
from transload.web.rate_limit import RateLimiter

_NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def test_request_over_the_limit_is_told_to_wait() -> None:
    """P16."""
    limiter = RateLimiter(2)
    limiter.admit("a", _NOON)
    limiter.admit("a", _NOON + _SECOND / 2)
    with pytest.raises(BusyError, match="may send 2 requests a second") as caught:
        limiter.admit("a", _NOON + _SECOND * 0.99)
    assert caught.value.retry_after_seconds == 1


def test_next_second_begins_anew() -> None:
    limiter = RateLimiter(1)
    limiter.admit("a", _NOON)
    limiter.admit("a", _NOON + _SECOND)
    with pytest.raises(BusyError, match="may send 1 request a second"):
        limiter.admit("a", _NOON + _SECOND)


def test_organizations_do_not_take_from_each_other() -> None:
    """P16."""
    limiter = RateLimiter(1)
    limiter.admit("a", _NOON)
    limiter.admit("b", _NOON)
    with pytest.raises(BusyError):
        limiter.admit("b", _NOON)


def test_no_limit_admits_everything() -> None:
    limiter = RateLimiter(0)
    for _ in range(1_000):
        limiter.admit("a", _NOON)


def test_simultaneous_requests_are_all_counted() -> None:
    limiter = RateLimiter(100)

    def admitted(_number: int) -> bool:
        try:
            limiter.admit("a", _NOON)
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(admitted, range(400))) == 100
