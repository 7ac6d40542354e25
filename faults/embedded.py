"""One process on SQLite: killed again and again, its disk full for a while."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from faults.disk import small_disk
from faults.installation import filled, installed
from faults.report import Report
from faults.schedule import run
from faults.work import Work

_FULL_SECONDS = 4
_DISK_MIB = 1_500


def run_embedded(folder: Path, jobs: int, seconds: float, chance: random.Random) -> Report:
    """Run it; give what came of it."""
    with (
        small_disk(folder / "disk", _DISK_MIB) as disk,
        installed(folder, disk.path / "data", {}, services=1, workers=0) as made,
    ):
        [service] = made.services
        tenants = filled(made.settings)
        work = Work(addresses=made.addresses, tenants=tenants, chance=chance)

        def kill() -> None:
            service.kill()
            service.start()

        def fill() -> None:
            with disk.full():
                time.sleep(_FULL_SECONDS)

        def stop() -> None:
            service.stop()
            service.start()

        events: dict[str, Callable[[], None]] = {"killed": kill, "stopped": stop}
        if disk.is_real:
            events["disk full"] = fill
        return run(work, jobs, seconds, chance, events=events, mend=service.start)
