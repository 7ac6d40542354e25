"""Removes imports that are past their 30 days, with their files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from transload.clock import Clock
from transload.db.engine import Database
from transload.files.model import Files
from transload.imports import store
from transload.imports.model import KEEP_DAYS
from transload.shutdown import Shutdown

RETENTION = "import_retention"
_PART = 100
_GRACE = timedelta(days=1)
_KEY = re.compile(r"\d{8}/imp_([0-9a-f]{24})\..+", re.ASCII)


def import_of(file_key: str) -> str | None:
    """Give the id of the import whose file has the key; None for a key of another kind."""
    found = _KEY.fullmatch(file_key)
    return None if found is None else found[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRetention:
    """Removes the imports of all organizations that are past their time."""

    database: Database
    files: Files
    clock: Clock
    shutdown: Shutdown

    def sweep(self) -> None:
        """Remove imports past 30 days and every file of an import that is not there.

        Does no harm where two sweep at the same time; stops where the process does.
        """
        with self.shutdown.awaits():
            self._remove_imports()
            self._remove_files()

    def _remove_imports(self) -> None:
        before = self.clock.now() - timedelta(days=KEEP_DAYS)
        while not self.shutdown.has_begun:
            with self.database.read() as connection:
                past = store.find_made_before(connection, before, _PART)
            if not past:
                return
            for one in past:
                with self.database.write() as connection:
                    store.remove(connection, one)

    def _remove_files(self) -> None:
        """Remove the files of imports that are gone; those of today may not have theirs yet."""
        today = f"{self.clock.now() - _GRACE:%Y%m%d}"
        for part in _parts(self.files.iterate()):
            if self.shutdown.has_begun:
                return
            named = {key: found for key in part if (found := import_of(key))}
            with self.database.read() as connection:
                there = {one.id for one in store.find_all(connection, list(named.values()))}
            for key, import_id in named.items():
                if import_id not in there and key < today:
                    self.files.remove(key)


def _parts(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while part := list(islice(left, _PART)):
        yield part
