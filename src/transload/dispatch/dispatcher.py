"""Sends what is due: a thread looks for it, a few others send.

One thing at a time goes to a receiver, so that one that hangs or floods delays no other. A process
that dies leaves its attempts to be made again once their lease is over: at least once.
"""

import logging
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from transload.lasting import LastingFault, reason_of
from transload.upkeep import Upkeep

_log = logging.getLogger(__name__)
Item = TypeVar("Item")


@dataclass(kw_only=True)
class Dispatcher(Generic[Item]):
    """What one process sends of a kind of things, whose `name` its threads and its log have.

    `find_due` gives what is due and goes to none of the busy receivers, in the order in which it is
    to be sent, not much more than a number. `receiver` names where a thing goes. `send` makes one
    attempt. `look_seconds` lie between two looks.
    """

    name: str
    at_once: int
    find_due: Callable[[AbstractSet[str], int], Iterable[Item]]
    receiver: Callable[[Item], str]
    send: Callable[[Item], None]
    look_seconds: float = 1.0
    _busy: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _stopping: Event = field(default_factory=Event)
    _upkeep: Upkeep = field(init=False)
    _senders: ThreadPoolExecutor | None = None

    def __post_init__(self) -> None:
        """Be ready to start."""
        self._upkeep = Upkeep(f"the sending of {self.name}", self._look)

    def start(self) -> None:
        """Begin to send."""
        self._senders = ThreadPoolExecutor(self.at_once, thread_name_prefix=self.name)
        self._upkeep.start()

    @property
    def is_well(self) -> bool:
        """It goes on, or was not begun."""
        return self._upkeep.is_well

    def stop(self) -> None:
        """Begin no more attempts; those under way end soon, or are repeated."""
        self._stopping.set()
        self._upkeep.end()
        if self._senders is not None:
            self._senders.shutdown(wait=False, cancel_futures=True)

    def _look(self, note_well: Callable[[], None]) -> None:
        away = LastingFault(_log)
        while not self._stopping.wait(self.look_seconds):
            try:
                self._send_due()
                away.end("The %s go on: the database is within reach again", self.name)
            except SQLAlchemyError as error:
                reason = reason_of(error)
                away.begin("The %s wait: the database is out of reach: %s", self.name, reason)
            note_well()

    def _send_due(self) -> None:
        with self._lock:
            busy = frozenset(self._busy)
        room = self.at_once - len(busy)
        if room <= 0 or self._senders is None:
            return
        first: dict[str, Item] = {}
        for item in self.find_due(busy, room):
            first.setdefault(self.receiver(item), item)
        for receiver, item in list(first.items())[:room]:
            with self._lock:
                self._busy.add(receiver)
            self._senders.submit(self._send, receiver, item)

    def _send(self, receiver: str, item: Item) -> None:
        try:
            self.send(item)
        except Exception:  # noqa: BLE001 - its lease ends, and another attempt is made
            _log.exception("one of the %s failed; it is tried again", self.name)
        finally:
            with self._lock:
                self._busy.discard(receiver)
