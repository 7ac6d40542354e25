"""Where SQLite and PostgreSQL say the same thing in other words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    CreateTableAs,
    Dialect,
    Float,
    Insert,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    case,
    cast,
    collate,
    func,
    insert,
    literal,
    literal_column,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from transload.db.types import Place

_NEWLINE = "\n"


def is_sqlite(connection: Connection | Dialect) -> bool:
    """Tell which of the two this connection speaks.

    Statements that are made once are made for a connection's dialect.
    """
    dialect = connection.dialect if isinstance(connection, Connection) else connection
    return dialect.name == "sqlite"


def insert_or_ignore(connection: Connection, table: Table) -> Insert:
    """Insert the rows that clash with none; the others are passed over."""
    if is_sqlite(connection):
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_or_add(connection: Connection, table: Table, key: Sequence[str], amount: str) -> Insert:
    """Insert a row or, where its key exists, add its amount to the one there."""
    statement: sqlite.Insert | postgresql.Insert = (
        sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)
    )
    return statement.on_conflict_do_update(
        index_elements=list(key),
        set_={amount: table.c[amount] + statement.excluded[amount]},
    )


def place_of(connection: Connection, table: Table) -> ColumnElement[object]:
    """Give where a row of the table lies: the fastest way back to it within one snapshot."""
    name = "rowid" if is_sqlite(connection) else "ctid"
    return literal_column(f"{table.name}.{name}", Place())


def lay_down(
    connection: Connection,
    table: Table,
    rows: Select[*tuple[Any, ...]],
    ways: Sequence[ColumnElement[Any]],
) -> None:
    """Make a temporary table of a query's rows, its `position` counting them from 1 in this order.

    The table has the columns of the rows, and may have others.
    """
    if is_sqlite(connection):
        table.create(connection)
        # Numbered as they come: faster than by a window function.
        ordered = rows.order_by(*ways)
        names = [column.name for column in rows.selected_columns]
        connection.execute(insert(table).from_select(names, ordered, include_defaults=False))
        return
    # An INSERT would not read with several processes.
    position = cast(func.row_number().over(order_by=ways), Integer)
    numbered = rows.add_columns(position.label("position"))
    connection.execute(CreateTableAs(numbered, table.name, temporary=True))
    connection.exec_driver_sql(f"CREATE INDEX ON {table.name} (position)")


def joined_lines(
    connection: Connection | Dialect, line: ColumnElement[str], order: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Aggregate the text values of a subquery that has this order into one text, a line each.

    SQLite before 3.44 takes no order inside an aggregate but keeps the subquery's, which a test
    holds it to. There the text is handed over as bytes; see `encoded`.
    """
    if is_sqlite(connection):
        return cast(func.group_concat(line, _NEWLINE), LargeBinary)
    return func.string_agg(line, postgresql.aggregate_order_by(literal(_NEWLINE), order))


def encoded(text: str | bytes) -> bytes:
    """Give what `joined_lines` gave as UTF-8."""
    return text if isinstance(text, bytes) else text.encode()


def json_member(
    connection: Connection, document: ColumnElement[str], name: str
) -> ColumnElement[str]:
    """Give the JSON text of a document's value, byte for byte, and `null` where there is none."""
    member = document.op("->", return_type=Text())(_path(connection, name))
    text = member if is_sqlite(connection) else cast(member, Text)
    return func.coalesce(text, "null")


def json_text(connection: Connection | Dialect, value: ColumnElement[str]) -> ColumnElement[str]:
    """Give a text column as a JSON string."""
    if is_sqlite(connection):
        return func.json_quote(value)
    return cast(func.to_json(value), Text)


def sort_key(
    connection: Connection, document: ColumnElement[str], name: str, *, is_number: bool
) -> ColumnElement[str]:
    """Give what a document's value sorts by: numbers as numbers, text by code point.

    Where numbers are asked for, anything else is no value.
    """
    path = _path(connection, name)
    value = document.op("->>", return_type=Text())(path)
    if is_number:
        return type_coerce(
            case((_is_number(connection, document, path), cast(value, Float(53)))), Text
        )
    return cast(value, Text) if is_sqlite(connection) else collate(value, "C")


def by_code_point(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """Give a text column as a key that sorts by code point, whatever the database's locale."""
    return column if is_sqlite(connection) else collate(column, "C")


def _is_number(
    connection: Connection, document: ColumnElement[str], path: ColumnElement[str]
) -> ColumnElement[bool]:
    if is_sqlite(connection):
        return func.json_type(document, path).in_(["integer", "real"])
    return func.json_typeof(document.op("->")(path)) == "number"


def _path(connection: Connection, name: str) -> ColumnElement[str]:
    """Name a document's value: SQLite takes `a.b` and `1` for paths unless they are quoted."""
    return literal(f'$."{name}"' if is_sqlite(connection) else name, Text())
