"""A person who guesses passwords has to wait, longer after each wrong one."""

import hashlib
import ipaddress
from datetime import datetime, timedelta

FORGOTTEN_AFTER = timedelta(days=1)
_FREE_BY_ACCOUNT = 5
_FREE_BY_ADDRESS = 20
_MOST_BY_ACCOUNT = 300
_MOST_BY_ADDRESS = 900
_SITE_BITS = 64


def account_key(email: str) -> str:
    """Give what failures with an address are counted under, whether somebody has it or not."""
    return hashlib.sha256(f"account {email}".encode()).hexdigest()


def address_key(address: str) -> str:
    """Give what failures from a network address are counted under: of IPv6, from its network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        bits = _SITE_BITS if parsed.version == 6 else parsed.max_prefixlen  # noqa: PLR2004 - IPv6
        network = str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))
    return hashlib.sha256(f"address {network}".encode()).hexdigest()


def wait_by_account(failures: int) -> int:
    """Give the seconds after so many failures with one account: five are free, then 1, 2, 4...

    Five minutes at most: whoever guesses may not lock the owner out. A link needs no wait.
    """
    return _doubled(failures - _FREE_BY_ACCOUNT, _MOST_BY_ACCOUNT)


def wait_by_address(failures: int) -> int:
    """Give the seconds after so many failures from one address: twenty are free, then 1, 2, 4..."""
    return _doubled(failures - _FREE_BY_ADDRESS, _MOST_BY_ADDRESS)


def seconds_left(wait: int, last_time: datetime, now: datetime) -> int:
    """Give the whole seconds from now on that are left of a wait.

    Another attempt may be a moment later than this one, and counted before it: that is no wait.
    """
    if not wait:
        return 0
    left = last_time + timedelta(seconds=wait) - now
    return max(0, -(-left // timedelta(seconds=1)))


def _doubled(beyond: int, most: int) -> int:
    return 0 if beyond < 0 else min(most, 1 << min(beyond, most.bit_length()))
