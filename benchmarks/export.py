"""A million records to each format: the whole service against its peers, from the same store.

Usage: python -m benchmarks.export [--records 1000000] [--runs 3] [--skip-peers]

Ours is the service as a user has it, in a process of its own: a background export asked for over
HTTP, timed from the request to the log's `Done`; the median run by wall time. How time grows with
the records is measured by direct exports, which wait in no queue.

The peers are what one would write by hand: XlsxWriter in constant memory, csv.writer, and orjson a
document.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median_low

import psutil  # type: ignore[import-untyped]  # ships no types

from benchmarks.measure import Measurement, measure_command, measure_process, table
from benchmarks.service import fill, served
from transload.demo import Client, export_in_background

_SMALLER = 10
_CHOSEN = "dataId,name,city,creditLimit"
_PEERS = {
    "xlsx": ("XlsxWriter constant_memory", "benchmarks.xlsxwriter_peer", ()),
    "csv": ("csv.writer", "benchmarks.csv_peer", ()),
    "json": ("orjson a document", "benchmarks.json_peer", ()),
    "json, 4 fields": ("orjson a document, 4 fields", "benchmarks.json_peer", (_CHOSEN,)),
}
_OURS = {
    "ndjson": ("ndjson", ""),
    "json": ("json", ""),
    "json, 4 fields": ("json", _CHOSEN),
    "csv": ("csv", ""),
    "parquet": ("parquet", ""),
    "xlsx": ("xlsx", ""),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-peers", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        _run(folder, options.records, options.runs, skip_peers=options.skip_peers)
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, records: int, runs: int, *, skip_peers: bool) -> None:
    print(f"Filling the store with {records:,} records ...")
    data_type_id, owner = fill(folder, records)
    smaller = records // _SMALLER
    with served(folder, owner) as (client, process):

        def median(name: str, work: Callable[[], int]) -> Measurement:
            return _median(f"Transload, {name}, whole service", process, work, runs)

        def in_background(file_format: str, fields: str) -> Callable[[], int]:
            return lambda: _in_background(client, data_type_id, records, file_format, fields)

        ours = {name: median(name, in_background(*asked)) for name, asked in _OURS.items()}
        whole = median("direct xlsx", lambda: _directly(client, data_type_id, records))
        part = median(f"direct xlsx, {smaller:,}", lambda: _directly(client, data_type_id, smaller))
    peers = [] if skip_peers else [_peer(folder, data_type_id, name) for name in _PEERS]
    print(table([*ours.values(), *peers, whole, part], ours["xlsx"]))
    growth = whole.wall_seconds / _SMALLER / part.wall_seconds
    print(f"Time a record at {records:,} against {smaller:,}: {growth:.2f}")


def _median(name: str, process: psutil.Process, work: Callable[[], int], runs: int) -> Measurement:
    found = [measure_process(name, process, work) for _ in range(runs)]
    middle = median_low(one.wall_seconds for one in found)
    return next(one for one in found if one.wall_seconds == middle)


def _peer(folder: Path, data_type_id: str, name: str) -> Measurement:
    title, module, more = _PEERS[name]
    file = folder / "peer"
    database = str(folder / "transload.db")
    return measure_command(title, module, database, data_type_id, str(file), *more, file=file)


def _in_background(
    client: Client, data_type_id: str, records: int, file_format: str, fields: str
) -> int:
    *_, entry = export_in_background(client, data_type_id, file_format, fields)
    if entry["status"] != "Done" or entry["totalRecords"] != records:
        raise RuntimeError(f"The export is not whole: {entry}")
    return int(entry["fileSize"])


def _directly(client: Client, data_type_id: str, records: int) -> int:
    answer = client.post(
        "/data/export", download="xlsx", dataTypeId=data_type_id, limit=records, sortOrder="asc"
    )
    if answer["total_data_be"] != records:
        raise RuntimeError(f"The export is not whole: {answer}")
    newest = client.get("/tasks/export-log", limit=1)["data"][0]
    return int(newest["_source"]["fileSize"])


if __name__ == "__main__":
    main()
