"""The audit trail as a file, in every format that exports have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from transload import audit
from transload.accounts.model import Actor
from transload.db.engine import Database
from transload.errors import ForbiddenError, InvalidError
from transload.formats.columns import Column, Kind, Table
from transload.formats.csv_rows import PLAIN
from transload.formats.json_reader import read_lines
from transload.formats.registry import Format, Lines
from transload.formats.writer import Writer

MOST = 1_000_000
_PART = 5_000
_COLUMNS = [
    Column(id=name, title=name, kind=Kind.DATE_TIME if name == "time" else Kind.TEXT)
    for name in ("_id", "time", "user", "action", "thing", "thingId", "detail")
]


def write(
    database: Database,
    actor: Actor,
    query: audit.Query,
    *,
    kind: Format,
    path: Path,
    now: datetime,
) -> None:
    """Write all events that a query finds to a file, the newest first; it holds as many as a part.

    Raises ForbiddenError unless the user is an owner or an admin, InvalidError for more than a
    million events: none is left out in silence.
    """
    if not actor.is_admin:
        raise ForbiddenError
    with database.write() as connection:
        total = audit.count(connection, actor.organization_id, query)
        if total > MOST:
            raise InvalidError(
                f"These are {total:,} events, and a file has at most {MOST:,}; "
                "name a shorter time by since and until."
            )
        last = audit.find_many(connection, actor.organization_id, replace(query, offset=0, limit=1))
        audit.record(
            connection,
            actor,
            audit.Action.EXPORT,
            thing="audit",
            thing_id="",
            now=now,
            detail=f"{total} events",
        )
    with path.open("wb") as file:
        writer, append = _opened(kind, file, path.parent)
        with writer:
            for events in _parts(database, actor, query, last):
                append(b"\n".join(map(_line, events)))


def _parts(
    database: Database, actor: Actor, query: audit.Query, last: list[audit.Event]
) -> Iterator[list[audit.Event]]:
    """Give the events from the last one back: those that are added meanwhile are not among them."""
    part = last
    while part:
        yield part
        before = replace(query, before_id=part[-1].id, offset=0, limit=_PART)
        with database.read() as connection:
            part = audit.find_many(connection, actor.organization_id, before)


def _opened(kind: Format, file: BinaryIO, folder: Path) -> tuple[Writer[Any], Any]:
    """Give the format's writer, and what appends lines of JSON with it."""
    described = kind.described
    if isinstance(described, Lines):
        lines = described.open(file)
        return lines, lines.write
    frames = described.open(file, [Table(columns=_COLUMNS)], folder, PLAIN)
    made = partial(read_lines, columns=_COLUMNS, keeps_dates_spelled=described.keeps_dates_spelled)
    return frames, lambda lines: frames.write(made(lines))


def _line(event: audit.Event) -> bytes:
    return orjson.dumps(
        {
            "_id": event.id,
            "time": f"{event.time:%Y-%m-%d %H:%M:%S}.{event.time.microsecond // 1_000:03}",
            "user": event.email,
            "action": event.action.value,
            "thing": event.thing,
            "thingId": event.thing_id,
            "detail": event.detail,
        }
    )
