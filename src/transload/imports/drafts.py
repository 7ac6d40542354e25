"""An import step by step: what a person decides is kept at once, and can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import polars as pl
from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor
from transload.data_types.model import KEY_FIELD, Field
from transload.db.engine import Database
from transload.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    TransloadError,
)
from transload.files.fetching import local_file
from transload.formats.reading.model import Choices, text_column
from transload.imports import intake, store
from transload.imports.chunks import merged_problems, unpack
from transload.imports.edits import MAX_ROWS_LEFT_OUT, Edits, edits_of
from transload.imports.mapping import (
    MappingError,
    Match,
    Sureness,
    by_position,
    chosen,
    match,
    present,
    suggest,
)
from transload.imports.model import KEEP_DAYS, Counts, Import, Mode, Status, Step, Target, Verdict
from transload.imports.monitor import NOT_FOUND, require_own, require_sight
from transload.imports.readings import Reading, meaning, offers
from transload.imports.readings import fits as reading_fits
from transload.imports.reviewing import Review, review
from transload.imports.rows import part
from transload.imports.run import THING, Imports, Request
from transload.imports.stepping import totals, written_by
from transload.imports.subject import Destination
from transload.jobs.model import Queue

MAX_CELLS = 1_000
MAX_SHOWN = 200
_SAMPLE_ROWS = 100
_SAMPLES = 5
_CHUNKS_AT_ONCE = 4
_NO_FILE = "The file is not there yet: send it first."
_NOT_MAPPED = "No column is {}: choose the column of the key first."


class MovedOnError(ConflictError):
    """The store has moved on since the rows were checked; `counts` are those of now."""

    def __init__(self, counts: Counts) -> None:
        """Keep the counts."""
        super().__init__("The records have changed since the rows were checked; look again.")
        self.counts = counts


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reading that would mend cells of a problem: how many, and what one of them would be."""

    reading: Reading
    mends: int
    example: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An import as a person works at it."""

    one: Import
    job: store.Job | None
    fields: Sequence[Field]
    certain: Sequence[Match]
    suggested: Sequence[Match]
    samples: Mapping[int, Sequence[str]]
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a person decides of a draft; None: it stays as it is.

    `mapping` is by column from 1, as text: the field's id, or None for no field.
    """

    target: Target | None = None
    mode: Mode | None = None
    choices: Choices | None = None
    mapping: Mapping[str, str | None] | None = None
    readings: Mapping[str, Reading] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Imports that wait between their steps, and those that have ended and are worked at again."""

    imports: Imports
    max_bytes: int

    def create(
        self, actor: Actor, request: Request, stream: BinaryIO | None, filename: str, size: int
    ) -> Import:
        """Make a draft, with its file or without; raise as `Imports.start` does."""
        destination = self.imports.open(actor, request.target)
        if size > self.max_bytes:
            raise too_large(self.max_bytes)
        one = replace(
            self.imports.new_import(actor, request, filename, destination.name),
            status=Status.UPLOADING,
            upload_size=size,
            readings={},
        )
        with self._database.write() as connection:
            store.add(connection, one)
            self._note(connection, actor, audit.Action.CREATE, one)
        if stream is not None:
            size = intake.keep(self.imports.files, one.upload_key, stream)
            self._read(actor, one, request.choices, request.mapping, size)
            self._take_saved(actor, one.id, request, destination)
        return self._get(actor, one.id)

    def append(
        self, actor: Actor, import_id: str, offset: int, content: bytes, *, is_complete: bool
    ) -> Import:
        """Keep a part of a file that is being sent; with its last one, read the file.

        Raises ConflictError where the part does not begin where the file ends so far.
        """
        one = self._own(actor, import_id)
        if one.status is not Status.UPLOADING:
            raise ConflictError("The file is there already.")
        if offset != one.uploaded_size:
            raise ConflictError(f"The file has {one.uploaded_size} bytes so far.")
        end = offset + len(content)
        if end > self.max_bytes:
            raise too_large(self.max_bytes)
        if content:
            intake.keep(self.imports.files, _part_key(one, offset), BytesIO(content))
            with self._database.write() as connection:
                now = store.lock(connection, one.organization_id, one.id)
                if now is None or now.uploaded_size != offset:
                    raise ConflictError("Another part of the file has come meanwhile.")
                store.change(
                    connection,
                    one,
                    self._now(),
                    uploaded_size=end,
                    choices=one.choices,
                    upload_size=max(one.upload_size, end),
                )
        if is_complete:
            self._join(one, end)
            self._read(actor, one, one.choices, None, end)
        return self._get(actor, import_id)

    def show(self, actor: Actor, import_id: str) -> Shown:
        """Give an import with all that is known of its columns."""
        one, job = self.progress(actor, import_id)
        with self._database.read() as connection:
            edits = len(store.find_edits(connection, one))
            fields = self._fields(connection, actor, one)
        if one.table is None:
            return Shown(
                one=one,
                job=job,
                fields=fields,
                certain=(),
                suggested=(),
                samples={},
                edits=edits,
            )
        samples = self._samples(one)
        mapping = one.mapping or {}
        certain = _certain(one, fields)
        taken = [found for found in certain if mapping.get(found.column) == found.field_id]
        known = {found.column for found in taken}
        taken += [
            Match(column=at, field_id=name, sureness=Sureness.CHOSEN, why="It was chosen.")
            for at, name in mapping.items()
            if at not in known
        ]
        suggested = suggest(one.table.titles, samples, fields, taken)
        return Shown(
            one=one,
            job=job,
            fields=fields,
            certain=sorted(taken, key=lambda found: found.column),
            suggested=suggested,
            samples=samples,
            edits=edits,
        )

    def progress(self, actor: Actor, import_id: str) -> tuple[Import, store.Job | None]:
        """Give an import and the step that was last begun."""
        one = self._seen(actor, import_id)
        with self._database.snapshot() as connection:
            now = store.find(connection, one.organization_id, one.id) or one
            return now, store.find_job(connection, one.organization_id, now.job_id)

    def find_page(
        self, wanted: store.MonitorFilter, *, offset: int, limit: int
    ) -> tuple[int, list[Import]]:
        """Give how many imports match, drafts among them, and the page of the newest."""
        with self._database.read() as connection:
            return store.find_page(
                connection,
                wanted,
                sort_by="createdTime",
                is_descending=True,
                offset=offset,
                limit=limit,
            )

    def decide(self, actor: Actor, import_id: str, said: Decisions) -> Import:
        """Keep decisions; what they make out of date is forgotten. Raises as for a new draft."""
        one = self._draft(actor, import_id)
        target = said.target or one.target
        destination = self.imports.open(actor, target)
        if target != one.target or said.mode is not None or said.readings is not None:
            readings = one.readings if said.readings is None else {**one.readings, **said.readings}
            with self._database.write() as connection:
                store.decide(
                    connection,
                    one,
                    self._now(),
                    data_type_id=target.data_type_id,
                    hub_id=target.hub_id,
                    target_name=destination.name,
                    mode=said.mode or one.mode,
                    readings={
                        name: store.as_json(reading)
                        for name, reading in readings.items()
                        if not reading.is_empty
                    },
                )
            one = self._get(actor, import_id)
        if said.choices is not None and one.uploaded_size:
            self._read(actor, one, said.choices, said.mapping, one.uploaded_size)
        elif said.mapping is not None or said.target is not None:
            self._map(actor, one, destination, said.mapping)
        return self._get(actor, import_id)

    def check(self, queue: Queue, actor: Actor, import_id: str) -> Import:
        """Have all rows checked, in the background."""
        one = self._draft(actor, import_id)
        if one.table is None:
            raise InvalidError(_NO_FILE)
        if KEY_FIELD not in (one.mapping or {}).values():
            raise InvalidError(_NOT_MAPPED.format(KEY_FIELD))
        with self._database.write() as connection:
            self._queue(connection, queue, actor, one, Step.CHECK)
        return self._get(actor, import_id)

    def rows(
        self, actor: Actor, import_id: str, show: Sequence[Verdict], offset: int, limit: int
    ) -> tuple[int, list[Row]]:
        """Give how many rows have these verdicts, and some of them; all rows for no verdict."""
        one = self._seen(actor, import_id)
        if one.table is None:
            return 0, []
        with self._database.read() as connection:
            summaries = {found.number: found for found in store.find_summaries(connection, one)}
        total = (
            one.total_rows
            if not show
            else sum(getattr(found.counts, name) for found in summaries.values() for name in show)
        )
        found: list[Row] = []
        passed = 0
        with local_file(self.imports.files, one.rows_key) as path:
            for number in range(one.total_chunks):
                summary = summaries.get(number)
                _, height = one.chunk(number)
                held = height if not show else _held(summary, show)
                if passed + held <= offset:
                    passed += held
                    continue
                skip, room = max(0, offset - passed), limit - len(found)
                found += self._rows_of(actor, one, path, number, show, skip, room)
                passed += held
                if len(found) >= limit:
                    break
        return total, found

    def problems(self, actor: Actor, import_id: str) -> list[tuple[dict[str, Any], list[Offer]]]:
        """Give what is wrong, grouped by field and kind, each with the readings that would mend."""
        one = self._seen(actor, import_id)
        with self._database.read() as connection:
            groups = merged_problems([f.problems for f in store.find_summaries(connection, one)])
            fields = {field.id: field for field in self._fields(connection, actor, one)}
        return [(group, _offers(fields.get(group["field"]), group["values"])) for group in groups]

    def mend(
        self,
        queue: Queue,
        actor: Actor,
        import_id: str,
        cells: Sequence[tuple[int, str, str | None]],
    ) -> tuple[Import, list[Row]]:
        """Put values in place of cells (row from 0, field, value); give the rows as they are then.

        Of an import that has ended, only cells of rows that failed.
        """
        one = self._editable(actor, import_id)
        if not 1 <= len(cells) <= MAX_CELLS:
            raise InvalidError(f"Between 1 and {MAX_CELLS} cells are mended at once.")
        mapped = set((one.mapping or {}).values())
        for row, name, _ in cells:
            if not 0 <= row < one.total_rows:
                raise InvalidError(f"The file has no row {row}.")
            if name not in mapped:
                raise InvalidError(f"No column is the field {name}.")
        rows = sorted({row for row, _, _ in cells})
        if one.status.is_over:
            self._require_failed(one, rows)
        bodies = [
            {"kind": "cell", "row": row, "field": name, "value": value}
            for row, name, value in cells
        ]
        is_key = any(name == KEY_FIELD for _, name, _ in cells)
        one = self._edit(queue, actor, one, bodies, None if is_key else rows)
        return one, self._some_rows(actor, one, rows[:MAX_SHOWN])

    def read_so(
        self, queue: Queue, actor: Actor, import_id: str, field_id: str, reading: Reading
    ) -> Import:
        """Read the cells of a field in a stated way."""
        one = self._draft(actor, import_id)
        if field_id not in (one.mapping or {}).values():
            raise InvalidError(f"No column is the field {field_id}.")
        if reading.is_empty:
            raise InvalidError("The reading says nothing.")
        body = {"kind": "reading", "field": field_id, "reading": store.as_json(reading)}
        return self._edit(queue, actor, one, [body], None)

    def leave_out(self, queue: Queue, actor: Actor, import_id: str, rows: Sequence[int]) -> Import:
        """Leave rows out."""
        one = self._draft(actor, import_id)
        if not 1 <= len(rows) <= MAX_ROWS_LEFT_OUT:
            raise InvalidError(f"Between 1 and {MAX_ROWS_LEFT_OUT} rows are left out at once.")
        if not all(0 <= row < one.total_rows for row in rows):
            raise InvalidError("The file has not all of these rows.")
        return self._edit(queue, actor, one, [{"kind": "leave_out", "rows": list(rows)}], None)

    def edits(self, actor: Actor, import_id: str) -> list[store.Edit]:
        """Give what was said of cells, in its order."""
        one = self._seen(actor, import_id)
        with self._database.read() as connection:
            return store.find_edits(connection, one)

    def take_edit_back(self, queue: Queue, actor: Actor, import_id: str, number: int) -> Import:
        """Take an edit back; raise NotFoundError if there is none of that number."""
        one = self._editable(actor, import_id)
        with self._database.write() as connection:
            if not store.remove_edit(connection, one, number):
                raise NotFoundError
            store.decide(connection, one, self._now())
        return self._checked_again(queue, actor, one, None)

    def commit(self, queue: Queue, actor: Actor, import_id: str, *, force: bool) -> Import:
        """Import the rows as they were shown.

        Raises ConflictError where they have not been checked, and MovedOnError where the records
        have changed so that other counts would come of it, unless by force.
        """
        one = self._draft(actor, import_id)
        if not one.is_checked:
            raise ConflictError("The rows are not checked as they stand now; check them first.")
        if not force:
            counts = self._look_again(actor, one, range(one.total_chunks))
            if counts != one.counts:
                raise MovedOnError(counts)
        with self._database.write() as connection:
            now = store.lock(connection, one.organization_id, one.id)
            if now is None or now.revision != one.revision or not now.status.is_draft:
                raise ConflictError("The import was changed meanwhile; look again.")
            store.change(
                connection,
                one,
                self._now(),
                status=Status.PROCESSING,
                counts=Counts(),
                processed_chunks=0,
            )
            self._queue(connection, queue, actor, one, Step.COMMIT)
        return self._get(actor, import_id)

    def retry(self, queue: Queue, actor: Actor, import_id: str) -> Import:
        """Import those failed rows that are right by now, and no other row."""
        one = self._ended(actor, import_id)
        if not one.counts.invalid:
            raise ConflictError("No row of the import has failed.")
        with self._database.write() as connection:
            store.change(connection, one, self._now(), status=Status.PROCESSING)
            self._queue(connection, queue, actor, one, Step.RETRY)
        return self._get(actor, import_id)

    def undo(self, queue: Queue, actor: Actor, import_id: str) -> Import:
        """Take back what the import wrote, in the background: what was edited since is kept."""
        one = self._undoable(actor, import_id)
        with self._database.write() as connection:
            none = {"removed": 0, "restored": 0, "kept": 0}
            store.change(connection, one, self._now(), undone=none)
            self._queue(connection, queue, actor, one, Step.UNDO)
            self._note(connection, actor, audit.Action.DELETE, one)
        return self._get(actor, import_id)

    def would_undo(self, actor: Actor, import_id: str) -> tuple[dict[str, int], list[str]]:
        """Say what an undo would do now; give the ids of some records that it would keep."""
        one = self._undoable(actor, import_id)
        sums = {"removed": 0, "restored": 0, "kept": 0}
        kept: list[str] = []
        for number in range(one.total_chunks):
            with self._database.read() as connection:
                destination = self.imports.committer.open(connection, actor.user_id, one)
                found = store.find_chunk(connection, one, number)
                if found is None:
                    continue
                created, changed = written_by(unpack(found.content))
                taken = destination.take_back(connection, created, changed, None)
            for name, number_of in totals(taken, created, changed).items():
                sums[name] += number_of
            if len(kept) < MAX_SHOWN:
                done = taken.removed | taken.restored
                kept += [one_id for one_id in (*created, *changed) if one_id not in done]
        return sums, kept[:MAX_SHOWN]

    def remove(self, actor: Actor, import_id: str) -> Import:
        """Throw a draft away, its file with it."""
        one = self._draft(actor, import_id)
        with self._database.write() as connection:
            store.remove(connection, one)
            self._note(connection, actor, audit.Action.DELETE, one)
        for key in (one.upload_key, one.rows_key):
            self.imports.files.remove(key)
        return one

    # What the steps above have in common.

    @property
    def _database(self) -> Database:
        return self.imports.database

    def _now(self) -> datetime:
        return self.imports.clock.now()

    def _find(self, actor: Actor, import_id: str) -> Import:
        since = self._now() - timedelta(days=KEEP_DAYS)
        with self._database.read() as connection:
            one = store.find(connection, actor.organization_id, import_id)
        if one is None or one.created_time < since:
            raise NotFoundError(NOT_FOUND)
        return one

    def _get(self, actor: Actor, import_id: str) -> Import:
        return self._find(actor, import_id)

    def _seen(self, actor: Actor, import_id: str) -> Import:
        one = self._find(actor, import_id)
        require_sight(actor, one)
        return one

    def _own(self, actor: Actor, import_id: str) -> Import:
        one = self._seen(actor, import_id)
        require_own(actor, one)
        return one

    def _draft(self, actor: Actor, import_id: str) -> Import:
        one = self._own(actor, import_id)
        if not one.status.is_draft:
            raise ConflictError("The import was started already.")
        return one

    def _ended(self, actor: Actor, import_id: str) -> Import:
        one = self._own(actor, import_id)
        if not one.status.is_over or one.is_dry_run:
            raise ConflictError("The import has not ended, or was a dry run.")
        if one.undone is not None:
            raise ConflictError("The import was taken back.")
        return one

    def _undoable(self, actor: Actor, import_id: str) -> Import:
        one = self._ended(actor, import_id)
        if one.table is None:
            raise ConflictError("Nothing was imported.")
        return one

    def _editable(self, actor: Actor, import_id: str) -> Import:
        one = self._own(actor, import_id)
        return (
            self._draft(actor, import_id) if one.status.is_draft else self._ended(actor, import_id)
        )

    def _fields(self, connection: Connection, actor: Actor, one: Import) -> Sequence[Field]:
        """Give what rows may have; nothing where there is no type any more."""
        subject = self.imports.subjects[one.target.kind]
        try:
            return subject.open(connection, actor, one.target).mappable
        except TransloadError:
            return ()

    def _note(
        self, connection: Connection, actor: Actor, action: audit.Action, one: Import
    ) -> None:
        audit.record(
            connection,
            actor,
            action,
            thing=THING,
            thing_id=one.id,
            now=self._now(),
            detail=one.target_name,
        )

    def _queue(
        self, connection: Connection, queue: Queue, actor: Actor, one: Import, step: Step
    ) -> None:
        """Have a worker do a step; one that is under way is not wanted any more."""
        now = self._now()
        if one.job_id:
            store.LEDGER.cancel(connection, one.organization_id, one.job_id, "Begun anew.", now)
        job = self.imports.new_job(actor, one, step)
        store.change(connection, one, now, job_id=job.id)
        self.imports.enqueue(connection, queue, one, job)

    def _read(
        self,
        actor: Actor,
        one: Import,
        choices: Choices,
        mapping: Mapping[str, str | None] | None,
        size: int,
    ) -> None:
        """Read the file as it is chosen; take the columns that are certain for their fields."""
        destination = self.imports.open(actor, one.target)
        with local_file(self.imports.files, one.upload_key) as source:
            read = intake.read_rows(
                self.imports.files,
                source,
                rows_key=one.rows_key,
                choices=choices,
                fields=destination.mappable,
                look=self.imports.attempts.require_time,
            )
        read_so = replace(one, table=read.table)
        found = _decided(read_so, destination.mappable, mapping)
        with self._database.write() as connection:
            store.remove_chunks(connection, one)
            for edit in store.find_edits(connection, one):
                store.remove_edit(connection, one, edit.number)
            store.decide(
                connection,
                one,
                self._now(),
                status=Status.DRAFT,
                choices=choices,
                file_table=read.table,
                chunk_ends=read.chunk_ends,
                mapping={each.column: each.field_id for each in found},
                upload_size=size,
                uploaded_size=size,
                counts=Counts(),
            )

    def _map(
        self,
        actor: Actor,
        one: Import,
        destination: Destination,
        mapping: Mapping[str, str | None] | None,
    ) -> None:
        del actor
        if one.table is None:
            raise InvalidError(_NO_FILE)
        found = _decided(one, destination.mappable, mapping)
        with self._database.write() as connection:
            store.decide(
                connection,
                one,
                self._now(),
                mapping={each.column: each.field_id for each in found},
            )

    def _take_saved(
        self, actor: Actor, import_id: str, request: Request, destination: Destination
    ) -> None:
        """Take the columns that a saved config names, where the file has them."""
        saved = self.imports.saved_mapping(actor, request)
        one = self._get(actor, import_id)
        if saved and one.table is not None:
            mapping = {**present(saved, one.table.titles), **(request.mapping or {})}
            self._map(actor, one, destination, mapping)

    def _join(self, one: Import, size: int) -> None:
        """Put the parts of a file together."""
        files = self.imports.files
        offset, parts = 0, []
        with files.stage() as staged:
            while offset < size:
                key = _part_key(one, offset)
                with local_file(files, key) as path:
                    content = path.read_bytes()
                staged.stream.write(content)
                offset += len(content)
                parts.append(key)
            files.publish(staged, one.upload_key)
        for key in parts:
            files.remove(key)

    def _samples(self, one: Import) -> dict[int, list[str]]:
        """Give some distinct values of each column."""
        if one.table is None:
            return {}
        with local_file(self.imports.files, one.rows_key) as path:
            rows = part(path, 0, _SAMPLE_ROWS)
        found = {}
        for at in range(len(one.table.titles)):
            values = rows.get_column(text_column(at)).drop_nulls().to_list()
            found[at] = list(dict.fromkeys(value for value in values if value.strip()))[:_SAMPLES]
        return found

    def _review(self, connection: Connection, actor: Actor, one: Import, path: Path) -> Review:
        subject = self.imports.subjects[one.target.kind]
        return review(connection, one, subject.open(connection, actor, one.target), path)

    def _look_again(self, actor: Actor, one: Import, numbers: Sequence[int]) -> Counts:
        """Check chunks anew and keep what they come to; give the counts of all."""
        with local_file(self.imports.files, one.rows_key) as path:
            with self._database.read() as connection:
                under = self._review(connection, actor, one, path)
            for number in numbers:
                with self._database.read() as connection:
                    found = under.looked_at(connection, number, one.job_id)
                with self._database.write() as connection:
                    store.put_chunk(connection, one, found)
        with self._database.write() as connection:
            summaries = store.find_summaries(connection, one)
            counts = sum((found.counts for found in summaries), Counts())
            now = store.lock(connection, one.organization_id, one.id)
            if now is not None and now.revision == one.revision:
                store.change(
                    connection, one, self._now(), counts=counts, checked_revision=one.revision
                )
        return counts

    def _edit(
        self,
        queue: Queue,
        actor: Actor,
        one: Import,
        bodies: Sequence[Mapping[str, object]],
        rows: Sequence[int] | None,
    ) -> Import:
        """Keep edits, and check those rows again, or all rows for None."""
        with self._database.write() as connection:
            for body in bodies:
                store.add_edit(connection, one, body, actor.email, self._now())
            store.decide(connection, one, self._now())
        return self._checked_again(queue, actor, one, rows)

    def _checked_again(
        self, queue: Queue, actor: Actor, before: Import, rows: Sequence[int] | None
    ) -> Import:
        """Bring a check up to date: at once where few chunks are touched, else by a worker."""
        one = self._get(actor, before.id)
        if one.status.is_over or not before.is_checked:
            return one
        numbers = (
            list(range(one.total_chunks))
            if rows is None
            else sorted({_chunk_of(one, row) for row in rows})
        )
        if len(numbers) <= _CHUNKS_AT_ONCE:
            self._look_again(actor, one, numbers)
        else:
            with self._database.write() as connection:
                self._queue(connection, queue, actor, one, Step.CHECK)
        return self._get(actor, before.id)

    def _require_failed(self, one: Import, rows: Sequence[int]) -> None:
        """Raise ConflictError unless all of these rows have failed."""
        for number in sorted({_chunk_of(one, row) for row in rows}):
            first, height = one.chunk(number)
            with self._database.read() as connection:
                found = store.find_chunk(connection, one, number)
            if found is None:
                raise ConflictError("The rows were not imported.")
            verdicts = unpack(found.content).get_column("verdict")
            for row in rows:
                is_here = first <= row < first + height
                if is_here and verdicts[row - first] != Verdict.INVALID.value:
                    raise ConflictError(f"Row {row} is in the store: change its record.")

    def _some_rows(self, actor: Actor, one: Import, rows: Sequence[int]) -> list[Row]:
        """Give these rows; of an import that has ended, as a check finds them now."""
        found: list[Row] = []
        with local_file(self.imports.files, one.rows_key) as path:
            for number in sorted({_chunk_of(one, row) for row in rows}):
                first, height = one.chunk(number)
                places = [row - first for row in rows if first <= row < first + height]
                frame: pl.DataFrame | None
                with self._database.read() as connection:
                    if one.status.is_over or not one.is_checked:
                        under = self._review(connection, actor, one, path)
                        frame = unpack(under.looked_at(connection, number, one.job_id).content)
                    else:
                        chunk = store.find_chunk(connection, one, number)
                        frame = unpack(chunk.content) if chunk else None
                found += self._shown_rows(actor, one, path, number, frame, places)
        return found

    def _rows_of(  # noqa: PLR0917 - which rows, of which chunk
        self,
        actor: Actor,
        one: Import,
        path: Path,
        number: int,
        show: Sequence[Verdict],
        skip: int,
        room: int,
    ) -> list[Row]:
        with self._database.read() as connection:
            chunk = store.find_chunk(connection, one, number)
        frame = None if chunk is None else unpack(chunk.content)
        if show and frame is not None:
            wanted = frame.get_column("verdict").is_in([one.value for one in show])
            places = wanted.arg_true().slice(skip, room).to_list()
        else:
            _, height = one.chunk(number)
            places = list(range(height))[skip : skip + room]
        return self._shown_rows(actor, one, path, number, frame, places)

    def _shown_rows(  # noqa: PLR0917 - likewise
        self,
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
        rows = self._overlaid(one).over_rows(part(path, first, height), first)[list(places)]
        columns = [
            rows.get_column(text_column(at)).to_list() for at in range(len(one.table.titles))
        ]
        lines = rows.get_column("line").to_list()
        known = [None] * len(places) if frame is None else frame[list(places)].to_dicts()
        ids = [found["id"] for found in known if found is not None and found["id"]]
        previous: Mapping[str, Mapping[str, object]] = {}
        if ids:
            with self._database.read() as connection:
                subject = self.imports.subjects[one.target.kind]
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

    def _overlaid(self, one: Import) -> Edits:
        columns = {name: at for at, name in (one.mapping or {}).items()}
        with self._database.read() as connection:
            bodies = [edit.body for edit in store.find_edits(connection, one)]
        return edits_of(bodies, columns, store.reading_of)


def too_large(max_bytes: int) -> TooLargeError:
    """Give the refusal of a file over the limit."""
    return TooLargeError(f"A file may have {max_bytes >> 20} MB at most.")


def _part_key(one: Import, offset: int) -> str:
    return f"{one.upload_key}-part-{offset}"


def _chunk_of(one: Import, row: int) -> int:
    return next(at for at, end in enumerate(one.chunk_ends) if row < end)


def _held(summary: store.Chunk | None, show: Sequence[Verdict]) -> int:
    return 0 if summary is None else sum(getattr(summary.counts, name) for name in show)


def _certain(one: Import, fields: Sequence[Field]) -> list[Match]:
    """Give the columns that are certainly fields; none where two would be one."""
    if one.table is None:
        return []
    try:
        if not one.table.header_row:
            return by_position(len(one.table.titles), fields)
        return match(one.table.titles, fields)
    except MappingError:
        return []


def _decided(
    one: Import, fields: Sequence[Field], mapping: Mapping[str, str | None] | None
) -> list[Match]:
    """Give the columns that are fields: as they are chosen, or those that are certain."""
    if mapping is None or one.table is None:
        return _certain(one, fields)
    return chosen(mapping, one.table.titles, fields)


def _offers(field: Field | None, values: Mapping[str, int]) -> list[Offer]:
    """Give the readings that would mend some of these values, those that mend most first."""
    if field is None:
        return []
    found = []
    for reading in offers(field, list(values)):
        mended = [text for text in values if reading_fits(field, reading, text)]
        if mended:
            found.append(
                Offer(
                    reading=reading,
                    mends=sum(values[text] for text in mended),
                    example=mended[0],
                    becomes=meaning(field, reading, mended[0]),
                )
            )
    return sorted(found, key=lambda offer: -offer.mends)
