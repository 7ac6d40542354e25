"""The SQL of the export log."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, select, update

from transload.db.dialect import insert_or_ignore
from transload.db.tables import exports
from transload.exports.model import (
    Export,
    Outcome,
    Status,
    file_name,
)
from transload.formats.columns import Losses
from transload.formats.registry import Format
from transload.jobs.attempts import Claim, Ledger

SORT_COLUMNS: dict[str, ColumnElement[Any]] = {
    "requestAt": exports.c.requested_time,
    "completedAt": exports.c.completed_time,
    "status": exports.c.status,
    "dataType": exports.c.data_type,
    "dataName": exports.c.data_name,
}
LEDGER = Ledger(table=exports, running=Status.PROCESSING.value, failed=Status.FAILED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries of the log, each condition optional but the first three."""

    organization_id: str
    email: str
    since: datetime
    report: str | None
    data_name: str | None
    status: Status | None


def add(connection: Connection, export: Export) -> Export:
    """Insert an entry under the first free file name of its second; give it with that name."""
    number = 1
    while True:
        name = file_name(
            export.report, export.organization_id, export.requested_time, export.format, number
        )
        named = replace(export, file_name=name)
        statement = insert_or_ignore(connection, exports).returning(exports.c.id)
        if connection.execute(statement, _values(named)).first() is not None:
            return named
        number += 1


def find(connection: Connection, organization_id: str, export_id: str) -> Export | None:
    """Give the organization's entry with that id."""
    return _first(
        connection,
        select(exports).where(
            exports.c.organization_id == organization_id, exports.c.id == export_id
        ),
    )


def lock(connection: Connection, organization_id: str, export_id: str) -> Export | None:
    """Give the organization's entry with that id, to one transaction at a time."""
    return _first(
        connection,
        select(exports)
        .where(exports.c.organization_id == organization_id, exports.c.id == export_id)
        .with_for_update(),
    )


def find_all(connection: Connection, export_ids: Collection[str]) -> list[Export]:
    """Give the entries with these ids, of whatever organization."""
    rows = connection.execute(select(exports).where(exports.c.id.in_(export_ids)))
    return [from_row(row) for row in rows]


def find_asked_before(connection: Connection, instant: datetime, limit: int) -> list[Export]:
    """Give the oldest entries, of whatever organization, that were asked for before the instant."""
    rows = connection.execute(
        select(exports)
        .where(exports.c.requested_time < instant)
        .order_by(exports.c.requested_time)
        .limit(limit)
    )
    return [from_row(row) for row in rows]


def remove(connection: Connection, export_ids: Collection[str]) -> None:
    """Remove the entries with these ids, of whatever organization."""
    connection.execute(delete(exports).where(exports.c.id.in_(export_ids)))


def find_by_file_name(connection: Connection, name: str) -> Export | None:
    """Give the entry whose file has that public name."""
    return _first(connection, select(exports).where(exports.c.file_name == name))


def find_page(
    connection: Connection,
    wanted: LogFilter,
    *,
    sort_by: str,
    is_descending: bool,
    offset: int,
    limit: int,
) -> tuple[int, list[Export]]:
    """Give how many entries match, and the page of them."""
    conditions = _conditions(wanted)
    total = connection.execute(
        select(func.count()).select_from(exports).where(*conditions)
    ).scalar_one()
    key = SORT_COLUMNS[sort_by]
    ways = [column.desc() if is_descending else column.asc() for column in (key, exports.c.id)]
    rows = connection.execute(
        select(exports)
        .where(*conditions)
        .order_by(key.is_(None), *ways)
        .offset(offset)
        .limit(limit)
    )
    return total, [from_row(row) for row in rows]


def finish(connection: Connection, claim: Claim, outcome: Outcome, now: datetime) -> bool:
    """Note that the whole file can be fetched; False if it has ended or is another worker's."""
    return LEDGER.finish(
        connection,
        claim,
        Status.DONE.value,
        now,
        file_size=outcome.size,
        total_records=outcome.records,
        total_matched=outcome.matched,
        is_truncated=outcome.is_truncated,
        losses=asdict(outcome.losses),
        notes=list(outcome.notes),
    )


def expire(connection: Connection, export: Export, now: datetime) -> None:
    """Note that the file of a finished export can be fetched no more."""
    connection.execute(
        update(exports)
        .where(exports.c.organization_id == export.organization_id, exports.c.id == export.id)
        .values(expires_time=now)
    )


def note_delivery(connection: Connection, export: Export, delivery: Mapping[str, str]) -> None:
    """Note where the file of a finished export went."""
    connection.execute(
        update(exports)
        .where(exports.c.organization_id == export.organization_id, exports.c.id == export.id)
        .values(delivery=delivery)
    )


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> Export | None:
    row = connection.execute(query).first()
    return None if row is None else from_row(row)


def _conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    found = [
        exports.c.organization_id == wanted.organization_id,
        exports.c.email == wanted.email,
        exports.c.requested_time >= wanted.since,
    ]
    if wanted.report is not None:
        found.append(exports.c.data_type == wanted.report)
    if wanted.data_name is not None:
        found.append(exports.c.data_name == wanted.data_name)
    if wanted.status is not None:
        found.append(exports.c.status == wanted.status.value)
    return found


def _values(export: Export) -> dict[str, object]:
    values = asdict(export)
    values["data_type"] = values.pop("report")
    values["file_type"] = values.pop("format").value
    return values


def from_row(row: Row[*tuple[Any, ...]]) -> Export:
    """Give the entry that a row of the table is."""
    return Export(
        id=row.id,
        organization_id=row.organization_id,
        user_id=row.user_id,
        email=row.email,
        report=row.data_type,
        data_name=row.data_name,
        format=Format(row.file_type),
        request=row.request,
        status=Status(row.status),
        attempts=row.attempts,
        claim=row.claim,
        progress=row.progress,
        requested_time=row.requested_time,
        started_time=row.started_time,
        completed_time=row.completed_time,
        expires_time=row.expires_time,
        file_name=row.file_name,
        file_size=row.file_size,
        total_records=row.total_records,
        total_matched=row.total_matched,
        is_truncated=row.is_truncated,
        losses=None if row.losses is None else Losses(**row.losses),
        notes=tuple(row.notes or ()),
        error_message=row.error_message,
        is_cancelled=row.is_cancelled,
        delivery=row.delivery,
    )
