"""Records with their documents, many of them handed over by the database as one text.

A row that a store hands over by itself is a turn of the interpreter's lock, which SQLite's driver
lets go at every row: beside other requests that costs more than all else that a row needs.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    literal_column,
    select,
    tuple_,
)

from transload.db.dialect import encoded, joined_lines, json_text
from transload.db.given import given, is_one_of
from transload.db.tables import records
from transload.documents.pages import Sized, pieces
from transload.records.model import Key, Record, emails_of

MOST = 200
"""Records in one text: at most 200 MiB of documents, where both stores end at 1,000 MB."""
MOST_BYTES = 64 << 20
"""Bytes of documents in one text, where they are known beforehand."""
_DIALECTS = 8
_SIZE = records.c.size


def find_by_ids(
    connection: Connection, organization_id: str, ids: Sequence[str]
) -> dict[str, Record]:
    """Give those of the organization's records that there are, by id."""
    found: dict[str, Record] = {}
    for start in range(0, len(ids), MOST):
        sought = {"organization_id": organization_id, "ids": ids[start : start + MOST]}
        for record in read(connection, _by_ids(connection.dialect), sought):
            found[record.id] = record
    return found


def sized(connection: Connection, organization_id: str, ids: Sequence[str]) -> list[Sized]:
    """Give those of the organization's records that there are with their sizes, in this order."""
    if not ids:
        return []
    rows = [{"organization_id": organization_id, "id": one} for one in ids]
    wanted = given(connection, records, rows)
    # By the whole key: by a part, SQLite goes through all records in an index that has the size.
    key = tuple_(records.c.organization_id, records.c.id)
    is_wanted = key.in_(select(wanted.c.organization_id, wanted.c.id))
    cells = _cells(connection, [is_wanted], _SIZE)
    sizes = {record_id: int(size) for record_id, size in cells}
    return [(one, sizes[one]) for one in ids if one in sizes]


def iterate(
    connection: Connection, organization_id: str, documents: Sequence[Sized]
) -> Iterator[list[Record]]:
    """Give the organization's records with these ids and sizes, in their order, in pieces."""
    for ids in pieces(documents):
        found = find_by_ids(connection, organization_id, ids)
        yield [found[one] for one in ids]


class Outline(NamedTuple):
    """What there is to know of a record without its document."""

    id: str
    data_type_id: str
    hub_id: str
    version: int
    size: int
    limited_to: tuple[str, ...]


def find_outlines(
    connection: Connection, organization_id: str, ids: Sequence[str]
) -> dict[str, Outline]:
    """Give the outlines of those of the organization's records that there are, by id."""
    if not ids:
        return {}
    columns = [records.c[name] for name in Outline._fields]
    found = connection.execute(
        select(*columns).where(
            records.c.organization_id == organization_id, is_one_of(connection, records.c.id, ids)
        )
    )
    return {
        row.id: Outline(
            id=row.id,
            data_type_id=row.data_type_id,
            hub_id=row.hub_id,
            version=row.version,
            size=row.size,
            limited_to=emails_of(row.limited_to),
        )
        for row in found
    }


def find_sizes(connection: Connection, organization_id: str, keys: Sequence[Key]) -> dict[Key, int]:
    """Give the bytes of those of the organization's records that there are, by key."""
    if not keys:
        return {}
    columns = (records.c.data_type_id, records.c.scope, records.c.data_id, records.c.size)
    found = connection.execute(
        select(*columns).where(
            records.c.organization_id == organization_id, *_among(connection, keys)
        )
    )
    return {Key(row.data_type_id, row.scope, row.data_id): row.size for row in found}


def find_by_keys(
    connection: Connection, organization_id: str, keys: Sequence[Key]
) -> dict[Key, Record]:
    """Give those of the organization's records that there are, by key."""
    found: dict[Key, Record] = {}
    for ids in _parts(connection, organization_id, keys):
        sought = {"organization_id": organization_id, "ids": ids}
        for record in read(connection, _by_ids(connection.dialect), sought):
            found[record.key] = record
    return found


def find_versions(
    connection: Connection, organization_id: str, keys: Sequence[Key]
) -> dict[str, int]:
    """Give the versions of those of the organization's records that there are, by their ids.

    No document is read: two reads that give the same versions mean the same records.
    """
    cells = _cells_by_keys(connection, organization_id, keys, records.c.version)
    return {record_id: int(version) for record_id, version in cells}


def read(
    connection: Connection, statement: Select[str | bytes | None], sought: Mapping[str, object]
) -> list[Record]:
    """Give the records of a statement that `joined` made."""
    return parsed(connection.execute(statement, sought).scalar_one())


def parsed(text: str | bytes | None) -> list[Record]:
    """Give the records of the text that such a statement gives."""
    if text is None:
        return []
    return [_record(row) for row in orjson.loads(b"[%b]" % encoded(text).replace(b"\n", b","))]


