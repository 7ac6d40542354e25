"""Tasks over HTTP, beyond what the contract's table holds."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import FLOW, Tenant
from transload.accounts.model import Role


@pytest.fixture
def hub(tenant: Tenant) -> str:
    tenant.flow(name="Delivery")
    return tenant.hub()


def task_of(tenant: Tenant, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.get(f"/task/{task_id}").json()["task"]
    return found


def patched(tenant: Tenant, task_id: str, **values: object) -> dict[str, Any]:
    answer = tenant.request("PATCH", f"/task/{task_id}", json=values)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["task"]
    return found


def titles(tenant: Tenant, **query: object) -> list[str]:
    answer = tenant.get("/tasks", **{"sortOrder": "asc", **query})
    assert answer.status_code == 200, answer.text
    return [task["title"] for task in answer.json()["tasks"]["data"]]


def test_a_task_has_the_times_of_its_flow_unless_it_names_some(tenant: Tenant, hub: str) -> None:
    tenant.site.clock.stop()
    now = tenant.site.clock.now()
    unnamed, named = tenant.add_tasks("Delivery", hub, [{}, {"startTime": "2030-01-01 00:00:00"}])
    later = (now + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    assert task_of(tenant, unnamed)["startTime"] == later
    assert task_of(tenant, unnamed)["endTime"] is None
    assert task_of(tenant, named)["startTime"] == "2030-01-01T00:00:00+00:00"


def test_the_status_follows_what_is_written(tenant: Tenant, hub: str) -> None:
    (task_id,) = tenant.add_tasks("Delivery", hub, [{"status": "ONGOING"}])
    assert task_of(tenant, task_id)["status"] == "UNASSIGNED"
    assigned = patched(tenant, task_id, assignee=["a@example.com"])
    assert (assigned["status"], assigned["assignedBy"]) == ("ONGOING", tenant.email)
    done = patched(tenant, task_id, status="DONE")
    assert (done["status"], done["doneBy"]) == ("DONE", tenant.email)
    assert done["doneTime"]
    assert patched(tenant, task_id, outlet="x")["status"] == "DONE"
    reopened = patched(tenant, task_id, status="ONGOING")
    assert (reopened["status"], reopened["doneBy"], reopened["doneTime"]) == ("ONGOING", None, None)
    assert patched(tenant, task_id, assignee=[])["status"] == "UNASSIGNED"


def test_what_was_read_is_sent_back_without_a_change(tenant: Tenant, hub: str) -> None:
    values = {
        "title": "T",
        "assignee": ["a@example.com"],
        "amount": 1.5,
        "label": {"any": [1, None]},
        "goods": {"items": [{"name": "Rice", "unit_price": 1, "qty": 2}]},
        "boxes": [{"title": "x", "data": {"y": 1}}],
    }
    (task_id,) = tenant.add_tasks("Delivery", hub, [values])
    before = task_of(tenant, task_id)
    answer = tenant.request("PUT", f"/task/{task_id}", json=before)
    assert answer.status_code == 200, answer.text
    changing = {"updatedTime": "", "updatedBy": ""}
    assert {**answer.json()["task"], **changing} == {**before, **changing}


def test_a_task_that_is_done_has_what_its_flow_requires(tenant: Tenant) -> None:
    component = {"id": "proof", "component": "photo", "isRequired": True}
    tenant.flow({**FLOW, "pages": [{"id": "p", "components": [component]}]}, name="Proven")
    (task_id,) = tenant.add_tasks("Proven", tenant.hub(), [{}])
    answer = tenant.request("PATCH", f"/task/{task_id}", json={"status": "DONE"})
    assert answer.status_code == 400
    assert answer.json()["message"].endswith("A task that is done must have: proof.")
    assert patched(tenant, task_id, status="DONE", proof="https://x.y/z.jpg")["status"] == "DONE"


def test_lists_are_filtered(tenant: Tenant, hub: str) -> None:
    tenant.flow(name="Other")
    tenant.add_tasks(
        "Delivery",
        hub,
        [
            {"title": "A", "assignee": ["a@example.com", "b@example.com"], "amount": 10},
            {"title": "B", "status": "DONE", "doneBy": tenant.email, "amount": 9},
            {"title": "C", "startTime": "2020-05-05 00:00:00"},
        ],
    )
    tenant.add_tasks("Other", hub, [{"title": "D", "assignee": ["b@example.com"]}])
    assert titles(tenant) == ["A", "B", "C", "D"]
    assert titles(tenant, flow="Other, Delivery", status="ONGOING") == ["A", "D"]
    assert titles(tenant, assignee="a@example.com") == ["A"]
    assert titles(tenant, assignee="b@example.com") == ["A", "D"]
    assert titles(tenant, doneBy=tenant.email) == ["B"]
    assert titles(tenant, active=True) == ["A", "C", "D"]
    assert titles(tenant, timeBy="startTime", timeTo="2020-05-05 00:00:00") == ["C"]
    assert titles(tenant, sortBy="amount", flow="Delivery") == ["B", "A", "C"]
    assert titles(tenant, sortBy="amount", sortOrder="desc", limit=1, page=2) == ["B"]


def test_assignments_change_with_their_task(tenant: Tenant, hub: str) -> None:
    (task_id,) = tenant.add_tasks("Delivery", hub, [{"title": "A", "assignee": ["a@example.com"]}])
    patched(tenant, task_id, assignee=["b@example.com"])
    assert titles(tenant, assignee="a@example.com") == []
    assert titles(tenant, assignee="b@example.com") == ["A"]
    tenant.request("DELETE", f"/task/{task_id}")
    assert titles(tenant, assignee="b@example.com") == []


def test_a_cursor_goes_through_all_tasks(tenant: Tenant, hub: str) -> None:
    ids = tenant.add_tasks("Delivery", hub, [{} for _ in range(5)])
    seen: list[str] = []
    query: dict[str, object] = {"lazyLoad": 1, "limit": 2, "sortOrder": "asc", "fields": "title"}
    while page := tenant.get("/tasks", **query).json()["tasks"]["data"]:
        seen += [task["_id"] for task in page]
        query["cursor"] = seen[-1]
    assert seen == ids


def test_users_see_the_tasks_of_their_hubs(tenant: Tenant, hub: str) -> None:
    other = tenant.hub()
    tenant.add_tasks("Delivery", hub, [{"title": "A"}])
    (unseen,) = tenant.add_tasks("Delivery", other, [{"title": "B"}])
    user = tenant.user(Role.PLANNER, [hub])
    assert titles(user) == ["A"]
    assert user.get("/tasks", hubId=other).status_code == 403
    assert user.get(f"/task/{unseen}").status_code == 404
    assert user.request("PATCH", f"/task/{unseen}", json={}).status_code == 404
    moved = user.post("/task", {"flow": "Delivery", "hubId": other})
    assert moved.status_code == 403


def test_many_tasks_go_in_at_once(tenant: Tenant, hub: str) -> None:
    ids = tenant.add_tasks("Delivery", hub, [{"title": str(n)} for n in range(2_000)])
    assert len(set(ids)) == 2_000
    items = [{"_id": task_id, "assignee": ["a@example.com"]} for task_id in ids]
    answer = tenant.request("PUT", "/tasks/bulk/assign", json={"tasks": items}).json()
    assert answer["success"] == 2_000
    assert tenant.get("/tasks", assignee="a@example.com").json()["tasks"]["total"] == 2_000
    answer = tenant.request("DELETE", "/tasks/bulk", json={"tasks": ids}).json()
    assert answer["success"] == 2_000
    assert tenant.get("/tasks").json()["tasks"]["total"] == 0


def test_more_than_2_000_tasks_at_once_are_refused(tenant: Tenant, hub: str) -> None:
    answer = tenant.post("/tasks/bulk", {"tasks": [{"hubId": hub}] * 2_001})
    assert answer.status_code == 400
    assert "at most 2000 items" in answer.json()["message"]


def test_a_flow_keeps_the_kinds_of_the_values_that_tasks_have(tenant: Tenant) -> None:
    flow_id = tenant.flow(name="Delivery")
    tenant.add_tasks("Delivery", tenant.hub(), [{"amount": 5}])

    def replaced(kind: str) -> Any:  # noqa: ANN401 - an answer
        component = {"id": "amount", "component": "input", "inputType": kind}
        flow = {"name": "Delivery", "pages": [{"id": "p", "components": [component]}]}
        return tenant.request("PUT", f"/flow/{flow_id}", json=flow)

    refused = replaced("date")
    assert refused.status_code == 409
    assert refused.json()["message"] == (
        "Tasks of the flow Delivery have values of another kind for: amount."
    )
    assert replaced("number").status_code == 200
    assert tenant.get("/tasks").json()["tasks"]["data"][0]["amount"] == 5
