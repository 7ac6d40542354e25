"""The limit: rows parsed and inserted as JSON documents, nothing checked."""

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from python_calamine import CalamineWorkbook

from benchmarks import peer
from benchmarks.import_files import import_fields

_IDS = [field.id for field in import_fields()]


def write(store: str, file: str) -> None:
    """Import a file into an SQLite file."""
    with sqlite3.connect(store) as database:
        database.execute("CREATE TABLE records (key TEXT PRIMARY KEY, document TEXT)")
        database.executemany(
            "INSERT INTO records VALUES (?, ?)",
            (
                (row[0], orjson.dumps(dict(zip(_IDS, row, strict=True))).decode())
                for row in _rows(Path(file))
            ),
        )


def _rows(file: Path) -> Iterator[Sequence[object]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as text:
            rows = csv.reader(text)
            next(rows)
            yield from rows
        return
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
    found = iter(sheet.iter_rows())
    next(found)
    yield from found


if __name__ == "__main__":
    peer.run(write)
