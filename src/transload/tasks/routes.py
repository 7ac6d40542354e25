"""The HTTP routes of tasks: lists, and single ones."""

from typing import Annotated, Any, Literal, NotRequired

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import Caller
from transload.accounts.model import Actor
from transload.db.engine import Database
from transload.documents.order import Slice
from transload.documents.wire import CursorParameters, FilterParameters, items_of_page
from transload.tasks.access import Request as Wanted
from transload.tasks.listing import Query, list_tasks
from transload.tasks.model import Status, Way
from transload.tasks.run import Found
from transload.tasks.store import TimeBy
from transload.tasks.values import MisfitError, canonical_time
from transload.tasks.wire import (
    MAX_BODY_BYTES,
    ONE,
    SENT,
    TASK,
    TaskBody,
    TaskObject,
    TasksPart,
    TasksToAdd,
    TasksToAssign,
    TasksToEdit,
    TasksToMove,
    narrowed,
    wire,
    wire_one,
)
from transload.web.body import JsonBody
from transload.web.envelope import ignoring, success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.paging import PageList, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, Flag, Id, Names, PathId, query
from transload.web.parts import DatabasePart
from transload.web.shares import LongReadsPart

router = APIRouter(tags=["Task"], route_class=error_route(explains=False))
_CREATED = "Task has been created"
_DATA_VERSION = "3.0"
_SOURCE = "database"


def _statuses(value: object) -> object:
    items = value.split(",") if isinstance(value, str) else value
    found = [item.strip() for item in items] if isinstance(items, list) else []
    if not found or not set(found) <= set(Status):
        raise PydanticCustomError("statuses", "must be UNASSIGNED, ONGOING or DONE")
    return frozenset(map(Status, found))


def _instant(value: object) -> object:
    try:
        found = canonical_time(value)
    except MisfitError as misfit:
        raise PydanticCustomError("time", "{misfit}", {"misfit": str(misfit)}) from misfit
    return found


Statuses = Annotated[
    frozenset[Status], BeforeValidator(_statuses), WithJsonSchema({"type": "string"})
]
"""Statuses, with commas between them."""
Instant = Annotated[str, BeforeValidator(_instant)]
"""A time, in the form that tasks have it."""


class TaskParameters(CursorParameters, FilterParameters):
    """Which tasks a list shows, and what of them."""

    fields: Names = Field((), description="Keys of a task; default: all.", examples=["title"])
    flow: Names | None = Field(
        None, description="Of the flows of these names.", examples=["Delivery"]
    )
    flow_id: Names | None = Field(
        None, alias="flowId", description="Of these flows.", examples=[EXAMPLE_ID]
    )
    done_by: str | None = Field(
        None,
        alias="doneBy",
        description="Done by the user of this name or e-mail.",
        examples=["ada@acme.example"],
    )
    assignee: str | None = Field(
        None, description="Assigned to the user of this e-mail.", examples=["ada@acme.example"]
    )
    status: Statuses | None = Field(None, description="Of these statuses.", examples=["DONE"])
    hub_id: Id | None = Field(None, alias="hubId", description="Of this hub.")
    sort_by: str = Field(
        "createdTime", alias="sortBy", description="A key of every task, or a component's id."
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="Missing values come last either way."
    )
    time_by: TimeBy = Field(
        TimeBy.CREATED, alias="timeBy", description="Which time is from timeFrom to timeTo."
    )
    time_from: Instant | None = Field(
        None, alias="timeFrom", description="In UTC; included.", examples=["2025-01-01"]
    )
    time_to: Instant | None = Field(
        None, alias="timeTo", description="In UTC; included.", examples=["2025-01-31 10:20:30"]
    )
    active: Flag | None = Field(None, description="true: not done; false: done.", examples=[True])

    def to_query(self) -> Query:
        """Give what is asked."""
        return Query(
            fields=self.fields or None,
            request=Wanted(
                flow_ids=self.flow_id,
                flow_names=self.flow,
                hub_id=self.hub_id,
                statuses=self.status,
                is_active=self.active,
                assignee=self.assignee,
                done_by=self.done_by,
                time_by=self.time_by,
                time_from=self.time_from,
                time_to=self.time_to,
            ),
            sort_by=self.sort_by,
            is_descending=self.sort_order == "desc",
            after=self.after,
            part=Slice(offset=self.offset, limit=self.limit),
            filter=self.to_filter(),
        )


TasksQuery = Annotated[TaskParameters, Depends(query(TaskParameters))]


class Counting(TypedDict):
    """How many of the tasks on all pages are done, and under way."""

    doneTotal: int
    ongoingTotal: int


class Metadata(TypedDict):
    """What there is to say of all pages."""

    counting: Counting
    sourceDataTask: str


class TasksAnswer(TypedDict):
    """A page of tasks."""

    status: Literal[True]
    message: str
    tasks: PageList[TaskObject]
    metadata: Metadata
    dataVersion: str


