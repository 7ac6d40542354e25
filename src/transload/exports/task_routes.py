"""The HTTP routes of exports of tasks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.documents.wire import FilterParameters
from transload.errors import InvalidError
from transload.exports.answers import LEADS_TO, AnswersPart, ExportAnswer, answer_example
from transload.exports.parameters import FileParameters
from transload.exports.tasks import TASK, Tasks, TasksRequest
from transload.tasks.model import Status
from transload.web.errors import error_route
from transload.web.idempotency import OncePart
from transload.web.openapi import described
from transload.web.parameters import (
    Id,
    Names,
    QueryOrBody,
    validated,
)

router = APIRouter(tags=["Export"], route_class=error_route(explains=True))
_MAX_BODY_BYTES = 256 << 10


def _statuses(value: object) -> object:
    items = value.split(",") if isinstance(value, str) else value
    found = [str(item).strip() for item in items] if isinstance(items, list) else []
    if not found or not set(found) <= set(Status):
        raise PydanticCustomError("statuses", "must be UNASSIGNED, ONGOING or DONE")
    return tuple(dict.fromkeys(found))


class TaskExportParameters(FileParameters, FilterParameters):
    """The parameters of an export of tasks."""

    fields: Names = Field(
        (),
        description="The columns, in order; default: common keys of every task, all components.",
        examples=["title,status"],
    )
    flow_id: Names | None = Field(
        None,
        alias="flowId",
        description="Tasks of these flows only.",
        examples=["6745d1a0c3b2f4e5a6978801"],
    )
    hub_id: Id | None = Field(None, alias="hubId", description="Tasks of this hub only.")
    status: (
        Annotated[tuple[str, ...], BeforeValidator(_statuses), WithJsonSchema({"type": "string"})]
        | None
    ) = Field(None, description="Of these statuses.", examples=["DONE"])
    assignee: str | None = Field(
        None, description="Assigned to the user of this e-mail.", examples=["ada@acme.example"]
    )
    done_by: str | None = Field(
        None,
        alias="doneBy",
        description="Done by the user of this name or e-mail.",
        examples=["ada@acme.example"],
    )
    sort_by: str = Field(
        "createdTime", alias="sortBy", description="A key of every task, or a component's id."
    )

    def to_request(self) -> TasksRequest:
        """Give the request."""
        return TasksRequest(
            format=self.download,
            is_background=self.background,
            fields=self.fields or None,
            flow_ids=self.flow_id,
            hub_id=self.hub_id,
            statuses=self.status,
            assignee=self.assignee,
            done_by=self.done_by,
            config_id=self.export_config_id,
            page=self.page,
            limit=self.max_rows,
            sort_by=self.sort_by,
            is_descending=self.is_descending,
            filter=self.to_filter(),
            dialect=self.to_dialect(),
        )


Exporter = Annotated[Actor, Depends(caller_who_may(Permission.EXPORT_TASK, denied=Tasks().denied))]


@router.post(
    "/tasks/export",
    **described(
        ExportAnswer,
        example=answer_example(TASK),
        query=TaskExportParameters,
        body_example={"download": "xlsx", "limit": 1_000},
        is_query_in_body=True,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 409, 422),
        leads_to=LEADS_TO,
    ),
)
def export_tasks(
    actor: Exporter,
    answers: AnswersPart,
    values: QueryOrBody,
    once: OncePart,
) -> Response:
    """Export tasks to a file, at once or in the background."""
    if "download" not in values:
        raise InvalidError("The download field is required.", is_whole=True)
    wanted = validated(TaskExportParameters, values, noun="field").to_request()
    return once(lambda: answers.exported(actor, wanted, TASK))
