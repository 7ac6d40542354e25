"""What all writers of files have in common: how they begin and end."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, Self, TypeVar

from transload.formats.columns import Losses

Batch = TypeVar("Batch")


class FullError(ValueError):
    """The format holds no more rows; the text says how many it does."""


class Writer(ABC, Generic[Batch]):
    """Writes one file in a `with` block, whose end completes it; the file itself stays open.

    The rows of a table come in batches: stored documents as JSON objects, one a line, with or
    without a newline at the end; or frames that have the table's columns by id, typed as their
    kinds say. The batches of several tables may alternate. The bytes depend on the tables and
    their rows alone, not on how rows are cut into batches.

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

    def write(self, batch: Batch, table: int = 0) -> None:
        """Append rows to a table, which is named by its number from 0.

        Raises ValueError for a table that the file does not have, FullError where it takes no more,
        and whatever writing an earlier batch has raised.
        """
        with self._working():
            self._append(batch, table)

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
    def _append(self, batch: Batch, table: int) -> None:
        """Write rows, or hand them to a thread that does."""

    @abstractmethod
    def _completed(self) -> Losses:
        """Write what is left to write; give what the file does not hold."""

    @abstractmethod
    def _stop(self) -> None:
        """End the threads; stopping again changes nothing."""


class OneTable(Writer[Batch]):
    """A writer of a file that holds one table."""

    def _append(self, batch: Batch, table: int) -> None:
        if table:
            raise ValueError("The file holds one table.")
        self._add(batch)

    @abstractmethod
    def _add(self, batch: Batch) -> None:
        """Write rows, or hand them to a thread that does."""
