"""Imports of a csv and an xlsx of some 20 MB, from the upload to success, beside other importers.

Every competitor runs in a process of its own, checks the same twelve fields and stores every row.
This project is measured as its users see it: the file is sent over HTTP to a service that serves
reads meanwhile, and the clock stops when the import says `success`. Memory is the most that the
service and the process that reads hold together.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
_READ_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 900


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv-rows", type=int, default=150_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--peers", default="limit,pandas,django", help="those to measure")
    parser.add_argument("--no-postgresql", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="transload-bench-"))
    try:
        _run(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, options: argparse.Namespace) -> None:
    files = [folder / "outlets.csv", folder / "outlets.xlsx"]
    write_csv(files[0], options.csv_rows)
    write_xlsx(files[1], options.xlsx_rows)
    peers = [one for one in _PEERS if one[1].rpartition("_")[2] in options.peers.split(",")]
    for file, rows in zip(files, (options.csv_rows, options.xlsx_rows), strict=True):
        size = file.stat().st_size
        print(f"\n## {file.suffix[1:]} of {rows:,} rows and 12 columns, {size / 1e6:.1f} MB\n")
        ours, reads = _measured(folder / f"ours-{file.suffix}", file, rows)
        found = [ours]
        for name, module in peers:
            store = folder / "peer.db"
            found.append(measure_command(name, module, str(store), str(file), file=None))
            store.unlink()
        if not options.no_postgresql:
            with postgresql(folder / f"server-{file.suffix}"):
                data = folder / f"files-{file.suffix}"
                found.append(_measured(data, file, rows, name="transload on PostgreSQL")[0])
        print_table(found[0], found[1:])
        print(f"Reads of a page meanwhile: {len(reads)}, p50 {at_share(reads, 0.5):.0f} ms, ")
        print(f"p99 {at_share(reads, 0.99):.0f} ms (wanted: 150).", flush=True)


def _measured(
    data: Path, file: Path, rows: int, name: str = "transload on SQLite"
) -> tuple[Measurement, list[float]]:
    """Import the file into a new type; give what it took, and what reads took meanwhile, in ms."""
    _, owner = fill(data, 1_000)
    with served(data, owner) as (client, process):
        hub = client.get("/hubs")["data"][0]["_id"]
        data_type = create_data_type(client, f"Imported {file.suffix}", import_fields())
        with watched(process) as watch, reading(client) as reads:
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
            time.sleep(_LOOK_SECONDS)
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
