"""GET /export/{id}/events: what becomes of an export, as it happens."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update

from tests.accounts.browsers import signed_in
from tests.exports.outlets import add_outlets
from tests.exports.queued import Queued, queued
from tests.factories import PATIENCE_SECONDS, Tenant, anybody, fetch
from tests.processes import Installation
from transload.accounts.model import Role
from transload.db.tables import exports
from transload.errors import NotFoundError
from transload.exports import store
from transload.jobs.attempts import claim_of
from transload.shutdown import Shutdown
from transload.web.events import PACE, Pace, Watchers, changes

FAST = Pace(look_seconds=0.001, silence_seconds=60, looks_a_second=1_000_000)


@contextmanager
def listening(tenant: Tenant, export_id: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Open the stream; give the objects that it tells of."""
    base = str(tenant.site.http.base_url).rstrip("/")
    address = f"{base}/api/v3/export/{export_id}/events"
    headers = {"Authorization": f"Bearer {tenant.token}", "Accept": "text/event-stream"}
    with anybody.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        yield (
            json.loads(line.removeprefix("data: "))
            for line in answer.iter_lines()
            if line.startswith("data: ")
        )


@pytest.fixture
def job(tenant: Tenant) -> Queued:
    """An export of the owner's that nobody has begun."""
    kind, _ = add_outlets(tenant, 3)
    return queued(tenant, tenant, data_type_id=kind)


def test_an_export_that_has_ended_is_told_of_once(tenant: Tenant) -> None:
    tenant.site.clock.stop()
    export_id = tenant.export(download="json").json()["data"]["exportId"]
    with listening(tenant, export_id) as events:
        assert list(events) == [tenant.get(f"/export/{export_id}").json()["data"]]


def test_a_client_of_http_1_0_is_told_of_what_is_now(job: Queued) -> None:
    """Its answers have a length, or end with the connection; a proxy may be such a client."""
    url, export_id = job.owner.site.http.base_url, f"exp_{job.row_id}"
    asked = (
        f"GET /api/v3/export/{export_id}/events HTTP/1.0\r\n"
        f"Authorization: Bearer {job.owner.token}\r\n\r\n"
    )
    came = b""
    with socket.create_connection((url.host, url.port), timeout=PATIENCE_SECONDS) as stream:
        stream.sendall(asked.encode())
        while part := stream.recv(1 << 16):
            came += part
    head, _, body = came.partition(b"\r\n\r\n")
    assert f"\r\ncontent-length: {len(body)}\r\n".encode() in head.lower()
    told = job.owner.get(f"/export/{export_id}").json()["data"]
    assert body == b"data: %b\n\n" % json.dumps(told, separators=(",", ":")).encode()


def test_a_browser_is_told_of_exports_by_its_session(tenant: Tenant) -> None:
    """A page's event stream sends a cookie and no header of ours."""
    export_id = tenant.export(download="json").json()["data"]["exportId"]
    browser = signed_in(tenant)
    answer = browser.send("GET", f"/export/{export_id}/events")
    assert answer.status_code == 200, answer.text
    assert '"status":"Done"' in answer.text
    assert browser.send("DELETE", "/session").status_code == 200
    assert browser.send("GET", f"/export/{export_id}/events").status_code == 401


def test_an_export_is_told_of_until_it_is_done(job: Queued) -> None:
    export_id = f"exp_{job.row_id}"
    with listening(job.owner, export_id) as events:
        first = next(events)
        assert (first["_id"], first["status"], first["startedAt"]) == (
            export_id,
            "Processing",
            None,
        )
        job.perform()
        *between, last = events
    assert {one["status"] for one in between} <= {"Processing"}
    assert (last["status"], last["progress"], last["totalRecords"]) == ("Done", 100, 3)
    assert last.keys() == job.owner.get(f"/export/{export_id}").json()["data"].keys()
    assert len(json.loads(fetch(last["fileUrl"]))) == 3


def test_every_change_is_told_of_and_progress_only_rises(job: Queued) -> None:
    with job.exports.database.read() as connection:
        export = store.find(connection, job.owner.organization_id, job.row_id)
    assert export is not None
    told = []
    with listening(job.owner, f"exp_{job.row_id}") as events:
        told.append(next(events)["progress"])
        for percent in (10, 20, 99):
            with job.exports.database.write() as connection:
                store.LEDGER.keep(connection, claim_of(export), progress=percent)
            told.append(next(events)["progress"])
        job.cancel()
        last = next(events)
        assert list(events) == []
    assert told == [0, 10, 20, 99]
    assert (last["status"], last["cancelled"]) == ("Failed", True)


