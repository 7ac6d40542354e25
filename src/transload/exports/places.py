"""How many direct exports run at once: places, of which one organization has all but one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from transload.errors import BusyError

SMALL_DOCUMENTS = 1_000
_RETRY_SECONDS = 5


class Places:
    """As many places for small exports as for the others, so that these are in nobody's way."""

    def __init__(self, number: int) -> None:
        """Take how many exports of each kind run at the same time."""
        self._number = number
        self._most_of_one = max(1, number - 1)
        self._lock = Lock()
        self._taken: Counter[tuple[bool, str]] = Counter()

    @contextmanager
    def one(self, organization_id: str, documents: int) -> Iterator[None]:
        """Have a place for an export of so many documents for the length of the block.

        Raises BusyError where all are taken, or all that the organization may have.
        """
        is_small = documents <= SMALL_DOCUMENTS
        mine = (is_small, organization_id)
        with self._lock:
            taken = sum(one for (kind, _), one in self._taken.items() if kind is is_small)
            if taken >= self._number or self._taken[mine] >= self._most_of_one:
                raise BusyError(
                    "All direct exports are busy; try again, or export in the background.",
                    retry_after_seconds=_RETRY_SECONDS,
                )
            self._taken[mine] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[mine] -= 1
                self._taken += Counter()  # forget those that have none
