"""Tasks as the API writes them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.flows.reserved import RESERVED_KEYS
from transload.tasks.run import Found, Tasks
from transload.web.parameters import EXAMPLE_ID
from transload.web.parts import ClockPart, DatabasePart
from transload.web.preferences import is_strict

MAX_BODY_BYTES = 8 << 20
_ALWAYS = (
    "title",
    "content",
    "status",
    "assignee",
    "startTime",
    "endTime",
    "doneBy",
    "doneTime",
    "createdBy",
    "updatedBy",
    "assignedVehicle",
)
"""Keys that a task is shown with even where it has no value for them."""


class HubOfTask(TypedDict):
    """The hub of a task."""

    _id: str
    name: str
    lat: float
    lng: float


@with_config(ConfigDict(extra="allow"))
class TaskObject(TypedDict, total=False):
    """A task, with its flow's components, and further keys of every task, beside these."""

    _id: str
    organizationId: str
    flowId: str
    flow: str
    hubId: str
    hub: HubOfTask | None
    title: str | None
    status: str
    assignee: list[str]
    createdTime: str
    updatedTime: str


@with_config(ConfigDict(extra="allow"))
class TaskBody(TypedDict, total=False):
    """Values of a task: its flow's components, and keys of every task, such as these."""

    flow: str
    hubId: str
    title: str | None
    content: str | None
    assignee: list[str]
    status: str
    startTime: str | None
    endTime: str | None


SENT = {
    "flow": "Delivery",
    "hubId": EXAMPLE_ID,
    "title": "Rice for Toko Maju",
    "assignee": ["driver@example.com"],
    "outlet": "Toko Maju",
    "goods": {
        "items": [{"name": "Rice", "unit_price": 12_000, "qty": 2}],
        "costs": [{"name": "Delivery", "amount": 5_000}],
    },
}
TASK = {
    "_id": EXAMPLE_ID,
    "organizationId": EXAMPLE_ID,
    "flowId": EXAMPLE_ID,
    **SENT,
    "content": None,
    "status": "ONGOING",
    "startTime": None,
    "endTime": None,
    "doneBy": None,
    "doneTime": None,
    "createdBy": "planner@example.com",
    "updatedBy": None,
    "assignedVehicle": None,
    "createdTime": "2025-01-31T10:20:30+00:00",
    "updatedTime": "2025-01-31T10:20:30+00:00",
}
ONE = {
    **TASK,
    "hub": {"_id": EXAMPLE_ID, "name": "Jakarta", "lat": -6.19, "lng": 106.82},
}


def tasks_of(request: Request, actor: Caller, database: DatabasePart, clock: ClockPart) -> Tasks:
    """Give the tasks as the caller may write them; `Prefer: handling=strict` refuses more."""
    return Tasks(
        database=database,
        actor=actor,
        now=clock.now(),
        refuses_unknown=is_strict(request),
    )


def _who_may(permission: Permission) -> Callable[..., Tasks]:
    """Give the dependency that refuses who lacks the permission, before a body is read."""

    def find(
        request: Request,
        actor: Annotated[Actor, Depends(caller_who_may(permission))],
        database: DatabasePart,
        clock: ClockPart,
    ) -> Tasks:
        return tasks_of(request, actor, database, clock)

    return find


TasksPart = Annotated[Tasks, Depends(tasks_of)]
TasksToAdd = Annotated[Tasks, Depends(_who_may(Permission.ADD_TASK))]
TasksToEdit = Annotated[Tasks, Depends(_who_may(Permission.EDIT_TASK))]
TasksToDelete = Annotated[Tasks, Depends(_who_may(Permission.DELETE_TASK))]
TasksToMove = Annotated[Tasks, Depends(_who_may(Permission.MOVE_TASK))]
TasksToAssign = Annotated[Tasks, Depends(_who_may(Permission.ASSIGN_TASK))]


def wire(found: Found) -> dict[str, Any]:
    """Give a task as a list shows it: components without a value, too, are there."""
    task = found.task
    values = {
        **dict.fromkeys(_ALWAYS),
        **{name: None for name in found.flow.components if name not in task.values},
        **task.values,
    }
    values["assignee"] = values["assignee"] or []
    shown = {
        name: value
        for name, value in values.items()
        if name not in found.hidden and (name in RESERVED_KEYS or name in found.flow.components)
    }
    return {
        "_id": task.id,
        "organizationId": task.organization_id,
        "flowId": task.flow_id,
        "flow": found.flow.name,
        "hubId": task.hub_id,
        **shown,
        "createdTime": task.created_time,
        "updatedTime": task.updated_time,
    }


def wire_one(found: Found) -> dict[str, Any]:
    """Give a single task, with its hub."""
    hub = found.hub
    return {
        **wire(found),
        "hub": None
        if hub is None
        else {"_id": hub.id, "name": hub.name, "lat": hub.lat, "lng": hub.lng},
    }


def narrowed(task: dict[str, Any], names: Sequence[str] | None) -> dict[str, Any]:
    """Give the keys of a task that were asked for, and those that are in every task of a list."""
    if names is None:
        return task
    return {name: task.get(name) for name in dict.fromkeys(["_id", *names, "assignedVehicle"])}
