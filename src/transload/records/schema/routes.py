"""The HTTP routes of changes to data types, which their records follow."""

from typing import Annotated, Literal, NotRequired

from fastapi import APIRouter, Depends, Response
from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from transload.accounts.caller import Caller, caller_who_may
from transload.accounts.model import Actor, Permission
from transload.data_types.changing import Changes
from transload.data_types.model import MAX_FIELDS, Provider
from transload.data_types.wire import (
    DATA_TYPE,
    MAX_BODY_BYTES,
    ONE,
    SENT,
    DataTypeAnswer,
    DataTypeObject,
    Fields,
    Name,
    SourceBody,
    data_type_object,
)
from transload.jobs.pool import Jobs
from transload.records.schema import change, deletion
from transload.web.body import JsonBody
from transload.web.envelope import json_response, success
from transload.web.errors import error_route
from transload.web.openapi import described
from transload.web.parameters import Flag, Parameters, PathId, query, validated
from transload.web.parts import ClockPart, DatabasePart, part

router = APIRouter(tags=["Data Type"], route_class=error_route(explains=False))
JobsPart = Annotated[Jobs, Depends(part(Jobs))]
_CHANGE_ERRORS = (400, 403, 404, 409)


def _listed(value: object) -> object:
    return [] if value is None else value


class ChangesBody(Parameters):
    """Any part of a data type; what is left out stays as it is."""

    name: Name | None = None
    fields: Fields | None = None
    common_data: Flag | None = Field(
        None, alias="commonData", description="Fixed: only what it is already is taken."
    )
    limit_user: Flag | None = Field(None, alias="limitUser")
    provider: Provider | None = Field(None, description="Fixed: only what it is already is taken.")
    provider_config: SourceBody | None = Field(
        None, alias="providerConfig", description="Without `key`, the key stays."
    )
    delete_fields: Annotated[list[str], BeforeValidator(_listed)] = Field(
        [],
        max_length=MAX_FIELDS,
        alias="deleteFields",
        description="Ids of fields whose values the records lose, whether or not the fields stay.",
        examples=[["price"]],
    )

    def to_changes(self) -> Changes:
        """Give the changes."""
        return Changes(
            name=self.name,
            fields=None if self.fields is None else [field.to_model() for field in self.fields],
            is_common=self.common_data,
            is_limited=self.limit_user,
            provider=self.provider,
            source=None if self.provider_config is None else self.provider_config.to_model(),
            deleted=frozenset(self.delete_fields),
        )


class ReplacementBody(ChangesBody):
    """A data type's name and fields; what else there is of it stays unless it is named."""

    name: Name
    fields: Fields


class DeletionParameters(Parameters):
    """How a data type is deleted."""

    dry_run: Flag = Field(
        default=False, alias="dryRun", description="Delete nothing; count the records."
    )


Editor = Annotated[Actor, Depends(caller_who_may(Permission.EDIT_DATA_TYPE))]
DeletionQuery = Annotated[DeletionParameters, Depends(query(DeletionParameters))]


class DeletionAnswer(TypedDict):
    """The data type as it was; of a dry run, the records that would be deleted with it."""

    status: Literal[True]
    data_type: DataTypeObject
    dryRun: NotRequired[Literal[True]]
    records: NotRequired[int]


@router.put(
    "/data-type/{data_type_id}",
    **described(
        DataTypeAnswer,
        example=ONE,
        body=ReplacementBody,
        body_example=SENT,
        max_body_bytes=MAX_BODY_BYTES,
        errors=_CHANGE_ERRORS,
    ),
)
def replace_data_type(  # noqa: PLR0917 - the framework fills them in by name
    actor: Editor,
    database: DatabasePart,
    jobs: JobsPart,
    clock: ClockPart,
    data_type_id: PathId,
    body: JsonBody,
) -> Response:
    """Give a data type this name and these fields; its records follow."""
    changes = validated(ReplacementBody, body, noun="field").to_changes()
    changed = change.change(database, jobs, actor, data_type_id, changes, now=clock.now())
    return success(data_type=data_type_object(changed))


@router.patch(
    "/data-type/{data_type_id}",
    **described(
        DataTypeAnswer,
        example=ONE,
        body=ChangesBody,
        body_example={"name": "Outlets", "deleteFields": ["price"]},
        max_body_bytes=MAX_BODY_BYTES,
        errors=_CHANGE_ERRORS,
    ),
)
def change_data_type(  # noqa: PLR0917 - the framework fills them in by name
    actor: Editor,
    database: DatabasePart,
    jobs: JobsPart,
    clock: ClockPart,
    data_type_id: PathId,
    body: JsonBody,
) -> Response:
    """Change any part of a data type; its records follow."""
    changes = validated(ChangesBody, body, noun="field").to_changes()
    changed = change.change(database, jobs, actor, data_type_id, changes, now=clock.now())
    return success(data_type=data_type_object(changed))


@router.delete(
    "/data-type/{data_type_id}",
    **described(
        DeletionAnswer,
        example={"status": True, "data_type": DATA_TYPE},
        query=DeletionParameters,
        errors=(400, 403, 404),
    ),
)
def delete_data_type(  # noqa: PLR0917 - the framework fills them in by name
    actor: Caller,
    database: DatabasePart,
    jobs: JobsPart,
    clock: ClockPart,
    data_type_id: PathId,
    asked: DeletionQuery,
) -> Response:
    """Delete a data type with all its records, for good."""
    if asked.dry_run:
        data_type, records = deletion.count(database, actor, data_type_id)
        return json_response(
            {
                "status": True,
                "data_type": data_type_object(data_type),
                "dryRun": True,
                "records": records,
            }
        )
    data_type = deletion.remove(database, jobs, actor, data_type_id, clock.now())
    return json_response({"status": True, "data_type": data_type_object(data_type)})
