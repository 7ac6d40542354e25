"""The SQL of imports, of their jobs and of their chunks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from transload.db.tables import import_chunks, import_edits, import_jobs, imports
from transload.formats.reading.model import Choices, Encoding, Sheet, Table, TextFile
from transload.formats.reading.model import Kind as FileKind
from transload.imports.model import Counts, Import, Kind, Mode, Status, Step, Target
from transload.imports.readings import DayOrder, Reading
from transload.jobs.attempts import Ledger

RUNNING, DONE, FAILED = "running", "done", "failed"
LEDGER = Ledger(table=import_jobs, running=RUNNING, failed=FAILED)
SORT_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "createdTime": imports.c.created_time,
    "updatedTime": imports.c.updated_time,
    "status": imports.c.status,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A step of an import that a worker does."""

    id: str
    organization_id: str
    import_id: str
    user_id: str
    step: Step
    status: str
    progress: int
    error_message: str | None
    created_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What becomes of up to 5,000 rows. `content` is what `imports.chunks` packs."""

    number: int
    job_id: str
    revision: int
    counts: Counts
    problems: Sequence[Mapping[str, Any]]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorFilter:
    """Which imports; empty: any."""

    organization_id: str
    since: datetime
    kinds: Sequence[Kind] = ()
    statuses: Sequence[Status] = ()
    data_type_id: str | None = None
    email: str | None = None
    with_drafts: bool = False


def add(connection: Connection, one: Import) -> None:
    """Insert an import."""
    connection.execute(insert(imports), _values(one))


def find(connection: Connection, organization_id: str, import_id: str) -> Import | None:
    """Give the organization's import with that id."""
    return _first(connection, _by_id(organization_id, import_id))


def lock(connection: Connection, organization_id: str, import_id: str) -> Import | None:
    """Give it to one transaction at a time."""
    return _first(connection, _by_id(organization_id, import_id).with_for_update())


def change(connection: Connection, one: Import, now: datetime, **values: object) -> None:
    """Write these columns of an import."""
    connection.execute(
        update(imports)
        .where(imports.c.organization_id == one.organization_id, imports.c.id == one.id)
        .values(updated_time=now, **{name: _stored(value) for name, value in values.items()})
    )


def decide(connection: Connection, one: Import, now: datetime, **values: object) -> None:
    """Write these columns, which change what its rows come to."""
    change(connection, one, now, revision=imports.c.revision + 1, **values)


def count(connection: Connection, one: Import, more: Counts, now: datetime) -> None:
    """Add a chunk that is done to what an import shows of itself."""
    found = lock(connection, one.organization_id, one.id)
    if found is not None:
        done = found.processed_chunks + 1
        change(connection, one, now, counts=found.counts + more, processed_chunks=done)


def recount(connection: Connection, one: Import, now: datetime) -> None:
    """Have an import show what its chunks have come to."""
    summaries = find_summaries(connection, one)
    change(connection, one, now, counts=sum((found.counts for found in summaries), Counts()))


def take_chunk(connection: Connection, one: Import, number: int, job_id: str) -> None:
    """Note that a job is done with a chunk, whose content stays."""
    connection.execute(update(import_chunks).where(*_chunk(one, number)).values(job_id=job_id))


def add_undone(connection: Connection, one: Import, more: Mapping[str, int], now: datetime) -> None:
    """Add to what was taken back of an import."""
    found = lock(connection, one.organization_id, one.id)
    if found is not None:
        known = found.undone or {}
        added = {name: known.get(name, 0) + number for name, number in more.items()}
        change(connection, one, now, undone=added)


def find_page(
    connection: Connection,
    wanted: MonitorFilter,
    *,
    sort_by: str,
    is_descending: bool,
    offset: int,
    limit: int,
) -> tuple[int, list[Import]]:
    """Give how many match, and the page of them."""
    conditions = _conditions(wanted)
    total = connection.scalar(select(func.count()).select_from(imports).where(*conditions)) or 0
    key = SORT_COLUMNS[sort_by]
    ways = [one.desc() if is_descending else one.asc() for one in (key, imports.c.id)]
    rows = connection.execute(
        select(imports).where(*conditions).order_by(*ways).offset(offset).limit(limit)
    )
    return total, [_import(row) for row in rows]


def find_made_before(connection: Connection, instant: datetime, limit: int) -> list[Import]:
    """Give the oldest imports, of whatever organization, that were made before the instant."""
    rows = connection.execute(
        select(imports)
        .where(imports.c.created_time < instant)
        .order_by(imports.c.created_time)
        .limit(limit)
    )
    return [_import(row) for row in rows]


def find_all(connection: Connection, import_ids: Sequence[str]) -> list[Import]:
    """Give the imports with these ids, of whatever organization."""
    rows = connection.execute(select(imports).where(imports.c.id.in_(import_ids)))
    return [_import(row) for row in rows]


