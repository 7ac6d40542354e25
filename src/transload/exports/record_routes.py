"""The HTTP routes of exports of records."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from transload.accounts.caller import caller_who_may
from transload.accounts.model import Actor, Permission
from transload.errors import InvalidError
from transload.exports.answers import LEADS_TO, AnswersPart, ExportAnswer, answer_example
from transload.exports.parameters import FileParameters
from transload.exports.records import DATA, Records, RecordsRequest
from transload.records.wire import NarrowingParameters
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


class ExportParameters(NarrowingParameters, FileParameters):
    """The parameters of an export of records."""

    fields: Names = Field(
        (),
        description="The columns, in order; default: the visible fields.",
        examples=["dataId,name"],
    )
    hub_id: Id | None = Field(None, alias="hubId", description="Records of this hub only.")
    data_type_id: Id | None = Field(
        None, alias="dataTypeId", description="Records of this data type only."
    )
    sort_by: str = Field(
        "createdTime", alias="sortBy", description="A field, or a name that every record has."
    )

    def to_request(self) -> RecordsRequest:
        """Give the request."""
        return RecordsRequest(
            format=self.download,
            is_background=self.background,
            fields=self.fields or None,
            hub_id=self.hub_id,
            data_type_id=self.data_type_id,
            config_id=self.export_config_id,
            page=self.page,
            limit=self.max_rows,
            sort_by=self.sort_by,
            is_descending=self.is_descending,
            narrowing=self.to_narrowing(),
            dialect=self.to_dialect(),
        )


Exporter = Annotated[
    Actor, Depends(caller_who_may(Permission.EXPORT_DATA, denied=Records().denied))
]


@router.post(
    "/data/export",
    **described(
        ExportAnswer,
        example=answer_example(DATA),
        query=ExportParameters,
        body_example={},
        is_query_in_body=True,
        max_body_bytes=_MAX_BODY_BYTES,
        errors=(400, 403, 409, 422),
        leads_to=LEADS_TO,
    ),
)
def export_data(
    actor: Exporter,
    answers: AnswersPart,
    values: QueryOrBody,
    once: OncePart,
) -> Response:
    """Export records to a file, at once or in the background."""
    if "download" not in values:
        raise InvalidError("The download parameter is required.", is_whole=True)
    wanted = validated(ExportParameters, values).to_request()
    return once(lambda: answers.exported(actor, wanted, DATA))
