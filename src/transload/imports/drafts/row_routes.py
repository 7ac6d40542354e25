"""The HTTP routes of a draft's rows: the rows, what is wrong with them, how they are mended."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field
from typing_extensions import TypedDict

from transload.accounts.model import Actor
from transload.errors import InvalidError
from transload.imports.drafts import guest_wire, mending, problems, row_wire, rows, wire
from transload.imports.drafts.answers import (
    EXAMPLE_ANSWER,
    AnswersPart,
    DraftAnswer,
    DraftsPart,
    Importer,
    make_router,
)
from transload.imports.drafts.bodies import CellsBody, EditNumber, ReadingsBody
from transload.imports.drafts.guest_wire import VALID, VALID_VERDICTS
from transload.imports.drafts.row_wire import EditObject, ProblemObject, RowObject, RowsObject
from transload.imports.drafts.rows import MAX_SHOWN, Row
from transload.imports.drafts.wire import Draft
from transload.imports.links.caller import UserOrGuest
from transload.imports.model import Verdict
from transload.imports.wire import ImportId
from transload.web.body import JsonBody
from transload.web.envelope import success
from transload.web.openapi import described
from transload.web.parameters import Names, Parameters, Whole, query, validated

router = make_router()


class RowParameters(Parameters):
    """Which rows."""

    show: Names = Field(
        (),
        description="new, changed, same, valid (these), invalid, left_out; default: all rows.",
        examples=["invalid"],
    )
    offset: Whole = Field(0, ge=0, description="How many of them come before.")
    limit: Whole = Field(100, ge=1, le=MAX_SHOWN, description="How many at most.")

    def verdicts(self, *, is_guest: bool) -> list[Verdict]:
        """Give the verdicts; raise InvalidError for one that there is not, or that tells guests."""
        found: list[Verdict] = []
        named = {"invalid": [Verdict.INVALID], "left_out": [Verdict.LEFT_OUT]}
        named[VALID] = [*VALID_VERDICTS]
        if not is_guest:
            named |= {one.value: [one] for one in VALID_VERDICTS}
        if not set(self.show) <= named.keys():
            raise InvalidError(f"The show parameter must be of {', '.join(named)}.")
        for name in self.show:
            found += [one for one in named[name] if one not in found]
        return found


class RowsAnswer(TypedDict):
    """Rows of an import."""

    status: Literal[True]
    message: str
    data: RowsObject


class MendedObject(TypedDict):
    """The import, and the rows whose cells were mended."""

    draft: Draft
    rows: list[RowObject]


class MendedAnswer(TypedDict):
    """What mended rows come to."""

    status: Literal[True]
    message: str
    data: MendedObject


class ProblemsAnswer(TypedDict):
    """The problems of an import."""

    status: Literal[True]
    message: str
    data: list[ProblemObject]


class EditsAnswer(TypedDict):
    """The edits of an import."""

    status: Literal[True]
    message: str
    data: list[EditObject]


_CELLS = {"cells": [{"row": 23, "field": "opened", "value": "2024-05-31"}]}


@router.get(
    "/imports/{import_id}/rows",
    **described(
        RowsAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": {"total": 167, "rows": [row_wire.EXAMPLE_ROW]},
        },
        query=RowParameters,
        errors=(400, 403, 404),
    ),
)
def list_rows(
    actor: UserOrGuest,
    drafts: DraftsPart,
    import_id: ImportId,
    asked: Annotated[RowParameters, Depends(query(RowParameters))],
) -> Response:
    """Give rows as they stand: cells, what they would come to, what is wrong, what they change."""
    total, found = rows.find_rows(
        drafts,
        actor,
        import_id,
        asked.verdicts(is_guest=actor.guest is not None),
        offset=asked.offset,
        limit=asked.limit,
    )
    return success(data={"total": total, "rows": [_row(actor, one) for one in found]})


@router.get(
    "/imports/{import_id}/problems",
    **described(
        ProblemsAnswer,
        example={"status": True, "message": "Success", "data": [row_wire.EXAMPLE_PROBLEM]},
        errors=(403, 404),
    ),
)
def list_problems(actor: UserOrGuest, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Give what is wrong, grouped by field and kind, with the readings that would mend it."""
    found = problems.find_problems(drafts, actor, import_id)
    return success(data=[row_wire.problem(group, offers) for group, offers in found])


@router.patch(
    "/imports/{import_id}/cells",
    **described(
        MendedAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": {"draft": wire.EXAMPLE_DRAFT, "rows": [row_wire.EXAMPLE_ROW]},
        },
        body=CellsBody,
        body_example=_CELLS,
        errors=(400, 403, 404, 409),
    ),
)
def mend_cells(
    actor: Importer,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """Put values in place of cells; of an import that has ended, of rows that failed."""
    cells = validated(CellsBody, body, "field").to_cells()
    _, mended = mending.mend(drafts, actor, import_id, cells)
    found = answers.now(import_id)
    return success(data={"draft": found, "rows": [_row(actor, one) for one in mended]})


@router.post(
    "/imports/{import_id}/readings",
    **described(
        DraftAnswer,
        example=EXAMPLE_ANSWER,
        body=ReadingsBody,
        body_example={"field": "opened", "reading": {"dayOrder": "dmy"}},
        errors=(400, 403, 404, 409),
    ),
)
def read_field(
    actor: Importer,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    body: JsonBody,
) -> Response:
    """State how the cells of a field are read, or leave rows out."""
    said = validated(ReadingsBody, body, "field")
    if said.leave_out_rows is not None:
        mending.leave_out(drafts, actor, import_id, said.leave_out_rows)
    else:
        mending.read_so(drafts, actor, import_id, *said.to_field_reading())
    return answers.draft(import_id)


@router.get(
    "/imports/{import_id}/edits",
    **described(
        EditsAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": [
                {
                    "number": 1,
                    "kind": "reading",
                    "field": "opened",
                    "reading": {"dayOrder": "dmy"},
                    "createdBy": "planner@example.com",
                    "createdTime": "2025-01-31 10:20:30",
                }
            ],
        },
        errors=(403, 404),
    ),
)
def list_edits(actor: UserOrGuest, drafts: DraftsPart, import_id: ImportId) -> Response:
    """Give what was said of cells, in its order."""
    return success(
        data=[
            guest_wire.edit(one) if actor.guest else row_wire.edit(one)
            for one in mending.find_edits(drafts, actor, import_id)
        ]
    )


@router.delete(
    "/imports/{import_id}/edits/{number}",
    **described(DraftAnswer, example=EXAMPLE_ANSWER, errors=(403, 404, 409)),
)
def delete_edit(
    actor: UserOrGuest,
    drafts: DraftsPart,
    answers: AnswersPart,
    import_id: ImportId,
    number: EditNumber,
) -> Response:
    """Take an edit back."""
    mending.take_edit_back(drafts, actor, import_id, number)
    return answers.draft(import_id)


def _row(actor: Actor, one: Row) -> dict[str, Any]:
    return row_wire.row(one) if actor.guest is None else guest_wire.row(one)
