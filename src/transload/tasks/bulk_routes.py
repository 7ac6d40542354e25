"""The HTTP routes of many tasks at once."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

from fastapi import APIRouter, Response
from typing_extensions import TypedDict

from transload.errors import InvalidError, TransloadError
from transload.tasks.model import Way
from transload.tasks.wire import (
    SENT,
    TaskBody,
    TasksToAdd,
    TasksToAssign,
    TasksToDelete,
    TasksToEdit,
    TasksToMove,
)
from transload.tasks.writes import Result
from transload.web.body import BulkBody
from transload.web.bounds import AS_SET
from transload.web.envelope import json_response
from transload.web.errors import error_route
from transload.web.idempotency import OncePart
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID

router = APIRouter(tags=["Task"], route_class=error_route(explains=False))
_ITEMS = "tasks"
_CREATED = "Task has been created"
_DONE = "Success"
_MAX_IDS_BYTES = 1 << 20


class NamedTask(TaskBody):
    """Values of a task that is named by its id."""

    _id: str


class TasksBody(TypedDict):
    """Tasks; `background` is accepted and changes nothing: the answer says what became of each."""

    tasks: list[TaskBody]
    background: NotRequired[bool]


class NamedTasksBody(TypedDict):
    """Values of tasks that are named by their ids; `background` as for new ones."""

    tasks: list[NamedTask]
    background: NotRequired[bool]


class TaskId(TypedDict):
    """A task to delete."""

    _id: str


class TaskIdsBody(TypedDict):
    """Tasks to delete, by their ids."""

    tasks: list[TaskId | str]
    background: NotRequired[bool]


class TaskItemAnswer(TypedDict):
    """What became of one item; `message` says what is wrong with one that failed."""

    status: bool
    message: str
    _id: str | None
    refId: NotRequired[str]
    ignoredFields: NotRequired[list[str]]


class BulkTasksAnswer(TypedDict):
    """How many items went in and how many failed, and each in the order of the request."""

    success: int
    failed: int
    tasks: list[TaskItemAnswer]


def _example(message: str) -> dict[str, Any]:
    return {
        "success": 1,
        "failed": 1,
        "tasks": [
            {"status": True, "message": message, "_id": EXAMPLE_ID},
            {"status": False, "message": "The selected hubId is invalid.", "_id": None},
        ],
    }


_NAMED = {"_id": EXAMPLE_ID, **SENT}


@router.post(
    "/tasks/bulk",
    **described(
        BulkTasksAnswer,
        example=_example(_CREATED),
        status=201,
        body=TasksBody,
        body_example={"tasks": [SENT]},
        max_body_bytes=AS_SET,
        errors=(400, 403, 409, 422),
    ),
)
def add_tasks(tasks: TasksToAdd, body: BulkBody, once: OncePart) -> Response:
    """Add up to 2,000 tasks; one item's fault never fails the others."""
    return once(lambda: _answer(tasks.add_many(_items(body)), _CREATED, 201))


@router.put(
    "/tasks/bulk",
    **described(
        BulkTasksAnswer,
        example=_example(_DONE),
        body=NamedTasksBody,
        body_example={"tasks": [_NAMED]},
        max_body_bytes=AS_SET,
        errors=(400, 403),
    ),
)
def replace_tasks(tasks: TasksToEdit, body: BulkBody) -> Response:
    """Change all values of up to 2,000 tasks."""
    return _answer(tasks.change_many(_items(body), Way.PUT), _DONE)


@router.patch(
    "/tasks/bulk",
    **described(
        BulkTasksAnswer,
        example=_example(_DONE),
        body=NamedTasksBody,
        body_example={"tasks": [{"_id": EXAMPLE_ID, "status": "DONE"}]},
        max_body_bytes=AS_SET,
        errors=(400, 403),
    ),
)
def change_tasks(tasks: TasksToEdit, body: BulkBody) -> Response:
    """Change the named values of up to 2,000 tasks."""
    return _answer(tasks.change_many(_items(body), Way.PATCH), _DONE)


@router.delete(
    "/tasks/bulk",
    **described(
        BulkTasksAnswer,
        example=_example(_DONE),
        body=TaskIdsBody,
        body_example={"tasks": [{"_id": EXAMPLE_ID}, EXAMPLE_ID]},
        max_body_bytes=_MAX_IDS_BYTES,
        errors=(400, 403),
    ),
)
def delete_tasks(tasks: TasksToDelete, body: BulkBody) -> Response:
    """Delete up to 2,000 tasks."""
    return _answer(tasks.delete_many(_items(body)), _DONE)


@router.put(
    "/tasks/bulk/move",
    **described(
        BulkTasksAnswer,
        example=_example(_DONE),
        body=NamedTasksBody,
        body_example={"tasks": [{"_id": EXAMPLE_ID, "hubId": EXAMPLE_ID}]},
        max_body_bytes=_MAX_IDS_BYTES,
        errors=(400, 403),
    ),
)
def move_tasks(tasks: TasksToMove, body: BulkBody) -> Response:
    """Give up to 2,000 tasks to other hubs."""
    return _answer(tasks.move_many(_items(body)), _DONE)


@router.put(
    "/tasks/bulk/assign",
    **described(
        BulkTasksAnswer,
        example=_example(_DONE),
        body=NamedTasksBody,
        body_example={"tasks": [{"_id": EXAMPLE_ID, "assignee": ["driver@example.com"]}]},
        max_body_bytes=_MAX_IDS_BYTES,
        errors=(400, 403),
    ),
)
def assign_tasks(tasks: TasksToAssign, body: BulkBody) -> Response:
    """Give up to 2,000 tasks to those who are to do them."""
    return _answer(tasks.assign_many(_items(body)), _DONE)


def _items(body: Mapping[str, Any]) -> Sequence[object]:
    items = body.get(_ITEMS)
    if not isinstance(items, list):
        raise InvalidError("The tasks field must be a list.")
    return items


def _answer(results: Sequence[Result], message: str, status: int = 200) -> Response:
    items = [_item(result, message) for result in results]
    succeeded = sum(item["status"] for item in items)
    return json_response(
        {"success": succeeded, "failed": len(items) - succeeded, _ITEMS: items}, status
    )


def _item(result: Result, message: str) -> TaskItemAnswer:
    if isinstance(result, TransloadError):
        return {"status": False, "message": result.message, "_id": None}
    answer: TaskItemAnswer = {"status": True, "message": message, "_id": result.task.id}
    if "refId" in result.task.values:
        answer["refId"] = result.task.values["refId"]
    if result.ignored:
        answer["ignoredFields"] = list(result.ignored)
    return answer
