"""Ids: 24 lower-case hex characters that increase with the time of creation."""

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

BEFORE_ALL, AFTER_ALL = "", "g"
"""Texts that sort before and after all ids, which are hexadecimal."""
_PATTERN = re.compile(r"[0-9a-f]{24}", re.ASCII)
_MICROSECONDS = 1_000_000
_SECOND_DIGITS = 8
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Give an id above every id that this process has given."""
    return new_ids(1)[0]


def new_ids(count: int, above: str = "") -> list[str]:
    """Give `count` ids in increasing order, all above an id that another process may have given.

    The first 8 digits are the second (Unix time), the next 5 the microsecond, the last 11 are
    random. A process never uses a microsecond twice: a block runs ahead of the clock instead. Only
    ids that have to be above one that itself is ahead of this process do not count here.
    """
    global _last  # noqa: PLW0603 - increasing within the process is a process-wide promise
    floor = int(above[:_SECOND_DIGITS], 16) * _MICROSECONDS + int(above[8:13], 16) if above else 0
    with _lock:
        first = max(time.time_ns() // 1000, _last + 1)
        if floor < first:
            _last = first + count - 1
        else:
            first = floor + 1
    tail = secrets.token_hex(6 * count)
    return [
        f"{(first + n) // _MICROSECONDS:08x}{(first + n) % _MICROSECONDS:05x}"
        f"{tail[12 * n : 12 * n + 11]}"
        for n in range(count)
    ]


def id_of(text: str) -> str:
    """Give what stands for the text where an id is wanted: always the same, and of no time."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def is_id(text: str) -> bool:
    """Tell whether the text has the form of an id."""
    return _PATTERN.fullmatch(text) is not None


def created_times(ids: Sequence[str], spelled: Callable[[datetime], str]) -> list[str]:
    """Give the second in which each of the ids was made, as `spelled` has it."""
    seconds = {one[:_SECOND_DIGITS]: one for one in ids}
    times = {second: spelled(created_at(one)) for second, one in seconds.items()}
    return [times[one[:_SECOND_DIGITS]] for one in ids]


def created_at(record_id: str) -> datetime:
    """Give the second in which the id was made."""
    return datetime.fromtimestamp(int(record_id[:_SECOND_DIGITS], 16), UTC)
