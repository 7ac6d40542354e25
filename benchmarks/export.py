"""A million records to xlsx: the whole service against XlsxWriter, from the same store.

Usage: python -m benchmarks.export [--records 1000000] [--runs 3] [--skip-peer]

Ours is the service as a user has it: a background export asked for over HTTP, timed from the
request to the log's `Done`, in a process that does nothing else; the median run by wall time.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import median_low

from benchmarks.measure import Measurement, measure_command, measure_process, table
from benchmarks.service import fill, served
from transload.demo import Client, export_in_background

_SMALLER = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-peer", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        _run(folder, options.records, options.runs, skip_peer=options.skip_peer)
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, records: int, runs: int, *, skip_peer: bool) -> None:
    large, small = folder / "large", folder / "small"
    print(f"Filling the stores with {records:,} and {records // _SMALLER:,} records ...")
    data_type_id, owner = fill(large, records)
    ours = _service(large, data_type_id, owner, records, runs)
    found = [ours]
    if not skip_peer:
        file = folder / "peer.xlsx"
        found.append(
            measure_command(
                "XlsxWriter constant_memory",
                "benchmarks.xlsxwriter_peer",
                str(large / "transload.db"),
                data_type_id,
                str(file),
                file=file,
            )
        )
    smaller = _service(small, *fill(small, records // _SMALLER), records // _SMALLER, runs)
    print(table([*found, smaller], ours))
    growth = ours.wall_seconds / _SMALLER / smaller.wall_seconds
    print(f"Time a record at {records:,} against {records // _SMALLER:,}: {growth:.2f}")


def _service(data_dir: Path, data_type_id: str, owner: str, records: int, runs: int) -> Measurement:
    with served(data_dir, owner) as (client, process):
        found = [
            measure_process(
                f"Transload, {records:,} records, whole service",
                process,
                lambda: _export(client, data_type_id, records),
            )
            for _ in range(runs)
        ]
    middle = median_low(one.wall_seconds for one in found)
    return next(one for one in found if one.wall_seconds == middle)


def _export(client: Client, data_type_id: str, records: int) -> int:
    *_, entry = export_in_background(client, data_type_id)
    if entry["status"] != "Done" or entry["totalRecords"] != records:
        raise RuntimeError(f"The export is not whole: {entry}")
    return int(entry["fileSize"])


if __name__ == "__main__":
    main()
