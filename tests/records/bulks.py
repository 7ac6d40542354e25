"""Bulk requests and what became of their items."""

import httpx

from tests.factories import Tenant

TAKEN = (False, "The dataId 1 is taken already.")
ADDED = (True, "Success.")


def bulk(tenant: Tenant, *items: object) -> httpx.Response:
    """Send the items in one bulk request."""
    return tenant.post("/data/bulk", {"data": items})


def outcomes(answer: httpx.Response) -> list[tuple[bool, str]]:
    """Give each item's status and message."""
    assert answer.status_code == 201, answer.text
    return [(item["status"], item["message"]) for item in answer.json()["data"]]
