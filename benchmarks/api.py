"""Reads and writes of records at a million, 8 clients, on both stores.

Usage: python -m benchmarks.api [--records 1000000] [--seconds 10] [--store sqlite|postgresql]

One table a store. PostgreSQL is vacuumed after it was filled, as it would be by itself beside the
first requests. Each kind of request runs by itself on an idle service; reads then once more beside
background exports of all records, one after the other. Filtered pages, for which the store goes
through all records, are one client's. Writes come last: they add to what is read. The clients are
in a process of their own and take about an eighth of what the service takes: judge the tables on a
machine of two cores or more that does nothing else.
"""

import argparse
import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.exporting import exporting
from benchmarks.load import Load, Request, load
from benchmarks.service import empty_store, fill, served, settle
from transload import samples
from transload.client import Client

_PAGE = 20
_BULK = 2_000
_MANY_IDS = 1_000
_numbers = itertools.count(10**9)
_HEADING = """\
| requests of 8 clients | a second | p50 ms | p99 ms | slowest ms | wanted |
|---|---|---|---|---|---|"""
_NEAR, _FAR, _FILTERED = "p99 < 50 ms", "p99 < 150 ms", "slowest < 2,000 ms"
_RECORDS_A_SECOND = {"sqlite": 10_000, "postgresql": 8_000}

Make = Callable[[random.Random], Request]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--store", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    for store in [options.store] if options.store else ["sqlite", "postgresql"]:
        with empty_store(store) as (folder, url):
            _run(store, folder, url, options.records, options.seconds)


def _run(store: str, folder: Path, url: str, records: int, seconds: float) -> None:
    print(f"\n## {store}, {records:,} records\n", flush=True)
    data_type_id, owner = fill(folder, records)
    if url:
        settle(url)
    with served(folder, owner) as (client, _):
        reads = _reads(client, data_type_id, records)
        print(_HEADING)
        for name, make in reads.items():
            wanted = _NEAR if name.startswith(("first", "a record")) else _FAR
            print(load(name, client, make, seconds=seconds).row(wanted), flush=True)
        with exporting(client, data_type_id):
            for name, make in reads.items():
                found = load(f"{name}, beside an export", client, make, seconds=seconds)
                print(found.row(_FAR), flush=True)
        for name, make in _filtered_reads(data_type_id).items():
            print(load(name, client, make, seconds=seconds, clients=1).row(_FILTERED), flush=True)
        wanted = f"{_RECORDS_A_SECOND[store]:,} records a second"
        for name, make in _writes(client, data_type_id).items():
            found = _with_records(load(name, client, make, seconds=seconds))
            print(found.row("" if "upsert" in name else wanted), flush=True)


def _reads(client: Client, data_type_id: str, records: int) -> dict[str, Make]:
    page = client.get("/data", dataTypeId=data_type_id, limit=_MANY_IDS, page=records // 2_000)
    ids = [record["_id"] for record in page["data"]["data"]]
    hub = page["data"]["data"][0]["hubId"]
    last = records // _PAGE

    def pages(query: str, first: int, last: int) -> Make:
        return lambda chance: Request(
            method="GET", path=f"/data?limit={_PAGE}&page={chance.randint(first, last)}{query}"
        )

    typed = f"&dataTypeId={data_type_id}"
    return {
        "first page of a type": pages(typed, 1, 1),
        "deep page of a type": pages(typed, max(1, last * 8 // 10), last),
        "any page of a type": pages(typed, 1, last),
        "first page without a type": pages("", 1, 1),
        "any page without a type": pages("", 1, last),
        "any page of a hub": pages(f"&hubId={hub}", 1, last),
        "a record by its id": lambda chance: Request(
            method="GET", path=f"/data/{chance.choice(ids)}"
        ),
    }


def _filtered_reads(data_type_id: str) -> dict[str, Make]:
    """Give the first pages of what all records match, or few, in natural order and sorted."""

    def page(**query: str) -> Make:
        path = f"/data?{urlencode({'dataTypeId': data_type_id, 'limit': _PAGE, **query})}"
        return lambda _: Request(method="GET", path=path)

    all_match = json.dumps([{"field": "creditLimit", "operator": "ge", "value": 0}])
    few_match = json.dumps([{"field": "name", "operator": "eq", "value": "Berkah 7"}])
    return {
        "filter that all match": page(filter=all_match),
        "filter that all match, sorted": page(filter=all_match, sortBy="name"),
        "filter that few match, sorted": page(filter=few_match, sortBy="name"),
        "q that all match": page(q="a"),
        "q that all match, sorted": page(q="a", sortBy="name"),
        "q that few match, sorted": page(q="berkah 77", sortBy="name"),
    }


def _writes(client: Client, data_type_id: str) -> dict[str, Make]:
    page = client.get("/data", dataTypeId=data_type_id, limit=1)
    hub_id = page["data"]["data"][0]["hubId"]
    sample = list(samples.outlets(_BULK, seed=2))

    def items(count: int) -> list[dict[str, object]]:
        return [
            {**record, "hubId": hub_id, "dataTypeId": data_type_id, "dataId": str(next(_numbers))}
            for record in sample[:count]
        ]

    def upsert(chance: random.Random) -> Request:
        first = chance.randrange(500_000)
        known = [
            {**record, "hubId": hub_id, "dataTypeId": data_type_id, "dataId": f"{number:010d}"}
            for number, record in enumerate(sample[: _BULK // 2], start=first)
        ]
        return Request(
            method="POST", path="/data/bulk/upsert", body={"data": known + items(_BULK // 2)}
        )

    return {
        f"bulk of {_BULK:,}": lambda _: Request(
            method="POST", path="/data/bulk", body={"data": items(_BULK)}, status=201
        ),
        f"upsert of {_BULK:,}, half new": upsert,
    }


def _with_records(found: Load) -> Load:
    return Load(
        name=f"{found.name} ({found.requests_per_second * _BULK:,.0f} records a second)",
        requests_per_second=found.requests_per_second,
        p50=found.p50,
        p99=found.p99,
        slowest=found.slowest,
    )


if __name__ == "__main__":
    main()
