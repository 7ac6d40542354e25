"""Writers beside one export after the other, on the embedded store.

Usage: python -m benchmarks.writers [--records 1000000] [--seconds 60]

Four clients send bulks of 500 new records and changes of single ones, by turns, while a background
export of all records runs again and again. Writes on SQLite wait for each other alone: the longest
wait says whether that holds beside an export, the write-ahead log whether it is kept in bounds.
"""

import argparse
import itertools
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.exporting import exporting
from benchmarks.load import Request, load
from benchmarks.service import fill, served
from transload import samples
from transload.client import Client

_CLIENTS = 4
_BULK = 500
_IDS = 1_000
_LOOK_SECONDS = 0.02
_REST_SECONDS = 5
_WANTED_MS = 1_000
_WANTED_MB = 1_100
_LEFT_MB = 34


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        _run(folder, options.records, options.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, records: int, seconds: float) -> None:
    data_type_id, owner = fill(folder, records)
    log = _Log(folder / "transload.db-wal")
    with served(folder, owner) as (client, _):
        writes = _Writes(client, data_type_id)
        with exporting(client, data_type_id) as exported, log.watched():
            found = load("writes", client, writes.make, seconds=seconds, clients=_CLIENTS)
        time.sleep(_REST_SECONDS)
        left = log.megabytes
    print(f"\n## {_CLIENTS} writers beside exports of {records:,} records, {seconds:.0f} s\n")
    print("| what | measured | wanted |\n|---|---|---|")
    print(f"| records written a second | {writes.records / seconds:,.0f} | |")
    print(f"| writes a second | {found.requests_per_second:,.0f} | |")
    print(f"| wait of a write, p50 ms | {found.p50:,.0f} | |")
    print(f"| wait of a write, p99 ms | {found.p99:,.0f} | |")
    print(f"| wait of a write, longest ms | {found.slowest:,.0f} | < {_WANTED_MS:,} |")
    print(f"| exports done | {len(exported)} | |")
    print(f"| an export, s | {sum(exported) / max(1, len(exported)):.1f} | |")
    print(f"| largest write-ahead log, MB | {log.largest:,.0f} | < {_WANTED_MB:,} |")
    print(f"| {_REST_SECONDS} s afterwards, MB | {left:,.0f} | < {_LEFT_MB} |", flush=True)


class _Writes:
    """Requests that write, and how many records they have carried."""

    def __init__(self, client: Client, data_type_id: str) -> None:
        page = client.get("/data", dataTypeId=data_type_id, limit=_IDS)["data"]["data"]
        place = {"hubId": page[0]["hubId"], "dataTypeId": data_type_id}
        self._ids = [record["_id"] for record in page]
        self._sample = [{**record, **place} for record in samples.outlets(_BULK, seed=2)]
        self._numbers = itertools.count(10**9)
        self._sent = itertools.count()
        self.records = 0

    def make(self, chance: random.Random) -> Request:
        """Give a bulk of new records or a change of one, by turns."""
        if next(self._sent) % 2:
            self.records += 1
            change = {"name": f"Outlet {chance.randrange(10**6)}"}
            return Request(method="PATCH", path=f"/data/{chance.choice(self._ids)}", body=change)
        self.records += _BULK
        items = [{**record, "dataId": str(next(self._numbers))} for record in self._sample]
        return Request(method="POST", path="/data/bulk", body={"data": items}, status=201)


class _Log:
    """SQLite's write-ahead log: its size in MB, and the largest seen while it was watched."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.largest = 0.0

    @property
    def megabytes(self) -> float:
        return self._path.stat().st_size / 1e6 if self._path.exists() else 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(_LOOK_SECONDS):
                self.largest = max(self.largest, self.megabytes)

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()


if __name__ == "__main__":
    main()
