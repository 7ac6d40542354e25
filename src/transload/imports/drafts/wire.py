"""A draft as clients of the API see it."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from transload.data_types.wire import FieldObject, field_object
from transload.formats.reading.model import Choices, Table
from transload.imports import store
from transload.imports.drafts.showing import Shown
from transload.imports.model import Import
from transload.imports.stored import as_json
from transload.imports.wire import EXAMPLE, SubmissionObject, field_to_fill

EXAMPLE_COLUMN = {
    "column": 1,
    "title": "Code",
    "samples": ["000023", "000086"],
    "field": "dataId",
    "sureness": "exact",
    "why": "The title is the field's own.",
    "suggestion": None,
}
EXAMPLE_DRAFT: dict[str, Any] = {
    **{name: value for name, value in EXAMPLE.items() if name != "fileFailedImported"},
    "status": "draft",
    "upload": {"size": 20_000, "offset": 20_000, "complete": True},
    "choices": {"sheet": None, "headerRow": None},
    "table": {"kind": "xlsx", "headerRow": 1, "rows": 10_000, "sheets": [], "remarks": []},
    "columns": [EXAMPLE_COLUMN],
    "fields": [{"id": "dataId", "title": "Code", "type": "string", "required": True}],
    "proposal": None,
    "counts": {"new": 8_120, "changed": 1_402, "same": 311, "invalid": 167, "left_out": 0},
    "isChecked": True,
    "revision": 3,
    "edits": 1,
    "job": {"id": EXAMPLE["_id"], "step": "check", "status": "done", "progress": 100},
}


class ProposedField(FieldObject):
    """A field of a proposed data type: the column that it is, from 1, and why it has its type."""

    column: int | None
    why: str | None


class Proposal(TypedDict):
    """A data type that is made with the import."""

    name: str
    commonData: bool
    limitUser: bool
    fields: list[ProposedField]


class Draft(TypedDict, total=False):
    """An import as a person works at it: its monitoring record, and what is known of its file."""

    _id: str
    status: str
    upload: dict[str, object]
    choices: dict[str, object]
    table: dict[str, object] | None
    columns: list[dict[str, object]]
    fields: list[dict[str, object]]
    proposal: Proposal | None
    counts: dict[str, int]
    isChecked: bool
    revision: int
    edits: int
    job: dict[str, object] | None
    submission: SubmissionObject
    secret: str


def draft(shown: Shown, record: Mapping[str, Any]) -> dict[str, Any]:
    """Give a draft, whose monitoring record is given."""
    one = shown.one
    return {
        **record,
        "upload": upload(one),
        "choices": _choices(one.choices),
        "table": None if one.table is None else _table(one.table),
        "columns": _columns(shown),
        "fields": [field_to_fill(one) for one in shown.fields],
        "readings": {name: as_json(one) for name, one in one.readings.items()},
        "proposal": _proposal(one),
        "counts": one.counts.as_json(),
        "isChecked": one.is_checked,
        "revision": one.revision,
        "edits": shown.edits,
        "job": job(shown.job),
    }


def upload(one: Import) -> dict[str, object]:
    """Give how much of the file is there."""
    is_complete = one.table is not None
    return {"size": one.upload_size, "offset": one.uploaded_size, "complete": is_complete}


def job(one: store.Job | None) -> dict[str, object] | None:
    """Give the step that was last begun."""
    if one is None:
        return None
    return {
        "id": one.id,
        "step": one.step.value,
        "status": one.status,
        "progress": one.progress,
        "errorMessage": one.error_message,
    }


def _proposal(one: Import) -> dict[str, object] | None:
    proposed = one.target.proposed
    if proposed is None:
        return None
    columns = {name: at + 1 for at, name in (one.mapping or {}).items()}
    return {
        "name": proposed.name,
        "commonData": proposed.is_common,
        "limitUser": proposed.is_limited,
        "fields": [
            {
                **field_object(field),
                "column": columns.get(field.id),
                "why": proposed.reasons.get(field.id),
            }
            for field in proposed.fields
        ],
    }


def _columns(shown: Shown) -> list[dict[str, Any]]:
    table = shown.one.table
    if table is None:
        return []
    taken = {one.column: one for one in shown.certain}
    suggested = {one.column: one for one in shown.suggested}
    found = []
    for at, title in enumerate(table.titles):
        known, likely = taken.get(at), suggested.get(at)
        found.append(
            {
                "column": at + 1,
                "title": title,
                "samples": list(shown.samples.get(at, ())),
                "field": None if known is None else known.field_id,
                "sureness": None if known is None else known.sureness.value,
                "why": None if known is None else known.why,
                "suggestion": None
                if likely is None
                else {
                    "field": likely.field_id,
                    "sureness": likely.sureness.value,
                    "why": likely.why,
                },
            }
        )
    return found


def _choices(one: Choices) -> dict[str, object]:
    return {
        "sheet": one.sheet,
        "headerRow": one.header_row,
        "encoding": one.encoding,
        "delimiter": one.delimiter,
        "quote": one.quote,
        "escape": one.escape,
    }


def _table(one: Table) -> dict[str, Any]:
    text = one.text
    return {
        "kind": one.kind.value,
        "headerRow": one.header_row,
        "skipped": list(one.skipped),
        "rows": one.rows,
        "faultyRows": one.faulty_rows,
        "sheet": one.sheet,
        "sheets": [
            {"number": at, "name": sheet.name, "visible": sheet.is_visible, "rows": sheet.rows}
            for at, sheet in enumerate(one.sheets, 1)
        ],
        "encoding": None if text is None else text.encodings[0].name,
        "encodings": []
        if text is None
        else [{"name": each.name, "sample": each.sample} for each in text.encodings],
        "delimiter": None if text is None else text.delimiter,
        "quote": None if text is None else text.quote,
        "escape": None if text is None else text.escape,
        "remarks": list(one.remarks),
    }
