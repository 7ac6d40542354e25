"""P9: what is taken away while an export runs, or after it, is gone from then on."""

from collections.abc import Callable

import pytest

from tests.exports.outlets import add_outlets
from tests.exports.queued import queued
from tests.exports.test_cancelling import perform
from tests.factories import Tenant
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
