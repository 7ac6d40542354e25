"""Write the rows of a csv file over the records of a data type; print those that were refused.

Usage: sync_from_csv.py DATA_TYPE_ID HUB_ID FILE.csv, with the ids of the fields in the first line.
TRANSLOAD_URL and TRANSLOAD_TOKEN have to be set. It needs Python alone.
"""

import csv
import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_ARGUMENTS = 3
_URL, _TOKEN = "TRANSLOAD_URL", "TRANSLOAD_TOKEN"
_MOST = 2_000  # records a request


def main() -> int:
    """Send the file; give 1 if a row was refused."""
    if len(sys.argv[1:]) != _ARGUMENTS or not os.environ.keys() >= {_URL, _TOKEN}:
        sys.exit(__doc__)
    data_type_id, hub_id, name = sys.argv[1:]
    place = {"dataTypeId": data_type_id, "hubId": hub_id}
    refused = 0
    with open(name, newline="", encoding="utf-8-sig") as file:  # noqa: PTH123 - the shortest way for an example
        for part in _parts(enumerate(csv.DictReader(file), start=2)):
            answer = _upserted([{**row, **place} for _, row in part])
            for (line, _), item in zip(part, answer["data"], strict=True):
                if not item["status"]:
                    refused += 1
                    print(f"line {line}: {item['message']}")  # noqa: T201 - that is what it is for
    return int(refused > 0)


def _upserted(records: list[dict[str, str]]) -> dict[str, Any]:
    """Send records; give the answer, which says of each whether it was taken."""
    request = Request(  # noqa: S310 - the address that the user names
        f"{os.environ[_URL]}/api/v3/data/bulk/upsert",
        data=json.dumps({"data": records}).encode(),
        headers={
            "Authorization": f"Bearer {os.environ[_TOKEN]}",
            "Content-Type": "application/json",
        },
        method="POST",
    )
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310 - likewise
            found: dict[str, Any] = json.load(answer)
    except HTTPError as refused:
        with refused:
            sys.exit(f"{refused}: {refused.read().decode()}")
    except URLError as error:
        sys.exit(f"{os.environ[_URL]}: {error.reason}")
    return found


def _parts(
    rows: Iterator[tuple[int, dict[str, str]]],
) -> Iterator[list[tuple[int, dict[str, str]]]]:
    while part := list(islice(rows, _MOST)):
        yield part


if __name__ == "__main__":
    sys.exit(main())
