"""The rows of an import, checked against the store with everything that was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection

from transload.formats.reading.model import text_column
from transload.imports import row_store
from transload.imports.checking import Checked, Rules, check
from transload.imports.chunks import all_faults, counts_of, pack, problems_of, verdicts
from transload.imports.edits import Edits, edits_of
from transload.imports.model import Import
from transload.imports.rows import chunk, repeats, within
from transload.imports.stored import reading_of
from transload.imports.subject import Destination, Results


@dataclass(slots=True, kw_only=True)
class Review:
    """The rows of one import under one revision of what was decided."""

    one: Import
    destination: Destination
    rules: Rules
    edits: Edits
    path: Path
    _repeats: dict[int, int] | None = field(default=None)

    def rows(self, number: int) -> pl.DataFrame:
        """Give the rows of a chunk, with the cells that were mended."""
        first, _ = self.one.chunk(number)
        return self.edits.over_rows(chunk(self.path, self.one, number), first)

    def checked(self, number: int) -> Checked:
        """Read a chunk by the rules."""
        first, count = self.one.chunk(number)
        if self._repeats is None:
            self._repeats = repeats(self.path, self.one, self.rules, self._patched)
        return check(
            self.rows(number),
            self.rules,
            within(self._repeats, self.one, number),
            self.edits.left_out_of(first, count),
        )

    def prepared(self, connection: Connection, checked: Checked) -> Any:  # noqa: ANN401 - the subject's
        """Work out what becomes of the good rows; writes nothing."""
        return self.destination.prepare(connection, checked, self.rules, self.one.mode)

    def looked_at(self, connection: Connection, number: int, job_id: str) -> row_store.Chunk:
        """Give what would become of a chunk if it were committed now."""
        checked = self.checked(number)
        results = self.destination.results(self.prepared(connection, checked))
        frame = verdicts(checked, results).with_columns(rules=pl.lit(self.rules.mark))
        return of_frame(self.one, number, job_id, frame, _problems(checked, results))

    def _patched(self, rows: pl.DataFrame, number: int) -> pl.DataFrame:
        """Give rows with the keys that were mended; those that are left out have none."""
        first, count = self.one.chunk(number)
        rows = self.edits.over_rows(rows, first)
        gone = pl.Series(self.edits.left_out_of(first, count), dtype=pl.UInt32)
        name = text_column(self.rules.columns[self.rules.key])
        return rows.with_columns(rows.get_column(name).scatter(gone, None))


def review(connection: Connection, one: Import, destination: Destination, path: Path) -> Review:
    """Give the rows of an import as they stand at this moment."""
    rules = rules_of(one, destination)
    edits = edits_of(
        [edit.body for edit in row_store.find_edits(connection, one)], rules.columns, reading_of
    )
    return Review(
        one=one,
        destination=destination,
        rules=edits.over_rules(rules),
        edits=edits,
        path=path,
    )


def rules_of(one: Import, destination: Destination) -> Rules:
    """Give how an import's rows are read, but for what was said of them later."""
    columns = {field_id: at for at, field_id in (one.mapping or {}).items()}
    known = {field.id for field in destination.mappable}
    return Rules(
        fields=destination.fields,
        columns={name: at for name, at in columns.items() if name in known},
        readings=one.readings,
        key=destination.key,
    )


def packed(
    one: Import, number: int, job_id: str, checked: Checked, results: Results
) -> row_store.Chunk:
    """Give what became of a chunk, or would."""
    return of_frame(one, number, job_id, verdicts(checked, results), _problems(checked, results))


def of_frame(
    one: Import,
    number: int,
    job_id: str,
    frame: pl.DataFrame,
    problems: Sequence[Mapping[str, Any]],
) -> row_store.Chunk:
    """Give a chunk whose rows came to this."""
    return row_store.Chunk(
        number=number,
        job_id=job_id,
        revision=one.revision,
        counts=counts_of(frame),
        problems=problems,
        content=pack(frame),
    )


def _problems(checked: Checked, results: Results) -> list[dict[str, Any]]:
    if not checked.faults and not results.refusals:
        return []
    return problems_of(all_faults(checked, results), checked.frame.get_column("line").to_list())
