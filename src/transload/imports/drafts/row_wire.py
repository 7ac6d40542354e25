"""Rows of a draft, their problems and what was said of them, as clients of the API see them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from transload.imports import row_store
from transload.imports.drafts.problems import Offer
from transload.imports.drafts.rows import Row
from transload.imports.stored import as_json
from transload.web.times import plain

EXAMPLE_ROW = {
    "row": 23,
    "line": 25,
    "verdict": "invalid",
    "cells": ["000023", "31/05/24"],
    "errors": [
        {
            "field": "opened",
            "value": "31/05/24",
            "code": "import-015",
            "message": 'Opened must be a date, YYYY-MM-DD, not "31/05/24"',
        }
    ],
    "recordId": None,
    "previous": None,
}
EXAMPLE_PROBLEM = {
    "field": "opened",
    "code": "import-015",
    "message": 'Opened must be a date, YYYY-MM-DD, not "31/05/24"',
    "count": 160,
    "lines": [25, 88],
    "values": [{"value": "31/05/24", "count": 2}],
    "readings": [
        {
            "reading": {"dayOrder": "dmy"},
            "mends": 160,
            "example": "31/05/24",
            "becomes": "2024-05-31",
        }
    ],
}
_MAX_VALUES = 50


class RowObject(TypedDict):
    """A row of the file; `row` counts from 0, `cells` are in the order of the columns."""

    row: int
    line: int
    verdict: str | None
    cells: list[str | None]
    errors: list[dict[str, str]]
    recordId: str | None
    previous: dict[str, object] | None


class RowsObject(TypedDict):
    """Some rows, and how many there are."""

    total: int
    rows: list[RowObject]


class ProblemObject(TypedDict):
    """What is wrong with cells of one field, and the readings that would mend some of them."""

    field: str
    code: str
    message: str
    count: int
    lines: list[int]
    values: list[dict[str, object]]
    readings: list[dict[str, object]]


class EditObject(TypedDict):
    """What was said of cells."""

    number: int
    kind: str
    row: NotRequired[int]
    field: NotRequired[str]
    value: NotRequired[str | None]
    reading: NotRequired[dict[str, object]]
    rows: NotRequired[list[int]]
    createdBy: str
    createdTime: str


def row(one: Row) -> dict[str, Any]:
    """Give a row."""
    names = ("field", "value", "code", "message")
    return {
        "row": one.number,
        "line": one.line,
        "verdict": None if one.verdict is None else one.verdict.value,
        "cells": list(one.cells),
        "errors": [dict(zip(names, fault, strict=True)) for fault in one.faults],
        "recordId": one.record_id,
        "previous": None if one.previous is None else dict(one.previous),
    }


def problem(group: Mapping[str, Any], offers: Sequence[Offer]) -> dict[str, Any]:
    """Give a problem, with its most frequent values."""
    values = sorted(group["values"].items(), key=lambda pair: -pair[1])[:_MAX_VALUES]
    return {
        "field": group["field"],
        "code": group["code"],
        "message": group["sentence"],
        "count": group["count"],
        "lines": group["lines"],
        "values": [{"value": value, "count": count} for value, count in values],
        "readings": [
            {
                "reading": as_json(offer.reading),
                "mends": offer.mends,
                "example": offer.example,
                "becomes": offer.becomes,
            }
            for offer in offers
        ],
    }


def edit(one: row_store.Edit) -> dict[str, Any]:
    """Give an edit. A cell is told by its row and field, without its column."""
    said = {name: value for name, value in one.body.items() if name != "column"}
    return {
        "number": one.number,
        **said,
        "createdBy": one.email,
        "createdTime": plain(one.created_time),
    }
