"""An import of tasks with a sheet of bill items, from the upload to success, as its users see it.

    python -m benchmarks.task_imports [--tasks 100000] [--items 3] [--store sqlite]

The file is sent over HTTP to a service that serves reads meanwhile. Memory is the most that the
service and the process that reads hold together. Half as many tasks are imported
before, so that the cost of a row shows whether it grows with them.
"""

import argparse
import time
from pathlib import Path

from benchmarks.imports import at_share, imported, reading, watched
from benchmarks.service import empty_store, fill, served
from benchmarks.tasks import COLUMNS, windows_of_tasks, write_workbook
from transload.client import Client

_SENT = ("_id", "title", "status", "startTime", "outlet", "amount")
_COMPONENTS = [
    {"id": "outlet", "component": "input", "title": "Outlet"},
    {"id": "amount", "component": "input", "title": "Amount", "inputType": "number"},
    {"id": "goods", "component": "bill", "title": "Goods"},
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=3)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    with empty_store(options.store) as (data, _):
        _, owner = fill(data, 1_000)
        with served(data, owner) as (client, process):
            flow = {"name": "Delivery", "pages": [{"id": "page", "components": _COMPONENTS}]}
            form = {
                "type": "task",
                "flowId": client.post("/flow", flow)["flow"]["_id"],
                "hubId": client.get("/hubs")["data"][0]["_id"],
            }
            for tasks in (options.tasks // 2, options.tasks):
                file = data / f"tasks-{tasks}.xlsx"
                columns = [column for column in COLUMNS if column.id in _SENT]
                write_workbook(windows_of_tasks(tasks, options.items), file, columns)
                with watched(process) as watch, reading(client) as reads:
                    seconds = _import_seconds(client, file, form, tasks)
                rows = tasks * (1 + options.items)
                print(
                    f"{tasks:,} tasks, {rows:,} rows, {file.stat().st_size / 1e6:.1f} MB: "
                    f"{seconds:.1f} s, {1e6 * seconds / rows:.0f} us a row, "
                    f"{watch.cpu_seconds:.1f} s of processors, "
                    f"{watch.peak_bytes / (1 << 20):.0f} MiB at the peak; reads meanwhile: "
                    f"p50 {at_share(reads, 0.5):.0f} ms, p99 {at_share(reads, 0.99):.0f} ms",
                    flush=True,
                )


def _import_seconds(client: Client, file: Path, form: dict[str, str], tasks: int) -> float:
    started = time.perf_counter()
    record = imported(client, file, form)
    seconds = time.perf_counter() - started
    if record["status"] != "success" or record["created"] != tasks:
        raise RuntimeError(str(record))
    return seconds


if __name__ == "__main__":
    main()
