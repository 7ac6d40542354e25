"""A draft as a person who came by an import link sees it.

What is in the store stays there: whether a row would be new, a change or the same as a record would
tell of the record, so that right rows are `valid` and no more; a record's id and its values are not
shown, nor who in the organization did what.
"""

from collections.abc import Mapping
from typing import Any

from transload.imports import row_store
from transload.imports.drafts.row_wire import edit as whole_edit
from transload.imports.drafts.row_wire import row as whole_row
from transload.imports.drafts.rows import Row
from transload.imports.model import Counts, Import, Verdict

VALID = "valid"
VALID_VERDICTS = (Verdict.NEW, Verdict.CHANGED, Verdict.SAME)
_SHOWN = (
    "_id",
    "filename",
    "dataTypeName",
    "mode",
    "totalRows",
    "totalValid",
    "totalInvalid",
    "leftOut",
    "totalChunks",
    "processedChunks",
    "status",
    "fileTemplate",
    "createdTime",
    "updatedTime",
    "expiresTime",
    "upload",
    "choices",
    "table",
    "columns",
    "fields",
    "readings",
    "proposal",
    "isChecked",
    "revision",
    "edits",
    "job",
)


def draft(found: Mapping[str, Any], one: Import) -> dict[str, Any]:
    """Give of a draft, as users see it, what its sender sees."""
    said = found.get("submission") or {}
    return {
        **{name: found[name] for name in _SHOWN if name in found},
        "counts": counts(one.counts),
        "submission": {**said, "decidedBy": None},
    }


def counts(one: Counts) -> dict[str, int]:
    """Give how many rows are right, wrong and left out."""
    return {VALID: one.valid, "invalid": one.invalid, "left_out": one.left_out}


def row(one: Row) -> dict[str, Any]:
    """Give a row."""
    is_valid = one.verdict in VALID_VERDICTS
    hidden = {"recordId": None, "previous": None}
    return {**whole_row(one), **hidden, **({"verdict": VALID} if is_valid else {})}


def edit(one: row_store.Edit) -> dict[str, Any]:
    """Give an edit, whoever made it."""
    return {**whole_edit(one), "createdBy": ""}
