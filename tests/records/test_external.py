"""Records that another system has: read by their key through a real server, and never exported."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.factories import FIELDS, Tenant
from tests.records.reads import actor_of, database_of
from transload.errors import UnavailableError
from transload.outgoing import Outgoing
from transload.records.external import Elsewhere

_ROW = {"dataId": "A 1/é", "name": "Toko", "price": "7.50", "opened": "2024-01-31", "more": [1]}


@dataclass
class System:
    """Another system, which answers as a test says."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    hangs: threading.Event | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def has(self, row: object) -> None:
        """Answer with this."""
        self.body = json.dumps(row).encode()


@pytest.fixture
def system() -> Iterator[System]:
    with _serving(System()) as found:
        yield found


@contextmanager
def _serving(found: System) -> Iterator[System]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, {n.lower(): v for n, v in self.headers.items()}))
            if found.hangs is not None:
                found.hangs.wait(30)
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        if found.hangs is not None:
            found.hangs.set()
        server.shutdown()
        server.server_close()
        thread.join()


def external(tenant: Tenant, url: str, **more: object) -> str:
    body = {
        "name": "Prices",
        "fields": FIELDS,
        "provider": "external-api",
        "providerConfig": {"url": url, "key": "the-secret"},
        "commonData": True,
        **more,
    }
    answer = tenant.post("/data-type", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data_type"]["_id"])


def read(tenant: Tenant, key: str = "A%201%2F%C3%A9", hub: str = "") -> httpx.Response:
    return tenant.get(f"/data{hub and f'/hub/{hub}'}/type/Prices/{key}")


def test_a_record_is_asked_for_by_its_key_and_checked_by_its_type(
    tenant: Tenant, system: System
) -> None:
    kind = external(tenant, f"{system.url}/prices?of=us")
    system.has({"data": _ROW})
    answer = read(tenant)
    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert (found["dataId"], found["name"], found["price"]) == ("A 1/é", "Toko", 7.5)
    assert (found["data_type"], found["hubId"]) == ({"_id": kind, "name": "Prices"}, None)
    assert "more" not in found
    assert read(tenant).json()["data"]["_id"] == found["_id"]
    path, headers = system.asked[0]
    assert path == "/prices?of=us&dataId=A%201%2F%C3%A9"
    assert headers["authorization"] == "Bearer the-secret"
    system.status = 404
    assert read(tenant).status_code == 404


def test_the_hub_is_said_and_who_does_not_see_it_learns_nothing(
    tenant: Tenant, system: System
) -> None:
    external(tenant, f"{system.url}/hubs/{{hubId}}/prices/{{dataId}}", commonData=False)
    mine, other = tenant.hub(), tenant.hub()
    user = tenant.user(tenant.role("view/data"), [mine])
    system.has(_ROW)
    assert read(user, hub=mine).json()["data"]["hubId"] == mine
    assert system.asked[0][0] == f"/hubs/{mine}/prices/A%201%2F%C3%A9"
    assert read(user, hub=other).status_code == 404
    assert len(system.asked) == 1
    assert read(user).status_code == 404
    system.has({**_ROW, "hubId": other})
    assert read(user, hub=mine).status_code == 404
    assert read(user).status_code == 404
    assert read(tenant).json()["data"]["hubId"] == other
    assert read(tenant.user(tenant.role("view/hub"), [mine]), hub=mine).status_code == 403


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"{}", "it answered with the status 500"),
        (302, b"{}", "it answered with the status 302"),
        (200, b"<html>", "its answer is not JSON"),
        (200, b"[1]", "its answer is not a record, a JSON object"),
        (200, b'{"dataId": "B"}', "it answered with another dataId"),
        (200, b'{"price": "much"}', "its answer does not fit: price must be a number"),
        (200, b'{"name": "%s"}' % (b"x" * (2 << 20)), "its answer is over 2 MiB"),
    ],
)
def test_what_does_not_fit_is_said(
    tenant: Tenant, system: System, status: int, body: bytes, reason: str
) -> None:
    external(tenant, system.url)
    system.status, system.body = status, body
    answer = read(tenant)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    message = answer.json()["message"]
    assert message.startswith(f"Another system has the records of Prices: {reason}")
    assert "the-secret" not in answer.text


def test_silence_ends_and_addresses_inside_are_not_asked(tenant: Tenant, system: System) -> None:
    external(tenant, system.url)
    system.hangs = threading.Event()
    actor, database = actor_of(tenant), database_of(tenant)
    sender = Outgoing(allows_http=True, allows_private=True)
    parts: dict[str, Any] = {"database": database, "clock": tenant.site.clock}
    slow = Elsewhere(**parts, outgoing=sender, seconds=0.3)
    with pytest.raises(UnavailableError, match=r"no whole answer within 0\.3 seconds"):
        slow.get_by_name(actor, "Prices", "A")
    asked = len(system.asked)
    with pytest.raises(UnavailableError, match="its address is not one that may be asked"):
        Elsewhere(**parts, outgoing=Outgoing(allows_http=True)).get_by_name(actor, "Prices", "A")
    assert len(system.asked) == asked


def test_such_a_type_is_neither_exported_listed_nor_written_in_silence(
    tenant: Tenant, system: System
) -> None:
    kind = external(tenant, system.url)
    refused = tenant.export(download="csv", dataTypeId=kind)
    assert refused.status_code == 400
    assert "Another system has the records of Prices" in refused.json()["message"]
    whole = tenant.export(download="csv").json()["data"]
    entry = tenant.log_entry(whole["exportId"])
    assert "not in the file: those of Prices." in str(entry)
    assert "not listed: those of Prices." in tenant.get("/data").json()["notes"][0]
    (note,) = tenant.get("/data", dataTypeName="Prices").json()["notes"]
    assert note.startswith("Another system has the records of Prices")
    assert "notes" not in tenant.get("/data", dataTypeId=tenant.data_type()).json()
    written = tenant.post("/data", {"dataTypeId": kind, "dataId": "A"})
    assert written.status_code == 400
    assert "they are written there" in written.json()["message"]
    assert system.asked == []
