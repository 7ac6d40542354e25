"""Write the rows of a csv file over the records of a data type; print those that were refused.

Usage: sync_from_csv.py DATA_TYPE_ID HUB_ID FILE.csv, with the ids of the fields in the first line.
"""

import csv
import os
import sys
from collections.abc import Iterator
from itertools import islice

import httpx

_MOST = 2_000  # records a request


def main() -> int:
    """Send the file; give 1 if a row was refused."""
    data_type_id, hub_id, name = sys.argv[1:]
    refused = 0
    with (
        open(name, newline="", encoding="utf-8-sig") as file,  # noqa: PTH123 - the shortest way for an example
        httpx.Client(
            base_url=f"{os.environ['TRANSLOAD_URL']}/api/v3",
            headers={"Authorization": f"Bearer {os.environ['TRANSLOAD_TOKEN']}"},
            timeout=60,
        ) as http,
    ):
        place = {"dataTypeId": data_type_id, "hubId": hub_id}
        lines = enumerate(csv.DictReader(file), start=2)
        for part in _parts(lines):
            sent = {"data": [{**row, **place} for _, row in part]}
            answer = http.post("/data/bulk/upsert", json=sent).raise_for_status().json()
            for (line, _), item in zip(part, answer["data"], strict=True):
                if not item["status"]:
                    refused += 1
                    print(f"line {line}: {item['message']}")  # noqa: T201 - that is what it is for
    return int(refused > 0)


def _parts(
    rows: Iterator[tuple[int, dict[str, str]]],
) -> Iterator[list[tuple[int, dict[str, str]]]]:
    while part := list(islice(rows, _MOST)):
        yield part


if __name__ == "__main__":
    sys.exit(main())
