"""Every route with the largest request that it takes, and what it costs everybody else.

Once and eight times at once, by the lowest role and by an owner, over records of 1 MiB. Meanwhile
another organization lists and writes, and `/healthz` is asked.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx

from faults.installation import installed
from faults.report import Report
from tests.conftest import empty_database, postgres
from tests.hostile.largest import Largest, largest_requests
from transload import bench_data
from transload.accounts.keys import token_key
from transload.accounts.model import Role
from transload.accounts.run import Accounts, create_user
from transload.clock import Clock
from transload.db.opening import opened_database
from transload.settings import Settings

_HEAVY = 300
_LARGE = "x" * ((1 << 20) - 3_000)
_MANY = 8
_MOST_BYTES = 64 << 20
_PATIENCE_SECONDS = 300
_PAUSE_SECONDS = 0.05
_MOST_MIB = 1_024
_MOST_SECONDS = {"healthz": 0.25, "page": 1.0, "write": 2.0}
_SERVER_ERROR, _UNAVAILABLE = 500, 503
_API = "/api/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """The tokens of those who take part, by name, and what paths name."""

    tokens: Mapping[str, str]
    ids: Mapping[str, str]
    other_hub: str
    other_type: str


@dataclass(slots=True)
class _Watch:
    """The longest that others waited for each kind of request, in seconds."""

    longest: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run_walk(folder: Path, jobs: int, seconds: float, chance: random.Random) -> Report:
    """Run it on both stores; give what came of it. The number of jobs is of no matter here."""
    del jobs, seconds, chance
    report = Report(asked=0, events=Counter(), endings=Counter(), refusals=Counter())
    _walk("sqlite", folder / "sqlite", {}, report)
    with postgres() as server, empty_database(server) as url:
        _walk("postgresql", folder / "postgresql", {"TRANSLOAD_DATABASE_URL": url}, report)
    return report


def _walk(store: str, folder: Path, environment: Mapping[str, str], report: Report) -> None:
    folder.mkdir(parents=True)
    data_dir = folder / "data"
    url = environment.get("TRANSLOAD_DATABASE_URL", "")
    places = _filled(Settings(data_dir=data_dir, database_url=url))
    with (
        # Not threads: they would keep those waiting that watch. Behind the service, because clients
        # have processors of their own.
        ProcessPoolExecutor(_MANY, initializer=os.nice, initargs=(10,)) as senders,
        installed(folder, data_dir, environment, services=1, workers=0) as made,
        httpx.Client(base_url=made.addresses[0], timeout=_PATIENCE_SECONDS) as http,
    ):
        _until_ready(http)
        document = http.get("/openapi.json").json()
        pid = made.services[0].pid
        for one in largest_requests(document, places.ids, _MOST_BYTES):
            for name in ("field user", "owner"):
                for number in (1, _MANY):
                    label = f"{store}: {one.method} {one.path} by a {name}, {number} at once"
                    headers = {"Authorization": f"Bearer {places.tokens[name]}"}
                    sent = [(made.addresses[0], headers, one)] * number
                    Path(f"/proc/{pid}/clear_refs").write_text("5")
                    with _watched(http, places) as watch:
                        statuses = list(senders.map(_status, sent))
                    _tell(label, statuses, _peak_mib(pid), watch, report)


def _tell(label: str, statuses: Sequence[int], peak: int, watch: _Watch, report: Report) -> None:
    report.asked += len(statuses)
    report.endings.update(map(str, statuses))
    faults = [str(one) for one in statuses if one >= _SERVER_ERROR and one != _UNAVAILABLE]
    faults += watch.failures
    if peak > _MOST_MIB:
        faults.append(f"{peak} MiB")
    faults += [
        f"{kind} {seconds:.2f} s"
        for kind, seconds in watch.longest.items()
        if seconds > _MOST_SECONDS[kind]
    ]
    waits = ", ".join(f"{kind} {seconds:.2f} s" for kind, seconds in watch.longest.items())
    print(f"{label}: {dict(Counter(statuses))}, {peak} MiB, {waits}", flush=True)
    report.faults += [f"{label}: {fault}" for fault in faults]


def _status(sent: tuple[str, Mapping[str, str], Largest]) -> int:
    """Send a request from a process of its own; 0: it was cut off while its body was on its way."""
    address, headers, one = sent
    try:
        answer = httpx.request(
            one.method,
            f"{address}{one.path}",
            params=dict(one.query),
            content=one.body,
            headers={**headers, "Content-Type": "application/json"},
            timeout=_PATIENCE_SECONDS,
        )
    except httpx.HTTPError:
        return 0
    return answer.status_code


@contextmanager
def _watched(http: httpx.Client, places: _Places) -> Iterator[_Watch]:
    """Do meanwhile what others do; give how long it took."""
    watch, over, numbers = _Watch(), threading.Event(), count(time.time_ns())
    headers = {"Authorization": f"Bearer {places.tokens['other']}"}
    place = {"dataTypeId": places.other_type, "hubId": places.other_hub}

    def ask(kind: str) -> httpx.Response:
        match kind:
            case "healthz":
                return http.get("/healthz")
            case "page":
                return http.get(f"{_API}/data", headers=headers)
            case _:
                body = {**place, "dataId": str(next(numbers)), "name": "Toko"}
                return http.post(f"{_API}/data", headers=headers, json=body)

    def watch_kind(kind: str) -> None:
        while True:
            started = time.monotonic()
            answer = ask(kind)
            seconds = time.monotonic() - started
            watch.longest[kind] = max(seconds, watch.longest.get(kind, 0))
            if not answer.is_success:
                watch.failures.append(f"{kind} {answer.status_code}")
            if over.wait(_PAUSE_SECONDS):
                return

    threads = [threading.Thread(target=watch_kind, args=(kind,)) for kind in _MOST_SECONDS]
    for thread in threads:
        thread.start()
    try:
        yield watch
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _filled(settings: Settings) -> _Places:
    """Make an organization with 300 records of nearly 1 MiB, and another with a few small ones."""
    with opened_database(settings) as database:
        now = Clock().now()
        accounts = Accounts(database=database, token_key=token_key(database, now))
        heavy, other = (bench_data.prepare(database, name, now) for name in ("Heavy", "Other"))
        text = {"dataId": "", "name": "", "address": _LARGE}
        for _ in bench_data.load(
            database, heavy, ({**text, "dataId": str(one)} for one in range(_HEAVY))
        ):
            pass
        for _ in bench_data.load(database, other, iter([{"dataId": "1"}])):
            pass
        lowest = create_user(
            database,
            organization_id=heavy.owner.organization_id,
            email="field@heavy.example",
            role=Role.FIELD,
            hub_ids=[heavy.hub_id],
            now=now,
        )
        emails = {
            "owner": heavy.owner.email,
            "field user": lowest.email,
            "other": other.owner.email,
        }
        tokens = {
            name: accounts.create_token(
                email=email, name="walk", lifetime=timedelta(days=1), now=now
            )
            for name, email in emails.items()
        }
    ids = {"data_type_id": heavy.data_type_id, "hub_id": heavy.hub_id}
    return _Places(tokens=tokens, ids=ids, other_hub=other.hub_id, other_type=other.data_type_id)


def _until_ready(http: httpx.Client) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            if http.get("/readyz").is_success:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("The service does not become ready.")
        time.sleep(_PAUSE_SECONDS)


def _peak_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) >> 10
