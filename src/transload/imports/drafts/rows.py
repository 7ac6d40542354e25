"""The rows of a draft as they stand, and those of an import that has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl

from transload.accounts.model import Actor
from transload.files.fetching import local_file
from transload.formats.reading.model import text_column
from transload.imports import row_store
from transload.imports.chunks import unpack
from transload.imports.drafts.access import Drafts
from transload.imports.edits import Edits, edits_of
from transload.imports.model import Import, Verdict
from transload.imports.rows import part
from transload.imports.stored import reading_of

MAX_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the file: its number from 0, its line, its cells by column, and what is wrong.

    `previous` are the values of the record that it changes, or is the same as, as they are now.
    """

    number: int
    line: int
    verdict: Verdict | None
    cells: Sequence[str | None]
    faults: Sequence[Sequence[str]]
    record_id: str | None
    previous: Mapping[str, object] | None


def find_rows(
    drafts: Drafts,
    actor: Actor,
    import_id: str,
    show: Sequence[Verdict],
    *,
    offset: int,
    limit: int,
) -> tuple[int, list[Row]]:
    """Give how many rows have these verdicts, and some of them; all rows for no verdict."""
    one = drafts.seen_rows(actor, import_id)
    if one.table is None:
        return 0, []
    with drafts.database.read() as connection:
        summaries = {found.number: found for found in row_store.find_summaries(connection, one)}
    total = (
        one.total_rows
        if not show
        else sum(getattr(found.counts, name) for found in summaries.values() for name in show)
    )
    found: list[Row] = []
    passed = 0
    with local_file(drafts.imports.files, one.rows_key) as path:
        for number in range(one.total_chunks):
            summary = summaries.get(number)
            _, height = one.chunk(number)
            held = height if not show else _held(summary, show)
            if passed + held <= offset:
                passed += held
                continue
            skip, room = max(0, offset - passed), limit - len(found)
            found += _rows_of(drafts, actor, one, path, number, show, skip, room)
            passed += held
            if len(found) >= limit:
                break
    return total, found


def some_rows(drafts: Drafts, actor: Actor, one: Import, rows: Sequence[int]) -> list[Row]:
    """Give these rows; of an import that has ended, as a check finds them now."""
    found: list[Row] = []
    with local_file(drafts.imports.files, one.rows_key) as path:
        for number in sorted({chunk_of(one, row) for row in rows}):
            first, height = one.chunk(number)
            places = [row - first for row in rows if first <= row < first + height]
            frame: pl.DataFrame | None
            with drafts.database.read() as connection:
                if one.status.is_over or not one.is_checked:
                    under = drafts.review(connection, actor, one, path)
                    frame = unpack(under.looked_at(connection, number, one.job_id).content)
                else:
                    chunk = row_store.find_chunk(connection, one, number)
                    frame = unpack(chunk.content) if chunk else None
            found += _shown_rows(drafts, actor, one, path, number, frame, places)
    return found


def _rows_of(  # noqa: PLR0917 - which rows, of which chunk
    drafts: Drafts,
    actor: Actor,
    one: Import,
    path: Path,
    number: int,
    show: Sequence[Verdict],
    skip: int,
    room: int,
) -> list[Row]:
    with drafts.database.read() as connection:
        chunk = row_store.find_chunk(connection, one, number)
    frame = None if chunk is None else unpack(chunk.content)
    if show and frame is not None:
        wanted = frame.get_column("verdict").is_in([one.value for one in show])
        places = wanted.arg_true().slice(skip, room).to_list()
    else:
        _, height = one.chunk(number)
        places = list(range(height))[skip : skip + room]
    return _shown_rows(drafts, actor, one, path, number, frame, places)


def _shown_rows(  # noqa: PLR0917 - likewise
    drafts: Drafts,
    actor: Actor,
    one: Import,
    path: Path,
    number: int,
    frame: pl.DataFrame | None,
    places: Sequence[int],
) -> list[Row]:
    if not places or one.table is None:
        return []
    first, height = one.chunk(number)
    rows = _overlaid(drafts, one).over_rows(part(path, first, height), first)[list(places)]
    columns = [rows.get_column(text_column(at)).to_list() for at in range(len(one.table.titles))]
    lines = rows.get_column("line").to_list()
    known = [None] * len(places) if frame is None else frame[list(places)].to_dicts()
    ids = [found["id"] for found in known if found is not None and found["id"]]
    previous: Mapping[str, Mapping[str, object]] = {}
    if ids and actor.guest is None:
        with drafts.database.read() as connection:
            subject = drafts.imports.subjects[one.target.kind]
            destination = subject.open(connection, actor, one.target)
            seen = {field.id for field in destination.mappable}
            previous = {
                record_id: {name: value for name, value in values.items() if name in seen}
                for record_id, values in destination.current(connection, ids).items()
            }
    return [
        Row(
            number=first + place,
            line=lines[at],
            verdict=None if found is None else Verdict(found["verdict"]),
            cells=[column[at] for column in columns],
            faults=orjson.loads(found["faults"]) if found and found["faults"] else (),
            record_id=None if found is None else found["id"],
            previous=None if found is None else previous.get(found["id"] or ""),
        )
        for at, (place, found) in enumerate(zip(places, known, strict=True))
    ]


def _overlaid(drafts: Drafts, one: Import) -> Edits:
    columns = {name: at for at, name in (one.mapping or {}).items()}
    with drafts.database.read() as connection:
        bodies = [edit.body for edit in row_store.find_edits(connection, one)]
    return edits_of(bodies, columns, reading_of)


def chunk_of(one: Import, row: int) -> int:
    """Give the number of the chunk that has the row."""
    return next(at for at, end in enumerate(one.chunk_ends) if row < end)


def _held(summary: row_store.Chunk | None, show: Sequence[Verdict]) -> int:
    return 0 if summary is None else sum(getattr(summary.counts, name) for name in show)
