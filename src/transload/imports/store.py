"""The SQL of imports and of their jobs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from transload.db.tables import import_chunks, import_edits, import_jobs, imports
from transload.imports.model import (
    Counts,
    Import,
    Kind,
    Mode,
    Status,
    Step,
    Submission,
    Target,
)
from transload.imports.stored import (
    as_json,
    choices_of,
    column_value,
    proposed_of,
    reading_of,
    submission_of,
    submission_values,
    table_of,
)
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
class MonitorFilter:
    """Which imports; None: any.

    With those of `email` come those by links into these hubs; the empty one: into no hub.
    """

    organization_id: str
    since: datetime
    kinds: Sequence[Kind] | None = None
    statuses: Sequence[Status] | None = None
    data_type_id: str | None = None
    email: str | None = None
    link_hub_ids: Collection[str] = ()
    with_drafts: bool = False


def add(connection: Connection, one: Import) -> None:
    """Insert an import."""
    connection.execute(insert(imports), _values(one))


def find(connection: Connection, organization_id: str, import_id: str) -> Import | None:
    """Give the organization's import with that id."""
    return _first(connection, _by_id(organization_id, import_id))


def find_by_guest(connection: Connection, secret_hash: str) -> Import | None:
    """Give the import, of whatever organization, that came by a link from who has this secret."""
    return _first(connection, select(imports).where(imports.c.guest_hash == secret_hash))


def find_drafts_of_link(connection: Connection, organization_id: str, link_id: str) -> list[Import]:
    """Give the imports of a link that are not started."""
    rows = connection.execute(
        select(imports).where(
            imports.c.organization_id == organization_id,
            imports.c.link_id == link_id,
            imports.c.status.in_([Status.DRAFT.value, Status.UPLOADING.value]),
        )
    )
    return [_import(row) for row in rows]


def lock(connection: Connection, organization_id: str, import_id: str) -> Import | None:
    """Give it to one transaction at a time."""
    return _first(connection, _by_id(organization_id, import_id).with_for_update())


def change(connection: Connection, one: Import, now: datetime, **values: object) -> None:
    """Write these columns of an import."""
    connection.execute(
        update(imports)
        .where(imports.c.organization_id == one.organization_id, imports.c.id == one.id)
        .values(updated_time=now, **{name: column_value(value) for name, value in values.items()})
    )


def submit(connection: Connection, one: Import, submission: Submission, now: datetime) -> None:
    """Write how an import stands that came by a link."""
    change(connection, one, now, **submission_values(submission))


def decide(connection: Connection, one: Import, now: datetime, **values: object) -> None:
    """Write these columns, which change what its rows come to."""
    change(connection, one, now, revision=imports.c.revision + 1, **values)


def count(connection: Connection, one: Import, more: Counts, now: datetime) -> None:
    """Add a chunk that is done to what an import shows of itself."""
    found = lock(connection, one.organization_id, one.id)
    if found is not None:
        done = found.processed_chunks + 1
        change(connection, one, now, counts=found.counts + more, processed_chunks=done)


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


def find_job_ids(connection: Connection, one: Import, step: Step) -> frozenset[str]:
    """Give the ids of an import's jobs that do this step."""
    return frozenset(
        connection.scalars(
            select(import_jobs.c.id).where(
                import_jobs.c.organization_id == one.organization_id,
                import_jobs.c.import_id == one.id,
                import_jobs.c.step == step.value,
            )
        )
    )


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
    if wanted.kinds is not None:
        found.append(imports.c.kind.in_([one.value for one in wanted.kinds]))
    if wanted.statuses is not None:
        found.append(imports.c.status.in_([one.value for one in wanted.statuses]))
    elif not wanted.with_drafts:
        found.append(imports.c.status.not_in([Status.DRAFT.value, Status.UPLOADING.value]))
    if wanted.data_type_id is not None:
        found.append(imports.c.data_type_id == wanted.data_type_id)
    if wanted.email is not None:
        is_by_link = and_(
            imports.c.link_id != "", imports.c.hub_id.in_(sorted(wanted.link_hub_ids))
        )
        found.append((imports.c.email == wanted.email) | is_by_link)
    return found


def _values(one: Import) -> dict[str, object]:
    values: dict[str, object] = {
        name: column_value(getattr(one, name))
        for name in one.__dataclass_fields__
        if name not in {"target", "table", "readings", "submission"}
    }
    return {
        **values,
        **submission_values(one.submission),
        "kind": one.target.kind.value,
        "data_type_id": one.target.data_type_id,
        "flow_id": one.target.flow_id,
        "hub_id": one.target.hub_id,
        "proposal": column_value(one.target.proposed),
        "file_table": column_value(one.table),
        "readings": {name: as_json(reading) for name, reading in one.readings.items()},
    }


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
            proposed=None if row.proposal is None else proposed_of(row.proposal),
        ),
        target_name=row.target_name,
        filename=row.filename,
        status=Status(row.status),
        mode=Mode(row.mode),
        is_dry_run=row.is_dry_run,
        choices=choices_of(row.choices),
        mapping=None if mapping is None else {int(at): one for at, one in mapping.items()},
        asked_mapping=row.asked_mapping,
        readings={name: reading_of(one) for name, one in row.readings.items()},
        table=None if row.file_table is None else table_of(row.file_table),
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
        submission=submission_of(row.submission, row.guest_hash),
    )
