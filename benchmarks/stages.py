"""Where an export's time goes: each step of the pipeline by itself, in one thread.

Usage: python -m benchmarks.stages [--records 1000000] [--folder FOLDER]

On SQLite, in this process, window by window: CPU seconds of reading, parsing, making XML and
deflating, which are the floor of each step; the service does them in threads beside each other.
`--folder` is that of `benchmarks.export`.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

from sqlalchemy import select

from benchmarks.export import filled, store_folder
from transload.data_types import store as data_types
from transload.db.engine import open_database
from transload.db.tables import records
from transload.documents.lines import Content
from transload.documents.order import Order, Slice
from transload.documents.windows import iterate
from transload.exports.record_columns import columns
from transload.formats import csv_rows
from transload.formats.deflater import deflate
from transload.formats.json_reader import read_lines
from transload.formats.xlsx_rows import render_rows
from transload.records.source import source_of
from transload.records.store import Selection

_CHOSEN = ["dataId", "name", "city", "creditLimit"]


class _Clock:
    """CPU seconds, by the name of what they went to."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        started = process_time()
        yield
        self.seconds[name] += process_time() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with store_folder(options.folder, "sqlite") as folder:
        data_type_id, _ = filled(folder, options.records)
        clock = _measured(folder, data_type_id, options.records)
    print("| step | CPU s |\n|---|---|")
    for name, seconds in clock.seconds.items():
        print(f"| {name} | {seconds:.2f} |")


def _measured(folder: Path, data_type_id: str, limit: int) -> _Clock:
    clock = _Clock()
    database = open_database("", folder)
    with database.long_snapshot() as connection:
        owner = select(records.c.organization_id).where(records.c.data_type_id == data_type_id)
        organization_id = connection.execute(owner.limit(1)).scalar_one()
        data_type = data_types.find(connection, organization_id, data_type_id)
        types = [] if data_type is None else [data_type]
        table = columns(data_type, types, None)
        selection = Selection(
            organization_id=organization_id, data_type_id=data_type_id, hub_ids=None
        )
        windows = iterate(
            connection,
            source_of(selection, types),
            Order(name="_id", is_descending=False),
            Slice(offset=0, limit=limit),
            Content(names=_CHOSEN, is_exact=True),
        )
        row = 2
        while True:
            with clock.on("read: the database joins a window's documents"):
                window = next(windows, None)
            if window is None:
                break
            with clock.on("json, 4 fields: cut them out"):
                _ = window.lines
            with clock.on("xlsx: parse into a frame"):
                frame = read_lines(window.read, table)
            with clock.on("xlsx: make the sheet's XML"):
                xml = render_rows(frame, table, row).xml
            with clock.on("xlsx: deflate it"):
                deflate(xml)
            with clock.on("csv: parse into a frame, dates as text"):
                frame = read_lines(window.read, table, keeps_dates_spelled=True)
            with clock.on("csv: make its lines"):
                csv_rows.lines(frame, table)
            row += window.rows
    database.close()
    return clock


if __name__ == "__main__":
    main()
