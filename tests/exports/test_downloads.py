"""GET /files as whoever holds a link sees it."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.exports.outlets import add_outlets
from tests.factories import PATIENCE_SECONDS, Tenant, anybody, fetch
from tests.processes import Installation
from transload.accounts.model import Role

REFUSED = {"status": False, "message": "This link is not valid or has expired."}
NOT_FOUND = {"status": False, "message": "Data not found"}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def link_to(tenant: Tenant, download: str = "json") -> str:
    answer = tenant.export(download=download)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["link"])


def refused(link: str) -> None:
    answer = anybody.get(link)
    assert (answer.status_code, answer.json()) == (403, REFUSED)


def not_found(link: str) -> None:
    answer = anybody.get(link)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("download", MEDIA_TYPES)
def test_a_file_is_an_attachment_that_nobody_keeps(tenant: Tenant, download: str) -> None:
    """P6."""
    add_outlets(tenant, 1)
    link = link_to(tenant, download)
    name = urlsplit(link).path.rpartition("/")[2]

    [got, headed] = [anybody.request(method, link) for method in ("GET", "HEAD")]

    assert (got.status_code, headed.status_code) == (200, 200)
    for answer in (got, headed):
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Content-Type"] == MEDIA_TYPES[download]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Length"] == str(len(got.content))
    assert headed.content == b""


def test_a_part_of_a_file_can_be_fetched(tenant: Tenant) -> None:
    add_outlets(tenant, 3)
    link = link_to(tenant)
    answer = anybody.get(link, headers={"Range": "bytes=2-9"})
    assert (answer.status_code, answer.content) == (206, fetch(link)[2:10])


def test_a_link_that_was_tampered_with_opens_nothing(tenant: Tenant) -> None:
    """P11, P12, P20."""
    link, other = link_to(tenant), link_to(tenant)
    start, _, query = link.partition("?")
    values = parse_qs(query)
    [expires], [signature] = values["expires"], values["signature"]
    changed = "0" if signature[0] != "0" else "1"
    for tampered in (
        f"{start}?expires={int(expires) + 1}&signature={signature}",
        f"{start}?expires={'9' * 5_000}&signature={signature}",
        f"{start}?expires=x&signature={signature}",
        f"{start}?expires={expires}&signature={changed}{signature[1:]}",
        f"{start}?expires={expires}&signature=%ff",
        f"{start}?expires={expires}",
        f"{start}?signature={signature}",
        start,
        f"{other.partition('?')[0]}?{query}",
        f"{start.replace('.json', '.xlsx')}?{query}",
        f"{start.replace('.json', '_9.json')}?{query}",
        f"{start.replace('.json', '%00.json')}?{query}",
    ):
        refused(tampered)
    assert fetch(link) == b"[]"


def test_a_path_leads_nowhere_but_to_the_exports(tenant: Tenant) -> None:
    """P6."""
    link = link_to(tenant)
    address, query = urlsplit(link), urlsplit(link).query
    for path in (
        "..%2f..%2ftransload.db",
        "..%2ftransload.db",
        "%2e%2e/transload.db",
        "20250131/..%2f..%2ftransload.db",
        "20250131/%2e%2e",
        "%2fetc/passwd",
        "unfinished/x",
        "a%5c..%5cb/c",
    ):
        answer = anybody.get(f"{address.scheme}://{address.netloc}/files/{path}?{query}")
        assert answer.status_code in {403, 404}, path
        assert answer.json() in (REFUSED, NOT_FOUND)


def test_a_file_that_does_not_exist_is_refused_like_one_that_does(tenant: Tenant) -> None:
    """P7, P12."""
    link = link_to(tenant).partition("?")[0]
    answers = [anybody.get(one) for one in (link, link.replace("data_", "data_x"))]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (403, answers[0].content)
    }


def test_a_link_expires_and_the_log_makes_a_new_one(tenant: Tenant) -> None:
    """P11."""
    clock = tenant.site.clock
    clock.stop()
    body = tenant.export(download="json").json()["data"]
    clock.move(timedelta(hours=24) - timedelta(seconds=1))
    assert fetch(body["link"]) == b"[]"
    clock.move(timedelta(seconds=1))
    refused(body["link"])
    fresh = tenant.log_entry(body["exportId"])["fileUrl"]
    assert fresh != body["link"]
    assert fetch(fresh) == b"[]"


def test_a_file_is_gone_after_thirty_days(tenant: Tenant) -> None:
    """P11."""
    clock = tenant.site.clock
    clock.stop()
    body = tenant.export(download="json").json()["data"]
    clock.move(timedelta(days=30) - timedelta(seconds=1))
    last = tenant.log_entry(body["exportId"])["fileUrl"]
    assert fetch(last) == b"[]"
    refused(body["link"])
    clock.move(timedelta(seconds=1))
    assert tenant.log_entry(body["exportId"])["fileUrl"] is None
    not_found(last)
    not_found(body["link"])


def test_a_link_is_made_for_those_alone_who_may_export(tenant: Tenant) -> None:
    """P8, P9."""
    planner = tenant.user(Role.PLANNER)
    body = planner.export(download="json").json()["data"]
    assert planner.log_entry(body["exportId"])["fileUrl"]
    for other in (tenant.user(Role.PLANNER), tenant.user(Role.FIELD), Tenant.create(tenant.site)):
        answer = other.get("/tasks/export-log", email=planner.email)
        assert body["exportId"] not in answer.text
        assert "/files/" not in answer.text


def test_a_link_leads_to_the_host_that_was_asked(tenant: Tenant) -> None:
    headers = {"Host": "files.example.com:8443"}
    answer = tenant.request("POST", "/data/export?download=json", headers=headers)
    assert answer.json()["data"]["link"].startswith("http://files.example.com:8443/files/")


def test_a_file_is_only_ever_fetched(tenant: Tenant) -> None:
    link = link_to(tenant)
    for method in ("POST", "PUT", "DELETE"):
        assert anybody.request(method, link).status_code == 405
    assert fetch(link) == b"[]"


def test_settings_say_where_links_lead_and_how_long_they_work(tmp_path: Path) -> None:
    """P11."""
    settings = {"public_url": "https://example.com/transload/", "link_hours": 2}
    installation = Installation(data_dir=tmp_path / "data", settings=settings)
    token = installation.token()
    with installation.serving() as program, program.client(token) as client:
        data = client.post("/data/export?download=json", timeout=PATIENCE_SECONDS).json()["data"]
    address = urlsplit(data["link"])
    assert data["link"].startswith("https://example.com/transload/files/")
    seconds = int(parse_qs(address.query)["expires"][0]) - data["time"]
    assert 0 <= seconds - 2 * 3_600 <= 5
