"""What is told is true: to those who read the trail, to browsers, and to other origins."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import FIELDS, Site, Tenant, anybody
from transload import audit
from transload.accounts.model import Role
from transload.cli.printing import print_list
from transload.printable import printable, printable_json

_SPOOF = "Jakarta\n2026-01-01 00:00:00\towner@example.com\tdelete hub\t\x1b[2J\x9b\u202e"


def _events(tenant: Tenant, action: audit.Action) -> list[audit.Event]:
    database = tenant.site.service.accounts.database
    with database.read() as connection:
        found = audit.find_latest(connection, tenant.organization_id, 100)
    return [event for event in found if event.action is action]


def _link(tenant: Tenant) -> str:
    answer = tenant.export(download="json", fields="_id")
    return str(answer.json()["data"]["link"])


@pytest.mark.parametrize("show", [printable, printable_json])
def test_what_moves_the_cursor_is_escaped(show: Any) -> None:  # noqa: ANN401 - either of the two
    """P21: a name is no event of its own, and nothing of it reaches the terminal."""
    line = show(json.dumps(_SPOOF, ensure_ascii=False)) if show is printable_json else show(_SPOOF)
    assert line.isprintable()
    assert "Jakarta" in line
    if show is printable_json:
        assert json.loads(line) == _SPOOF


def test_printable_text_stays_as_it_is() -> None:
    text = "Toko Berkah é 東京 شكرا 😀 \N{FAMILY}"
    assert printable(text) == text


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_line_prints_no_control_characters(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    print_list([{"name": _SPOOF}], as_json=as_json)
    printed = capsys.readouterr().out
    assert all(line.isprintable() for line in printed.splitlines())
    assert len(printed.splitlines()) == (5 if as_json else 1)


def test_refused_items_of_a_bulk_request_leave_an_event(tenant: Tenant) -> None:
    """P21."""
    kind, mine, theirs = tenant.data_type(), tenant.hub(), tenant.hub()
    planner = tenant.user(Role.PLANNER, [mine])
    items = [{"dataTypeId": kind, "hubId": hub, "dataId": hub} for hub in (mine, theirs, theirs)]
    answer = planner.post("/data/bulk", {"data": items})
    assert answer.json()["failed"] == 2
    (event,) = _events(tenant, audit.Action.DENY)
    assert event.email == planner.email
    assert event.detail.startswith("2 of 3: ")


def test_a_refused_single_record_leaves_one_event(tenant: Tenant) -> None:
    kind, theirs = tenant.data_type(), tenant.hub()
    planner = tenant.user(Role.PLANNER, [tenant.hub()])
    record = {"dataTypeId": kind, "hubId": theirs, "dataId": "1"}
    assert planner.post("/data", record).status_code == 403
    assert len(_events(tenant, audit.Action.DENY)) == 1


def test_a_download_is_what_sent_content_and_its_ranges_are_one(tenant: Tenant) -> None:
    """P21."""
    link = _link(tenant)
    for _ in range(5):
        assert anybody.head(link).status_code == 200
    assert _events(tenant, audit.Action.DOWNLOAD) == []
    for start in range(2):
        found = anybody.get(link, headers={"Range": f"bytes={start}-{start}"})
        assert found.status_code == 206
    assert len(_events(tenant, audit.Action.DOWNLOAD)) == 1
    assert anybody.get(link).status_code == 200
    assert len(_events(tenant, audit.Action.DOWNLOAD)) == 2
    tenant.site.clock.move(timedelta(hours=2))
    assert anybody.get(link, headers={"Range": "bytes=0-0"}).status_code == 206
    assert len(_events(tenant, audit.Action.DOWNLOAD)) == 3


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/docs", "/openapi.json"])
def test_other_origins_read_the_api_alone(site: Site, path: str) -> None:
    answer = site.http.get(path, headers={"Origin": "http://127.0.0.1:9"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_other_origins_read_the_api(tenant: Tenant) -> None:
    answer = tenant.request("GET", "/user", headers={"Origin": "https://example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nobody_keeps_or_guesses_an_answer(tenant: Tenant) -> None:
    for answer in (
        tenant.get("/user"),
        tenant.get("/nowhere"),
        tenant.with_token("x").get("/user"),
        anybody.get(_link(tenant)),
        anybody.get(_link(tenant) + "0"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_documents_page_takes_nothing_from_the_host_header(site: Site) -> None:
    page = site.http.get("/docs", headers={"Host": "evil.example"})
    assert "evil.example" not in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    policy = page.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert policy.count("'sha256-") == len(re.findall("<script>", page.text))
    first = site.http.get("/", headers={"Host": "evil.example"})
    assert "evil.example" not in first.headers.get("Location", "")


def test_a_password_in_a_providers_url_is_not_shown_and_not_lost(tenant: Tenant) -> None:
    config = {"url": "https://reader:s3cret@example.com/outlets?x=1", "key": "k"}
    body = {
        "name": "Outlets",
        "fields": FIELDS,
        "provider": "external-api",
        "providerConfig": config,
    }
    made = tenant.post("/data-type", body)
    assert made.status_code == 201, made.text
    assert "s3cret" not in made.text
    kind = made.json()["data_type"]
    assert kind["providerConfig"] == {"url": "https://example.com/outlets?x=1"}
    again = tenant.request("PUT", f"/data-type/{kind['_id']}", json=kind)
    assert again.status_code == 200, again.text
    database = tenant.site.service.accounts.database
    with database.read() as connection:
        stored = connection.exec_driver_sql(
            f"SELECT * FROM data_types WHERE id = '{kind['_id']}'"  # noqa: S608 - an id that we made
        ).one()
    assert any("s3cret" in str(value) for value in stored)


def test_a_token_of_a_clock_that_is_ahead_is_taken(tenant: Tenant) -> None:
    tenant.site.clock.move(-timedelta(seconds=50))
    assert tenant.get("/user").status_code == 200
    tenant.site.clock.move(-timedelta(seconds=50))
    assert tenant.get("/user").status_code == 401