def test_several_listen_and_others_are_served_meanwhile(job: Queued) -> None:
    """No thread is held: there are more who listen than the service has threads."""
    seen: list[str] = []

    def listen() -> None:
        with listening(job.owner, f"exp_{job.row_id}") as events:
            statuses = [one["status"] for one in events]
            seen.append(statuses[-1])

    threads = [threading.Thread(target=listen) for _ in range(60)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        assert job.owner.get("/user").status_code == 200
    job.perform()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert seen == ["Done"] * len(threads)


def test_a_permission_that_is_taken_away_ends_the_stream(tenant: Tenant) -> None:
    """P9."""
    planner = tenant.user(Role.PLANNER)
    job = queued(tenant, planner)
    with listening(planner, f"exp_{job.row_id}") as events:
        assert next(events)["status"] == "Processing"
        job.change_user(role=Role.FIELD.key)
        assert list(events) == []


def test_a_token_that_is_revoked_ends_the_stream(job: Queued) -> None:
    """P13."""
    with listening(job.owner, f"exp_{job.row_id}") as events:
        next(events)
        accounts = job.owner.site.service.accounts
        accounts.revoke_token(job.owner.token, job.owner.site.clock.now())
        assert list(events) == []


def test_events_are_for_those_who_take_them(tenant: Tenant) -> None:
    export_id = tenant.export(download="json").json()["data"]["exportId"]
    for path, accept, status in (
        (f"/export/{export_id}/events", "text/event-stream", 200),
        (f"/export/{export_id}/events/", "text/event-stream", 200),
        (f"/export/{export_id}/events", "*/*", 200),
        (f"/export/{export_id}/events", "text/html", 406),
        (f"/export/{export_id}", "text/event-stream", 406),
    ):
        answer = tenant.request("GET", path, headers={"Accept": accept})
        assert answer.status_code == status, (path, accept)


def test_a_process_that_stops_does_not_wait_for_who_listens(installation: Installation) -> None:
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        export_id = client.post("/data/export?download=json").json()["data"]["exportId"]
        with installation.database() as database, database.write() as connection:
            connection.execute(update(exports).values(status="Processing"))
        with client.stream("GET", f"/export/{export_id}/events") as answer:
            lines = answer.iter_lines()
            assert "Processing" in next(lines)
            program.process.terminate()
            assert list(lines) == [""]
        assert program.process.wait(PATIENCE_SECONDS) == 0
        assert "Cancel" not in program.log()
        assert "Traceback" not in program.log()


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(data_dir=tmp_path_factory.mktemp("events") / "data")


def collected(
    look: Callable[[], int], *, shutdown: Shutdown | None = None, pace: Pace = FAST
) -> list[int | None]:
    """Give what is told of a number that begins at 0 and ends at 9."""

    async def collect() -> list[int | None]:
        found = changes(
            0,
            look,
            is_last=lambda seen: seen == 9,
            listening=shutdown or Shutdown(),
            watchers=Watchers(),
            pace=pace,
        )
        return [one async for one in found]

    return asyncio.run(collect())


def test_only_what_differs_is_told() -> None:
    numbers = iter([0, 1, 1, 1, 5, 5, 9, 10])
    assert collected(lambda: next(numbers)) == [0, 1, 5, 9]


def test_a_long_silence_is_broken() -> None:
    numbers = iter([0, 0, 9])
    silent = Pace(look_seconds=0.001, silence_seconds=0, looks_a_second=1_000_000)
    assert collected(lambda: next(numbers), pace=silent) == [0, None, None, 9]
    assert PACE.silence_seconds <= 30


def test_nobody_is_listened_to_when_the_process_stops() -> None:
    shutdown = Shutdown()

    def look() -> int:
        shutdown.begin(patience_seconds=0)
        return 1

    assert collected(look, shutdown=shutdown) == [0, 1]


def test_many_who_wait_look_no_more_often_together_than_a_few() -> None:
    """P16: however many one organization has wait."""
    watchers, looks, times = Watchers(), count(1), list[float]()
    pace = Pace(look_seconds=0.001, silence_seconds=60, looks_a_second=200)

    def look() -> int:
        times.append(time.monotonic())
        return 9 if next(looks) > 100 else 0

    async def watch() -> list[int | None]:
        found = changes(
            0,
            look,
            is_last=lambda seen: seen == 9,
            listening=Shutdown(),
            watchers=watchers,
            pace=pace,
        )
        return [one async for one in found]

    async def watch_all() -> None:
        await asyncio.gather(*(watch() for _ in range(20)))

    asyncio.run(watch_all())
    assert max(times) - min(times) >= 0.3
    assert watchers.number == 0
    assert PACE.looks_a_second <= 100


def test_a_look_that_is_refused_is_the_end() -> None:
    def look() -> int:
        raise NotFoundError

    assert collected(look) == [0]
