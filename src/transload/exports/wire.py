"""An entry of the log as clients see it, and the id by which they name it."""

from typing import Annotated, Literal, NotRequired

from pydantic import AfterValidator, WithJsonSchema
from typing_extensions import TypedDict

from transload.db.ids import is_id
from transload.errors import NotFoundError
from transload.exports.model import Export, Status, notes
from transload.web.times import offset

_PREFIX = "exp_"


class LogEntry(TypedDict):
    """An export as its log entry shows it; null is what does not exist yet, or no more."""

    organizationId: str
    dataType: str
    dataName: str
    status: Status
    requestAt: str | None
    completedAt: str | None
    email: str
    fileUrl: str | None
    fileType: str
    totalRecords: int | None
    errorMessage: str | None
    progress: int
    totalMatched: int | None
    truncated: bool | None
    fileName: str
    fileSize: int | None
    startedAt: str | None
    expiresAt: str | None
    notes: list[str]
    cancelled: NotRequired[Literal[True]]


def public_id(export: Export) -> str:
    """Give the id as clients know it."""
    return f"{_PREFIX}{export.id}"


def log_entry(export: Export, link: str | None) -> LogEntry:
    """Give the entry, with a link to its file where there is one."""
    entry: LogEntry = {
        "organizationId": export.organization_id,
        "dataType": export.report,
        "dataName": export.data_name,
        "status": export.status,
        "requestAt": offset(export.requested_time),
        "completedAt": offset(export.completed_time),
        "email": export.email,
        "fileUrl": link,
        "fileType": export.request.format.value,
        "totalRecords": export.total_records,
        "errorMessage": export.error_message,
        "progress": export.progress,
        "totalMatched": export.total_matched,
        "truncated": export.is_truncated,
        "fileName": export.file_name,
        "fileSize": export.file_size,
        "startedAt": offset(export.started_time),
        "expiresAt": offset(export.expires_time),
        "notes": [] if export.losses is None else notes(export.losses),
    }
    if export.is_cancelled:
        entry["cancelled"] = True
    return entry


def _path_id(text: str) -> str:
    row_id = text.removeprefix(_PREFIX)
    if row_id == text or not is_id(row_id):
        raise NotFoundError
    return row_id


ExportId = Annotated[str, AfterValidator(_path_id), WithJsonSchema({"type": "string"})]
"""`exp_<24 hex>` in a path, given without its first part; any other text leads to nothing."""
