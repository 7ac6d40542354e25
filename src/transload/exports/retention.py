"""Removes exports that are past their 30 days, with their files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from transload.clock import Clock
from transload.db.engine import Database
from transload.exports import store
from transload.exports.model import KEEP_DAYS, Export, export_of
from transload.files.model import Files
from transload.shutdown import Shutdown

RETENTION = "retention"
_PART = 100
_GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Removes the exports of all organizations that are past their time."""

    database: Database
    files: Files
    clock: Clock
    shutdown: Shutdown

    def sweep(self) -> None:
        """Remove entries past 30 days, their files, and every file that no entry leads to.

        Works in parts of 100, each a transaction of its own, and leaves the rest to the next sweep
        when the process stops. Does no harm where two sweep at the same time.
        """
        with self.shutdown.awaits():
            self._remove_entries()
            self._remove_files()

    def _remove_entries(self) -> None:
        before = self.clock.now() - timedelta(days=KEEP_DAYS)
        while not self.shutdown.has_begun:
            with self.database.read() as connection:
                past = store.find_asked_before(connection, before, _PART)
            if not past:
                return
            for export in past:
                self.files.remove(export.file_key)
            with self.database.write() as connection:
                store.remove(connection, [export.id for export in past])

    def _remove_files(self) -> None:
        for part in _parts(self.files.iterate()):
            if self.shutdown.has_begun:
                return
            named = {key: export_id for key in part if (export_id := export_of(key))}
            with self.database.read() as connection:
                entries = {one.id: one for one in store.find_all(connection, named.values())}
            now = self.clock.now()
            for key, export_id in named.items():
                if not _is_kept(key, entries.get(export_id), now):
                    self.files.remove(key)


def _is_kept(key: str, export: Export | None, now: datetime) -> bool:
    """Tell whether something leads to the file, or may do so soon.

    A direct export writes its file before its entry, so a file without one is left for a day. Of a
    finished export, what workers that were taken for dead have left leads nowhere.
    """
    if export is None:
        return key >= f"{now - _GRACE:%Y%m%d}"
    return not export.is_over or (export.has_file(now) and key == export.file_key)


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while part := list(islice(left, _PART)):
        yield part
