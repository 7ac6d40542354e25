"""An entry of the log as clients see it, and the id by which they name it."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired

from fastapi import Path
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from transload.db.ids import is_id
from transload.errors import NotFoundError
from transload.exports.model import Export, Status, notes
from transload.formats.registry import ASKED_FOR, Format
from transload.web.parameters import EXAMPLE_ID
from transload.web.times import offset

_PREFIX = "exp_"
EXAMPLE_EXPORT_ID = f"{_PREFIX}{EXAMPLE_ID}"
_FILE = f"20250131/data_{EXAMPLE_ID}_1738318830.xlsx"
EXAMPLE_LINK = f"https://example.com/files/{_FILE}?expires=1738405230&signature=9f3b"
EXAMPLE_ENTRY = {
    "organizationId": EXAMPLE_ID,
    "dataType": "data",
    "dataName": "Outlets",
    "status": "Done",
    "requestAt": "2025-01-31T10:20:30+00:00",
    "completedAt": "2025-01-31T10:20:34+00:00",
    "email": "planner@example.com",
    "fileUrl": EXAMPLE_LINK,
    "fileType": "xlsx",
    "totalRecords": 1_000_000,
    "errorMessage": None,
    "progress": 100,
    "totalMatched": 1_200_000,
    "truncated": True,
    "fileName": _FILE,
    "fileSize": 133_000_000,
    "startedAt": "2025-01-31T10:20:30+00:00",
    "expiresAt": "2025-03-02T10:20:30+00:00",
    "notes": ["Cells cut to the 32,767 characters of an xlsx cell: 1."],
    "delivery": None,
}


class Delivery(TypedDict):
    """Which schedule asked for an export, and where and when its file was handed over."""

    scheduleId: str
    scheduleName: str
    to: NotRequired[str]
    time: NotRequired[str]


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
    delivery: Delivery | None
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
        "fileType": export.format.value,
        "totalRecords": export.total_records,
        "errorMessage": export.error_message,
        "progress": export.progress,
        "totalMatched": export.total_matched,
        "truncated": export.is_truncated,
        "fileName": export.file_name,
        "fileSize": export.file_size,
        "startedAt": offset(export.started_time),
        "expiresAt": offset(export.expires_time),
        "notes": [*export.notes, *([] if export.losses is None else notes(export.losses))],
        "delivery": None if export.delivery is None else _delivery(export.delivery),
    }
    if export.is_cancelled:
        entry["cancelled"] = True
    return entry


def _delivery(stored: Mapping[str, str]) -> Delivery:
    found: Delivery = {
        "scheduleId": stored["scheduleId"],
        "scheduleName": stored["scheduleName"],
    }
    if "to" in stored:
        found["to"], found["time"] = stored["to"], stored["time"]
    return found


def _path_id(text: str) -> str:
    row_id = text.removeprefix(_PREFIX)
    if row_id == text or not is_id(row_id):
        raise NotFoundError
    return row_id


ExportId = Annotated[
    str,
    AfterValidator(_path_id),
    WithJsonSchema({"type": "string"}),
    Path(description="An export's id.", openapi_examples={"id": {"value": EXAMPLE_EXPORT_ID}}),
]
"""`exp_<24 hex>` in a path, given without its first part; any other text leads to nothing."""


def _asked_for(value: object) -> object:
    if value in ASKED_FOR:
        return Format(str(value))
    *others, last = [f"'{each}'" for each in ASKED_FOR]
    raise PydanticCustomError("format", f"must be {', '.join(others)} or {last}")


Download = Annotated[
    Format,
    BeforeValidator(_asked_for),
    WithJsonSchema({"type": "string", "enum": [each.value for each in ASKED_FOR]}),
]
"""The format of an export, by a name that clients may ask for."""
