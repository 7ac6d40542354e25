"""What flows and their components are listed as, for those who make tasks and configs of them."""

from collections.abc import Collection, Sequence
from typing import Any

from transload.accounts.model import Actor, Permission
from transload.flows.model import Component, Flow, ValueKind
from transload.flows.reserved import RESERVED_KEYS

_RESERVED = "reservedKey"
_EXAMPLES: dict[ValueKind, object] = {
    ValueKind.TEXT: "Text",
    ValueKind.NUMBER: 1,
    ValueKind.BOOLEAN: True,
    ValueKind.DATE: "2025-01-31",
    ValueKind.DATE_TIME: "2025-01-31 10:20:30",
    ValueKind.TIME: "10:20:30",
    ValueKind.COORDINATE: "-6.17,106.8",
    ValueKind.PHONE: "+62 812 3456 7890",
    ValueKind.CHOICE: "Text",
    ValueKind.FILES: ["https://example.com/photo.jpg"],
    ValueKind.BILL: {
        "items": [{"name": "Rice", "unit_price": 12_000, "qty": 2}],
        "costs": [{"name": "Delivery", "amount": 5_000}],
    },
    ValueKind.LIST: [
        {
            "title": "Box",
            "content": "Rice",
            "data": None,
            "qty": 2,
            "unitPrice": 12_000,
            "qtyProcessed": 0,
        }
    ],
}


def shown_components(actor: Actor, flow: Flow) -> list[Component]:
    """Give the components that the user's role does not hide."""
    hidden = actor.hidden_fields(Permission.VIEW_TASK, flow.id)
    return [one for one in flow.components.values() if one.id not in hidden]


def fields_of(actor: Actor, flow: Flow) -> list[str]:
    """Give the ids of the components, in order."""
    return [component.id for component in shown_components(actor, flow)]


def reserved_fields() -> list[str]:
    """Give the keys of every task, in order."""
    return list(RESERVED_KEYS)


def task_example(actor: Actor, flow: Flow) -> dict[str, object]:
    """Give a body for a task of the flow: what is required of every task, and each component."""
    values: dict[str, object] = {
        component.id: component.options[0] if component.options else _EXAMPLES[component.value_kind]
        for component in shown_components(actor, flow)
    }
    return {
        "flow": flow.name,
        "hubId": "",
        "title": "Text",
        "content": "Text",
        "assignee": [],
        **values,
    }


def listed(
    actor: Actor, flows: Sequence[Flow], *, kinds: Collection[str] | None, is_merged: bool
) -> list[dict[str, Any]]:
    """Give components of the flows, and the reserved keys, as fields of an export config.

    `kinds`: of these kinds alone; None: of all. With `is_merged` those of one id and kind that
    several flows have stand there once, as the first flow has them, with the ids of all.
    """
    found = [
        {**component.document, "flowId": [flow.id], "flowName": [flow.name]}
        for flow in flows
        for component in shown_components(actor, flow)
        if kinds is None or component.kind in kinds
    ]
    if is_merged:
        found = _merged(found)
    if kinds is None or _RESERVED in kinds:
        found += [
            {"id": name, "component": _RESERVED, "title": name, "source": _RESERVED}
            for name in RESERVED_KEYS
        ]
    return found


def _merged(fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for field in fields:
        first = found.setdefault((field["id"], field["component"]), field)
        if first is not field:
            first["flowId"] = [*first["flowId"], *field["flowId"]]
            first["flowName"] = [*first["flowName"], *field["flowName"]]
    return list(found.values())
