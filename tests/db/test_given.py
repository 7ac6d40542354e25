"""Many rows in one statement: each finds its own row by its key, and text stays what it is."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, select

from transload.db.engine import Database
from transload.db.given import Values, insert_rows, update_rows
from transload.db.tables import records

_KEY = ("organization_id", "id")
_DOCUMENT = '{"a":1.0,"b":"\\u00e9 \\/ \\" \\\\","n":12345678901234567890123,"z":null}'


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        yield opened


def _row(organization_id: str, record_id: str) -> Values:
    texts = dict.fromkeys(
        ("data_type_id", "hub_id", "scope", "created_by", "updated_by", "limited_to"), ""
    )
    times = dict.fromkeys(("created_time", "updated_time"), "2026-01-01 00:00:00")
    return {
        **texts,
        **times,
        "organization_id": organization_id,
        "id": record_id,
        "data_id": record_id,
        "shape": 1,
        "size": 2,
        "document": "{}",
    }


def _filled(connection: Connection, rows: int) -> tuple[str, list[str]]:
    organization_id = uuid4().hex[:24]
    ids = [f"{number:024x}" for number in range(rows)]
    insert_rows(connection, records, [_row(organization_id, one) for one in ids])
    return organization_id, ids


def _changed(organization_id: str, ids: list[str]) -> list[Values]:
    return [
        {
            "organization_id": organization_id,
            "id": one,
            "updated_by": f'\n\t"{one}" é\U0001f600',
            "size": number,
            "document": _DOCUMENT,
        }
        for number, one in enumerate(ids)
    ]


def test_rows_are_written_over_those_of_the_same_key_alone(connection: Connection) -> None:
    others, _ = _filled(connection, 20)
    own, ids = _filled(connection, 20)
    changes = _changed(own, ids[:10])
    update_rows(connection, records, changes, key=_KEY)
    found = connection.execute(
        select(records.c.organization_id, records.c.id, records.c.updated_by, records.c.size)
        .where(records.c.organization_id.in_([others, own]), records.c.updated_by != "")
        .order_by(records.c.id)
    )
    assert [dict(row._mapping) for row in found] == [  # noqa: SLF001 - the documented name
        {name: change[name] for name in ("organization_id", "id", "updated_by", "size")}
        for change in changes
    ]


def test_a_document_is_written_byte_for_byte(connection: Connection) -> None:
    own, ids = _filled(connection, 3)
    update_rows(connection, records, _changed(own, ids), key=_KEY)
    found = connection.scalars(
        select(records.c.document).where(records.c.organization_id == own)
    ).all()
    assert found == [_DOCUMENT] * 3


def test_sqlite_finds_each_row_by_its_whole_key(database: Database, connection: Connection) -> None:
    """By the organization alone, a change of 2,000 would look at all of its records 2,000 times."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL knows how many rows there are")
    own, ids = _filled(connection, 3)
    sent: list[tuple[str, object]] = []

    def note(_one: object, _two: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    update_rows(connection, records, _changed(own, ids), key=_KEY)
    [(statement, values)] = sent
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
    assert any("(organization_id=? AND id=?)" in row.detail for row in plan)
