"""What workbooks of every kind have in common: sheets, of which one is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from transload.formats.reading.batches import Batch, Row
from transload.formats.reading.cells import Stored, converted_cells, spelled_cell
from transload.formats.reading.model import (
    Cause,
    Choices,
    Kind,
    Limits,
    Sheet,
    Table,
    UnreadableError,
)
from transload.formats.reading.tables import Convert, write_table

_BATCH_ROWS = 20_000
_BATCH_CELLS = 400_000
_MAX_NAMED = 20
NO_SHEET = "There is no sheet with cells in the workbook."


def chosen_sheet(sheets: Sequence[Sheet], choice: str | None) -> int:
    """Give the place of the sheet to read: the chosen one, or the first that can be seen.

    A choice is a name, as it stands or in another case, or a number from 1. Raises UnreadableError
    where there is no such sheet.
    """
    if not sheets:
        raise UnreadableError(Cause.NO_TABLE, NO_SHEET)
    if choice is None:
        return next((at for at, sheet in enumerate(sheets) if sheet.is_visible), 0)
    wanted = choice.strip()
    names = [sheet.name for sheet in sheets]
    for spelled in (str, str.strip, str.casefold):
        alike = [at for at, name in enumerate(names) if spelled(name) == spelled(choice)]
        if alike:
            return alike[0]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(sheets):
        return int(wanted) - 1
    raise UnreadableError(
        Cause.CHOICE, f"The workbook has no sheet {choice[:100]!r}. It has: {_named(names)}."
    )


def batches_of(
    rows: Iterable[Row],
    stored: Mapping[tuple[int, int], Stored],
    *,
    start: tuple[int, int] = (0, 0),
    width: int,
) -> Iterator[Batch]:
    """Give a sheet's rows from its first on, with cells of which more is known in their places.

    `stored`: these, by row and column from 0. `start`: the first cell that the reader gives; it
    gives the rows above it too, but not the columns before it. Rows and columns that only `stored`
    has are there.
    """
    before = min((column for _, column in stored), default=start[1])
    before = max(0, start[1] - before)
    places: dict[int, list[tuple[int, Stored]]] = {}
    for (row, column), cell in stored.items():
        places.setdefault(row, []).append((column - start[1] + before, cell))
    size = max(1, min(_BATCH_ROWS, _BATCH_CELLS // max(1, width)))
    at = 0
    walk = iter(rows)
    while taken := list(islice(walk, size)):
        if before:
            taken = [[*(None,) * before, *row] for row in taken]
        for number in range(len(taken)):
            if number + at in places:
                taken[number] = _placed(taken[number], places.pop(number + at))
        yield Batch(lines=range(at + 1, at + 1 + len(taken)), rows=taken)
        at += len(taken)
    for row in sorted(places):
        yield Batch(lines=[row + 1], rows=[_placed([], places[row])])


def write_sheet(
    batches: Iterable[Batch],
    *,
    kind: Kind,
    sheets: Sequence[Sheet],
    sheet: int,
    rows: Path,
    choices: Choices,
    limits: Limits,
    convert: Convert = converted_cells,
) -> Table:
    """Write the rows of the sheet at a place among all; say what the table is."""
    try:
        written = write_table(
            batches,
            rows,
            convert=convert,
            spell=spelled_cell,
            has_forms=True,
            choices=choices,
            limits=limits,
            is_ragged=False,
        )
    except UnreadableError as error:
        if error.cause is not Cause.EMPTY:
            raise
        raise UnreadableError(Cause.EMPTY, _empty(sheets, sheet)) from error
    read = [
        Sheet(name=one.name, is_visible=one.is_visible, rows=written.rows if at == sheet else None)
        for at, one in enumerate(sheets)
    ]
    return Table(
        kind=kind,
        titles=written.titles,
        header_row=written.header_row,
        rows=written.rows,
        faulty_rows=written.faulty_rows,
        has_forms=True,
        skipped=written.skipped,
        sheets=tuple(read),
        sheet=sheet + 1,
        remarks=_remarks(sheets, sheet),
    )


def _placed(row: Sequence[object], cells: Sequence[tuple[int, Stored]]) -> Sequence[object]:
    placed = list(row)
    for column, cell in cells:
        if column >= 0:
            placed += [None] * (column + 1 - len(placed))
            placed[column] = cell
    return placed


def _remarks(sheets: Sequence[Sheet], sheet: int) -> tuple[str, ...]:
    others = [one.name for at, one in enumerate(sheets) if at != sheet]
    if not others:
        return ()
    return (f"The sheet {sheets[sheet].name!r} was read. The workbook has also: {_named(others)}.",)


def _empty(sheets: Sequence[Sheet], sheet: int) -> str:
    said = f"The sheet {sheets[sheet].name!r} is empty."
    others = [one.name for at, one in enumerate(sheets) if at != sheet]
    return f"{said} Choose another: {_named(others)}." if others else said


def _named(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _MAX_NAMED else ""
    return ", ".join(repr(name) for name in names[:_MAX_NAMED]) + more