class TaskAnswer(TypedDict):
    """One task."""

    status: Literal[True]
    message: str
    task: TaskObject
    ignoredFields: NotRequired[list[str]]


class HubBody(TypedDict):
    """Where a task goes."""

    hubId: str


class AssigneeBody(TypedDict):
    """Who is to do a task: e-mails; none: nobody."""

    assignee: list[str]


def _one(message: str = "Success") -> dict[str, Any]:
    return {"status": True, "message": message, "task": ONE}


_LINKS = {
    name: {"task_id": "task/_id"}
    for name in (
        "get_task",
        "replace_task",
        "change_task",
        "move_task",
        "assign_task",
        "delete_task",
    )
}


@router.get(
    "/tasks",
    **described(
        TasksAnswer,
        example={
            "status": True,
            "message": "Success.",
            "tasks": page_example("/tasks", TASK),
            "metadata": {
                "counting": {"doneTotal": 0, "ongoingTotal": 1},
                "sourceDataTask": _SOURCE,
            },
            "dataVersion": _DATA_VERSION,
        },
        query=TaskParameters,
        errors=(400, 403),
    ),
)
async def get_tasks(
    actor: Caller,
    database: DatabasePart,
    long_reads: LongReadsPart,
    request: Request,
    asked: TasksQuery,
) -> Response:
    """Give a page of the tasks that the caller sees."""
    return await long_reads.run(lambda: _page(actor, database, request, asked))


def _page(actor: Actor, database: Database, request: Request, asked: TasksQuery) -> Response:
    wanted = asked.to_query()

    def item(found: Found) -> dict[str, Any]:
        return narrowed(wire(found), wanted.fields)

    page_items = items_of_page(request, item, wanted.fields)
    listing = list_tasks(database, actor, wanted, page_items)
    return success(
        message="Success.",
        tasks=page_list(request, asked, page_items.items, listing.total),
        metadata={
            "counting": {
                "doneTotal": listing.counts.get(Status.DONE, 0),
                "ongoingTotal": listing.counts.get(Status.ONGOING, 0),
            },
            "sourceDataTask": _SOURCE,
        },
        dataVersion=_DATA_VERSION,
    )


@router.post(
    "/task",
    **described(
        TaskAnswer,
        example=_one(_CREATED),
        status=201,
        body=TaskBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403),
        leads_to=_LINKS,
    ),
)
def create_task(tasks: TasksToAdd, body: JsonBody) -> Response:
    """Create a task of a flow."""
    return _answer(tasks.add(body), status=201, message=_CREATED)


@router.get("/task/{task_id}", **described(TaskAnswer, example=_one(), errors=(403, 404)))
def get_task(tasks: TasksPart, task_id: PathId) -> Response:
    """Give a task."""
    return _answer(tasks.get(task_id))


@router.put(
    "/task/{task_id}",
    **described(
        TaskAnswer,
        example=_one(),
        body=TaskBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404),
    ),
)
def replace_task(tasks: TasksToEdit, task_id: PathId, body: JsonBody) -> Response:
    """Change all values of a task; its flow stays."""
    return _answer(tasks.change(task_id, body, Way.PUT))


@router.patch(
    "/task/{task_id}",
    **described(
        TaskAnswer,
        example=_one(),
        body=TaskBody,
        body_example={"outlet": "Toko Baru", "status": "DONE"},
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404),
    ),
)
def change_task(tasks: TasksToEdit, task_id: PathId, body: JsonBody) -> Response:
    """Change the named values of a task; null removes one."""
    return _answer(tasks.change(task_id, body, Way.PATCH))


@router.put(
    "/task/{task_id}/move",
    **described(
        TaskAnswer,
        example=_one(),
        body=HubBody,
        body_example={"hubId": EXAMPLE_ID},
        errors=(400, 403, 404),
    ),
)
def move_task(tasks: TasksToMove, task_id: PathId, body: JsonBody) -> Response:
    """Give a task to another hub."""
    return _answer(tasks.move(task_id, body))


@router.put(
    "/task/{task_id}/assign",
    **described(
        TaskAnswer,
        example=_one(),
        body=AssigneeBody,
        body_example={"assignee": ["driver@example.com"]},
        errors=(400, 403, 404),
    ),
)
def assign_task(tasks: TasksToAssign, task_id: PathId, body: JsonBody) -> Response:
    """Give a task to those who are to do it; to nobody, where the list is empty."""
    return _answer(tasks.assign(task_id, body))


@router.delete("/task/{task_id}", **described(TaskAnswer, example=_one(), errors=(403, 404)))
def delete_task(tasks: TasksPart, task_id: PathId) -> Response:
    """Delete a task and give what it was."""
    return _answer(tasks.delete(task_id))


def _answer(found: Found, *, status: int = 200, message: str = "Success") -> Response:
    """Answer with a task, and with what was passed over of what was sent."""
    return success(status=status, message=message, task=wire_one(found), **ignoring(found.ignored))
