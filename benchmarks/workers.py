"""Background exports on PostgreSQL by one, two and four workers: jobs an hour.

Usage: python -m benchmarks.workers [--jobs 24] [--records 100000]

Four organizations queue exports of all their records at once; the time runs until the last is Done.
The share of the machine that the workers and the database keep busy says where it ends.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types

from benchmarks.service import empty_store, fill, served, token_of
from transload.client import Client

_ORGANIZATIONS = 4
_WORKERS = (1, 2, 4)
_POLL_SECONDS = 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=24)
    parser.add_argument("--records", type=int, default=100_000)
    options = parser.parse_args()
    os.environ["TRANSLOAD_ORGANIZATION_EXPORTS"] = str(max(_WORKERS))
    with empty_store("postgresql") as (folder, _):
        _run(folder, options.jobs, options.records)


def _run(folder: Path, jobs: int, records: int) -> None:
    tenants = [fill(folder, records, f"Bench {number}") for number in range(_ORGANIZATIONS)]
    with served(folder, tenants[0][1], "--no-worker") as (client, _):
        clients = [
            (Client(base_url=client.base_url, token=token_of(folder, owner)), data_type_id)
            for data_type_id, owner in tenants
        ]
        print(f"\n{jobs} exports of {records:,} records to xlsx, {os.cpu_count()} processors\n")
        print("| workers | seconds | jobs an hour | records a second | busy |")
        print("|---|---|---|---|---|", flush=True)
        for count in _WORKERS:
            with _workers(folder, count):
                busy = _Busy()
                seconds = _finished(clients, jobs)
                print(
                    f"| {count} | {seconds:.1f} | {jobs / seconds * 3_600:,.0f} | "
                    f"{jobs * records / seconds:,.0f} | {busy.share():.0%} |",
                    flush=True,
                )


def _finished(clients: list[tuple[Client, str]], jobs: int) -> float:
    started = time.perf_counter()
    asked = []
    for number in range(jobs):
        client, data_type_id = clients[number % len(clients)]
        answer = client.post(
            "/data/export", download="xlsx", dataTypeId=data_type_id, background="true"
        )
        asked.append((client, answer["data"]["exportId"]))
    for client, export_id in asked:
        while (entry := client.get(f"/export/{export_id}")["data"])["status"] == "Processing":
            time.sleep(_POLL_SECONDS)
        if entry["status"] != "Done":
            raise RuntimeError(entry)
    return time.perf_counter() - started


class _Busy:
    """How much of all processors is at work between two moments, whoever's work it is."""

    def __init__(self) -> None:
        self._before = psutil.cpu_times()

    def share(self) -> float:
        """Give the share, 0 to 1, since this was made."""
        after = psutil.cpu_times()
        idle = after.idle - self._before.idle + after.iowait - self._before.iowait
        return float(1 - idle / (sum(after) - sum(self._before)))


@contextmanager
def _workers(folder: Path, count: int) -> Iterator[None]:
    command = [sys.executable, "-m", "transload", "worker", "--concurrency", "1"]
    with ExitStack() as running:
        for _ in range(count):
            process = running.enter_context(
                subprocess.Popen(  # noqa: S603 - this project's own command
                    [*command, "--data", str(folder)], stdout=subprocess.PIPE, text=True
                )
            )
            running.callback(process.terminate)
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError("A worker did not start.")
        yield


if __name__ == "__main__":
    main()
