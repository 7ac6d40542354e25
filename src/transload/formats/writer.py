"""What all writers of files have in common: how they begin and end."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from transload.formats.columns import Losses


class Writer(ABC):
    """Writes one file in a `with` block, whose end completes it; the file itself stays open.

    Leaving the block by an exception, or a failure to write, ends the writer's threads and leaves
    the file incomplete for good. A writer that has ended takes nothing more.
    """

    def __init__(self) -> None:
        self._is_open = True
        self._found: Losses | None = None

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Complete the file, or abandon it after an exception."""
        if kind is None:
            self.close()
        else:
            self._end()

    def close(self) -> Losses:
        """Complete the file; closing again changes nothing. Returns what the file does not hold."""
        if self._found is None:
            with self._working():
                self._found = self._completed()
            self._end()
        return self._found

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Require an open writer, and abandon the file if the block fails."""
        if not self._is_open:
            raise ValueError("The file is closed.")
        try:
            yield
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        self._is_open = False
        self._stop()

    @abstractmethod
    def _completed(self) -> Losses:
        """Write what is left to write; give what the file does not hold."""

    @abstractmethod
    def _stop(self) -> None:
        """End the threads; stopping again changes nothing."""
