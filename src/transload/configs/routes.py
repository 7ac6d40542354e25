"""The HTTP routes of configs: those of exports and of imports differ in their bodies alone."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.clock import Clock
from transload.configs import run
from transload.configs.model import MAX_FIELDS, Collection, Config, Kind
from transload.db.engine import Database
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import EXAMPLE_ID, Id, Parameters, PathId, query, validated
from transload.web.parts import ClockPart, DatabasePart
from transload.web.times import zulu

exporting = APIRouter(tags=["Export Config"], route_class=error_route(explains=False))
importing = APIRouter(tags=["Import Config"], route_class=error_route(explains=False))
_OF_THE_SYSTEM = {"_id", "organizationId", "createdTime", "updatedTime", "name"}
_FOUND = "Success."
_MAX_BODY_BYTES = 8 << 20

Name = Annotated[str, Field(min_length=1, max_length=255, examples=["For the office"])]


class _Kept(Parameters):
    """A part of a config, of which keys that are not known are kept and given back."""

    model_config = ConfigDict(extra="allow")


class ExportFieldBody(_Kept):
    """A column of an export. Further keys are kept and given back."""

    id: str = Field(min_length=1, examples=["outlet"])
    component: str = Field(examples=["input"])
    title: str = Field(examples=["Outlet"])
    source: str | None = Field(None, description="`reservedKey`: a key of every task.")


class ExportConfigBody(_Kept):
    """An export config as a client sends it, whole. Further keys are kept and given back."""

    name: Name
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


class ImportFieldBody(_Kept):
    """Where an import finds a field. Further keys are kept and given back."""

    id: str = Field(min_length=1, examples=["outlet"])
    header_column: str | None = Field(None, alias="headerColumn", examples=["Outlet"])
    sheet: str | None = Field(None, description="The sheet of a bill's or list's child rows.")
    fields: "list[ImportFieldBody] | None" = Field(
        None,
        max_length=MAX_FIELDS,
        description="With `sheet`: where the child rows have their fields.",
    )


class ImportConfigBody(_Kept):
    """An import config as a client sends it, whole. Further keys are kept and given back."""

    name: Name
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


class ConfigParameters(PageParameters):
    """Which configs a list shows."""

    collection: Collection | None = Field(None, description="Of this collection alone.")
    name: str | None = Field(
        None, description="The whole name, exactly.", examples=["For the office"]
    )
    sort_order: Literal["asc", "desc"] = Field(
        "desc", alias="sortOrder", description="By their creation: the newest first, or last."
    )

    def to_query(self) -> run.ConfigQuery:
        """Give what is asked of the store."""
        return run.ConfigQuery(
            name=self.name,
            collection=self.collection,
            is_descending=self.sort_order == "desc",
            offset=self.offset,
            limit=self.limit,
        )


Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_CONFIG))]
ConfigsQuery = Annotated[ConfigParameters, Depends(query(ConfigParameters))]
ConfigObject = dict[str, Any]


class ConfigsAnswer(TypedDict):
    """A page of configs, each with all that its author says of it."""

    status: Literal[True]
    code: int
    message: str
    data: PageList[ConfigObject]


class ConfigAnswer(TypedDict):
    """One config, with all that its author says of it."""

    status: Literal[True]
    code: int
    message: str
    data: ConfigObject


_TIMES = {
    "organizationId": EXAMPLE_ID,
    "createdTime": "2025-01-31T10:20:30.123456Z",
    "updatedTime": "2025-01-31T10:20:30.123456Z",
}
_EXPORT_SENT = {
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
_IMPORT_SENT = {
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


def _one(sent: dict[str, Any], message: str, code: int = 200) -> dict[str, Any]:
    data = {"_id": EXAMPLE_ID, **sent, **_TIMES}
    return {"status": True, "code": code, "message": message, "data": data}


def _many(sent: dict[str, Any], path: str) -> dict[str, Any]:
    return {**_one(sent, _FOUND), "data": page_example(path, _one(sent, _FOUND)["data"])}


@exporting.get(
    "/export-configs",
    **described(
        ConfigsAnswer,
        example=_many(_EXPORT_SENT, "/export-configs"),
        query=ConfigParameters,
        errors=(400, 403),
    ),
)
def list_export_configs(
    actor: Caller, database: DatabasePart, request: Request, asked: ConfigsQuery
) -> Response:
    """Give a page of the export configs."""
    return _list(_exports(database), actor, request, asked)


@exporting.get(
    "/export-config/{config_id}",
    **described(ConfigAnswer, example=_one(_EXPORT_SENT, _FOUND), errors=(403, 404)),
)
def get_export_config(actor: Caller, database: DatabasePart, config_id: PathId) -> Response:
    """Give an export config."""
    return _answer(_exports(database).get(actor, config_id), _FOUND)


@exporting.post(
    "/export-config",
    **described(
        ConfigAnswer,
        example=_one(_EXPORT_SENT, "Export Config has been added successfully.", 201),
        status=201,
        body=ExportConfigBody,
        body_example=_EXPORT_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
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
    return _create(_exports(database), actor, clock, body)


@exporting.put(
    "/export-config/{config_id}",
    **described(
        ConfigAnswer,
        example=_one(_EXPORT_SENT, "Export Config has been updated successfully."),
        body=ExportConfigBody,
        body_example=_EXPORT_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_export_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, config_id: PathId, body: JsonBody
) -> Response:
    """Change all of an export config."""
    return _replace(_exports(database), actor, clock, config_id, body)


@exporting.delete(
    "/export-config/{config_id}",
    **described(
        ConfigAnswer,
        example=_one(_EXPORT_SENT, "Export Config has been deleted successfully."),
        errors=(403, 404),
    ),
)
def delete_export_config(
    actor: Caller, database: DatabasePart, clock: ClockPart, config_id: PathId
) -> Response:
    """Delete an export config."""
    return _delete(_exports(database), actor, clock, config_id)


@importing.get(
    "/import-configs",
    **described(
        ConfigsAnswer,
        example=_many(_IMPORT_SENT, "/import-configs"),
        query=ConfigParameters,
        errors=(400, 403),
    ),
)
def list_import_configs(
    actor: Caller, database: DatabasePart, request: Request, asked: ConfigsQuery
) -> Response:
    """Give a page of the import configs."""
    return _list(_imports(database), actor, request, asked)


@importing.get(
    "/import-config/{config_id}",
    **described(ConfigAnswer, example=_one(_IMPORT_SENT, _FOUND), errors=(403, 404)),
)
def get_import_config(actor: Caller, database: DatabasePart, config_id: PathId) -> Response:
    """Give an import config."""
    return _answer(_imports(database).get(actor, config_id), _FOUND)


@importing.post(
    "/import-config",
    **described(
        ConfigAnswer,
        example=_one(_IMPORT_SENT, "Import Config has been added successfully.", 201),
        status=201,
        body=ImportConfigBody,
        body_example=_IMPORT_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
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
    return _create(_imports(database), actor, clock, body)


@importing.put(
    "/import-config/{config_id}",
    **described(
        ConfigAnswer,
        example=_one(_IMPORT_SENT, "Import Config has been updated successfully."),
        body=ImportConfigBody,
        body_example=_IMPORT_SENT,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 404, 409),
    ),
)
def replace_import_config(
    actor: Editor, database: DatabasePart, clock: ClockPart, config_id: PathId, body: JsonBody
) -> Response:
    """Change all of an import config."""
    return _replace(_imports(database), actor, clock, config_id, body)


@importing.delete(
    "/import-config/{config_id}",
    **described(
        ConfigAnswer,
        example=_one(_IMPORT_SENT, "Import Config has been deleted successfully."),
        errors=(403, 404),
    ),
)
def delete_import_config(
    actor: Caller, database: DatabasePart, clock: ClockPart, config_id: PathId
) -> Response:
    """Delete an import config."""
    return _delete(_imports(database), actor, clock, config_id)


def _exports(database: Database) -> run.Configs:
    return run.Configs(database=database, kind=Kind.EXPORT)


def _imports(database: Database) -> run.Configs:
    return run.Configs(database=database, kind=Kind.IMPORT)


def _list(
    configs: run.Configs, actor: Actor, request: Request, asked: ConfigParameters
) -> Response:
    total, found = configs.find_page(actor, asked.to_query())
    page = page_list(request, asked, [_wire(config) for config in found], total)
    return success(message=_FOUND, code=200, data=page)


def _create(configs: run.Configs, actor: Actor, clock: Clock, body: Mapping[str, Any]) -> Response:
    config = configs.create(actor, _new(configs.kind, body), clock.now())
    return _answer(config, f"{config.kind.label} has been added successfully.", 201)


def _replace(
    configs: run.Configs, actor: Actor, clock: Clock, config_id: str, body: Mapping[str, Any]
) -> Response:
    config = configs.replace(actor, config_id, _new(configs.kind, body), clock.now())
    return _answer(config, f"{config.kind.label} has been updated successfully.")


def _delete(configs: run.Configs, actor: Actor, clock: Clock, config_id: str) -> Response:
    config = configs.delete(actor, config_id, clock.now())
    return _answer(config, f"{config.kind.label} has been deleted successfully.")


def _new(kind: Kind, body: Mapping[str, Any]) -> run.NewConfig:
    """Read a config: checked by the models, kept as it was sent."""
    checked: ExportConfigBody | ImportConfigBody
    if kind is Kind.EXPORT:
        checked = validated(ExportConfigBody, body, noun="field")
    else:
        checked = validated(ImportConfigBody, body, noun="field")
    kept = {name: value for name, value in body.items() if name not in _OF_THE_SYSTEM}
    return run.NewConfig(name=checked.name, document=kept)


def _answer(config: Config, message: str, code: int = 200) -> Response:
    return success(status=code, message=message, code=code, data=_wire(config))


def _wire(config: Config) -> dict[str, Any]:
    return {
        "_id": config.id,
        "name": config.name,
        **config.document,
        "organizationId": config.organization_id,
        "updatedTime": zulu(config.updated_time),
        "createdTime": zulu(config.created_time),
    }
