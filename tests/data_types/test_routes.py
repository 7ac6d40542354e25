"""Data types as a client sees them."""

import pytest

from tests.factories import Tenant

BAD_REQUEST = "Bad request - invalid parameters provided."
NOT_FOUND = {"status": False, "message": "Data not found"}
FIELDS = '{"id": "dataId", "type": "string"}, {"id": "price", "type": "number", "default": %s}'


@pytest.mark.parametrize("unknown", ["f" * 24, "F" * 24, "x", "%00", "%FF", "'"])
def test_an_id_that_is_nobodys_is_not_found(tenant: Tenant, unknown: str) -> None:
    """P20: whatever stands in the path, the database has no say."""
    answer = tenant.get(f"/data-type/{unknown}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_another_organizations_type_is_not_found(tenant: Tenant) -> None:
    """P7."""
    theirs = Tenant.create(tenant.site).get(f"/data-type/{tenant.data_type()}")
    unknown = tenant.get(f"/data-type/{'f' * 24}")
    assert (theirs.status_code, theirs.content) == (unknown.status_code, unknown.content)


@pytest.mark.parametrize("default", ["NaN", "-Infinity", "1e999"])
def test_a_default_that_is_not_finite_is_refused(tenant: Tenant, default: str) -> None:
    """P20: a refusal of ours, not an error of the database."""
    body = '{"name": "Outlets", "fields": [%s]}' % (FIELDS % default)
    answer = tenant.request("POST", "/data-type", content=body)
    fault = "The request's body holds a number that is not finite."
    expected = {"status": False, "message": f"{BAD_REQUEST} {fault}"}
    assert (answer.status_code, answer.json()) == (400, expected)
