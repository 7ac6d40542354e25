"""What a process took: wall, CPU, peak memory."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter

import psutil  # type: ignore[import-untyped]  # ships no types


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One run: seconds, MiB of resident memory at the peak, bytes of the file."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    file_bytes: int


def measure_command(
    name: str, module: str, store: str, data_type_id: str, *more: str, file: Path | None
) -> Measurement:
    """Run a module that ends by printing its own cost, in a process of its own.

    `file` is what it writes, if it writes one; it is removed.
    """
    arguments = [store, data_type_id, *([] if file is None else [str(file)]), *more]
    started = perf_counter()
    done = subprocess.run(  # noqa: S603 - this project's own modules
        [sys.executable, "-m", module, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    wall = perf_counter() - started
    cost = json.loads(done.stdout.splitlines()[-1])
    file_bytes = 0
    if file is not None:
        file_bytes = file.stat().st_size
        file.unlink()
    return Measurement(
        name=name,
        wall_seconds=wall,
        cpu_seconds=cost["cpu_seconds"],
        peak_mib=cost["peak_mib"],
        file_bytes=file_bytes,
    )


def print_cost() -> None:
    """Print this process's own cost, as its last line."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    cost = {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / unit}
    sys.stdout.write(json.dumps(cost) + "\n")


def measure_process(name: str, process: psutil.Process, work: Callable[[], int]) -> Measurement:
    """Measure a running process while it does the work, which gives the file's bytes."""
    # The kernel forgets the highest so far (Linux, proc(5)).
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")
    before, started = _cpu(process), perf_counter()
    file_bytes = work()
    return Measurement(
        name=name,
        wall_seconds=perf_counter() - started,
        cpu_seconds=_cpu(process) - before,
        peak_mib=peak_mib(process.pid),
        file_bytes=file_bytes,
    )


def peak_mib(pid: int) -> float:
    """Give the most resident memory of a process since it was last asked to forget (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1_024
    raise RuntimeError("This kernel does not tell a process's peak memory.")


def print_table(base: Measurement, others: Iterable[Measurement]) -> None:
    """Print the figures as a Markdown table, each wall time against the base's, as they come."""
    print(f"| what | wall s | CPU s | peak MiB | file MB | times the wall of: {base.name} |")
    print("|---|---|---|---|---|---|")
    for one in chain([base], others):
        print(
            f"| {one.name} | {one.wall_seconds:.2f} | {one.cpu_seconds:.2f} | {one.peak_mib:.0f} "
            f"| {one.file_bytes / 1e6:.1f} | {one.wall_seconds / base.wall_seconds:.1f} |",
            flush=True,
        )
    print()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
