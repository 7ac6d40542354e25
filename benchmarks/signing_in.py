"""Reads of pages while 8 clients sign in, one password after the other, on both stores.

Usage: python -m benchmarks.signing_in [--records 100000] [--seconds 10] [--store ...]

A password takes long on purpose; the service looks at two at once, and everybody else has the rest.
Each client has an account of its own. Reads run by themselves first, then beside them.
"""

import argparse
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.load import CLIENTS, Load, Request, load
from benchmarks.service import empty_store, fill, served, settle
from transload.client import Client

_PASSWORD = "seven purple otters"  # noqa: S105 - of accounts that this makes
_FIELD_USER = f"{4:024x}"
_HEADING = """\
| requests | a second | p50 ms | p99 ms | slowest ms | wanted |
|---|---|---|---|---|---|"""
_WANTED = "p99 < 150 ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
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
        emails = [_with_password(client, number) for number in range(CLIENTS)]
        page = Request(method="GET", path=f"/data?limit=20&dataTypeId={data_type_id}")
        print(_HEADING)

        def read(name: str) -> Load:
            return load(name, client, lambda _: page, seconds=seconds, clients=1)

        print(read("first page of a type, 1 client").row(_WANTED), flush=True)
        signed_in: list[Load] = []

        def sign_in() -> None:
            name = f"signing in, {CLIENTS} clients"
            signed_in.append(load(name, client, _signing_in(emails), seconds=seconds + 2))

        beside = threading.Thread(target=sign_in)
        beside.start()
        print(read("first page of a type, 1 client, beside them").row(_WANTED), flush=True)
        beside.join()
        for one in signed_in:
            print(one.row(""), flush=True)


def _with_password(client: Client, number: int) -> str:
    """Invite a user, who takes a password; give their e-mail."""
    email = f"client{number}@bench.example"
    invited = client.post("/user", {"email": email, "roleId": _FIELD_USER})
    secret = invited["invitation"]["link"].partition("#")[2]
    client.post("/session", {"secret": secret, "password": _PASSWORD})
    return email


def _signing_in(emails: Sequence[str]) -> Callable[[random.Random], Request]:
    """Give what each client sends, by the account that is its own."""
    of_client: dict[int, str] = {}
    left = iter(emails)
    lock = threading.Lock()

    def make(_chance: random.Random) -> Request:
        number = threading.get_ident()
        with lock:
            email = of_client.get(number) or of_client.setdefault(number, next(left))
        body = {"email": email, "password": _PASSWORD}
        return Request(method="POST", path="/session", body=body, status=201)

    return make


if __name__ == "__main__":
    main()
