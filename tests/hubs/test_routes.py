"""Hubs as a client sees them."""

import time

import pytest

from tests.factories import Tenant
from transload.accounts.model import Role

NOT_FOUND = {"status": False, "message": "Data not found"}


@pytest.mark.parametrize("unknown", ["f" * 24, "F" * 24, "x", "%00", "%FF", "'"])
def test_an_id_that_is_nobodys_is_not_found(tenant: Tenant, unknown: str) -> None:
    """P20: whatever stands in the path, the database has no say."""
    answer = tenant.get(f"/hub/{unknown}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_another_organizations_hub_is_not_found(tenant: Tenant) -> None:
    """P7."""
    theirs = Tenant.create(tenant.site).get(f"/hub/{tenant.hub()}")
    unknown = tenant.get(f"/hub/{'f' * 24}")
    assert (theirs.status_code, theirs.content) == (unknown.status_code, unknown.content)


def test_a_hub_that_the_user_does_not_see_is_not_found(tenant: Tenant) -> None:
    """P10."""
    seen, unseen = tenant.hub(), tenant.hub()
    user = tenant.user(Role.FIELD, [seen])
    assert user.get(f"/hub/{seen}").json()["data"]["_id"] == seen
    assert user.get(f"/hub/{unseen}").status_code == 404


@pytest.mark.parametrize("digits", ["1" * 60_000 + "x", "1" * 60_000 + ".x", "1e" + "9" * 60_000])
def test_long_text_that_is_no_number_is_refused_at_once(tenant: Tenant, digits: str) -> None:
    """P4: the time is that of the text's length, not of its square."""
    body = {"name": "North", "address": "", "lat": digits, "lng": 0}
    started = time.monotonic()
    answer = tenant.post("/hub", body)
    assert time.monotonic() - started < 5
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("The lat field must be a number.")
