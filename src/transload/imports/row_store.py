"""The SQL of what is known of rows: outcomes of chunks, edits of cells."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)

from transload.db.tables import import_chunks, import_edits
from transload.imports import store
from transload.imports.model import Counts, Import


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
class Edit:
    """Something that was said of cells; `body` is what `imports.edits` reads."""

    number: int
    body: Mapping[str, Any]
    email: str
    created_time: datetime


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


def take_chunk(connection: Connection, one: Import, number: int, job_id: str) -> None:
    """Note that a job is done with a chunk, whose content stays."""
    connection.execute(update(import_chunks).where(*_chunk(one, number)).values(job_id=job_id))


def recount(connection: Connection, one: Import, now: datetime) -> None:
    """Have an import show what its chunks have come to."""
    summaries = find_summaries(connection, one)
    store.change(connection, one, now, counts=sum((found.counts for found in summaries), Counts()))


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
