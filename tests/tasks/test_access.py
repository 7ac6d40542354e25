"""P10: what a role hides of tasks is in no byte, and what it limits is refused."""

import io
import json
import zipfile

import polars as pl
import pytest

from tests.factories import Tenant, fetch

_SECRET = "Quetzalcoatlus"  # noqa: S105 - a name that stands nowhere else
_MAY = ("view/task", "edit/task", "add/task", "view/flow", "view/hub", "export/task")
_FORMATS = ["xlsx", "json", "csv", "ndjson", "parquet"]
_HIDDEN = ("outlet", "goods")


@pytest.fixture
def planted(tenant: Tenant) -> tuple[Tenant, str, str]:
    """A user from whom two components are hidden, the flow, and a task that holds the secret."""
    flow, hub = tenant.flow(name="Delivery"), tenant.hub()
    bill = {"items": [{"name": _SECRET, "qty": 1}], "costs": [{"name": _SECRET, "amount": 1}]}
    values = {"outlet": _SECRET, "goods": bill, "amount": 7}
    (task,) = tenant.add_tasks("Delivery", hub, [values])
    hiding = {"permissionName": "view/task", "flowId": flow, "hiddenFields": list(_HIDDEN)}
    return tenant.user(tenant.role(*_MAY, permissionDetails=[hiding]), [hub]), flow, task


def test_planted_value_is_in_no_answer(planted: tuple[Tenant, str, str]) -> None:
    user, flow, task = planted
    shown = [
        user.get(path, **query)
        for path, query in (
            ("/tasks", {}),
            ("/tasks", {"flowId": flow, "sortBy": "amount"}),
            ("/tasks", {"lazyLoad": 1}),
            (f"/task/{task}", {}),
            (f"/flow/{flow}", {}),
            ("/flows", {}),
            ("/flow/Delivery/fields", {}),
            ("/flow/Delivery/task", {}),
        )
    ]
    changes = ({"amount": 8}, {"title": "T"})
    shown += [user.request("PATCH", f"/task/{task}", json=body) for body in changes]
    for answer in shown:
        assert answer.status_code == 200, answer.text
        assert _SECRET not in answer.text, answer.url
    assert user.get(f"/task/{task}").json()["task"]["amount"] == 8
    # What is hidden from who changes a task stays as it is.
    assert user.request("PUT", f"/task/{task}", json={"amount": 9}).status_code == 200


@pytest.mark.parametrize("download", _FORMATS)
def test_planted_value_is_in_no_file(
    tenant: Tenant, planted: tuple[Tenant, str, str], download: str
) -> None:
    user, flow, _ = planted
    fields = [
        {"id": name, "component": "x", "title": f"Its {name}", "additionalField": [more]}
        for name, more in (("goods", f"goods.{_SECRET}"), ("outlet", "x"), ("amount", "x"))
    ]
    body = {"name": "Saved", "collection": "task", "flowIds": [flow], "fields": fields}
    config = tenant.post("/export-config", body).json()["data"]["_id"]
    own = user.get("/user").json()["email"]
    for asked in ({}, {"exportConfigId": config}, {"background": True}):
        answer = user.post("/tasks/export", {"download": download, **asked})
        assert answer.status_code == 200, answer.text
        entry = user.finished(answer.json()["data"]["exportId"])
        assert _SECRET not in json.dumps(user.get("/tasks/export-log", email=own).json())
        content = unpacked(fetch(entry["fileUrl"]))
        assert len(content) > 10
        assert _SECRET.encode() not in content


def test_hidden_components_are_refused_naming_them(planted: tuple[Tenant, str, str]) -> None:
    user, flow, task = planted
    for name in _HIDDEN:
        for answer in (
            user.get("/tasks", fields=name),
            user.get("/tasks", sortBy=name),
            user.post("/tasks/export", {"download": "csv", "fields": name}),
            user.post("/tasks/export", {"download": "csv", "sortBy": name, "flowId": flow}),
            user.request("PATCH", f"/task/{task}", json={name: None}),
        ):
            assert answer.status_code == 403, answer.text
            assert name in answer.json()["message"]


def test_tasks_of_other_flows_cannot_be_added(tenant: Tenant) -> None:
    hub = tenant.hub()
    allowed, _ = tenant.flow(name="Delivery"), tenant.flow(name="Other")
    limits = [{"permissionName": "add/task", "items": [allowed]}]
    user = tenant.user(tenant.role(*_MAY, permissionDetails=limits), [hub])
    items = [{"flow": name, "hubId": hub} for name in ("Delivery", "Other")]
    answer = user.post("/tasks/bulk", {"tasks": items}).json()
    assert [one["status"] for one in answer["tasks"]] == [True, False]
    assert answer["tasks"][1]["message"] == "You do not have permission to perform this action"
    assert user.post("/task", items[0]).status_code == 201
    assert user.post("/task", items[1]).status_code == 403
    assert tenant.get("/tasks", flow="Other").json()["tasks"]["total"] == 0
    flows = user.get("/flows", permission="add/task").json()["flows"]["data"]
    assert [flow["name"] for flow in flows] == ["Delivery"]


def unpacked(content: bytes) -> bytes:
    if content.startswith(b"PAR1"):
        return pl.read_parquet(io.BytesIO(content)).write_json().encode()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
