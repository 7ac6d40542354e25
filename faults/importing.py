"""Imports while what works on them is killed: every row in the store or in the file, once.

Each trial sends a file of which one row in a hundred is bad: at once, or as a draft some of whose
bad cells are mended. A process is ended without a word at a random moment of the import, and
started again; then the import is taken back, and that is interrupted in the same way.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from faults.asking import PATIENCE_SECONDS, Asking
from faults.imported import Records, Tasks, Things
from faults.installation import Installation, filled, installed, installed_on_postgresql
from faults.programs import Program
from faults.report import Report

_OUTLETS = 100
_ROWS_FOR_A_BAD_ONE = 100
_MENDED = 20
_JOBS_A_TRIAL = 6
_LONGER = 1.2
TASKS_A_ROW = 5


def run_imports(folder: Path, jobs: int, rows: int, chance: random.Random) -> Report:
    """Kill one process on SQLite, a trial for six of the jobs; give what came of it."""
    with installed(folder, folder / "data", {}, services=1, workers=0) as made:
        return _trials(made, made.services, jobs, rows, chance)


def run_imports_by_workers(folder: Path, jobs: int, rows: int, chance: random.Random) -> Report:
    """Kill one of two workers on PostgreSQL, likewise."""
    with installed_on_postgresql(folder) as made:
        return _trials(made, made.workers, jobs, rows, chance)


def run_task_imports(folder: Path, jobs: int, rows: int, chance: random.Random) -> Report:
    """Do as `run_imports`, with tasks and the rows of their bills: a task for five of the rows."""
    with installed(folder, folder / "data", {}, services=1, workers=0) as made:
        return _trials(made, made.services, jobs, rows // TASKS_A_ROW, chance, of_tasks=True)


def run_task_imports_by_workers(
    folder: Path, jobs: int, rows: int, chance: random.Random
) -> Report:
    """Do as `run_imports_by_workers`, likewise."""
    with installed_on_postgresql(folder) as made:
        return _trials(made, made.workers, jobs, rows // TASKS_A_ROW, chance, of_tasks=True)


def _trials(
    made: Installation,
    killed: Sequence[Program],
    jobs: int,
    rows: int,
    chance: random.Random,
    *,
    of_tasks: bool = False,
) -> Report:
    trials = jobs // _JOBS_A_TRIAL
    [tenant] = filled(made.settings, [_OUTLETS])
    report = Report(asked=trials, events=Counter(), endings=Counter(), refusals=Counter())
    headers = {"Authorization": f"Bearer {tenant.token}"}
    with httpx.Client(
        base_url=f"{made.addresses[0]}/api/v3", headers=headers, timeout=120
    ) as client:
        user = _User(client=client)
        things: Things = Tasks.made(user) if of_tasks else Records.of(user, tenant.data_type_id)
        for trial in range(-1, trials):
            one = _Trial(user=user, things=things, rows=rows, number=trial, is_draft=trial % 2 == 1)
            if trial < 0:
                longest = one.undisturbed()
                continue
            for step, seconds in zip((one.imported, one.taken_back), longest, strict=True):
                program = chance.choice(killed)
                killing = partial(program.restart_after, chance.random() * seconds * _LONGER)
                faults = step(killing)
                report.events[f"{program.name} killed"] += 1
                report.faults += [f"trial {trial}: {fault}" for fault in faults]
            report.endings[one.ending] += 1
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _User(Asking):
    """Who imports."""

    def settled(self, number: str) -> dict[str, Any]:
        """Wait until the last step of an import has ended; give the import."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found: dict[str, Any] = self.ask("GET", f"/imports/{number}")
            if found["job"] is None or found["job"]["status"] != "running":
                return found
            time.sleep(0.1)
        return {"status": "not ended", "_id": number}


@dataclass(slots=True, kw_only=True)
class _Trial:
    """One file: imported, then taken back."""

    user: _User
    things: Things
    rows: int
    number: int
    is_draft: bool
    ending: str = ""
    _id: str = ""
    _mended: int = 0
    _seconds: float = 0

    def undisturbed(self) -> tuple[float, float]:
        """Import it, and take it back; give how many seconds each takes a worker."""
        faults = self.imported(lambda: None)
        importing = self._seconds
        faults += self.taken_back(lambda: None)
        if faults:
            raise RuntimeError(f"An import that nothing disturbs: {faults}")
        return importing, self._seconds

    def imported(self, disturb: Callable[[], None]) -> list[str]:
        """Import it while it is disturbed; give what is wrong then."""
        user = self.user
        path = "/imports" if self.is_draft else "/data/import"
        numbers = [str(at) if at % _ROWS_FOR_A_BAD_ONE else "bad" for at in range(self.rows)]
        file = {"file": self.things.file(self._keys, numbers)}
        form = self.things.form
        answer = user.client.post(path, files=file, data=form).raise_for_status()
        self._id = answer.json()["data"]["_id"]
        if self.is_draft:
            self._mend_some()
            user.ask("POST", f"/imports/{self._id}/commit", {})
        record = self._ended(disturb)
        self.ending = record["status"]
        return self._faults_of_rows(record)

    def taken_back(self, disturb: Callable[[], None]) -> list[str]:
        """Take it back while that is disturbed; give what is wrong then."""
        user = self.user
        user.ask("POST", f"/imports/{self._id}/undo", {})
        record = self._ended(disturb)
        faults = []
        if left := self.things.stored(self._prefix):
            faults.append(f"{len(left)} records are left after the undo")
        expected = {"removed": self.rows - self._bad, "restored": 0, "kept": 0}
        if record.get("undone") != expected:
            faults.append(f"the undo says {record.get('undone')}")
        return faults

    def _ended(self, disturb: Callable[[], None]) -> dict[str, Any]:
        started = time.monotonic()
        disturb()
        record = self.user.settled(self._id)
        self._seconds = time.monotonic() - started
        return record

    @property
    def _prefix(self) -> str:
        return f"T{self.number}-"

    @property
    def _keys(self) -> list[str]:
        return [f"{self._prefix}{at}" for at in range(self.rows)]

    @property
    def _bad(self) -> int:
        return self.rows // _ROWS_FOR_A_BAD_ONE - self._mended

    def _mend_some(self) -> None:
        user, path = self.user, f"/imports/{self._id}"
        user.ask("POST", f"{path}/check")
        user.settled(self._id)
        rows = user.ask("GET", f"{path}/rows", show="invalid", limit=_MENDED)["rows"]
        cells = [
            {"row": row["row"], "field": self.things.number_field, "value": "1"} for row in rows
        ]
        user.ask("PATCH", f"{path}/cells", {"cells": cells})
        user.settled(self._id)
        self._mended = len(cells)

    def _faults_of_rows(self, record: dict[str, Any]) -> list[str]:
        if record["status"] != "partially":
            return [f"it came to {record}"]
        rows, bad = self.rows, self._bad
        counts = (record["totalRows"], record["totalValid"], record["totalInvalid"])
        faults = []
        if counts != (rows, rows - bad, bad):
            faults.append(f"the receipt says {counts}")
        stored = Counter(self.things.stored(self._prefix))
        content = httpx.get(record["fileFailedImported"], timeout=60).raise_for_status().content
        failed = Counter(self.things.failed(content))
        if stored + failed != Counter(self._keys):
            faults.append(
                f"{len(stored)} keys are stored, {len(failed)} are in the file of failed rows"
            )
        if stored.keys() & failed.keys():
            faults.append("a row is in both")
        return faults
