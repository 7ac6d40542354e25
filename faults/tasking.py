"""Exports of tasks while what writes them is killed: whole each time, child sheets and parts too.

Each trial asks for a file in the background: a workbook with a sheet of the tasks' bills, or JSON
in parts. The process is ended without a word at a random moment, and started again.
"""

import io
import random
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx
import orjson
from python_calamine import CalamineWorkbook

from faults.asking import PATIENCE_SECONDS, Asking
from faults.importing import TASKS_A_ROW
from faults.installation import Installation, filled, installed, installed_on_postgresql
from faults.programs import Program
from faults.report import Report

_JOBS_A_TRIAL = 15
_ITEMS = 3
_MOST_AT_ONCE = 2_000
_A_PART = 10_000
_LONGER = 1.2
_FLOW = "Deliveries"
_COMPONENTS = [
    {"id": "outlet", "component": "input", "title": "Outlet"},
    {"id": "goods", "component": "bill", "title": "Goods"},
]


def run_task_exports(folder: Path, jobs: int, rows: int, chance: random.Random) -> Report:
    """Kill one process on SQLite, a trial for fifteen of the jobs; give what came of it.

    There is a task for five of the rows.
    """
    with installed(folder, folder / "data", {}, services=1, workers=0) as made:
        return _trials(made, made.services, jobs, rows, chance)


def run_task_exports_by_workers(
    folder: Path, jobs: int, rows: int, chance: random.Random
) -> Report:
    """Kill one of two workers on PostgreSQL, likewise."""
    with installed_on_postgresql(folder) as made:
        return _trials(made, made.workers, jobs, rows, chance)


def _trials(
    made: Installation, killed: Sequence[Program], jobs: int, rows: int, chance: random.Random
) -> Report:
    trials, tasks = jobs // _JOBS_A_TRIAL, rows // TASKS_A_ROW
    report = Report(asked=trials, events=Counter(), endings=Counter(), refusals=Counter())
    [tenant] = filled(made.settings, [1])
    headers = {"Authorization": f"Bearer {tenant.token}"}
    address = f"{made.addresses[0]}/api/v3"
    with httpx.Client(base_url=address, headers=headers, timeout=120) as client:
        asking = Asking(client=client)
        ids = _filled_with_tasks(asking, tasks)
        longest = {one: _exported(asking, one, ids, lambda: None, report) for one in _CHECKS}
        for trial in range(trials):
            download = tuple(_CHECKS)[trial % len(_CHECKS)]
            program = chance.choice(killed)
            seconds = chance.random() * longest[download] * _LONGER
            _exported(asking, download, ids, partial(program.restart_after, seconds), report)
            report.events[f"{program.name} killed"] += 1
        log = asking.answer("GET", "/tasks/export-log", limit=100)
        if log["total"] != trials + len(_CHECKS):
            report.faults.append(f"the log has {log['total']} exports")
    return report


def _filled_with_tasks(asking: Asking, count: int) -> list[str]:
    """Make a flow and so many tasks of it, each with a bill; give their ids."""
    flow = {"name": _FLOW, "pages": [{"id": "page", "components": _COMPONENTS}]}
    asking.answer("POST", "/flow", flow)
    hub = asking.ask("GET", "/hubs")[0]["_id"]
    ids: list[str] = []
    for start in range(0, count, _MOST_AT_ONCE):
        tasks = [
            {"flow": _FLOW, "hubId": hub, "outlet": f"{at:06}", "goods": {"items": _items(at)}}
            for at in range(start, min(count, start + _MOST_AT_ONCE))
        ]
        answer = asking.answer("POST", "/tasks/bulk", {"tasks": tasks})
        ids += [one["_id"] for one in answer["tasks"]]
    return ids


def _items(task: int) -> list[dict[str, object]]:
    return [{"name": f"{task}-{at}", "unit_price": at, "qty": task} for at in range(_ITEMS)]


def _exported(
    asking: Asking, download: str, ids: list[str], disturb: Callable[[], None], report: Report
) -> float:
    """Export all tasks while that is disturbed, and look at the file; give how long it took."""
    asked = {
        "download": download,
        "background": True,
        "limit": len(ids),
        "sortOrder": "asc",
        "fields": "outlet,goods",
    }
    number = asking.ask("POST", "/tasks/export", asked)["exportId"]
    started = time.monotonic()
    disturb()
    deadline = started + PATIENCE_SECONDS
    while (entry := asking.ask("GET", f"/export/{number}"))["status"] == "Processing":
        if time.monotonic() > deadline:
            report.faults.append(f"{number} has not ended")
            return time.monotonic() - started
        time.sleep(0.05)
    seconds = time.monotonic() - started
    report.endings[f"{download}: {entry['status']}"] += 1
    if entry["status"] != "Done":
        report.faults.append(f"{number} came to {entry}")
        return seconds
    content = httpx.get(entry["fileUrl"], timeout=60).raise_for_status().content
    fault = _CHECKS[download](content, ids)
    if entry["totalRecords"] != len(ids):
        fault = f"the log says {entry['totalRecords']} tasks"
    if fault:
        report.faults.append(f"{number}: {fault}")
    return seconds


def _fault_of_workbook(content: bytes, ids: list[str]) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    tasks = book.get_sheet_by_name("Tasks").to_python()[1:]
    goods = book.get_sheet_by_name("Goods").to_python()[1:]
    if [tuple(row) for row in tasks] != [(one, f"{at:06}") for at, one in enumerate(ids)]:
        return f"the first sheet has {len(tasks)} rows, or other ones"
    expected = [(one, f"{at}-{n}") for at, one in enumerate(ids) for n in range(_ITEMS)]
    if [(row[0], row[1]) for row in goods] != expected:
        return f"the second sheet has {len(goods)} rows, or other ones"
    return ""


def _fault_of_parts(content: bytes, ids: list[str]) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip() is not None:
            return "the archive is damaged"
        parts = [orjson.loads(archive.read(name)) for name in archive.namelist()]
    sizes = [len(part) for part in parts]
    if any(size != _A_PART for size in sizes[:-1]):
        return f"the parts have {sizes} tasks"
    found = [(task["outlet"], task["goods"]["items"]) for part in parts for task in part]
    if found != [(f"{at:06}", _items(at)) for at in range(len(ids))]:
        return f"there are {len(found)} tasks, or other ones"
    return ""


_CHECKS: Mapping[str, Callable[[bytes, list[str]], str]] = {
    "xlsx": _fault_of_workbook,
    "json": _fault_of_parts,
}
