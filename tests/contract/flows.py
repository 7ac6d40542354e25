"""Flows."""

from collections.abc import Mapping
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused, unauthorized
from tests.factories import FLOW, Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_FLOW = keys(
    "_id name pages configurations isDefault orderIndex version organizationId createdTime"
    " updatedTime"
)
_KINDS = (
    "'select', 'input', 'photo', 'signature', 'view', 'bill', 'list', 'timer', 'voice' or 'capture'"
)
_UNKNOWN = "f" * 24
_BODY = {**FLOW, "name": "North"}


def _sent(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.flow(name="South")}, body=_BODY)


def _named(tenant: Tenant) -> Sent:
    tenant.flow(name="South")
    return Sent(ids={"name": "South"})


def _to_unknown(_tenant: Tenant) -> Sent:
    return Sent(ids={"id": _UNKNOWN, "name": "Nowhere"}, body=_BODY)


def _to_strangers(tenant: Tenant) -> Sent:
    return Sent(ids={"id": Tenant.create(tenant.site).flow(), "name": "x"}, body=_BODY)


def _by_planner(tenant: Tenant) -> Sent:
    return Sent(ids={"id": tenant.flow()}, body=_BODY, by=tenant.user(Role.PLANNER))


def _with_taken_name(tenant: Tenant) -> Sent:
    tenant.flow(name="North")
    return _sent(tenant)


def _changed(**changes: object) -> Send:
    return lambda tenant: Sent(ids={"id": tenant.flow()}, body={**_BODY, **changes})


def _with_component(**changes: object) -> Send:
    component = {"id": "new", "component": "input", **changes}
    return _changed(pages=[{"id": "page", "components": [component]}])


