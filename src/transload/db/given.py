"""Many rows in one statement, which is the same however many they are."""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from transload.db.dialect import is_sqlite
from transload.db.types import Document

Values = Mapping[str, str | int]
_KEY = "key_"
_MAX_PARAMETERS = 7_000  # SQLite takes 32,766


def given(connection: Connection, table: Table, rows: Sequence[Values]) -> Subquery:
    """Give a subquery with these rows: all name the same columns of the table, at least one.

    They are one parameter, as JSON: PostgreSQL's driver takes ten times longer over a list a
    column. Text must be free of U+0000 and lone surrogates.
    """
    documents = {name for name in rows[0] if isinstance(table.c[name].type, Document)}
    sent = [
        {**row, **{name: orjson.Fragment(str(row[name])) for name in documents}} for row in rows
    ]
    text = literal(orjson.dumps(sent).decode(), Text())
    if is_sqlite(connection):
        each = func.json_each(text).table_valued("value").c.value
        cells = [each.op("->>", return_type=Text())(name).label(name) for name in rows[0]]
        return select(*cells).subquery()
    columns = [
        column(name, postgresql.JSON() if name in documents else table.c[name].type)
        for name in rows[0]
    ]
    found = func.json_to_recordset(cast(text, postgresql.JSON)).table_valued(*columns)
    return select(found.render_derived(with_types=True)).subquery()


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert the rows, which all name the same columns, at least two.

    On SQLite the driver itself takes half the time that it does behind SQLAlchemy's look at every
    value. It gives the interpreter's lock away at every run of a statement, and may wait 5 ms for
    it beside other threads, with the store's write lock held: so a statement has many rows.
    """
    if not rows:
        return
    if is_sqlite(connection):
        statement = insert(table).compile(connection, column_keys=list(rows[0]))
        in_order = itemgetter(*(statement.positiontup or ()))
        head, places = str(statement).rsplit("VALUES", 1)
        most = _MAX_PARAMETERS // len(rows[0])
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            values = tuple(chain.from_iterable(map(in_order, part)))
            connection.exec_driver_sql(f"{head}VALUES {','.join([places] * len(part))}", values)
        return
    found = given(connection, table, rows)
    connection.execute(insert(table).from_select(list(rows[0]), select(found)))


def update_rows(
    connection: Connection,
    table: Table,
    own: ColumnElement[bool],
    rows: Sequence[Values],
    key: str = "id",
) -> None:
    """Write the rows' values over those of the same key, as far as `own` is true of them."""
    if not rows:
        return
    names = [name for name in rows[0] if name != key]
    if is_sqlite(connection):
        connection.execute(
            update(table).where(own, table.c[key] == bindparam(_KEY)),
            [{**{name: row[name] for name in names}, _KEY: row[key]} for row in rows],
        )
        return
    found = given(connection, table, rows)
    statement = update(table).where(own, table.c[key] == found.c[key])
    connection.execute(statement.values({name: found.c[name] for name in names}))
