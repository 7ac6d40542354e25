"""Measures an xlsx file of tasks with a sheet of bill items, against XlsxWriter writing the same.

    python -m benchmarks.tasks [--tasks 100000] [--items 3]

Each is run in a process of its own; the peak of its memory is that of the process.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import orjson
import xlsxwriter  # type: ignore[import-untyped]  # it has no types of its own

from transload.exports.task_children import BILL_COLUMNS, CostsLeftOut
from transload.exports.task_rows import TaskRows
from transload.formats.columns import Column, Kind, Table
from transload.formats.stage import Stage
from transload.formats.xlsx_writer import XlsxWriter

_WINDOW_ROWS = 5_000
COLUMNS = [
    Column(id="_id", title="ID", kind=Kind.TEXT),
    Column(id="flow", title="flow", kind=Kind.TEXT),
    Column(id="hubId", title="hubId", kind=Kind.TEXT),
    Column(id="title", title="title", kind=Kind.TEXT),
    Column(id="status", title="status", kind=Kind.TEXT),
    Column(id="startTime", title="startTime", kind=Kind.DATE_TIME),
    Column(id="createdBy", title="createdBy", kind=Kind.TEXT),
    Column(id="createdTime", title="createdTime", kind=Kind.DATE_TIME),
    Column(id="outlet", title="Outlet", kind=Kind.TEXT),
    Column(id="amount", title="Amount", kind=Kind.NUMBER),
]


def _documents(tasks: int, items: int) -> Iterator[dict[str, object]]:
    for at in range(tasks):
        yield {
            "_id": f"{at:024x}",
            "flow": "Delivery",
            "hubId": f"{at % 40:024x}",
            "title": f"Delivery {at} to Toko Maju & Sons",
            "status": "ONGOING",
            "startTime": "2025-01-31T10:20:30+00:00",
            "createdBy": "planner@example.com",
            "createdTime": "2025-01-31T10:20:30+00:00",
            "outlet": f"Outlet {at % 977}",
            "amount": at / 8,
            "goods": {
                "items": [
                    {"name": f"Rice {n}", "unit_price": 12_000 + n, "qty": at % 7 + n}
                    for n in range(items)
                ],
                "costs": [],
            },
        }


def windows_of_tasks(tasks: int, items: int) -> Iterator[bytes]:
    """Give documents of tasks, one a line, with so many items in each bill."""
    held = []
    for document in _documents(tasks, items):
        held.append(orjson.dumps(document))
        if len(held) == _WINDOW_ROWS:
            yield b"\n".join(held)
            held = []
    if held:
        yield b"\n".join(held)


def write_workbook(windows: Iterable[bytes], path: Path, columns: Sequence[Column]) -> None:
    """Write tasks and the items of their bills as an export does."""
    tables = [Table(columns=columns, name="Tasks"), Table(columns=BILL_COLUMNS, name="Goods")]
    rows = TaskRows(columns=columns, additional={}, children={"goods": CostsLeftOut(frozenset())})
    with path.open("wb") as file, XlsxWriter(file, tables, folder=path.parent) as writer:

        def write(lines: bytes) -> None:
            for number, frame in enumerate(rows(lines, keeps_dates_spelled=False)):
                writer.write(frame, number)

        with Stage(write, depth=2) as stage:
            for window in windows:
                stage.put(window)
            stage.finish()


def _peer(windows: list[bytes], path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)})
    sheets = [book.add_worksheet(name) for name in ("Tasks", "Goods")]
    for sheet, columns in zip(sheets, (COLUMNS, BILL_COLUMNS), strict=True):
        sheet.write_row(0, 0, [column.title for column in columns])
    at, row = 0, 0
    for window in windows:
        for line in window.split(b"\n"):
            task = orjson.loads(line)
            at += 1
            sheets[0].write_row(at, 0, [task[column.id] for column in COLUMNS])
            for item in task["goods"]["items"]:
                row += 1
                sheets[1].write_row(
                    row, 0, [task["_id"], item["name"], item["qty"], item["unit_price"]]
                )
    book.close()


def _run(name: str, tasks: int, items: int) -> None:
    windows = list(windows_of_tasks(tasks, items))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.xlsx"
        started, worked = perf_counter(), process_time()
        if name == "transload":
            write_workbook(windows, path, COLUMNS)
        else:
            _peer(windows, path)
        seconds, worked = perf_counter() - started, process_time() - worked
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{name:11} {seconds:7.2f} s, {worked:.2f} s of processors  {size / 1e6:7.1f} MB of file"
        f"  {peak / 1024:6.0f} MB at the peak, {held / 1024:.0f} MB of it before"
    )


def main() -> None:
    """Run both, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=3)
    parser.add_argument("--only", choices=["transload", "xlsxwriter"])
    asked = parser.parse_args()
    if asked.only:
        _run(asked.only, asked.tasks, asked.items)
        return
    for name in ("transload", "xlsxwriter"):
        command = [sys.executable, __file__, "--only", name]
        command += ["--tasks", str(asked.tasks), "--items", str(asked.items)]
        subprocess.run(command, check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    main()
