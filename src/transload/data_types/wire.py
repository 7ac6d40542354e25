"""Data types as clients send and see them."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field
from pydantic.functional_validators import BeforeValidator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.data_types import model, run
from transload.data_types.model import Provider
from transload.web.parameters import EXAMPLE_ID, Flag, Parameters
from transload.web.times import plain

_MAX_NAME_LENGTH = 255
_MAX_URL_LENGTH = 2_000
MAX_BODY_BYTES = 4 << 20
"""Of a data type, whose fields may have 1 MiB, whichever way the text is written."""
_MAX_OPTIONS = 10_000


def _options(value: object) -> object:
    """Take options as text or numbers; a number stands for its digits."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise PydanticCustomError("options", "must be a list")
    if len(value) > _MAX_OPTIONS:
        raise PydanticCustomError(
            "options", "must have at most {most} items", {"most": _MAX_OPTIONS}
        )
    if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in value):
        raise PydanticCustomError("options", "must be a list of texts")
    return tuple(str(item) for item in value)


class FieldBody(Parameters):
    """A field of a data type as a client sends it."""

    id: str = Field(examples=["price"])
    title: str = Field("", examples=["Price"])
    type: model.FieldType = Field(
        validation_alias=AliasChoices("type", "inputType"), examples=["number"]
    )
    format: str | None = Field(
        None, description="`date-time` makes text a dateTime; of money, the currency (`IDR`)."
    )
    description: str | None = None
    default: str | int | float | bool | list[Any] | None = Field(
        None, description="The value of a record that is written without one."
    )
    option_data: Annotated[tuple[str, ...], BeforeValidator(_options)] = Field(
        (), alias="optionData", description="The values that there are, if they are few."
    )
    required: Flag = Field(default=False, validation_alias=AliasChoices("required", "isRequired"))
    primary_key: Flag = Field(default=False, alias="primaryKey")
    show: Flag = True
    visible: Flag = Field(default=True, description="Among the columns of an export by default.")

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


class SourceBody(Parameters):
    """Where an external provider is found."""

    url: str = Field(max_length=_MAX_URL_LENGTH, examples=["https://example.com/outlets"])
    key: str | None = Field(None, description="A secret; kept, and never given back.")

    def to_model(self) -> model.Source:
        """Give the source."""
        return model.Source(url=self.url, key=self.key)


Name = Annotated[str, Field(min_length=1, max_length=_MAX_NAME_LENGTH, examples=["Outlets"])]
Fields = Annotated[
    list[FieldBody],
    Field(
        max_length=model.MAX_FIELDS,
        examples=[[{"id": "dataId", "type": "string"}, {"id": "price", "type": "number"}]],
        description="In the order of the columns. The field `dataId` is the key.",
    ),
]


class DataTypeBody(Parameters):
    """A data type as a client sends it."""

    name: Name
    fields: Fields
    common_data: Flag = Field(
        default=False,
        alias="commonData",
        description="Records are unique in the organization, and not by hub. Fixed from here on.",
    )
    limit_user: Flag = Field(
        default=False, alias="limitUser", description="A record is seen by those whom it names."
    )
    provider: Provider = Field(Provider.INTERNAL, description="Fixed from here on.")
    provider_config: SourceBody | None = Field(
        None, alias="providerConfig", description="For the provider external-api, and for no other."
    )

    def to_new(self) -> run.NewDataType:
        """Give the data type to be."""
        return run.NewDataType(
            name=self.name,
            fields=[field.to_model() for field in self.fields],
            is_common=self.common_data,
            is_limited=self.limit_user,
            provider=self.provider,
            source=None if self.provider_config is None else self.provider_config.to_model(),
        )


class FieldObject(TypedDict):
    """A field of a data type."""

    id: str
    title: str
    type: model.FieldType
    format: str | None
    description: str | None
    default: str | float | bool | list[Any] | None
    optionData: list[str]
    required: bool
    primaryKey: bool
    show: bool
    visible: bool


class SourceObject(TypedDict):
    """Where an external provider is found; its key is kept and not shown."""

    url: str


class DataTypeObject(TypedDict):
    """A data type."""

    _id: str
    name: str
    fields: list[FieldObject]
    commonData: bool
    limitUser: bool
    provider: Provider
    providerConfig: SourceObject | None
    organizationId: str
    createdBy: str
    updatedBy: str
    createdTime: str
    updatedTime: str


class DataTypeAnswer(TypedDict):
    """One data type."""

    status: Literal[True]
    message: str
    data_type: DataTypeObject


DATA_TYPE = {
    "_id": EXAMPLE_ID,
    "name": "Outlets",
    "fields": [
        {
            "id": name,
            "title": title,
            "type": kind,
            "format": None,
            "description": None,
            "default": None,
            "optionData": [],
            "required": name == model.KEY_FIELD,
            "primaryKey": name == model.KEY_FIELD,
            "show": True,
            "visible": True,
        }
        for name, title, kind in ((model.KEY_FIELD, "Code", "string"), ("price", "Price", "number"))
    ],
    "commonData": False,
    "limitUser": False,
    "provider": "internal",
    "providerConfig": None,
    "organizationId": EXAMPLE_ID,
    "createdBy": "owner@example.com",
    "updatedBy": "owner@example.com",
    "createdTime": "2025-01-31 10:20:30",
    "updatedTime": "2025-01-31 10:20:30",
}
ONE = {"status": True, "message": "Success", "data_type": DATA_TYPE}
SENT = {
    "name": "Outlets",
    "fields": [
        {"id": model.KEY_FIELD, "title": "Code", "type": "string"},
        {"id": "price", "title": "Price", "type": "number"},
    ],
}


def data_type_object(data_type: model.DataType) -> dict[str, object]:
    """Give a data type as the API shows it: without the key of its provider."""
    source = data_type.source
    return {
        "_id": data_type.id,
        "name": data_type.name,
        "fields": [field_object(field) for field in data_type.fields],
        "commonData": data_type.is_common,
        "limitUser": data_type.is_limited,
        "provider": data_type.provider.value,
        "providerConfig": None if source is None else {"url": source.shown_url},
        "organizationId": data_type.organization_id,
        "createdBy": data_type.created_by,
        "updatedBy": data_type.updated_by,
        "createdTime": plain(data_type.created_time),
        "updatedTime": plain(data_type.updated_time),
    }


def field_object(field: model.Field) -> dict[str, object]:
    """Give a field as the API shows it."""
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
