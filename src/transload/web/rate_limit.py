"""So many requests a second and no more, per organization."""

from datetime import datetime
from threading import Lock

from transload.errors import BusyError


class RateLimiter:
    """Counts requests by organization in windows of one second, in this process."""

    def __init__(self, requests_per_second: int) -> None:
        """Take the limit; 0 admits everything."""
        self._limit = requests_per_second
        self._second = 0
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def admit(self, organization_id: str, now: datetime) -> None:
        """Count a request; raise BusyError if the organization has had its share this second."""
        if not self._limit:
            return
        second = int(now.timestamp())
        with self._lock:
            if second != self._second:
                self._second = second
                self._counts.clear()
            count = self._counts.get(organization_id, 0) + 1
            self._counts[organization_id] = count
        if count > self._limit:
            raise BusyError(
                f"Your organization may send {self._limit} requests a second.",
                retry_after_seconds=1,
            )
