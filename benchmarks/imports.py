"""Imports of a csv and an xlsx of some 20 MB, from the upload to success, beside other importers.

    python -m benchmarks.imports [--kinds csv,xlsx] [--large-rows 1000000]

Every competitor runs in a process of its own, checks the same twelve fields and stores every row.
This project is measured as its users see it: the file is sent over HTTP to a service, and the clock
stops when the import says `success`. Memory is the most that the service and the process that reads
hold together. Then the file is imported once more, by a service that serves reads meanwhile: what
these take is no cost of the import.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types

from benchmarks.import_files import import_fields, write_csv, write_xlsx
from benchmarks.measure import Measurement, measure_command, print_table
from benchmarks.service import fill, postgresql, served
from transload.client import Client
from transload.demo import create_data_type

_PEERS = (
    ("parse and insert alone: the limit", "benchmarks.import_limit"),
    ("pandas and pydantic", "benchmarks.import_pandas"),
    ("django-import-export, bulk, cached loader", "benchmarks.import_django"),
)
_LOOK_SECONDS = 0.02
_ASK_SECONDS = 0.1
_READ_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 3_600


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv-rows", type=int, default=150_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--large-rows", type=int, default=0, help="of a further csv, ours alone")
    parser.add_argument("--kinds", default="csv,xlsx", help="those to measure")
    parser.add_argument("--peers", default="limit,pandas,django", help="those to measure")
    parser.add_argument("--no-postgresql", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        _run(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, options: argparse.Namespace) -> None:
    peers = [one for one in _PEERS if one[1].rpartition("_")[2] in options.peers.split(",")]
    for kind in filter(None, options.kinds.split(",")):
        rows = options.csv_rows if kind == "csv" else options.xlsx_rows
        file = folder / f"outlets.{kind}"
        (write_csv if kind == "csv" else write_xlsx)(file, rows)
        print(f"\n## {kind} of {_size(file, rows)}\n")
        found = [_measured(folder / f"ours-{kind}", file, rows)[0]]
        for name, module in peers:
            store = folder / "peer.db"
            found.append(measure_command(name, module, str(store), str(file), file=None))
            store.unlink()
        if not options.no_postgresql:
            with postgresql(folder / f"server-{kind}"):
                data = folder / f"files-{kind}"
                found.append(_measured(data, file, rows, name="transload on PostgreSQL")[0])
        print_table(found[0], found[1:])
        _, reads = _measured(folder / f"read-{kind}", file, rows, are_reads_beside=True)
        print(
            f"Reads of a page beside another import: {len(reads)}, p50 {at_share(reads, 0.5):.0f} "
            f"ms, p99 {at_share(reads, 0.99):.0f} ms (wanted: 150).",
            flush=True,
        )
        file.unlink()
    if options.large_rows:
        _compare_large(folder, options.csv_rows, options.large_rows)


def _compare_large(folder: Path, *numbers: int) -> None:
    """Show what a row costs in files of so many rows."""
    print("\n## csv, a row\n")
    for rows in numbers:
        file = folder / f"outlets-{rows}.csv"
        write_csv(file, rows)
        found, _ = _measured(folder / f"large-{rows}", file, rows)
        print(
            f"{_size(file, rows)}: {1e6 * found.wall_seconds / rows:.1f} us a row, "
            f"{1e6 * found.cpu_seconds / rows:.1f} us of processors, "
            f"{found.peak_mib:.0f} MiB at the peak",
            flush=True,
        )
        file.unlink()


def _size(file: Path, rows: int) -> str:
    return f"{rows:,} rows and 12 columns, {file.stat().st_size / 1e6:.1f} MB"


def _measured(
    data: Path,
    file: Path,
    rows: int,
    name: str = "transload on SQLite",
    *,
    are_reads_beside: bool = False,
) -> tuple[Measurement, list[float]]:
    """Import the file into a new type; give what it took, and what reads took beside it, in ms."""
    data.mkdir(mode=0o700)
    _, owner = fill(data, 1_000)
    with served(data, owner) as (client, process):
        hub = client.get("/hubs")["data"][0]["_id"]
        data_type = create_data_type(client, f"Imported {file.suffix}", import_fields())
        readers: AbstractContextManager[list[float]] = (
            reading(client) if are_reads_beside else nullcontext([])
        )
        with watched(process) as watch, readers as reads:
            started = time.perf_counter()
            record = imported(client, file, {"dataTypeId": data_type, "hubId": hub})
            wall = time.perf_counter() - started
    if record["status"] != "success" or record["totalValid"] != rows:
        raise RuntimeError(str(record))
    measured = Measurement(
        name=name,
        wall_seconds=wall,
        cpu_seconds=watch.cpu_seconds,
        peak_mib=watch.peak_bytes / (1 << 20),
        file_bytes=file.stat().st_size,
    )
    return measured, reads


def imported(client: Client, file: Path, form: Mapping[str, str]) -> dict[str, object]:
    """Send a file with a form, and wait for the end of its import; give its record."""
    headers = {"Authorization": f"Bearer {client.token}"}
    with httpx.Client(base_url=f"{client.base_url}/api/v3", headers=headers, timeout=600) as http:
        with file.open("rb") as content:
            answer = http.post("/data/import", files={"file": content}, data=form)
        answer.raise_for_status()
        number = answer.json()["data"]["_id"]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            record: dict[str, object] = http.get(f"/import-monitoring/{number}").json()["data"]
            if record["status"] != "onprocess":
                return record
            time.sleep(_ASK_SECONDS)
    raise RuntimeError("The import has not ended.")


@dataclass(slots=True)
class Watch:
    """What a process and its children take, together."""

    peak_bytes: int = 0
    cpu_seconds: float = 0
    _by_process: dict[int, float] = field(default_factory=dict)

    def look(self, process: psutil.Process) -> None:
        """Add what they take now."""
        memory = 0
        for one in [process, *process.children(recursive=True)]:
            try:
                times = one.cpu_times()
                memory += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            self._by_process[one.pid] = times.user + times.system
        self.peak_bytes = max(self.peak_bytes, memory)

    def begin(self) -> None:
        """Count no processor time from before."""
        self.cpu_seconds = -sum(self._by_process.values())

    def end(self) -> None:
        """Count none from now on."""
        self.cpu_seconds += sum(self._by_process.values())


@contextmanager
def watched(process: psutil.Process) -> Iterator[Watch]:
    """Watch what a process and its children take."""
    watch, done = Watch(), Event()
    watch.look(process)
    watch.begin()

    def work() -> None:
        while not done.wait(_LOOK_SECONDS):
            watch.look(process)

    thread = Thread(target=work)
    thread.start()
    try:
        yield watch
    finally:
        done.set()
        thread.join()
        watch.look(process)
        watch.end()


@contextmanager
def reading(client: Client) -> Iterator[list[float]]:
    """Read a page again and again; give how many milliseconds each took."""
    found: list[float] = []
    done = Event()

    def work() -> None:
        while not done.wait(_READ_PAUSE_SECONDS):
            started = time.perf_counter()
            client.get("/data", limit=20)
            found.append((time.perf_counter() - started) * 1_000)

    thread = Thread(target=work)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def at_share(values: list[float], share: float) -> float:
    """Give the value that this share of them is below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


if __name__ == "__main__":
    main()
