"""P9: what is taken away while an export runs, or after it, is gone from then on."""

from collections.abc import Callable

import pytest

from tests.exports.outlets import add_outlets
from tests.exports.queued import queued
from tests.exports.test_cancelling import perform
from tests.factories import Tenant, anybody
from tests.imports.sending import finished, imported
from transload.accounts.model import Role

Take = Callable[[Tenant, Tenant], object]


def _patch(owner: Tenant, user: Tenant, **change: object) -> None:
    answer = owner.request("PATCH", f"/user/{user.user_id}", json=change)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (lambda owner, user: _patch(owner, user, roleId=Role.FIELD.id), "any more"),
        (lambda owner, user: _patch(owner, user, hubId=[]), "A hub was taken away"),
        (lambda owner, user: owner.request("DELETE", f"/user/{user.user_id}"), "is no user"),
    ],
    ids=["role lowered", "hub taken away", "user deleted"],
)
def test_an_export_stops_when_its_user_may_no_longer(
    tenant: Tenant, take: Take, sentence: str
) -> None:
    """P9."""
    kind, _ = add_outlets(tenant, 3)
    hub = tenant.get("/hubs").json()["data"][0]["_id"]
    planner = tenant.user(Role.PLANNER, [hub])
    job = queued(tenant, planner, data_type_id=kind)
    files = perform(job, lambda: take(tenant, planner), look_seconds=0)
    entry = tenant.get(f"/export/exp_{job.row_id}").json()["data"]
    assert entry["status"] == "Failed"
    assert sentence in entry["errorMessage"]
    assert files.published == []


@pytest.mark.parametrize("names_hub", [True, False])
def test_a_link_needs_todays_right_to_what_the_file_holds(
    tenant: Tenant, *, names_hub: bool
) -> None:
    """P9."""
    kind, _ = add_outlets(tenant, 3)
    hub = tenant.get("/hubs").json()["data"][0]["_id"]
    planner = tenant.user(Role.PLANNER, [hub])
    where = {"hubId": hub} if names_hub else {}
    made = planner.export(download="json", dataTypeId=kind, **where)
    name = made.json()["data"]["exportId"]
    assert planner.get(f"/export/{name}").json()["data"]["fileUrl"]
    _patch(tenant, planner, hubId=[])
    assert planner.get(f"/export/{name}").json()["data"]["fileUrl"] is None
    assert planner.log_entry(name)["fileUrl"] is None
    assert tenant.get(f"/export/{name}").json()["data"]["fileUrl"]


def test_a_link_that_was_given_out_ends_with_its_user_s_right(tenant: Tenant) -> None:
    """P9: an owner's link to the same file goes on."""
    kind, _ = add_outlets(tenant, 3)
    hub = tenant.get("/hubs").json()["data"][0]["_id"]
    planner = tenant.user(Role.PLANNER, [hub])
    made = planner.export(download="json", dataTypeId=kind).json()["data"]
    given = tenant.get(f"/export/{made['exportId']}").json()["data"]["fileUrl"]
    assert anybody.get(made["link"]).status_code == 200
    assert anybody.get(made["link"].replace(planner.user_id, tenant.user_id)).status_code == 403
    _patch(tenant, planner, hubId=[])
    assert anybody.get(made["link"]).status_code == 403
    _patch(tenant, planner, hubId=[hub])
    assert anybody.get(made["link"]).status_code == 200
    tenant.request("DELETE", f"/user/{planner.user_id}")
    assert anybody.get(made["link"]).status_code == 403
    assert anybody.get(given).status_code == 200


def test_a_link_shows_no_field_that_is_hidden_today(tenant: Tenant) -> None:
    """P9: hidden since the export, or hidden from who looks at another's; not of another type."""
    kind, _ = add_outlets(tenant, 3)
    other = tenant.data_type()
    hub = tenant.get("/hubs").json()["data"][0]["_id"]
    role = tenant.role("view/data", "export/data", "view/log")
    clerk = tenant.user(role, [hub])
    made = clerk.export(download="json", dataTypeId=kind).json()["data"]
    for thing, status in ((other, 200), (kind, 403)):
        detail = {"permissionName": "view/data", "dataTypeId": thing, "hiddenFields": ["price"]}
        body = {
            "name": role.name,
            "permissionList": ["view/data", "export/data", "view/log"],
            "permissionDetails": [detail],
        }
        answer = tenant.request("PUT", f"/role/{role.id}", json=body)
        assert answer.status_code == 200, answer.text
        assert anybody.get(made["link"]).status_code == status
        link = clerk.get(f"/export/{made['exportId']}").json()["data"]["fileUrl"]
        assert (link is not None) is (status == 200)
    again = clerk.export(download="json", dataTypeId=kind).json()["data"]
    assert anybody.get(again["link"]).status_code == 200


def test_a_link_to_failed_rows_ends_with_its_user_s_right(tenant: Tenant) -> None:
    """P9: who sent them may have them while they are a user; others while they see the hub."""
    kind, hub = tenant.data_type(), tenant.hub()
    role = tenant.role("view/data", "import/data", "view/log")
    sender, other = tenant.user(role, [hub]), tenant.user(role, [hub])
    ended = imported(sender, b"dataId,price\n1,2\n2,none\n", dataTypeId=kind, hubId=hub)
    own = ended.record["fileFailedImported"]
    given = finished(other, ended.record["_id"]).record["fileFailedImported"]
    assert [anybody.get(link).status_code for link in (own, given)] == [200, 200]
    for user in (sender, other):
        _patch(tenant, user, hubId=[])
    assert [anybody.get(link).status_code for link in (own, given)] == [200, 403]
    tenant.request("DELETE", f"/user/{sender.user_id}")
    assert anybody.get(own).status_code == 403
