"""The wire of data types."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AliasChoices, Field
from pydantic.functional_validators import BeforeValidator
from pydantic_core import PydanticCustomError

from transload.accounts.caller import Caller
from transload.data_types import model, run
from transload.db.engine import Database
from transload.errors import InvalidError
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.parameters import Parameters, validated
from transload.web.parts import ClockPart, part
from transload.web.times import plain

router = APIRouter(tags=["Data Type"], route_class=error_route(explains=False))
DatabasePart = Annotated[Database, Depends(part(Database))]


def _options(value: object) -> object:
    """Take options as text or numbers; a number stands for its digits."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise PydanticCustomError("options", "must be a list")
    if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in value):
        raise PydanticCustomError("options", "must be a list of texts")
    return tuple(str(item) for item in value)


class FieldBody(Parameters):
    """A field of a data type as a client sends it."""

    id: str
    title: str = ""
    type: model.FieldType = Field(validation_alias=AliasChoices("type", "inputType"))
    format: str | None = None
    description: str | None = None
    default: str | float | bool | list[Any] | None = None
    option_data: Annotated[tuple[str, ...], BeforeValidator(_options)] = Field(
        (), alias="optionData"
    )
    required: bool = Field(default=False, validation_alias=AliasChoices("required", "isRequired"))
    primary_key: bool = Field(default=False, alias="primaryKey")
    show: bool = True
    visible: bool = True

    def to_model(self) -> model.Field:
        """Give the field; `dataId` is the key whether or not the client says so."""
        return model.Field(
            id=self.id,
            title=self.title,
            type=self.type,
            format=self.format,
            description=self.description,
            default=self.default,
            options=self.option_data,
            is_required=self.required,
            is_key=self.primary_key or self.id == model.KEY_FIELD,
            is_shown=self.show,
            is_visible=self.visible,
        )


class DataTypeBody(Parameters):
    """A data type as a client sends it."""

    name: str = Field(min_length=1, max_length=255)
    fields: list[FieldBody]
    common_data: bool = Field(default=False, alias="commonData")
    limit_user: bool = Field(default=False, alias="limitUser")
    provider: str = "internal"


@router.post("/data-type")
def create_data_type(
    actor: Caller, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Create a data type."""
    sent = validated(DataTypeBody, body, noun="field")
    if sent.limit_user or sent.provider != "internal":
        raise InvalidError("limitUser and external providers are not served yet.")
    new = run.NewDataType(
        name=sent.name,
        fields=[field.to_model() for field in sent.fields],
        is_common=sent.common_data,
    )
    data_type = run.create(database, actor, new, clock.now())
    return success(status=201, data_type=_wire(data_type))


@router.get("/data-type/{data_type_id}")
def get_data_type(actor: Caller, database: DatabasePart, data_type_id: str) -> Response:
    """Give a data type."""
    return success(data_type=_wire(run.get(database, actor, data_type_id)))


def _wire(data_type: model.DataType) -> dict[str, object]:
    return {
        "_id": data_type.id,
        "name": data_type.name,
        "fields": [_wire_field(field) for field in data_type.fields],
        "commonData": data_type.is_common,
        "limitUser": False,
        "provider": "internal",
        "providerConfig": None,
        "organizationId": data_type.organization_id,
        "createdBy": data_type.created_by,
        "updatedBy": data_type.updated_by,
        "createdTime": plain(data_type.created_time),
        "updatedTime": plain(data_type.updated_time),
    }


def _wire_field(field: model.Field) -> dict[str, object]:
    return {
        "id": field.id,
        "title": field.title,
        "type": field.type.value,
        "format": field.format,
        "description": field.description,
        "default": field.default,
        "optionData": list(field.options),
        "required": field.is_required,
        "primaryKey": field.is_key,
        "show": field.is_shown,
        "visible": field.is_visible,
    }
