"""Who calls, on every endpoint; and that no log says with what."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.endpoints import endpoints
from tests.factories import Site, Tenant, fetch

_UNSERVED = ("httpx", "httpcore", "uvicorn.access")
"""The test's own client, and the server's access log, which is turned off."""
_IMPORTS = ("/api/v3/data/import", "/api/v3/import-monitoring", "/api/v3/imports")
"""Where every refusal has a code of its own."""


def test_every_endpoint_of_the_api_asks_for_a_token(site: Site) -> None:
    """P13."""
    found = list(endpoints(site))
    assert ("POST", "/api/v3/data/export") in found
    for how_to_become_somebody in (("POST", "/api/v3/session"), ("GET", "/api/v3/session/ways")):
        found.remove(how_to_become_somebody)
    for method, path in found:
        answer = site.http.request(method, path)
        assert answer.status_code == 401, (method, path)
        code = {"failedCode": "auth-001"} if path.startswith(_IMPORTS) else {}
        expected = {"status": False, "message": "Unauthorized", **code}
        assert answer.json() == expected, (method, path)


def test_no_log_holds_a_token_or_a_signature(
    tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    """P13."""
    caplog.set_level(logging.DEBUG)
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1"}])
    assert tenant.export(download="xlsx", limit=0).status_code == 400
    link = tenant.export(download="json").json()["data"]["link"]
    fetch(link)
    assert tenant.site.http.get(link[:-1]).status_code == 403
    tenant.file_in_background(download="xlsx")
    wrong = tenant.token[:-8] + "AAAAAAAA"
    refused = tenant.site.http.get(
        "/api/v3/tasks/export-log", headers={"Authorization": f"Bearer {wrong}"}
    )
    assert refused.status_code == 401
    tenant.site.service.accounts.revoke_token(tenant.token, tenant.site.clock.now())

    log = _served(caplog)
    assert "/api/v3/data/export 200" in log
    (signature,) = parse_qs(urlsplit(link).query)["signature"]
    for secret in (tenant.token, *tenant.token.split(".")[1:], wrong[-100:], signature):
        assert secret not in log


def _served(caplog: pytest.LogCaptureFixture) -> str:
    """Give all that the service logged, as text."""
    assert not logging.getLogger("uvicorn.access").propagate
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(
        formatter.format(record)
        for record in caplog.records
        if not record.name.startswith(_UNSERVED)
    )
