"""GET and DELETE /export/{id} as a client sees them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.exports.outlets import UNAUTHORIZED, add_outlets, stored
from tests.factories import Tenant, anybody, fetch
from transload import audit
from transload.accounts.model import Role

DENIED = {"status": False, "message": "You do not have permission to view export logs"}
NOT_FOUND = {"status": False, "message": "Data not found"}
METHODS = [("GET", ""), ("DELETE", ""), ("GET", "/events")]


def exported(tenant: Tenant, **query: object) -> str:
    """Export directly; give the export's id."""
    answer = tenant.export(**{"download": "json", **query})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["exportId"])


def deleted(tenant: Tenant, export_id: str) -> dict[str, Any]:
    answer = tenant.request("DELETE", f"/export/{export_id}")
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"status", "message", "data"}
    found: dict[str, Any] = answer.json()["data"]
    return found


def events(tenant: Tenant) -> list[tuple[str, audit.Action, str]]:
    database = tenant.site.service.accounts.database
    with database.read() as connection:
        latest = audit.find_latest(connection, tenant.organization_id, 100)
    return [(one.email, one.action, one.thing_id) for one in latest if one.thing == "export"]


def files_of(tenant: Tenant, export_id: str) -> list[str]:
    return stored(tenant.site.service.exports.files, export_id)


def test_an_export_is_given_as_the_log_shows_it(tenant: Tenant) -> None:
    add_outlets(tenant, 2)
    tenant.site.clock.stop()
    export_id = exported(tenant, download="xlsx")

    answer = tenant.get(f"/export/{export_id}")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": True,
        "message": "Success",
        "data": {"_id": export_id, **tenant.log_entry(export_id)},
    }
    assert answer.json()["data"]["totalRecords"] == 2
    assert len(fetch(answer.json()["data"]["fileUrl"])) == answer.json()["data"]["fileSize"]


def test_a_finished_export_loses_its_file_and_keeps_its_entry(tenant: Tenant) -> None:
    add_outlets(tenant, 2)
    tenant.site.clock.stop()
    export_id = exported(tenant)
    before = tenant.get(f"/export/{export_id}").json()["data"]
    assert files_of(tenant, export_id) == [f"{export_id}.json"]

    tenant.site.clock.move(timedelta(hours=1))
    data = deleted(tenant, export_id)

    removed = tenant.site.clock.now().replace(microsecond=0).isoformat()
    assert data == {**before, "fileUrl": None, "expiresAt": removed}
    assert (data["status"], "cancelled" in data) == ("Done", False)
    assert tenant.get(f"/export/{export_id}").json()["data"] == data
    assert {"_id": export_id, **tenant.log_entry(export_id)} == data
    assert files_of(tenant, export_id) == []
    gone = anybody.get(before["fileUrl"])
    assert (gone.status_code, gone.json()) == (404, NOT_FOUND)


def test_deleting_again_changes_nothing(tenant: Tenant) -> None:
    tenant.site.clock.stop()
    export_id = exported(tenant)
    first = deleted(tenant, export_id)
    tenant.site.clock.move(timedelta(hours=1))
    assert deleted(tenant, export_id) == first
    assert [action for _, action, _ in events(tenant)] == [
        audit.Action.DELETE,
        audit.Action.EXPORT,
    ]


def test_a_deletion_is_audited_with_who_did_it(tenant: Tenant) -> None:
    """P21."""
    planner = tenant.user(Role.PLANNER)
    export_id = exported(planner)
    deleted(tenant, export_id)
    row_id = export_id.removeprefix("exp_")
    assert events(tenant) == [
        (tenant.email, audit.Action.DELETE, row_id),
        (planner.email, audit.Action.EXPORT, row_id),
    ]


def test_a_planner_sees_and_deletes_their_own_exports(tenant: Tenant) -> None:
    """P8."""
    planner = tenant.user(Role.PLANNER)
    export_id = exported(planner)
    assert planner.get(f"/export/{export_id}").json()["data"]["email"] == planner.email
    assert deleted(planner, export_id)["fileUrl"] is None


@pytest.mark.parametrize(("method", "rest"), METHODS)
def test_anothers_export_needs_a_permission(tenant: Tenant, method: str, rest: str) -> None:
    """P8, P21."""
    export_id = exported(tenant)
    for other in (tenant.user(Role.PLANNER), tenant.user(Role.FIELD)):
        answer = other.request(method, f"/export/{export_id}{rest}")
        assert (answer.status_code, answer.json()) == (403, DENIED)
        assert latest_event(tenant) == (other.email, audit.Action.DENY)
    assert fetch(tenant.log_entry(export_id)["fileUrl"]) == b"[]"


def latest_event(tenant: Tenant) -> tuple[str, audit.Action]:
    with tenant.site.service.accounts.database.read() as connection:
        [latest] = audit.find_latest(connection, tenant.organization_id, 1)
    return latest.email, latest.action


@pytest.mark.parametrize(("method", "rest"), METHODS)
def test_an_id_that_leads_nowhere_is_not_found(tenant: Tenant, method: str, rest: str) -> None:
    """P7."""
    stranger = exported(Tenant.create(tenant.site))
    own = exported(tenant)
    for other in (
        stranger,
        f"exp_{'f' * 24}",
        own.removeprefix("exp_"),
        f"exp_{own}",
        own.upper(),
        f"{own}0",
        "exp_",
        "exp_%00",
    ):
        answer = tenant.request(method, f"/export/{other}{rest}")
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND), other


@pytest.mark.parametrize(("method", "rest"), METHODS)
def test_an_export_is_given_to_nobody_without_a_token(
    tenant: Tenant, method: str, rest: str
) -> None:
    export_id = exported(tenant)
    answer = tenant.with_token("none").request(method, f"/export/{export_id}{rest}")
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize(("method", "rest"), METHODS)
def test_an_export_past_thirty_days_is_not_found(tenant: Tenant, method: str, rest: str) -> None:
    """P11."""
    tenant.site.clock.stop()
    export_id = exported(tenant)
    tenant.site.clock.move(timedelta(days=30))
    data = tenant.get(f"/export/{export_id}").json()["data"]
    assert (data["status"], data["fileUrl"]) == ("Done", None)
    tenant.site.clock.move(timedelta(seconds=1))
    answer = tenant.request(method, f"/export/{export_id}{rest}")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
