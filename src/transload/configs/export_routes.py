"""The HTTP routes of export configs."""

from typing import Self

from fastapi import APIRouter, Request, Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from transload.accounts.caller import Caller
from transload.configs.answers import created, deleted, listed, replaced, shown
from transload.configs.model import MAX_FIELDS, Collection, Kind
from transload.configs.run import Configs
from transload.configs.wire import (
    FOUND,
    MAX_BODY_BYTES,
    ConfigAnswer,
    ConfigBody,
    ConfigParameters,
    ConfigsAnswer,
    ConfigsQuery,
    Editor,
    Kept,
    new_config,
    one_example,
    page_example_of,
)
from transload.db.engine import Database
from transload.web.body import JsonBody
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import EXAMPLE_ID, Id, PathId
from transload.web.parts import ClockPart, DatabasePart

router = APIRouter(tags=["Export Config"], route_class=error_route(explains=False))


class ExportFieldBody(Kept):
    """A column of an export. Further keys are kept and given back."""

    id: str = Field(min_length=1, examples=["outlet"])
    component: str = Field(examples=["input"])
    title: str = Field(examples=["Outlet"])
    source: str | None = Field(None, description="`reservedKey`: a key of every task.")


class ExportConfigBody(ConfigBody):
    """An export config as a client sends it, whole. Further keys are kept and given back."""

    collection: Collection = Field(examples=["task"])
    description: str | None = None
    flow_ids: list[Id] | None = Field(
        None,
        alias="flowIds",
        max_length=MAX_FIELDS,
        description="Required for the collection task.",
    )
    data_type_ids: list[Id] | None = Field(
        None,
        alias="dataTypeIds",
        max_length=MAX_FIELDS,
        description="Required for the collection data.",
    )
    fields: list[ExportFieldBody] = Field(
        max_length=MAX_FIELDS, description="The columns, in order."
    )

    @model_validator(mode="after")
    def _names_what_it_is_for(self) -> Self:
        is_of_tasks = self.collection is Collection.TASK
        if (self.flow_ids if is_of_tasks else self.data_type_ids) is None:
            name = "flowIds" if is_of_tasks else "dataTypeIds"
            raise PydanticCustomError("reference", "must name {name}", {"name": name})
        return self


_SENT = {
    "name": "For the office",
    "collection": "task",
    "description": "Deliveries with their goods",
    "flowIds": [EXAMPLE_ID],
    "fields": [
        {"id": "title", "component": "reservedKey", "title": "Title", "source": "reservedKey"},
        {
            "id": "goods",
            "component": "bill",
            "title": "Goods",
            "additionalField": ["goods.totalCost"],
        },
    ],
}


@router.get(
    "/export-configs",
    **described(
        ConfigsAnswer,
        example=page_example_of(_SENT, "/export-configs"),
        query=ConfigParameters,
        errors=(400, 403),
    ),
)
def list_export_configs(
    actor: Caller, database: DatabasePart, request: Request, asked: ConfigsQuery
) -> Response:
    """Give a page of the export configs."""
    return listed(_configs(database), actor, request, asked)


@router.get(
    "/export-config/{config_id}",
    **described(ConfigAnswer, example=one_example(_SENT, FOUND), errors=(403, 404)),
)
def get_export_config(actor: Caller, database: DatabasePart, config_id: PathId) -> Response:
    """Give an export config."""
    return shown(_configs(database), actor, config_id)


@router.post(
    "/export-config",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Export Config has been added successfully.", 201),
        status=201,
        body=ExportConfigBody,
        body_example=_SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"config_id": "data/_id"}
            for name in ("get_export_config", "replace_export_config", "delete_export_config")
        },
    ),
)
def create_export_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Create an export config."""
    return created(_configs(database), actor, new_config(ExportConfigBody, body), clock.now())


@router.put(
    "/export-config/{config_id}",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Export Config has been updated successfully."),
        body=ExportConfigBody,
        body_example=_SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_export_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, config_id: PathId, body: JsonBody
) -> Response:
    """Change all of an export config."""
    new = new_config(ExportConfigBody, body)
    return replaced(_configs(database), actor, config_id, new, clock.now())


@router.delete(
    "/export-config/{config_id}",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Export Config has been deleted successfully."),
        errors=(403, 404),
    ),
)
def delete_export_config(
    actor: Caller, database: DatabasePart, clock: ClockPart, config_id: PathId
) -> Response:
    """Delete an export config."""
    return deleted(_configs(database), actor, config_id, clock.now())


def _configs(database: Database) -> Configs:
    return Configs(database=database, kind=Kind.EXPORT)