def joined(
    dialect: Dialect,
    wanted: ColumnElement[bool],
    *,
    is_descending: bool = False,
    count: int | None = None,
) -> Select[str | bytes | None]:
    """Give the statement of the organization's records for which `wanted` is true, by id.

    They are to be 200 at most, or the first `count` of them. The parameter `organization_id` is one
    of it.
    """
    key = records.c.id.desc() if is_descending else records.c.id.asc()
    # Not a parameter: PostgreSQL plans for so many once, and keeps the plan.
    limit = None if count is None else literal_column(str(count), Integer)
    found = (
        select(_line(dialect).label("line"), records.c.id)
        .where(records.c.organization_id == bindparam("organization_id"), wanted)
        .order_by(key)
        .limit(limit)
        .subquery()
    )
    order = found.c.id.desc() if is_descending else found.c.id.asc()
    return select(joined_lines(dialect, found.c.line, order))


def _parts(
    connection: Connection, organization_id: str, keys: Sequence[Key]
) -> Iterator[Sequence[str]]:
    """Give the ids of the records with these keys, as many at once as fit into one text."""
    part: list[str] = []
    bytes_left = MOST_BYTES
    for record_id, size in _cells_by_keys(connection, organization_id, keys, _SIZE):
        bytes_left -= int(size)
        if part and bytes_left < 0:
            yield part
            part, bytes_left = [], MOST_BYTES - int(size)
        part.append(record_id)
    if part:
        yield part


def _cells_by_keys(
    connection: Connection, organization_id: str, keys: Sequence[Key], column: ColumnElement[int]
) -> list[list[str]]:
    """Give the ids of the records with these keys, each with a number from a column."""
    if not keys:
        return []
    is_own = records.c.organization_id == organization_id
    return _cells(connection, [is_own, *_among(connection, keys)], column)


def _cells(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], column: ColumnElement[int]
) -> list[list[str]]:
    """Give the ids of the records that are wanted, each with a number from a column."""
    # In no order: in that of the ids, SQLite would look through all records for the keys.
    found = select(records.c.id, cast(column, Text).label("number")).where(*wanted).subquery()
    line = found.c.id + literal_column("' '") + found.c.number
    text = connection.scalar(select(joined_lines(connection, line, found.c.id)))
    return [one.split(" ") for one in encoded(text or "").decode().splitlines()]


def _among(connection: Connection, keys: Sequence[Key]) -> list[ColumnElement[bool]]:
    """Give the conditions of records with these keys; those of one place are fewer to send."""
    places = {(key.data_type_id, key.scope) for key in keys}
    if len(places) == 1:
        [(data_type_id, scope)] = places
        return [
            records.c.data_type_id == data_type_id,
            records.c.scope == scope,
            is_one_of(connection, records.c.data_id, [key.data_id for key in keys]),
        ]
    wanted = given(connection, records, [dict(zip(Key._fields, key, strict=True)) for key in keys])
    key = tuple_(*(records.c[name] for name in Key._fields))
    return [key.in_(select(*(wanted.c[name] for name in Key._fields)))]


@lru_cache(maxsize=_DIALECTS)
def _by_ids(dialect: Dialect) -> Select[str | bytes | None]:
    return joined(dialect, records.c.id.in_(bindparam("ids", expanding=True)))


def _line(dialect: Dialect) -> ColumnElement[str]:
    """Give a record as a list in JSON, its parts in the order in which `_record` takes them.

    A document has no line feed of its own: it is JSON without blanks.
    """
    plain = (records.c.id, records.c.data_type_id, records.c.hub_id, records.c.scope)
    times = (records.c.created_time, records.c.updated_time)
    texts = (records.c.data_id, records.c.created_by, records.c.updated_by, records.c.limited_to)
    parts = [
        *(literal_column("'\"'") + column + literal_column("'\"'") for column in plain + times),
        *(json_text(dialect, column) for column in texts),
        cast(records.c.version, Text),
        cast(records.c.shape, Text),
        cast(records.c.document, Text),
    ]
    inner = reduce(lambda left, right: left + literal_column("','") + right, parts)
    return literal_column("'['") + inner + literal_column("']'")


def _record(row: Sequence[Any]) -> Record:
    (
        record_id,
        data_type_id,
        hub_id,
        scope,
        created_time,
        updated_time,
        data_id,
        created_by,
        updated_by,
        limited_to,
        version,
        shape,
        values,
    ) = row
    return Record(
        id=record_id,
        data_type_id=data_type_id,
        hub_id=hub_id,
        scope=scope,
        data_id=data_id,
        version=version,
        shape=shape,
        values=values,
        limited_to=emails_of(limited_to),
        created_by=created_by,
        updated_by=updated_by,
        created_time=created_time,
        updated_time=updated_time,
    )
