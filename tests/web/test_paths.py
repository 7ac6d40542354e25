"""What every path has in common: its spelling, and what is said where it does not lead anywhere."""

import logging
import time

import httpx
import pytest

from tests.endpoints import endpoints
from tests.factories import PATIENCE_SECONDS, Site, Tenant, anybody
from transload import audit
from transload.accounts.model import Role
from transload.api import API
from transload.web import request_log


def _seen(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


def test_every_path_works_with_and_without_its_trailing_slash(tenant: Tenant) -> None:
    headers = {"Authorization": f"Bearer {tenant.token}"}
    tenant.site.clock.stop()  # the moment stands in some answers, and a second may end between two
    for method, path in endpoints(tenant.site):
        bare = tenant.site.http.request(method, path, headers=headers)
        slashed = tenant.site.http.request(method, f"{path}/", headers=headers)
        # A thing that is made has an id of its own, and figures are those of the moment.
        if bare.status_code != 201 and path != f"{API}/status":
            assert _seen(slashed) == _seen(bare), (method, path)
        assert slashed.status_code == bare.status_code, (method, path)
        assert bare.status_code not in {401, 405}, (method, path)


def test_trailing_slash_keeps_the_query(tenant: Tenant) -> None:
    answer = tenant.get("/tasks/export-log/", limit=0)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid limit parameter")


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/nowhere//", "/api/v3", "/api/v3/nowhere/", "/api/v2/hub", "/files/x", "/%00"],
)
def test_unknown_url_is_not_found_in_the_envelope(site: Site, path: str) -> None:
    answer = site.http.get(f"{str(site.http.base_url).rstrip('/')}{path}")
    assert _seen(answer) == (404, {"status": False, "message": "Data not found"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/hub", "POST"), ("POST", "/tasks/export-log/", "GET")],
)
def test_wrong_method_is_told_in_the_envelope(
    tenant: Tenant, method: str, path: str, allowed: str
) -> None:
    answer = tenant.request(method, path)
    assert _seen(answer) == (405, {"status": False, "message": "Method not allowed"})
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*;q=0.5", "image/png"])
def test_client_that_takes_no_json_gets_none(tenant: Tenant, accept: str) -> None:
    answer = tenant.request("GET", "/tasks/export-log", headers={"Accept": accept})
    assert answer.status_code == 406
    assert answer.json()["status"] is False


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "APPLICATION/JSON", "text/html, */*;q=0.1", "application/*", ""],
)
def test_client_that_takes_json_gets_it(tenant: Tenant, accept: str) -> None:
    answer = tenant.request("GET", "/tasks/export-log", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"


def test_file_is_served_whatever_the_client_accepts(tenant: Tenant) -> None:
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    link = tenant.export(download="json").json()["data"]["link"]
    assert anybody.get(link, headers={"Accept": "text/html"}).status_code == 200


def test_every_answer_names_its_request(site: Site) -> None:
    first, second = site.http.get("/nowhere"), site.http.get("/nowhere")
    assert len(first.headers["X-Request-Id"]) == 16
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_a_line_feed_in_a_path_does_not_begin_a_line_of_the_log(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tenant.get("/hub/x%0AGET%20/forged%20200")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (lines := [line for line in caplog.messages if "forged" in line]):
        assert time.monotonic() < deadline  # the line is written when the answer is on its way
    assert "\n" not in lines[0]


def test_a_long_path_fills_neither_the_log_nor_the_audit_trail(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """P4."""
    caplog.set_level(logging.INFO, logger=request_log.__name__)
    path = f"/data/hub/{'0' * 24}/type/{'t' * 20_000}/1"
    answer = tenant.user(Role.FIELD).request("DELETE", path)
    assert answer.status_code == 403
    with tenant.site.service.accounts.database.read() as connection:
        [event] = audit.find_latest(connection, tenant.organization_id, 1)
    assert event.thing_id.startswith("DELETE /api/v3/data/hub/000")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (lines := [one.message for one in caplog.records if _is_of_a_long_path(one)]):
        assert time.monotonic() < deadline
    assert max(map(len, [event.thing_id, *lines])) < 600


def _is_of_a_long_path(line: logging.LogRecord) -> bool:
    return line.name == request_log.__name__ and "/hub/000" in line.message
