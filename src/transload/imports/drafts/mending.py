"""Cells and readings that mend rows: each is kept, and can be taken back."""

from collections.abc import Mapping, Sequence

from transload.accounts.model import Actor
from transload.data_types.model import KEY_FIELD
from transload.errors import ConflictError, InvalidError, NotFoundError
from transload.imports import row_store, store
from transload.imports.chunks import unpack
from transload.imports.drafts.access import Drafts
from transload.imports.drafts.checking import look_again
from transload.imports.drafts.rows import MAX_SHOWN, Row, chunk_of, some_rows
from transload.imports.edits import MAX_ROWS_LEFT_OUT
from transload.imports.model import Import, Step, Verdict
from transload.imports.readings import Reading
from transload.imports.stored import as_json
from transload.imports.task_fields import KEY as TASK_KEY

_KEYS = frozenset({KEY_FIELD, TASK_KEY})
MAX_CELLS = 1_000
_CHUNKS_AT_ONCE = 4


def mend(
    drafts: Drafts,
    actor: Actor,
    import_id: str,
    cells: Sequence[tuple[int, str, str | None]],
) -> tuple[Import, list[Row]]:
    """Put values in place of cells (row from 0, field, value); give the rows as they are then.

    Of an import that has ended, only cells of rows that failed.
    """
    drafts.seen_rows(actor, import_id)
    one = drafts.editable(actor, import_id)
    if not 1 <= len(cells) <= MAX_CELLS:
        raise InvalidError(f"Between 1 and {MAX_CELLS} cells are mended at once.")
    columns = {name: at for at, name in (one.mapping or {}).items()}
    for row, name, _ in cells:
        if not 0 <= row < one.total_rows:
            raise InvalidError(f"The file has no row {row}.")
        if name not in columns:
            raise InvalidError(f"No column is the field {name}.")
    rows = sorted({row for row, _, _ in cells})
    if one.status.is_over:
        _require_failed(drafts, one, rows)
    bodies = [
        {"kind": "cell", "row": row, "field": name, "column": columns[name], "value": value}
        for row, name, value in cells
    ]
    # A key in place of another: rows far away may repeat it.
    is_key = any(name in _KEYS for _, name, _ in cells)
    one = _edit(drafts, actor, one, bodies, None if is_key else rows)
    return one, some_rows(drafts, actor, one, rows[:MAX_SHOWN])


def read_so(
    drafts: Drafts, actor: Actor, import_id: str, field_id: str, reading: Reading
) -> Import:
    """Read the cells of a field in a stated way."""
    one = drafts.draft(actor, import_id)
    if field_id not in (one.mapping or {}).values():
        raise InvalidError(f"No column is the field {field_id}.")
    if reading.is_empty:
        raise InvalidError("The reading says nothing.")
    body = {"kind": "reading", "field": field_id, "reading": as_json(reading)}
    return _edit(drafts, actor, one, [body], None)


def leave_out(drafts: Drafts, actor: Actor, import_id: str, rows: Sequence[int]) -> Import:
    """Leave rows out."""
    one = drafts.draft(actor, import_id)
    if not 1 <= len(rows) <= MAX_ROWS_LEFT_OUT:
        raise InvalidError(f"Between 1 and {MAX_ROWS_LEFT_OUT} rows are left out at once.")
    if not all(0 <= row < one.total_rows for row in rows):
        raise InvalidError("The file has not all of these rows.")
    return _edit(drafts, actor, one, [{"kind": "leave_out", "rows": list(rows)}], None)


def find_edits(drafts: Drafts, actor: Actor, import_id: str) -> list[row_store.Edit]:
    """Give what was said of cells, in its order."""
    one = drafts.seen_rows(actor, import_id)
    with drafts.database.read() as connection:
        return row_store.find_edits(connection, one)


def take_edit_back(drafts: Drafts, actor: Actor, import_id: str, number: int) -> Import:
    """Take an edit back; raise NotFoundError if there is none of that number."""
    one = drafts.editable(actor, import_id)
    if one.status.is_over:
        _require_of_failed(drafts, one, number)
    with drafts.database.write() as connection:
        if not row_store.remove_edit(connection, one, number):
            raise NotFoundError
        store.decide(connection, one, drafts.now())
    return _checked_again(drafts, actor, one, None)


def _edit(
    drafts: Drafts,
    actor: Actor,
    one: Import,
    bodies: Sequence[Mapping[str, object]],
    rows: Sequence[int] | None,
) -> Import:
    """Keep edits, and check those rows again, or all rows for None."""
    email = actor.email if actor.guest is None else ""
    with drafts.database.write() as connection:
        for body in bodies:
            row_store.add_edit(connection, one, body, email, drafts.now())
        store.decide(connection, one, drafts.now())
    return _checked_again(drafts, actor, one, rows)


def _checked_again(
    drafts: Drafts, actor: Actor, before: Import, rows: Sequence[int] | None
) -> Import:
    """Bring a check up to date: at once where few chunks are touched, else by a worker."""
    one = drafts.get(actor, before.id)
    if one.status.is_over or not before.is_checked:
        return one
    numbers = (
        list(range(one.total_chunks))
        if rows is None
        else sorted({chunk_of(one, row) for row in rows})
    )
    if len(numbers) <= _CHUNKS_AT_ONCE:
        look_again(drafts, actor, one, numbers)
    else:
        with drafts.database.write() as connection:
            drafts.start(connection, actor, one, Step.CHECK)
    return drafts.get(actor, before.id)


def _require_of_failed(drafts: Drafts, one: Import, number: int) -> None:
    """Raise ConflictError unless the edit is of a cell whose row has failed."""
    with drafts.database.read() as connection:
        edits = row_store.find_edits(connection, one)
    body = next((edit.body for edit in edits if edit.number == number), None)
    if body is None:
        raise NotFoundError
    if body["kind"] != "cell":
        raise ConflictError("Rows in the store were read by this edit, so it stays.")
    _require_failed(drafts, one, [body["row"]])


def _require_failed(drafts: Drafts, one: Import, rows: Sequence[int]) -> None:
    """Raise ConflictError unless all of these rows have failed."""
    for number in sorted({chunk_of(one, row) for row in rows}):
        first, height = one.chunk(number)
        with drafts.database.read() as connection:
            found = row_store.find_chunk(connection, one, number)
        if found is None:
            raise ConflictError("The rows were not imported.")
        verdicts = unpack(found.content).get_column("verdict")
        for row in rows:
            is_here = first <= row < first + height
            if is_here and verdicts[row - first] != Verdict.INVALID.value:
                raise ConflictError(f"Row {row} is in the store: change its record.")
