"""How long an organization's first export waits behind five hundred of another's.

Usage: python -m benchmarks.fairness [--exports 500] [--records 20000]

One organization queues exports of all its records to xlsx; then another queues a small one. The
wait is from the request to the moment at which a worker begins, as the log tells both: in whole
seconds.
"""

import argparse
from datetime import datetime
from pathlib import Path
from time import sleep

from benchmarks.service import empty_store, fill, served, token_of
from transload.client import Client

_POLL_SECONDS = 0.05


def main() -> None:
    """Measure on both stores and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=500)
    parser.add_argument("--records", type=int, default=20_000)
    options = parser.parse_args()
    print("| store | exports queued before | still queued | waited s |\n|---|---|---|---|")
    for store in ("sqlite", "postgresql"):
        with empty_store(store) as (folder, _):
            left, waited = _measured(folder, options.exports, options.records)
        print(f"| {store} | {options.exports} | {left} | {waited:.2f} |", flush=True)


def _measured(folder: Path, exports: int, records: int) -> tuple[int, float]:
    many = fill(folder, records, "Many")[1]
    few = fill(folder, 100, "Few")[1]
    with served(folder, many) as (busy, _):
        other = Client(base_url=busy.base_url, token=token_of(folder, few))
        for _ in range(exports):
            busy.post("/data/export", download="xlsx", background="true")
        export_id = other.post("/data/export", download="xlsx", background="true")["data"][
            "exportId"
        ]
        entry = other.get(f"/export/{export_id}")["data"]
        while entry["status"] == "Processing":
            sleep(_POLL_SECONDS)
            entry = other.get(f"/export/{export_id}")["data"]
        left = busy.get("/tasks/export-log", status="Processing", limit=1)["total"]
    started, asked = (datetime.fromisoformat(entry[name]) for name in ("startedAt", "requestAt"))
    return int(left), (started - asked).total_seconds()


if __name__ == "__main__":
    main()
