"""The HTTP server as its clients' connections meet it."""

import time

import httpx

from tests.factories import PATIENCE_SECONDS, TRUSTED, Site

_KEPT_SECONDS = 5  # how long httpx keeps a connection unless it is told otherwise


def test_client_is_who_ends_a_connection(site: Site) -> None:
    """What it sends may otherwise meet a connection that the server is just closing."""
    limits = httpx.Limits(keepalive_expiry=PATIENCE_SECONDS)
    with httpx.Client(
        base_url=site.http.base_url, timeout=PATIENCE_SECONDS, verify=TRUSTED, limits=limits
    ) as client:
        first = _port(client.get("/healthz"))
        time.sleep(_KEPT_SECONDS + 1)
        again = _port(client.get("/healthz"))
    assert first == again


def _port(answer: httpx.Response) -> int:
    return int(answer.extensions["network_stream"].get_extra_info("client_addr")[1])
