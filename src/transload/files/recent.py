"""Names that this process saw a short while ago."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

_MOST = 10_000


class Recent:
    """Names and when each was first seen; the oldest are forgotten where they are many."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def is_new(self, name: str, now: datetime, within: timedelta) -> bool:
        """Tell whether the name was not seen within that time, and remember it from now on."""
        with self._lock:
            seen = self._seen.get(name)
            if seen is not None and now - seen < within:
                return False
            self._seen[name] = now
            self._seen.move_to_end(name)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
            return True
