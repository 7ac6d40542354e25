"""Work that goes on in the background for as long as a process runs."""

import logging
from collections.abc import Callable
from threading import Event, Thread

_log = logging.getLogger(__name__)


class Upkeep:
    """Keeps work going in a thread: where it fails it is told in the log, and begun anew.

    The work ends when it returns. It is handed a function to call whenever a round of it went well:
    from a failure until then `is_well` is false, and readiness tells.
    """

    def __init__(
        self, name: str, work: Callable[[Callable[[], None]], None], *, retry_seconds: float = 1.0
    ) -> None:
        """Take the work; `start` begins with it."""
        self._name = name
        self._work = work
        self._retry_seconds = retry_seconds
        self._has_failed = False
        self._is_over = Event()
        self._thread: Thread | None = None

    @property
    def is_well(self) -> bool:
        """It goes on, or was not begun, or has been ended in good order."""
        has_died = self._thread is not None and not self._thread.is_alive()
        return self._is_over.is_set() or not (self._has_failed or has_died)

    def start(self) -> None:
        """Begin, unless it goes on already."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._go_on, name=self._name, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Wait for the work to return, which whoever owns it has told it to do."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()

    def _go_on(self) -> None:
        while not self._is_over.is_set():
            try:
                self._work(self._note_well)
            except Exception:  # noqa: BLE001 - whatever it is, the next time may go well
                self._has_failed = True
                _log.exception("%s failed; beginning anew", self._name)
                self._is_over.wait(self._retry_seconds)
            else:
                return

    def _note_well(self) -> None:
        self._has_failed = False