def _asking(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        tenant.flow(name="South")
        return Sent(query=query)

    return send


def _bad(method: str, path: str, case: str, fault: str, send: Send) -> Case:
    return refused(method, path, case, (400, f"{_BAD_REQUEST} {fault}"), send)


def _is_whole(flow: Mapping[str, Any]) -> bool:
    return flow.keys() == _FLOW and FLOW.items() <= {**flow, "name": FLOW["name"]}.items()


_ROUTES = (
    ("GET", "/flows"),
    ("POST", "/flow"),
    ("GET", "/flow/{id}"),
    ("PUT", "/flow/{id}"),
    ("DELETE", "/flow/{id}"),
    ("GET", "/flow/{name}/fields"),
    ("GET", "/flow/{name}/task"),
    ("GET", "/flow-components"),
)
_WRITING: tuple[tuple[str, str], ...] = (("POST", "/flow"), ("PUT", "/flow/{id}"))

FLOWS = [
    Case(
        method="GET",
        path="/flows",
        case="a page",
        status=200,
        keys=keys("status message flows"),
        message="Success",
        send=_asking(page=1, limit=1_000, sort_by="name", sort_order="asc"),
        holds=lambda body: (
            [flow["name"] for flow in body["flows"]["data"]] == ["South"]
            and body["flows"]["total"] == 1
            and _is_whole(body["flows"]["data"][0])
        ),
    ),
    Case(
        method="GET",
        path="/flows",
        case="chosen keys, and the id",
        status=200,
        keys=keys("status message flows"),
        message="Success",
        send=_asking(fields="name", permission="add/task"),
        holds=lambda body: body["flows"]["data"][0].keys() == {"_id", "name"},
    ),
    Case(
        method="POST",
        path="/flow",
        case="created",
        status=201,
        keys=keys("status message flow"),
        message="Success",
        send=lambda _: Sent(body=_BODY),
        holds=lambda body: body["flow"]["version"] == 1 and _is_whole(body["flow"]),
    ),
    Case(
        method="GET",
        path="/flow/{id}",
        case="a flow",
        status=200,
        keys=keys("status message flow"),
        message="Success",
        send=_sent,
        holds=lambda body: body["flow"]["name"] == "South" and _is_whole(body["flow"]),
    ),
    Case(
        method="PUT",
        path="/flow/{id}",
        case="changed, of the next version",
        status=200,
        keys=keys("status message flow"),
        message="Success",
        send=_sent,
        holds=lambda body: (body["flow"]["name"], body["flow"]["version"]) == ("North", 2),
    ),
    Case(
        method="DELETE",
        path="/flow/{id}",
        case="the flow as it was, without a message",
        status=200,
        keys=keys("status data"),
        send=_sent,
        holds=lambda body: body["data"].keys() == _FLOW | {"deleted_at"},
    ),
    Case(
        method="GET",
        path="/flow/{name}/fields",
        case="its ids and those of every task",
        status=200,
        keys=keys("status message flowFields reservedKey"),
        message="Success",
        send=_named,
        holds=lambda body: (
            body["flowFields"][:2] == ["outlet", "amount"]
            and {"_id", "title", "assignee"} <= set(body["reservedKey"])
        ),
    ),
    Case(
        method="GET",
        path="/flow/{name}/task",
        case="a body for a task",
        status=200,
        keys=None,
        send=_named,
        holds=lambda body: body["flow"] == "South" and {"hubId", "outlet", "goods"} <= body.keys(),
    ),
    Case(
        method="GET",
        path="/flow-components",
        case="every parameter",
        status=200,
        keys=keys("status message data"),
        message="Success",
        send=lambda tenant: Sent(
            query={
                "fieldType": "bill, input",
                "flowId": f"{tenant.flow()},{tenant.flow()}",
                "fields": "title,flowId",
                "isMerge": "true",
            }
        ),
        holds=lambda body: (
            "goods" in [one["id"] for one in body["data"]]
            and all(len(one["flowId"]) == 2 for one in body["data"])
        ),
    ),
    *(unauthorized(method, path) for method, path in _ROUTES),
    *(
        refused(method, path, "without permission", (403, _FORBIDDEN), _by_planner)
        for method, path in (*_WRITING, ("DELETE", "/flow/{id}"))
    ),
    *(
        refused(method, path, case, (404, "Data not found"), send)
        for method, path in _ROUTES
        if "{" in path
        for case, send in (("unknown", _to_unknown), ("another organization's", _to_strangers))
    ),
    *(
        refused(method, path, "a taken name", (409, "There is a flow North already."), send)
        for method, path, send in (
            ("POST", "/flow", _with_taken_name),
            ("PUT", "/flow/{id}", _with_taken_name),
        )
    ),
    refused(
        "GET",
        "/flow-components",
        "an unknown flow",
        (400, "The selected flowId is invalid."),
        lambda _: Sent(query={"flowId": _UNKNOWN}),
    ),
    *(
        _bad("GET", "/flows", case, fault, _asking(**{case: value}))
        for case, value, fault in (
            ("limit", 1_001, "The limit parameter must be at most 1000."),
            ("page", 0, "The page parameter must be at least 1."),
            ("fields", "x", "The fields parameter names what is no field: x."),
            ("sort_order", "up", "The sort_order parameter must be 'asc' or 'desc'."),
        )
    ),
    _bad(
        "GET",
        "/flow-components",
        "an unknown kind",
        "The fieldType parameter must name components, or reservedKey.",
        _asking(fieldType="x"),
    ),
    *(
        _bad(method, path, case, fault, send)
        for method, path in _WRITING
        for case, send, fault in (
            ("no name", _changed(name=None), "The name field must be text."),
            ("no pages", _changed(pages=None), "The pages field must be a list."),
            *(
                (
                    f"the name {name}",
                    _changed(name=name),
                    f"The name {name} is taken by the system.",
                )
                for name in ("Activity", "Handover")
            ),
            (
                "a page without components",
                _changed(pages=[{"id": "page"}]),
                "The pages.0.components field is required.",
            ),
            (
                "no minutes",
                _changed(configurations=[{"id": "startTime", "adjustment": "x"}]),
                "The adjustment of startTime is not a whole number of minutes, up to ten years.",
            ),
            (
                "an unknown component",
                _with_component(component="button"),
                f"The pages.0.components.0.component field must be {_KINDS}.",
            ),
            (
                "a component without an id",
                _with_component(id=None),
                "The pages.0.components.0.id field must be text.",
            ),
            (
                "a reserved key",
                _with_component(id="title"),
                "The component id title is a reserved key of every task.",
            ),
        )
    ),
]
