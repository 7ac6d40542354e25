"""Every route, with the largest request that it takes, by the lowest role: refused, or answered."""

from tests.factories import Tenant
from tests.hostile.largest import largest_requests
from transload.accounts.model import Role

_MAX_REFUSAL_BYTES = 64 << 10
_MOST_BYTES = 4 << 20
_SERVER_ERROR = 500
_REFUSED = 400


def test_no_route_fails_or_answers_without_end(tenant: Tenant) -> None:
    """P29: `python -m faults --only walk` does it with all bytes, and measures what it costs."""
    kind, hub = tenant.data_type(), tenant.hub()
    tenant.add(kind, hub, ({"dataId": str(one)} for one in range(300)))
    lowest = tenant.user(Role.FIELD, hub_ids=[hub])
    document = tenant.site.http.get("/openapi.json").json()
    failed = []
    for one in largest_requests(document, {"data_type_id": kind, "hub_id": hub}, _MOST_BYTES):
        answer = lowest.request(
            one.method,
            one.path.removeprefix("/api/v3"),
            params=dict(one.query),
            content=one.body,
            headers={"Content-Type": "application/json"},
        )
        is_short = answer.status_code < _REFUSED or len(answer.content) <= _MAX_REFUSAL_BYTES
        if answer.status_code >= _SERVER_ERROR or not is_short:
            failed.append((one.method, one.path, answer.status_code, len(answer.content)))
    assert failed == []
