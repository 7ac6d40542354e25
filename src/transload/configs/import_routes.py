"""The HTTP routes of import configs."""

from typing import Literal, Self

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

router = APIRouter(tags=["Import Config"], route_class=error_route(explains=False))


class ImportFieldBody(Kept):
    """Where an import finds a field. Further keys are kept and given back."""

    id: str = Field(min_length=1, examples=["outlet"])
    header_column: str | None = Field(None, alias="headerColumn", examples=["Outlet"])
    sheet: str | None = Field(None, description="The sheet of a bill's or list's child rows.")
    fields: "list[ImportFieldBody] | None" = Field(
        None,
        max_length=MAX_FIELDS,
        description="With `sheet`: where the child rows have their fields.",
    )


class ImportConfigBody(ConfigBody):
    """An import config as a client sends it, whole. Further keys are kept and given back."""

    description: str | None = None
    collection: Collection = Field(examples=["task"])
    reference_type: Literal["flow", "dataType"] = Field(alias="referenceType", examples=["flow"])
    reference_id: Id = Field(alias="referenceId")
    fields: list[ImportFieldBody] = Field(max_length=MAX_FIELDS)

    @model_validator(mode="after")
    def _refers_to_what_is_imported(self) -> Self:
        if (self.collection is Collection.TASK) is not (self.reference_type == "flow"):
            raise PydanticCustomError("reference", "must refer to a flow for tasks alone")
        return self


_SENT = {
    "name": "From the office",
    "collection": "task",
    "description": "Deliveries with their goods",
    "referenceType": "flow",
    "referenceId": EXAMPLE_ID,
    "fields": [
        {"id": "title", "headerColumn": "Title"},
        {"id": "goods", "sheet": "Goods", "fields": [{"id": "name", "headerColumn": "Name"}]},
    ],
}


@router.get(
    "/import-configs",
    **described(
        ConfigsAnswer,
        example=page_example_of(_SENT, "/import-configs"),
        query=ConfigParameters,
        errors=(400, 403),
    ),
)
def list_import_configs(
    actor: Caller, database: DatabasePart, request: Request, asked: ConfigsQuery
) -> Response:
    """Give a page of the import configs."""
    return listed(_configs(database), actor, request, asked)


@router.get(
    "/import-config/{config_id}",
    **described(ConfigAnswer, example=one_example(_SENT, FOUND), errors=(403, 404)),
)
def get_import_config(actor: Caller, database: DatabasePart, config_id: PathId) -> Response:
    """Give an import config."""
    return shown(_configs(database), actor, config_id)


@router.post(
    "/import-config",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Import Config has been added successfully.", 201),
        status=201,
        body=ImportConfigBody,
        body_example=_SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"config_id": "data/_id"}
            for name in ("get_import_config", "replace_import_config", "delete_import_config")
        },
    ),
)
def create_import_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Create an import config."""
    return created(_configs(database), actor, new_config(ImportConfigBody, body), clock.now())


@router.put(
    "/import-config/{config_id}",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Import Config has been updated successfully."),
        body=ImportConfigBody,
        body_example=_SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_import_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, config_id: PathId, body: JsonBody
) -> Response:
    """Change all of an import config."""
    new = new_config(ImportConfigBody, body)
    return replaced(_configs(database), actor, config_id, new, clock.now())


@router.delete(
    "/import-config/{config_id}",
    **described(
        ConfigAnswer,
        example=one_example(_SENT, "Import Config has been deleted successfully."),
        errors=(403, 404),
    ),
)
def delete_import_config(
    actor: Caller, database: DatabasePart, clock: ClockPart, config_id: PathId
) -> Response:
    """Delete an import config."""
    return deleted(_configs(database), actor, config_id, clock.now())


def _configs(database: Database) -> Configs:
    return Configs(database=database, kind=Kind.IMPORT)
