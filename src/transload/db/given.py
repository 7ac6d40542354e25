"""Many rows in one statement, which is the same however many they are."""

from collections.abc import Mapping, Sequence
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


def given(connection: Connection, table: Table, rows: Sequence[Values]) -> Subquery:
    """Give a subquery with these rows: all name the same columns of the table, at least one.

    They are one parameter, as JSON: PostgreSQL's driver takes ten times longer over a list a
    column. Text must be free of U+0000 and lone surrogates.
    """
    documents = {name for name in rows[0] if isinstance(table.c[name].type, Document)}
    sent = [
        {name: orjson.Fragment(str(row[name])) if name in documents else row[name] for name in row}
        for row in rows
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

    The driver itself takes half the time that it does behind SQLAlchemy's look at every value.
    """
    if not rows:
        return
    if is_sqlite(connection):
        statement = insert(table).compile(connection, column_keys=list(rows[0]))
        in_order = itemgetter(*(statement.positiontup or ()))
        connection.exec_driver_sql(str(statement), [in_order(row) for row in rows])
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
