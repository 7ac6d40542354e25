"""The two dialects say the same thing."""

import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select

from transload.db.dialect import (
    by_code_point,
    encoded,
    insert_or_add,
    insert_or_ignore,
    is_sqlite,
    joined_lines,
    json_member,
    json_text,
    number_of,
    sort_key,
    work_in_parallel,
)
from transload.db.engine import Database
from transload.db.types import Document

_things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("amount", Integer, nullable=False),
    Column("name", Text),
    Column("document", Document, nullable=False),
)
_TEXTS = ["", " ", "Z", "a", "aa", "a b", "É", "é", "e\u0301", "Ω", "\uffee", "😀", "10", "9", "_"]


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Give a connection with an empty table of things, which is gone afterwards."""
    with database.writer.connect() as connection, connection.begin() as transaction:
        _things.create(connection)
        yield connection
        transaction.rollback()


def _fill(connection: Connection, documents: list[dict[str, object]]) -> None:
    rows = [
        {"id": n, "amount": 0, "name": str(n), "document": orjson.dumps(document).decode()}
        for n, document in enumerate(documents)
    ]
    connection.execute(insert(_things), rows)


def _rows(connection: Connection) -> list[tuple[Any, ...]]:
    statement = select(_things.c.id, _things.c.amount, _things.c.name).order_by(_things.c.id)
    return [tuple(row) for row in connection.execute(statement)]


def _thing(number: int, amount: int, name: str) -> dict[str, object]:
    return {"id": number, "amount": amount, "name": name, "document": "{}"}


def test_clashing_rows_are_passed_over(connection: Connection) -> None:
    statement = insert_or_ignore(connection, _things)
    inserted = statement.returning(_things.c.id)
    assert connection.execute(inserted, _thing(1, 1, "first")).scalar() == 1
    assert connection.execute(inserted, _thing(1, 2, "second")).scalar() is None
    connection.execute(statement, [_thing(1, 3, "third"), _thing(2, 4, "other")])
    assert _rows(connection) == [(1, 1, "first"), (2, 4, "other")]


def test_amount_is_added_where_the_key_exists(connection: Connection) -> None:
    statement = insert_or_add(connection, _things, ["id"], "amount")
    connection.execute(statement, [_thing(1, 5, "a"), _thing(2, 1, "b")])
    connection.execute(statement, [_thing(1, -2, "c")])
    assert _rows(connection) == [(1, 3, "a"), (2, 1, "b")]


@pytest.mark.parametrize("is_descending", [False, True])
def test_joined_lines_keep_the_order(connection: Connection, *, is_descending: bool) -> None:
    numbers = list(range(5_000))
    random.Random(1).shuffle(numbers)  # noqa: S311 - an order, not a secret
    connection.execute(insert(_things), [_thing(n, n % 7, f"{n} é😀") for n in numbers])
    way = _things.c.id.desc() if is_descending else _things.c.id.asc()
    part = (
        select(_things.c.name.label("line"), _things.c.id.label("key"))
        .where(_things.c.amount != 3)
        .order_by(way)
        .subquery()
    )
    order = part.c.key.desc() if is_descending else part.c.key.asc()
    joined = connection.execute(select(joined_lines(connection, part.c.line, order))).scalar_one()
    expected = [n for n in sorted(numbers, reverse=is_descending) if n % 7 != 3]
    assert encoded(joined).decode().split("\n") == [f"{n} é😀" for n in expected]


def test_joined_lines_keep_characters_that_end_texts_elsewhere(connection: Connection) -> None:
    connection.execute(insert(_things), [_thing(1, 0, "a\u0085b\u2028c"), _thing(2, 0, "")])
    part = select(_things.c.name.label("line"), _things.c.id.label("key")).order_by(_things.c.id)
    sub = part.subquery()
    joined = connection.execute(
        select(joined_lines(connection, sub.c.line, sub.c.key.asc()))
    ).scalar_one()
    assert encoded(joined) == "a\u0085b\u2028c\n".encode()


@pytest.mark.parametrize("name", ["a", "a.b", "1", "0", "1st", "-", "_x-y.z", "dataId", "A"])
@pytest.mark.parametrize(
    "value",
    [
        "text",
        "",
        "null",
        'q"\\/\b\t\n\u0001\u007f</script>',
        "é 😀 \u2028",
        "007",
        0,
        -1,
        2**53,
        1.5,
        1.0,
        -0.0,
        1e22,
        1e-7,
        12345678901.123457,
        True,
        False,
        None,
        [],
        ["a", 1, None, {"z": 1, "a": [2]}],
        {"z": {"y": 1}, "a": 2},
    ],
)
def test_member_is_given_byte_for_byte(connection: Connection, name: str, value: object) -> None:
    """P23."""
    _fill(connection, [{"before": [9, 8], name: value, "after": {name: 0}}])
    found = connection.execute(select(json_member(connection, _things.c.document, name)))
    assert found.scalar_one() == orjson.dumps(value).decode()


def test_missing_member_is_null(connection: Connection) -> None:
    _fill(connection, [{"a": {"b": 1}, "list": [1, 2]}])
    for name in ("a.b", "b", "0", "list.0"):
        found = connection.execute(select(json_member(connection, _things.c.document, name)))
        assert found.scalar_one() == "null", name


@pytest.mark.parametrize("text", ['q"\\', "é😀", "\t\n", "", "007"])
def test_text_becomes_a_json_string(connection: Connection, text: str) -> None:
    connection.execute(insert(_things), _thing(1, 0, text))
    found = connection.execute(select(json_text(connection, _things.c.name))).scalar_one()
    assert orjson.loads(found) == text


def _sorted(connection: Connection, name: str, *, is_number: bool) -> list[int]:
    key = sort_key(connection, _things.c.document, name, is_number=is_number)
    statement = select(_things.c.id).order_by(key.is_(None), key, _things.c.id)
    return list(connection.execute(statement).scalars())


@pytest.mark.parametrize("name", ["n", "a.b", "2024"])
def test_numbers_sort_as_numbers(connection: Connection, name: str) -> None:
    numbers = [10, 9, -2, 1.5, 1e3, 0, -0.5, 100, 2**53, 1e300]
    _fill(connection, [{name: number} for number in numbers])
    order = _sorted(connection, name, is_number=True)
    assert [numbers[n] for n in order] == sorted(numbers)


@pytest.mark.parametrize("name", ["n", "a.b", "2024"])
def test_text_sorts_by_code_point(connection: Connection, name: str) -> None:
    _fill(connection, [{name: text} for text in _TEXTS])
    order = _sorted(connection, name, is_number=False)
    assert [_TEXTS[n] for n in order] == sorted(_TEXTS)


@pytest.mark.parametrize("is_number", [True, False])
def test_missing_values_have_no_key(connection: Connection, *, is_number: bool) -> None:
    _fill(connection, [{}, {"n": None}, {"n": "7" if not is_number else 7}])
    assert _sorted(connection, "n", is_number=is_number) == [2, 0, 1]


def test_column_sorts_by_code_point(connection: Connection) -> None:
    connection.execute(insert(_things), [_thing(n, 0, text) for n, text in enumerate(_TEXTS)])
    key = by_code_point(connection, _things.c.name)
    assert list(connection.execute(select(_things.c.name).order_by(key)).scalars()) == sorted(
        _TEXTS
    )


def test_what_is_no_number_sorts_as_no_value(connection: Connection) -> None:
    given: list[object] = [-1.5, 0, 1e22, 12_345_678_901_234_567, None, "7", "", True, [1], ["1"]]
    _fill(connection, [{"it": value} for value in given] + [{}])
    key = sort_key(connection, _things.c.document, "it", is_number=True)
    found: list[object] = list(connection.scalars(select(key).order_by(_things.c.id)))
    assert found == [-1.5, 0, 1e22, float(12_345_678_901_234_567), *[None] * 7]


def test_a_condition_is_looked_at_by_several_processors_for_one_transaction(
    connection: Connection,
) -> None:
    if is_sqlite(connection):
        pytest.skip("SQLite has one thread for a statement")
    _fill(connection, [{"it": number} for number in range(100)])
    connection.exec_driver_sql("SET LOCAL min_parallel_table_scan_size = 0")
    work_in_parallel(connection)
    condition = number_of(connection, _things.c.document, "it") >= 0
    statement = select(_things.c.id).where(condition).compile(connection)
    plan = connection.exec_driver_sql(f"EXPLAIN {statement}", statement.params)
    assert "Gather" in str(plan.all())
    with connection.engine.connect() as other:
        assert other.exec_driver_sql("SHOW parallel_tuple_cost").scalar_one() == "0.1"
