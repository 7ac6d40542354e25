"""Exports and imports while everything fails in turn; in the end each has ended, whole or said.

Usage: python -m faults [--jobs 300] [--seconds 150] [--rows 100000] [--seed 1] [--only KIND]

Processes are killed and frozen, the database and the store of files are stopped and started, a disk
runs full, and one worker's clock is an hour ahead. Everything runs on this machine, on loopback, in
bounded time. Exits with 1 if an export has not ended, a finished file is not whole and right, an
export took effect twice, or a row of an import is lost or there twice. Disks run full where the
system lets this user mount one (as root). `walk` asks each route for as much as it takes, and exits
with 1 if that costs others too much.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from faults.distributed import run_distributed
from faults.embedded import run_embedded
from faults.importing import (
    run_imports,
    run_imports_by_workers,
    run_task_imports,
    run_task_imports_by_workers,
)
from faults.report import Report
from faults.tasking import run_task_exports, run_task_exports_by_workers
from faults.walking import run_walk

_EXPORTS = {"embedded": run_embedded, "distributed": run_distributed, "walk": run_walk}
_KILLED = {
    "imports": run_imports,
    "imports-by-workers": run_imports_by_workers,
    "task-imports": run_task_imports,
    "task-imports-by-workers": run_task_imports_by_workers,
    "task-exports": run_task_exports,
    "task-exports-by-workers": run_task_exports_by_workers,
}


def main() -> None:
    """Run all kinds of trials, print what came of them, and exit with 1 on a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument(
        "--rows", type=int, default=100_000, help="of a file that is imported; five to a task"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=[*_EXPORTS, *_KILLED])
    options = parser.parse_args()
    reports: list[Report] = []
    for name in (*_EXPORTS, *_KILLED):
        if options.only in {None, name}:
            chance = random.Random(options.seed)  # noqa: S311 - faults, not secrets
            folder = Path(tempfile.mkdtemp(prefix="transload-faults-"))
            if name in _EXPORTS:
                report = _EXPORTS[name](folder, options.jobs, options.seconds, chance)
            else:
                report = _KILLED[name](folder, options.jobs, options.rows, chance)
            print(report.text(name), flush=True)
            if report.faults:
                print(f"The logs are in {folder}.")
            else:
                shutil.rmtree(folder, ignore_errors=True)
            reports.append(report)
    sys.exit(any(report.faults for report in reports))


if __name__ == "__main__":
    main()
