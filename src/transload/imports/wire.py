"""An import as clients of the API see it."""

from typing import Annotated, Any, Literal, NotRequired

from fastapi import Path
from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from transload.data_types.model import Field
from transload.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    LaterError,
    MissingError,
    NotFoundError,
    TooLargeError,
    UnauthenticatedError,
    UnusableError,
)
from transload.imports.access import NOT_FOUND
from transload.imports.model import Import, Kind, Submission
from transload.web.parameters import EXAMPLE_ID, an_id
from transload.web.times import plain

ImportId = Annotated[
    str,
    an_id(NOT_FOUND),
    WithJsonSchema({"type": "string"}),
    Path(description="An import's id.", openapi_examples={"id": {"value": EXAMPLE_ID}}),
]
"""The id of an import in a path; a text that is no id leads to nothing."""


class BadStatusError(InvalidError):
    """A status that no import has."""


FAILED_CODES: dict[type[Exception], str] = {
    UnauthenticatedError: "auth-001",
    ForbiddenError: "auth-003",
    MissingError: "import-001",
    BadStatusError: "import-003",
    InvalidError: "import-015",
    UnusableError: "import-002",
    NotFoundError: "import-004",
    ConflictError: "import-031",
    TooLargeError: "import-040",
    LaterError: "import-036",
    Exception: "import-045",
}
_LINK = f"https://example.com/files/{EXAMPLE_ID}/{{}}?expires=1738405230&signature=9f3b"
EXAMPLE: dict[str, Any] = {
    "_id": EXAMPLE_ID,
    "organizationId": EXAMPLE_ID,
    "type": "datasource",
    "inputType": "datasource",
    "hubId": EXAMPLE_ID,
    "filename": "outlets-mei.xlsx",
    "dataTypeId": EXAMPLE_ID,
    "dataTypeName": "Outlets",
    "mode": "upsert",
    "dryRun": False,
    "totalRows": 10_000,
    "totalValid": 9_833,
    "totalInvalid": 167,
    "created": 8_120,
    "updated": 1_402,
    "unchanged": 311,
    "leftOut": 0,
    "totalChunks": 2,
    "processedChunks": 2,
    "status": "partially",
    "fileTemplate": _LINK.format("template_Outlets.xlsx"),
    "fileFailedImported": _LINK.format(f"failed_outlets-mei_{EXAMPLE_ID}.xlsx"),
    "processedAt": "2025-01-31 10:20:34",
    "processingDuration": 4,
    "createdBy": "planner@example.com",
    "updatedBy": "system",
    "createdTime": "2025-01-31 10:20:30",
    "updatedTime": "2025-01-31 10:20:34",
    "expiresTime": "2025-03-02 10:20:30",
}


class SubmissionObject(TypedDict):
    """How an import came by a link: from whom, as they say, and what was decided of it, by whom.

    Those who came by the link are not told by whom.
    """

    linkId: str
    linkName: str
    stage: Literal["open", "sent", "returned", "approved", "refused"]
    name: str
    email: str
    sentence: str | None
    sentTime: str | None
    decidedBy: str | None
    decidedTime: str | None


class Record(TypedDict):
    """An import as its monitoring record shows it; what does not apply, or yet, is not there."""

    _id: str
    organizationId: str
    type: str
    inputType: str
    hubId: str | None
    filename: str
    dataTypeId: NotRequired[str]
    dataTypeName: NotRequired[str]
    flowId: NotRequired[str]
    flowName: NotRequired[str]
    mode: Literal["upsert", "insert", "update"]
    dryRun: bool
    totalRows: int
    totalValid: int
    totalInvalid: int
    created: int
    updated: int
    unchanged: int
    leftOut: int
    totalChunks: int
    processedChunks: int
    status: str
    fileTemplate: str
    fileFailedImported: NotRequired[str]
    errorMessage: NotRequired[str | None]
    processedAt: NotRequired[str]
    processingDuration: NotRequired[int]
    createdBy: str
    updatedBy: NotRequired[str]
    createdTime: str
    updatedTime: str
    expiresTime: str
    cancelled: NotRequired[Literal[True]]
    undone: NotRequired[dict[str, int]]
    submission: NotRequired[SubmissionObject]


def record(one: Import, template: str, failed: str | None, *, is_single: bool) -> dict[str, Any]:
    """Give an import; read by its id it `is_single`: there `errorMessage` is never left out."""
    target = one.target
    found: dict[str, Any] = {
        "_id": one.id,
        "organizationId": one.organization_id,
        "type": target.kind.value,
        "inputType": target.kind.value,
        "hubId": target.hub_id or None,
        "filename": one.filename,
    }
    if target.kind is Kind.DATA and target.data_type_id:
        found |= {"dataTypeId": target.data_type_id, "dataTypeName": one.target_name}
    elif target.kind is Kind.DATA:
        found |= {"dataTypeName": one.target_name}
    else:
        found |= {"flowId": target.flow_id, "flowName": one.target_name}
    counts = one.counts
    found |= {
        "mode": one.mode.value,
        "dryRun": one.is_dry_run,
        "totalRows": one.total_rows,
        "totalValid": counts.valid,
        "totalInvalid": counts.invalid,
        "created": counts.new,
        "updated": counts.changed,
        "unchanged": counts.same,
        "leftOut": counts.left_out,
        "totalChunks": one.total_chunks,
        "processedChunks": one.processed_chunks,
        "status": one.status.value,
        "fileTemplate": template,
    }
    if failed is not None:
        found["fileFailedImported"] = failed
    if one.error_message is not None or is_single:
        found["errorMessage"] = one.error_message
    if one.processed_time is not None:
        found["processedAt"] = plain(one.processed_time)
        found["processingDuration"] = int((one.processed_time - one.created_time).total_seconds())
    found["createdBy"] = one.email
    if one.processed_chunks or one.status.is_over:
        found["updatedBy"] = "system"
    found |= {
        "createdTime": plain(one.created_time),
        "updatedTime": plain(one.updated_time),
        "expiresTime": plain(one.expires_time),
    }
    if one.is_cancelled:
        found["cancelled"] = True
    if one.undone is not None:
        found["undone"] = dict(one.undone)
    if one.submission is not None:
        found["submission"] = submission(one.submission)
    return found


def submission(one: Submission) -> dict[str, Any]:
    """Give how an import came by a link."""
    return {
        "linkId": one.link_id,
        "linkName": one.link_name,
        "stage": one.stage.value,
        "name": one.name,
        "email": one.email,
        "sentence": one.sentence or None,
        "sentTime": None if one.sent_time is None else plain(one.sent_time),
        "decidedBy": one.decided_by or None,
        "decidedTime": None if one.decided_time is None else plain(one.decided_time),
    }


def field_to_fill(one: Field) -> dict[str, Any]:
    """Give a field that rows of a file may have."""
    return {
        "id": one.id,
        "title": one.title,
        "type": one.value_type.value,
        "required": one.is_required or one.is_key,
        "options": list(one.options),
    }
