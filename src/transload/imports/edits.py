"""Edits of a file's cells, applied to the rows that were read; each can be taken back.

| kind | body |
|---|---|
| `cell` | `{"kind": "cell", "row", "field", "column", "value"}`: row and column counted from 0 |
| `reading` | `{"kind": "reading", "field", "reading"}`: how the cells of a field are read |
| `leave_out` | `{"kind": "leave_out", "rows"}`: rows that are not to go in |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from transload.formats.reading.model import FAULT, Form, form_column, text_column
from transload.imports.checking import Rules
from transload.imports.readings import NO_READING, Reading

MAX_ROWS_LEFT_OUT = 10_000
_SHORT_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All that holds: cells by row and column, readings by field, and rows left out."""

    cells: Mapping[int, Mapping[int, str | None]] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()

    def over_rules(self, rules: Rules) -> Rules:
        """Give the rules with these readings."""
        return replace(rules, readings=self.over_readings(rules.readings))

    def over_readings(self, readings: Mapping[str, Reading]) -> Mapping[str, Reading]:
        """Give readings by field, with these over them."""
        merged = dict(readings)
        for name, reading in self.readings.items():
            merged[name] = reading.over(merged.get(name, NO_READING))
        return merged

    def over_rows(self, rows: pl.DataFrame, first: int) -> pl.DataFrame:
        """Give rows with these cells; `first` is the number of their first one."""
        changed = {
            at - first: cells
            for at, cells in self.cells.items()
            if first <= at < first + rows.height
        }
        by_column: dict[int, dict[int, str | None]] = {}
        for row, cells in changed.items():
            for column, value in cells.items():
                by_column.setdefault(column, {})[row] = value
        for column, values in by_column.items():
            if text_column(column) not in rows.columns:
                continue
            places = pl.Series(list(values), dtype=pl.UInt32)
            rows = _with_cells(rows, column, places, list(values.values()))
        if changed:
            # Who mends a row has seen what was wrong with it as a whole.
            mended = pl.Series(list(changed), dtype=pl.UInt32)
            rows = rows.with_columns(rows.get_column(FAULT).scatter(mended, None))
        return rows

    def left_out_of(self, first: int, count: int) -> list[int]:
        """Give the rows of a chunk that are left out, counted from its first one."""
        return sorted(at - first for at in self.left_out if first <= at < first + count)

    @property
    def rows(self) -> set[int]:
        """The rows that are named."""
        return {*self.cells, *self.left_out}


def _with_cells(
    rows: pl.DataFrame, column: int, places: pl.Series, texts: Sequence[str | None]
) -> pl.DataFrame:
    """Put texts in the place of cells. A number in the place of a number is read as one."""
    name, form = text_column(column), form_column(column)
    given = pl.Series(list(texts), dtype=pl.String)
    rows = rows.with_columns(rows.get_column(name).scatter(places, given))
    if form not in rows.columns:
        return rows
    forms = rows.get_column(form)
    is_number = (forms.gather(places) == Form.NUMBER.value) & given.str.contains(_SHORT_NUMBER)
    new = is_number.fill_null(value=False).cast(forms.dtype) * Form.NUMBER.value
    return rows.with_columns(forms.scatter(places, new))


def edits_of(
    bodies: Sequence[Mapping[str, Any]],
    columns: Mapping[str, int],
    reading_of: Any,  # noqa: ANN401 - how the store keeps a reading
) -> Edits:
    """Lay edits over each other, in their order."""
    cells: dict[int, dict[int, str | None]] = {}
    readings: dict[str, Reading] = {}
    left_out: set[int] = set()
    for body in bodies:
        match body["kind"]:
            case "cell":
                # The column that the field had when it was said: it may have another one by now.
                column = body.get("column", columns.get(body["field"]))
                if column is not None:
                    cells.setdefault(body["row"], {})[column] = body["value"]
            case "reading":
                said = reading_of(body["reading"])
                readings[body["field"]] = said.over(readings.get(body["field"], NO_READING))
            case "leave_out":
                left_out.update(body["rows"])
            case _:
                raise ValueError(f"There is no edit of kind {body['kind']}.")
    return Edits(cells=cells, readings=readings, left_out=frozenset(left_out))