def remove(connection: Connection, one: Import) -> None:
    """Remove an import and all that is kept of it in the store."""
    for table in (import_chunks, import_edits, import_jobs):
        connection.execute(
            delete(table).where(
                table.c.organization_id == one.organization_id, table.c.import_id == one.id
            )
        )
    connection.execute(
        delete(imports).where(
            imports.c.organization_id == one.organization_id, imports.c.id == one.id
        )
    )


def add_job(connection: Connection, job: Job) -> None:
    """Insert a job that is to be done."""
    connection.execute(
        insert(import_jobs),
        {
            **asdict(job),
            "step": job.step.value,
            "attempts": 0,
            "claim": 0,
            "is_cancelled": False,
        },
    )


def find_job(connection: Connection, organization_id: str, job_id: str) -> Job | None:
    """Give the job with that id."""
    row = connection.execute(
        select(import_jobs).where(
            import_jobs.c.organization_id == organization_id, import_jobs.c.id == job_id
        )
    ).first()
    return None if row is None else job_of(row)


def job_of(row: Row[*tuple[Any, ...]]) -> Job:
    """Give the job that a row of the table is."""
    return Job(
        id=row.id,
        organization_id=row.organization_id,
        import_id=row.import_id,
        user_id=row.user_id,
        step=Step(row.step),
        status=row.status,
        progress=row.progress,
        error_message=row.error_message,
        created_time=row.created_time,
    )


def put_chunk(connection: Connection, one: Import, chunk: Chunk) -> None:
    """Write what became of a chunk over what was there of it."""
    key = _chunk(one, chunk.number)
    connection.execute(delete(import_chunks).where(*key))
    connection.execute(
        insert(import_chunks),
        {
            "organization_id": one.organization_id,
            "import_id": one.id,
            "number": chunk.number,
            "job_id": chunk.job_id,
            "revision": chunk.revision,
            "counts": chunk.counts.as_json(),
            "problems": list(chunk.problems),
            "content": chunk.content,
        },
    )


def find_chunk(connection: Connection, one: Import, number: int) -> Chunk | None:
    """Give a chunk."""
    row = connection.execute(select(import_chunks).where(*_chunk(one, number))).first()
    return None if row is None else _chunk_of(row)


def find_summaries(connection: Connection, one: Import) -> list[Chunk]:
    """Give all chunks in their order, without their content."""
    columns = [column for column in import_chunks.c if column.name != "content"]
    rows = connection.execute(
        select(*columns)
        .where(
            import_chunks.c.organization_id == one.organization_id,
            import_chunks.c.import_id == one.id,
        )
        .order_by(import_chunks.c.number)
    )
    return [_chunk_of(row, b"") for row in rows]


