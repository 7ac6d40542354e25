"""Limits the requests a second of an organization, of one import link or for one file."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from transload.counts import counted
from transload.errors import BusyError

Take = Callable[[str, int], int]
"""Sets requests aside for this process: of whom, and how many at most; gives how many."""

_PARTS = 20
WHO_MAY, WHAT = "Your organization may send", "request"


class RateLimiter:
    """Counts requests by who sends them in windows of one second.

    By itself it counts those of this process. With `take` the processes share the limit: each sets
    a twentieth of it aside at a time, so that the database is asked once for so many requests.
    """

    def __init__(
        self,
        requests_per_second: int,
        who_may: str = WHO_MAY,
        what: str = WHAT,
        *,
        take: Take | None = None,
    ) -> None:
        """Take the limit, 0 for none, and how one who is over it is told: who may how many what."""
        self._sentence = f"{who_may} {counted(requests_per_second, what)} a second."
        self._limit = requests_per_second
        self._take = take
        self._part = max(1, requests_per_second // _PARTS)
        self._second = 0
        self._left: dict[str, int] = {}
        self._lock = Lock()

    def admit(self, sender_id: str, now: datetime) -> None:
        """Count a request; raise BusyError if its sender has had their share this second."""
        if not self._limit or self._admits(sender_id, int(now.timestamp())):
            return
        raise BusyError(self._sentence, retry_after_seconds=1)

    def _admits(self, sender_id: str, second: int) -> bool:
        with self._lock:
            if second != self._second:
                self._second = second
                self._left.clear()
            left = self._left.setdefault(sender_id, 0 if self._take else self._limit)
            if left:
                self._left[sender_id] = left - 1
                return True
        taken = self._take(sender_id, self._part) if self._take else 0
        if not taken:
            return False
        with self._lock:
            self._left[sender_id] = self._left.get(sender_id, 0) + taken - 1
        return True
