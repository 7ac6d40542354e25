"""Flows over HTTP, beyond what the contract's table holds."""

import pytest

from tests.factories import FLOW, Tenant


def test_keys_that_nobody_knows_are_kept_on_every_level(tenant: Tenant) -> None:
    flow = {
        **FLOW,
        "name": "Kept",
        "color": {"red": [1, None]},
        "pages": [
            {
                "id": "p",
                "width": 3.5,
                "components": [{"id": "a", "component": "input", "z": 1, "a": {"b": None}}],
            }
        ],
        "configurations": [{"id": "startTime", "adjustment": 5, "unit": "minutes"}],
    }
    flow_id = tenant.post("/flow", flow).json()["flow"]["_id"]
    found = tenant.get(f"/flow/{flow_id}").json()["flow"]
    assert flow.items() <= found.items()
    assert list(found["pages"][0]["components"][0]) == ["id", "component", "z", "a"]

    again = tenant.request("PUT", f"/flow/{flow_id}", json=found)

    assert again.status_code == 200, again.text
    changed = again.json()["flow"]
    assert {**changed, "updatedTime": "", "version": 1} == {**found, "updatedTime": ""}
    assert changed["version"] == 2


@pytest.mark.parametrize(
    ("sort_by", "sort_order", "names"),
    [
        ("orderIndex", "desc", ["A", "B", "C"]),
        ("orderIndex", "asc", ["B", "C", "A"]),
        ("name", "desc", ["C", "B", "A"]),
        ("createdTime", "asc", ["B", "A", "C"]),
    ],
)
def test_flows_come_in_the_order_that_is_asked_for(
    tenant: Tenant, sort_by: str, sort_order: str, names: list[str]
) -> None:
    for name, index in (("B", 1), ("A", 2), ("C", 1)):
        tenant.flow({**FLOW, "orderIndex": index}, name=name)
    found = tenant.get("/flows", sort_by=sort_by, sort_order=sort_order, fields="name").json()
    assert [flow["name"] for flow in found["flows"]["data"]] == names


def test_the_example_names_every_component(tenant: Tenant) -> None:
    tenant.flow(name="Delivery")
    found = tenant.get("/flow/Delivery/task").json()
    assert found["flow"] == "Delivery"
    assert {"outlet", "amount", "due", "state", "photo", "goods", "boxes"} <= found.keys()
    assert found["state"] == "good"


def test_components_of_several_flows_are_listed_once_where_they_are_merged(tenant: Tenant) -> None:
    ids = [tenant.flow(name=name) for name in ("One", "Two")]
    found = tenant.get("/flow-components", fieldType="bill", isMerge=True).json()["data"]
    assert found == [
        {
            "id": "goods",
            "component": "bill",
            "title": "Goods",
            "masterCosts": [{"name": "Delivery"}, {"name": "Discount"}],
            "flowId": ids,
            "flowName": ["One", "Two"],
        }
    ]
    assert len(tenant.get("/flow-components", fieldType="bill").json()["data"]) == 2
    reserved = tenant.get("/flow-components", fieldType="reservedKey").json()["data"]
    assert {
        "id": "title",
        "component": "reservedKey",
        "title": "title",
        "source": "reservedKey",
    } in (reserved)


@pytest.mark.parametrize("name", ["flowId", "fieldType"])
def test_an_emptied_choice_of_components_is_not_all_of_them(tenant: Tenant, name: str) -> None:
    tenant.flow()
    given = {
        text: tenant.get("/flow-components", **{name: text}).json()["data"] for text in (",", "")
    }
    of_flows = {text: [one for one in found if "flowId" in one] for text, found in given.items()}
    assert (of_flows[","], bool(of_flows[""])) == ([], True)


def test_a_hub_or_flow_in_no_use_goes(tenant: Tenant) -> None:
    flow_id = tenant.flow()
    assert tenant.request("DELETE", f"/flow/{flow_id}").status_code == 200
    assert tenant.get(f"/flow/{flow_id}").status_code == 404
