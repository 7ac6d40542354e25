"""Many rows handed over at once: to one statement, or some hundreds to each."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Subquery,
    Table,
    Text,
    any_,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from transload.db.dialect import is_sqlite
from transload.db.statistics import count_if_outgrown
from transload.db.types import Document

Values = Mapping[str, str | int | None]
_MANY = 100
_MAX_PARAMETERS = 7_000  # SQLite takes 32,766


def given(connection: Connection, table: Table, rows: Sequence[Values]) -> Subquery:
    """Give a subquery with these rows: all name the same columns of the table, at least one.

    They are one parameter, as JSON: PostgreSQL's driver takes ten times longer over a list a
    column. Text must be free of U+0000 and lone surrogates.
    """
    if is_sqlite(connection):
        # A document goes as the text that it is: no version of SQLite spells it anew.
        each = func.json_each(_json(rows)).table_valued("value").c.value
        cells = [each.op("->>", return_type=Text())(name).label(name) for name in rows[0]]
        return select(*cells).subquery()
    kinds = {name: table.c[name].type for name in rows[0]}
    # A document is sent as text here too: PostgreSQL would parse JSON within JSON twice.
    sent = [column(name, Text() if _is_document(kind) else kind) for name, kind in kinds.items()]
    found = func.json_to_recordset(cast(_json(rows), postgresql.JSON)).table_valued(*sent)
    named = found.render_derived(with_types=True).c
    return select(
        *(
            cast(named[name], postgresql.JSON).label(name) if _is_document(kind) else named[name]
            for name, kind in kinds.items()
        )
    ).subquery()


def is_one_of(
    connection: Connection, value: Column[str], texts: Sequence[str]
) -> ColumnElement[bool]:
    """Tell whether a column's value is one of these texts, at least one; they are one parameter.

    PostgreSQL finds the texts of an array in one pass along an index, in a quarter of the time that
    the rows of a subquery take. It does so however many rows it believes the table to have.
    """
    name = str(value.name)
    wanted = select(given(connection, value.table, [{name: text} for text in texts]).c[name])
    if is_sqlite(connection):
        return value.in_(wanted)
    return value == any_(func.array(wanted.scalar_subquery()))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert the rows, which all name the same columns, at least two."""
    if not rows:
        return
    if is_sqlite(connection):
        _insert_into_sqlite(connection, table, rows)
    else:
        _insert_into_postgresql(connection, table, rows)


def _insert_into_sqlite(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows by the driver itself: SQLAlchemy's look at every value takes twice the time.

    The driver gives the interpreter's lock away at every run of a statement, and may wait 5 ms for
    it beside other threads, with the store's write lock held: so a statement has many rows.
    """
    names = list(rows[0])
    for places, values in _parts(rows, names):
        statement = f"INSERT INTO {table.name} ({','.join(names)}) VALUES {places}"  # noqa: S608 - the names are those of tables here
        connection.exec_driver_sql(statement, values)


def _insert_into_postgresql(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, sending once each value that all of them share: most columns of many rows.

    After many rows PostgreSQL counts a table of which it knows half at most.
    """
    shared = {
        name: value
        for name, value in rows[0].items()
        if not _is_document(table.c[name].type) and all(row[name] == value for row in rows)
    }
    own = [name for name in rows[0] if name not in shared] or [next(iter(rows[0]))]
    found = given(connection, table, [{name: row[name] for name in own} for row in rows])
    cells = [
        found.c[name] if name in own else literal(shared[name], table.c[name].type)
        for name in rows[0]
    ]
    connection.execute(insert(table).from_select(list(rows[0]), select(*cells)))
    if len(rows) >= _MANY:
        count_if_outgrown(connection, table)


def update_rows(
    connection: Connection, table: Table, rows: Sequence[Values], key: Collection[str]
) -> None:
    """Write the rows' values over those of the same key, all of whose columns they name.

    SQLite finds each row by its key only where the whole of it comes from the rows: by a part that
    is given otherwise it would look through all that have this part.
    """
    if not rows:
        return
    if is_sqlite(connection):
        _update_sqlite(connection, table, rows, key)
        return
    found = given(connection, table, rows)
    statement = update(table).where(*(table.c[name] == found.c[name] for name in key))
    values = {name: found.c[name] for name in rows[0] if name not in key}
    connection.execute(statement.values(values))


def _update_sqlite(
    connection: Connection, table: Table, rows: Sequence[Values], key: Collection[str]
) -> None:
    """Update rows by the driver itself, as they are inserted.

    SQLite would parse each row anew for each value that it takes out of JSON.
    """
    cells = {name: f"given.column{at}" for at, name in enumerate(rows[0], 1)}
    changed = ", ".join(f"{name} = {cell}" for name, cell in cells.items() if name not in key)
    is_it = " AND ".join(f"{table.name}.{name} = {cells[name]}" for name in key)
    for places, values in _parts(rows, list(rows[0])):
        statement = f"UPDATE {table.name} SET {changed} FROM (VALUES {places}) AS given"  # noqa: S608 - the names are those of tables here
        connection.exec_driver_sql(f"{statement} WHERE {is_it}", values)


def _parts(rows: Sequence[Values], names: Sequence[str]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give the places and the values of as many rows as go into one statement at once."""
    in_order = itemgetter(*names)
    place = f"({','.join('?' * len(names))})"
    most = _MAX_PARAMETERS // len(names)
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        yield ",".join([place] * len(part)), tuple(chain.from_iterable(map(in_order, part)))


def _is_document(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, Document)


def _json(rows: Sequence[Mapping[str, object]]) -> BindParameter[str]:
    return literal(orjson.dumps(rows).decode(), Text())
