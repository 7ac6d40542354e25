"""How long who guesses waits."""

from datetime import UTC, datetime, timedelta

import pytest

from transload.accounts.guessing import (
    account_key,
    address_key,
    seconds_left,
    wait_by_account,
    wait_by_address,
)

_NOW = datetime(2025, 1, 31, tzinfo=UTC)


def test_wait_doubles_to_five_minutes_an_account_and_fifteen_an_address() -> None:
    assert [wait_by_account(failures) for failures in (0, 4, 5, 6, 7, 13, 14, 10**6)] == [
        *(0, 0, 1, 2, 4, 256, 300, 300)
    ]
    assert [wait_by_address(failures) for failures in (19, 20, 29, 30, 10**6)] == [
        *(0, 1, 512, 900, 900)
    ]


def test_seconds_left_are_whole_and_never_too_few() -> None:
    assert seconds_left(4, _NOW, _NOW) == 4
    assert seconds_left(4, _NOW, _NOW + timedelta(seconds=3.2)) == 1
    assert seconds_left(4, _NOW, _NOW + timedelta(seconds=4)) == 0
    assert seconds_left(0, _NOW, _NOW + timedelta(days=1)) == 0
    assert seconds_left(0, _NOW + timedelta(milliseconds=5), _NOW) == 0  # counted before this one


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("testclient", "testclient", True),
        ("", "testclient", False),
    ],
)
def test_addresses_of_one_ipv6_network_are_one(one: str, other: str, *, is_same: bool) -> None:
    assert (address_key(one) == address_key(other)) is is_same


def test_an_account_is_counted_apart_from_an_address() -> None:
    assert account_key("192.0.2.1") != address_key("192.0.2.1")
