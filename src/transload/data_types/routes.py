"""The HTTP routes of data types. What also changes their records is in `records.schema`."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.data_types import run
from transload.data_types.model import Provider
from transload.data_types.wire import (
    DATA_TYPE,
    MAX_BODY_BYTES,
    ONE,
    SENT,
    DataTypeAnswer,
    DataTypeBody,
    DataTypeObject,
    FieldObject,
    SourceObject,
    data_type_object,
)
from transload.errors import InvalidError, named
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.keys import shown_keys
from transload.web.openapi import described
from transload.web.paging import PageList, PageParameters, page_example, page_list
from transload.web.parameters import (
    Names,
    PathId,
    query,
    validated,
)
from transload.web.parts import ClockPart, DatabasePart

router = APIRouter(tags=["Data Type"], route_class=error_route(explains=False))


class DataTypeParameters(PageParameters):
    """Which data types a list shows, and what of them."""

    fields: Names = Field(
        (),
        description="Keys of a data type, in order, `_id` always among them; default: all.",
        examples=["_id,name"],
    )
    provider: Names = Field(
        (Provider.INTERNAL.value,), description="`internal`, `external-api` or both."
    )

    @property
    def names(self) -> Sequence[str]:
        """The keys to show; raise InvalidError naming those that are none."""
        return shown_keys(self.fields, list(DataTypeObject.__annotations__))

    @property
    def providers(self) -> set[Provider]:
        """The providers asked for; raise InvalidError naming those that are none."""
        unknown = [name for name in self.provider if name not in list(Provider)]
        if unknown:
            shown = named(unknown, ", ")
            raise InvalidError(f"The provider parameter names what is no provider: {shown}.")
        return set(map(Provider, self.provider))


Adder = Annotated[Actor, Depends(caller_who_may(Permission.ADD_DATA_TYPE))]
DataTypesQuery = Annotated[DataTypeParameters, Depends(query(DataTypeParameters))]


class ListedDataType(TypedDict, total=False):
    """A data type in a list, with the keys that were asked for."""

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


class DataTypesAnswer(TypedDict):
    """A page of data types, the oldest first."""

    status: Literal[True]
    message: str
    data_types: PageList[ListedDataType]


@router.get(
    "/data-types",
    **described(
        DataTypesAnswer,
        example={
            "status": True,
            "message": "Success",
            "data_types": page_example("/data-types", DATA_TYPE),
        },
        query=DataTypeParameters,
        errors=(400, 403),
    ),
)
def list_data_types(
    actor: Caller, database: DatabasePart, request: Request, asked: DataTypesQuery
) -> Response:
    """Give a page of the data types, the oldest first."""
    names = asked.names
    total, found = run.find_page(
        database, actor, asked.providers, offset=asked.offset, limit=asked.limit
    )
    items = [{name: shown[name] for name in names} for shown in map(data_type_object, found)]
    return success(data_types=page_list(request, asked, items, total))


@router.post(
    "/data-type",
    **described(
        DataTypeAnswer,
        example=ONE,
        status=201,
        body=DataTypeBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=(400, 403, 409),
        leads_to={
            name: {"data_type_id": "data_type/_id"}
            for name in (
                "get_data_type",
                "replace_data_type",
                "change_data_type",
                "delete_data_type",
            )
        },
    ),
)
def create_data_type(
    actor: Adder, database: DatabasePart, clock: ClockPart, body: JsonBody
) -> Response:
    """Create a data type."""
    new = validated(DataTypeBody, body, noun="field").to_new()
    return success(
        status=201, data_type=data_type_object(run.create(database, actor, new, clock.now()))
    )


@router.get(
    "/data-type/{data_type_id}", **described(DataTypeAnswer, example=ONE, errors=(403, 404))
)
def get_data_type(actor: Caller, database: DatabasePart, data_type_id: PathId) -> Response:
    """Give a data type."""
    return success(data_type=data_type_object(run.get(database, actor, data_type_id)))
