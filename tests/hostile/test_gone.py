"""Work that nobody waits for, or that takes too long: it ends, and its place goes to others."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event

from tests.exports.endless import ENDLESS
from tests.factories import PATIENCE_SECONDS, Site, Tenant
from transload.settings import Settings


@contextmanager
def _endless_reads(tenant: Tenant) -> Iterator[list[str]]:
    """Have the sorted lists of one type take for ever; give those that have begun, and ended."""
    database = tenant.site.service.accounts.database
    seen: list[str] = []

    def prolong(connection: object, cursor: object, statement: str, *_: object) -> None:
        del connection
        if "ORDER BY" in statement and "record" in statement and "document" in statement:
            seen.append("began")
            try:
                cursor.execute(ENDLESS)  # type: ignore[attr-defined]  # the driver's own
            finally:
                seen.append("ended")

    event.listen(database.reader, "before_cursor_execute", prolong)
    yield seen
    event.remove(database.reader, "before_cursor_execute", prolong)


def _ask(tenant: Tenant, method: str, path: str) -> socket.socket:
    url = urlsplit(str(tenant.site.http.base_url))
    stream = socket.create_connection((url.hostname, url.port), timeout=PATIENCE_SECONDS)
    head = f"{method} /api/v3{path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {tenant.token}\r\n"
    stream.sendall(f"{head}Content-Length: 0\r\n\r\n".encode())
    return stream


def _until(seen: list[str], kind: str, number: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while seen.count(kind) < number:
        assert time.monotonic() < deadline, seen
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/data?sortBy=name"),
        ("POST", "/data/export?download=json&sortBy=name&limit=100000"),
    ],
    ids=["list", "export"],
)
def test_what_a_client_that_has_gone_asked_for_is_left(
    tenant: Tenant, method: str, path: str
) -> None:
    """P29: of many, those that were still to begin never do; the places are free again."""
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1"}])
    with _endless_reads(tenant) as seen:
        with ExitStack() as clients:
            for _ in range(12):
                clients.enter_context(_ask(tenant, method, path))
            _until(seen, "began", 1)
        _until(seen, "ended", seen.count("began"))
        began = seen.count("began")
    assert began <= 3
    deadline = time.monotonic() + PATIENCE_SECONDS
    while tenant.request(method, path).status_code == 429:
        assert time.monotonic() < deadline, "Its place is not given back."
    assert tenant.request(method, path).status_code == 200


def test_others_are_served_beside_reads_without_end(tenant: Tenant) -> None:
    """P29: an organization has a share of the threads, whatever it asks for."""
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1"}])
    other = Tenant.create(tenant.site)
    with _endless_reads(tenant) as seen, ExitStack() as clients:
        for _ in range(60):
            clients.enter_context(_ask(tenant, "GET", "/data?sortBy=name"))
        _until(seen, "began", 2)
        assert other.get("/data-types").status_code == 200
        assert other.hub()
        assert other.get("/data", sortBy="dataId").status_code == 200
        assert tenant.hub()


def test_a_read_that_takes_too_long_says_what_to_narrow(tmp_path: Path, own_store_url: str) -> None:
    """P29."""
    settings = Settings(data_dir=tmp_path, database_url=own_store_url, read_seconds=1)
    with Site.serving(settings, is_worker=False) as site:
        tenant = Tenant.create(site)
        tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
        with _endless_reads(tenant):
            answer = tenant.get("/data", sortBy="name")
        assert answer.status_code == 400
        assert answer.json()["message"].endswith(
            "This takes longer than 1 second: ask for less of it, by a hub, a type or a filter, "
            "sort by createdTime, or export it."
        )
        assert tenant.get("/data", sortBy="name").status_code == 200