def remove_chunks(connection: Connection, one: Import) -> None:
    """Forget what a check has come to."""
    connection.execute(
        delete(import_chunks).where(
            import_chunks.c.organization_id == one.organization_id,
            import_chunks.c.import_id == one.id,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Something that was said of cells; `body` is what `imports.edits` reads."""

    number: int
    body: Mapping[str, Any]
    email: str
    created_time: datetime


def add_edit(
    connection: Connection, one: Import, body: Mapping[str, object], email: str, now: datetime
) -> Edit:
    """Keep an edit after those that are there."""
    last = connection.scalar(select(func.max(import_edits.c.number)).where(*_edits_of(one)))
    edit = Edit(number=(last or 0) + 1, body=body, email=email, created_time=now)
    connection.execute(
        insert(import_edits),
        {"organization_id": one.organization_id, "import_id": one.id, **asdict(edit)},
    )
    return edit


def find_edits(connection: Connection, one: Import) -> list[Edit]:
    """Give the edits of an import in their order."""
    rows = connection.execute(
        select(import_edits).where(*_edits_of(one)).order_by(import_edits.c.number)
    )
    return [
        Edit(number=row.number, body=row.body, email=row.email, created_time=row.created_time)
        for row in rows
    ]


def remove_edit(connection: Connection, one: Import, number: int) -> bool:
    """Take an edit back; False if there is none of that number."""
    gone = connection.execute(
        delete(import_edits).where(*_edits_of(one), import_edits.c.number == number)
    )
    return gone.rowcount > 0


def as_json(reading: Reading) -> dict[str, object]:
    """Give a reading as it is stored, without what it does not say."""
    found: dict[str, object] = {}
    if reading.day_order:
        found["dayOrder"] = reading.day_order.value
    if reading.decimal_separator:
        found["decimalSeparator"] = reading.decimal_separator
    if reading.words:
        found["words"] = dict(reading.words)
    if reading.leave_out:
        found["leaveOut"] = True
    return found


def reading_of(stored: Mapping[str, Any]) -> Reading:
    """Give the reading that was stored so."""
    order = stored.get("dayOrder")
    return Reading(
        day_order=DayOrder(order) if order else None,
        decimal_separator=stored.get("decimalSeparator"),
        words=stored.get("words", {}),
        leave_out=bool(stored.get("leaveOut", False)),
    )


def _edits_of(one: Import) -> list[ColumnElement[bool]]:
    columns = import_edits.c
    return [columns.organization_id == one.organization_id, columns.import_id == one.id]


def _chunk(one: Import, number: int) -> list[ColumnElement[bool]]:
    columns = import_chunks.c
    return [
        columns.organization_id == one.organization_id,
        columns.import_id == one.id,
        columns.number == number,
    ]


def _chunk_of(row: Row[*tuple[Any, ...]], content: bytes | None = None) -> Chunk:
    return Chunk(
        number=row.number,
        job_id=row.job_id,
        revision=row.revision,
        counts=Counts(**row.counts),
        problems=row.problems,
        content=row.content if content is None else content,
    )


def _by_id(organization_id: str, import_id: str) -> Select[*tuple[Any, ...]]:
    return select(imports).where(
        imports.c.organization_id == organization_id, imports.c.id == import_id
    )


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> Import | None:
    row = connection.execute(query).first()
    return None if row is None else _import(row)


def _conditions(wanted: MonitorFilter) -> list[ColumnElement[bool]]:
    found = [
        imports.c.organization_id == wanted.organization_id,
        imports.c.created_time >= wanted.since,
    ]
    if wanted.kinds:
        found.append(imports.c.kind.in_([one.value for one in wanted.kinds]))
    if wanted.statuses:
        found.append(imports.c.status.in_([one.value for one in wanted.statuses]))
    elif not wanted.with_drafts:
        found.append(imports.c.status.not_in([Status.DRAFT.value, Status.UPLOADING.value]))
    if wanted.data_type_id is not None:
        found.append(imports.c.data_type_id == wanted.data_type_id)
    if wanted.email is not None:
        found.append(imports.c.email == wanted.email)
    return found


def _values(one: Import) -> dict[str, object]:
    values: dict[str, object] = {
        name: _stored(getattr(one, name))
        for name in one.__dataclass_fields__
        if name not in {"target", "table", "readings"}
    }
    return {
        **values,
        "kind": one.target.kind.value,
        "data_type_id": one.target.data_type_id,
        "flow_id": one.target.flow_id,
        "hub_id": one.target.hub_id,
        "file_table": _stored(one.table),
        "readings": {name: as_json(reading) for name, reading in one.readings.items()},
    }


def _stored(value: object) -> object:
    """Give a value as its column holds it."""
    match value:
        case Table() | Choices():
            return asdict(value)
        case Counts():
            return value.as_json()
        case Status() | Mode() | Kind():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def _import(row: Row[*tuple[Any, ...]]) -> Import:
    mapping = row.mapping
    return Import(
        id=row.id,
        organization_id=row.organization_id,
        user_id=row.user_id,
        email=row.email,
        target=Target(
            kind=Kind(row.kind),
            data_type_id=row.data_type_id,
            flow_id=row.flow_id,
            hub_id=row.hub_id,
        ),
        target_name=row.target_name,
        filename=row.filename,
        status=Status(row.status),
        mode=Mode(row.mode),
        is_dry_run=row.is_dry_run,
        choices=_choices(row.choices),
        mapping=None if mapping is None else {int(at): one for at, one in mapping.items()},
        readings={name: reading_of(one) for name, one in row.readings.items()},
        table=None if row.file_table is None else _table(row.file_table),
        proposal=row.proposal,
        upload_size=row.upload_size,
        uploaded_size=row.uploaded_size,
        revision=row.revision,
        checked_revision=row.checked_revision,
        job_id=row.job_id,
        chunk_ends=tuple(row.chunk_ends),
        processed_chunks=row.processed_chunks,
        counts=Counts(**row.counts),
        has_failed_file=row.has_failed_file,
        error_message=row.error_message,
        is_cancelled=row.is_cancelled,
        undone=row.undone,
        created_time=row.created_time,
        updated_time=row.updated_time,
        processed_time=row.processed_time,
        expires_time=row.expires_time,
    )


def _choices(stored: Mapping[str, Any]) -> Choices:
    return Choices(**{**stored, "expected_titles": tuple(stored["expected_titles"])})


def _table(stored: Mapping[str, Any]) -> Table:
    text = stored["text"]
    return Table(
        kind=FileKind(stored["kind"]),
        titles=tuple(stored["titles"]),
        header_row=stored["header_row"],
        rows=stored["rows"],
        faulty_rows=stored["faulty_rows"],
        has_forms=stored["has_forms"],
        skipped=tuple(stored["skipped"]),
        text=None
        if text is None
        else TextFile(
            encodings=tuple(Encoding(**one) for one in text["encodings"]),
            delimiter=text["delimiter"],
            quote=text["quote"],
            escape=text["escape"],
        ),
        sheets=tuple(Sheet(**one) for one in stored["sheets"]),
        sheet=stored["sheet"],
        remarks=tuple(stored["remarks"]),
    )
