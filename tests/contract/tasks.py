"""Tasks."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.cases import Case, Send, Sent, keys, refused, unauthorized
from tests.factories import Tenant
from transload.accounts.model import Role

_BAD_REQUEST = "Bad request - invalid parameters provided."
_FORBIDDEN = "You do not have permission to perform this action"
_UNKNOWN = "f" * 24
_ONE = keys("status message task")
_MANY = keys("success failed tasks")
_RESERVED = keys(
    "_id organizationId flowId flow hubId title content status assignee startTime endTime doneBy"
    " doneTime createdBy updatedBy assignedVehicle createdTime updatedTime"
)
_COMPONENTS = keys("outlet amount due state photo goods boxes")


def _added(tenant: Tenant, **values: object) -> dict[str, Any]:
    tenant.flow(name="Delivery")
    hub = tenant.hub()
    (task_id,) = tenant.add_tasks("Delivery", hub, [{"title": "South", **values}])
    found: dict[str, Any] = tenant.get(f"/task/{task_id}").json()["task"]
    return found


def _sending(**values: object) -> Send:
    """Send a whole task, to one that there is."""

    def send(tenant: Tenant) -> Sent:
        found = _added(tenant)
        body = {"flow": "Delivery", "hubId": found["hubId"], "title": "North", "outlet": "O"}
        return Sent(ids={"id": found["_id"]}, body={**body, **values})

    return send


def _without(name: str) -> Send:
    def send(tenant: Tenant) -> Sent:
        sent = _sending()(tenant)
        assert isinstance(sent.body, dict)
        body = {key: value for key, value in sent.body.items() if key != name}
        return Sent(ids=sent.ids, body=body)

    return send


def _strictly(tenant: Tenant) -> Sent:
    sent = _sending(nobodys=1)(tenant)
    return Sent(ids=sent.ids, body=sent.body, headers={"Prefer": "handling=strict"})


def _as_read(tenant: Tenant) -> Sent:
    found = _added(tenant, outlet="O", amount=5)
    return Sent(ids={"id": found["_id"]}, body=found)


def _moving(tenant: Tenant) -> Sent:
    return Sent(ids={"id": _added(tenant)["_id"]}, body={"hubId": tenant.hub("Other")})


def _assigning(tenant: Tenant) -> Sent:
    return Sent(ids={"id": _added(tenant)["_id"]}, body={"assignee": ["A@example.com"]})


def _moving_by(body: Mapping[str, object]) -> Send:
    return lambda tenant: Sent(ids={"id": _added(tenant)["_id"]}, body=dict(body))


def _moving_unseen(tenant: Tenant) -> Sent:
    found = _added(tenant)
    planner = tenant.user(Role.PLANNER, [found["hubId"]])
    return Sent(ids={"id": found["_id"]}, body={"hubId": tenant.hub()}, by=planner)


def _to(task_id: str) -> Send:
    def send(tenant: Tenant) -> Sent:
        sent = _sending(assignee=[])(tenant)
        return Sent(ids={"id": task_id}, body=sent.body)

    return send


def _strangers(tenant: Tenant) -> Sent:
    sent = _sending(assignee=[])(tenant)
    return Sent(ids={"id": _added(Tenant.create(tenant.site))["_id"]}, body=sent.body)


def _by_field_user(tenant: Tenant) -> Sent:
    sent = _sending(assignee=[])(tenant)
    assert isinstance(sent.body, dict)
    user = tenant.user(Role.FIELD, [sent.body["hubId"]])
    return Sent(ids=sent.ids, body={**sent.body, "tasks": []}, by=user)


def _unseen(tenant: Tenant) -> Sent:
    sent = _sending()(tenant)
    return Sent(ids=sent.ids, by=tenant.user(Role.FIELD, [tenant.hub()]))


def _bulk(*changes: Mapping[str, object], named: bool = True) -> Send:
    """Send items for a task that there is, or of it, and one that fails."""

    def send(tenant: Tenant) -> Sent:
        found = _added(tenant)
        start = {"_id": found["_id"]} if named else {}
        base = {**start, "flow": "Delivery", "hubId": found["hubId"], "refId": "R-1"}
        items = [{**base, **change} for change in changes]
        return Sent(body={"tasks": [*items, {"hubId": _UNKNOWN, "flow": "Delivery"}]})

    return send


def _asking(**query: object) -> Send:
    def send(tenant: Tenant) -> Sent:
        _added(tenant, assignee=["a@example.com"], amount=7)
        return Sent(query=query)

    return send


def _every_parameter(tenant: Tenant) -> Sent:
    done = {"status": "DONE", "assignee": ["a@example.com"], "doneBy": "b@example.com"}
    found = _added(tenant, **done)
    return Sent(
        query={
            "fields": "title,outlet",
            "flow": "Delivery",
            "flowId": found["flowId"],
            "doneBy": "b@example.com",
            "assignee": "A@example.com",
            "status": "DONE,ONGOING",
            "hubId": found["hubId"],
            "sortBy": "doneTime",
            "sortOrder": "asc",
            "timeBy": "createdTime",
            "timeFrom": "2020-01-01 00:00:00",
            "timeTo": "2100-01-01T00:00:00+07:00",
            "active": "0",
            "page": 1,
            "limit": 1_000,
        }
    )


def _is_whole(task: Mapping[str, Any]) -> bool:
    return task.keys() >= _RESERVED | _COMPONENTS | {"hub"} and task["hub"].keys() == {
        "_id",
        "name",
        "lat",
        "lng",
    }


def _case(method: str, path: str, case: str, send: Send, holds: Callable[[Any], bool]) -> Case:
    is_new = method == "POST"
    return Case(
        method=method,
        path=path,
        case=case,
        status=201 if is_new else 200,
        keys=_ONE,
        message="Task has been created" if is_new else "Success",
        send=send,
        holds=lambda body: holds(body["task"]) and _is_whole(body["task"]),
    )


def _bulk_case(method: str, path: str, send: Send, message: str) -> Case:
    return Case(
        method=method,
        path=path,
        case="one that goes in and one that does not",
        status=201 if method == "POST" else 200,
        keys=_MANY,
        send=send,
        holds=lambda body: (
            (body["success"], body["failed"]) == (1, 1)
            and body["tasks"][0].items() >= {"status": True, "message": message}.items()
            and body["tasks"][1]["status"] is False
            and body["tasks"][1]["_id"] is None
        ),
    )


def _bad(method: str, path: str, case: str, fault: str, send: Send) -> Case:
    return refused(method, path, case, (400, f"{_BAD_REQUEST} {fault}"), send)


def _with_task(tenant: Tenant) -> Sent:
    tenant.flow(name="Delivery")
    hub = tenant.hub("South")
    tenant.add_tasks("Delivery", hub, [{}])
    return Sent(ids={"id": hub})


_WITH_ID = (
    ("GET", "/task/{id}"),
    ("PUT", "/task/{id}"),
    ("PATCH", "/task/{id}"),
    ("DELETE", "/task/{id}"),
    ("PUT", "/task/{id}/move"),
    ("PUT", "/task/{id}/assign"),
)
_BULK = (
    ("POST", "/tasks/bulk"),
    ("PUT", "/tasks/bulk"),
    ("PATCH", "/tasks/bulk"),
    ("DELETE", "/tasks/bulk"),
    ("PUT", "/tasks/bulk/move"),
    ("PUT", "/tasks/bulk/assign"),
)

TASKS = [
    _case(
        "POST",
        "/task",
        "created",
        _sending(),
        lambda task: task["title"] == "North" and task["status"] == "UNASSIGNED",
    ),
    Case(
        method="POST",
        path="/task",
        case="what is nobody's is left out, and said so",
        status=201,
        keys=_ONE | {"ignoredFields"},
        message="Task has been created",
        send=_sending(nobodys=1),
        holds=lambda body: body["ignoredFields"] == ["nobodys"] and "nobodys" not in body["task"],
    ),
    _case("GET", "/task/{id}", "one", _sending(), lambda task: task["title"] == "South"),
    _case(
        "PUT",
        "/task/{id}",
        "all of it",
        _sending(),
        lambda task: task["title"] == "North" and task["startTime"] is None,
    ),
    _case("PUT", "/task/{id}", "as it was read", _as_read, lambda task: task["amount"] == 5),
    _case(
        "PATCH",
        "/task/{id}",
        "done",
        lambda tenant: Sent(ids={"id": _added(tenant)["_id"]}, body={"status": "DONE"}),
        lambda task: task["status"] == "DONE" and task["doneTime"] and task["title"] == "South",
    ),
    _case("DELETE", "/task/{id}", "one", _sending(), lambda task: task["title"] == "South"),
    _case("PUT", "/task/{id}/move", "moved", _moving, lambda task: task["hub"]["name"] == "Other"),
    _case(
        "PUT",
        "/task/{id}/assign",
        "assigned",
        _assigning,
        lambda task: (task["status"], task["assignee"]) == ("ONGOING", ["a@example.com"]),
    ),
    _bulk_case("POST", "/tasks/bulk", _bulk({}, named=False), "Task has been created"),
    _bulk_case("PUT", "/tasks/bulk", _bulk({"title": "x"}), "Success"),
    _bulk_case("PATCH", "/tasks/bulk", _bulk({"title": "x"}), "Success"),
    _bulk_case("DELETE", "/tasks/bulk", _bulk({}), "Success"),
    _bulk_case("PUT", "/tasks/bulk/move", _bulk({}), "Success"),
    _bulk_case("PUT", "/tasks/bulk/assign", _bulk({"assignee": ["a@example.com"]}), "Success"),
    Case(
        method="GET",
        path="/tasks",
        case="a page",
        status=200,
        keys=keys("status message tasks metadata dataVersion"),
        message="Success.",
        send=_asking(),
        holds=lambda body: (
            body["tasks"]["total"] == 1
            and body["tasks"]["data"][0].keys() >= _RESERVED | _COMPONENTS
            and body["metadata"].keys() == {"counting", "sourceDataTask"}
            and body["metadata"]["counting"] == {"doneTotal": 0, "ongoingTotal": 1}
            and isinstance(body["dataVersion"], str)
        ),
    ),
    Case(
        method="GET",
        path="/tasks",
        case="every parameter",
        status=200,
        keys=keys("status message tasks metadata dataVersion"),
        message="Success.",
        send=_every_parameter,
        holds=lambda body: (
            [task.keys() for task in body["tasks"]["data"]]
            == [{"_id", "title", "outlet", "assignedVehicle"}]
            and body["metadata"]["counting"]["doneTotal"] == 1
        ),
    ),
    Case(
        method="GET",
        path="/tasks",
        case="after a cursor",
        status=200,
        keys=keys("status message tasks metadata dataVersion"),
        message="Success.",
        send=_asking(lazyLoad="1", cursor="0" * 24),
        holds=lambda body: body["tasks"]["data"] == [] and body["tasks"]["total"] == 1,
    ),
    *(
        unauthorized(method, path)
        for method, path in (("GET", "/tasks"), ("POST", "/task"), *_WITH_ID, *_BULK)
    ),
    *(
        refused(method, path, "by a field user", (403, _FORBIDDEN), _by_field_user)
        for method, path in (("POST", "/task"), *_WITH_ID[1:], *_BULK)
    ),
    *(
        refused(method, path, case, (404, "Data not found"), send)
        for method, path in _WITH_ID
        for case, send in (
            ("unknown", _to(_UNKNOWN)),
            ("no id", _to("x")),
            ("another organization's", _strangers),
        )
    ),
    refused("GET", "/task/{id}", "not seen", (404, "Data not found"), _unseen),
    *(
        refused("POST", "/task", f"without {name}", (400, message), _without(name))
        for name, message in (
            ("flow", "The flow field is required."),
            ("hubId", "The hubId field is required."),
        )
    ),
    *(
        refused("POST", "/task", f"an unknown {name}", (400, message), _sending(**{name: value}))
        for name, value, message in (
            ("flow", "Nowhere", "The selected flow is invalid."),
            ("hubId", _UNKNOWN, "The selected hubId is invalid."),
        )
    ),
    *(
        _bad(method, path, case, fault, send)
        for method, path in (("POST", "/task"), ("PUT", "/task/{id}"), ("PATCH", "/task/{id}"))
        for case, fault, send in (
            ("what is nobody's, strictly", "These fields are unknown: nobodys.", _strictly),
            (
                "no number",
                "amount must be a number, with a point and without separators.",
                _sending(amount="x"),
            ),
            ("no option", "state must be of the options good, bad.", _sending(state="ugly")),
            ("no status", "status must be UNASSIGNED, ONGOING or DONE.", _sending(status="x")),
            (
                "no e-mail",
                "assignee must be a list of e-mail addresses.",
                _sending(assignee=["x"]),
            ),
        )
    ),
    _bad(
        "PUT",
        "/task/{id}",
        "another flow",
        "The flow of a task cannot be changed.",
        lambda tenant: _sending(flow=(tenant.flow(name="Other"), "Other")[1])(tenant),
    ),
    *(
        _bad(method, path, "no list", "The tasks field must be a list.", lambda _: Sent(body={}))
        for method, path in _BULK
    ),
    *(
        _bad("GET", "/tasks", f"{name}={value}", fault, _asking(**{name: value}))
        for name, value, fault in (
            ("limit", 1_001, "The limit parameter must be at most 1000."),
            ("status", "x", "The status parameter must be UNASSIGNED, ONGOING or DONE."),
            ("fields", "x,title", "The fields parameter names what is no field: x."),
            ("sortBy", "x", "The sortBy parameter names what is no field: x."),
            (
                "timeBy",
                "x",
                "The timeBy parameter must be 'createdTime', 'startTime' or 'doneTime'.",
            ),
            ("page", 0, "The page parameter must be at least 1."),
            ("sortOrder", "up", "The sortOrder parameter must be 'asc' or 'desc'."),
            ("hubId", "x", "The hubId parameter must be an id of 24 hexadecimal digits."),
            (
                "timeFrom",
                "x",
                (
                    "The timeFrom parameter must be a time, YYYY-MM-DD HH:MM:SS with or without"
                    " offset."
                ),
            ),
            ("cursor", "x", "The cursor parameter must be an id of 24 hexadecimal digits."),
            ("active", "x", "The active parameter must be true or false."),
        )
    ),
    *(
        refused("GET", "/tasks", f"an unknown {name}", (400, message), _asking(**{name: _UNKNOWN}))
        for name, message in (
            ("flow", "The selected flow is invalid."),
            ("flowId", "The selected flowId is invalid."),
            ("hubId", "The selected hubId is invalid."),
        )
    ),
    _bad(
        "POST",
        "/tasks/bulk",
        "more than there may be",
        "The tasks field may hold at most 2000 items.",
        lambda _: Sent(body={"tasks": [{}] * 2_001, "background": True}),
    ),
    *(
        refused("PUT", "/task/{id}/move", case, (400, message), _moving_by(body))
        for case, message, body in (
            ("to no hub", "The hubId field is required.", {}),
            ("to an unknown hub", "The selected hubId is invalid.", {"hubId": _UNKNOWN}),
        )
    ),
    refused("PUT", "/task/{id}/move", "to a hub not seen", (403, _FORBIDDEN), _moving_unseen),
    _bad(
        "PUT",
        "/task/{id}/assign",
        "to no e-mail",
        "assignee must be a list of e-mail addresses.",
        _moving_by({"assignee": ["x"]}),
    ),
    refused(
        "DELETE",
        "/flow/{id}",
        "with a task",
        (409, "The flow Delivery still has tasks."),
        lambda tenant: Sent(ids={"id": _added(tenant)["flowId"]}),
    ),
    refused(
        "DELETE",
        "/hub/{id}",
        "with a task",
        (409, "The hub South still has tasks."),
        _with_task,
    ),
]
