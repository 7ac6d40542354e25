"""Passwords: which ones are accepted, and how they are kept (as argon2id hashes)."""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from transload.accounts.common_passwords import is_common
from transload.accounts.threads import SignInThreads
from transload.errors import InvalidError

_MIN_LENGTH = 12
_MAX_LENGTH = 1_024
_AT_ONCE = 2
_MOST_WAITING = 30

Answer = TypeVar("Answer")


class Passwords:
    """Hashes and verifies passwords, two at once: each takes 19 MiB and much of a processor."""

    def __init__(self) -> None:
        """Take the parameters that OWASP names for argon2id: 19 MiB, 2 passes, 1 lane."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 << 10, parallelism=1)
        self._nobodys = self._hasher.hash("nobody's password")
        self._threads = SignInThreads(at_once=_AT_ONCE, most_waiting=_MOST_WAITING)

    async def aside(self, work: Callable[[], Answer]) -> Answer:
        """Give what work that hashes gives, in one of two threads of its own.

        Raises BusyError where thirty wait already. Called from the threads' loop alone.
        """
        return await self._threads.aside(work)

    def hash(self, password: str) -> str:
        """Give what is kept of a password; raise InvalidError for one that is not taken."""
        check(password)
        return self._hasher.hash(_normalized(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether the password is the one that is kept; without one it takes as long."""
        try:
            self._hasher.verify(kept or self._nobodys, _normalized(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def check(password: str) -> None:
    """Raise InvalidError for a password that is too short, too long or a common one."""
    if len(password) < _MIN_LENGTH:
        raise InvalidError(f"A password has at least {_MIN_LENGTH} characters.")
    if len(password) > _MAX_LENGTH:
        raise InvalidError(f"A password has at most {_MAX_LENGTH} characters.")
    if is_common(_normalized(password)):
        raise InvalidError("This password is a common one, which is guessed soon; take another.")


def _normalized(password: str) -> str:
    """Give one form of what keyboards write in several (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)[:_MAX_LENGTH]
