"""SQL that SQLite and PostgreSQL spell differently."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    and_,
    case,
    cast,
    collate,
    column,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from transload.db.types import RowAddress

_NEWLINE = "\n"
_SPELLED_OTHERWISE = ("true", "false", "integer", "real")
_ESCAPE = "/"
_NUMBER = "^[-0-9].*"
_SIGMA, _FINAL_SIGMA = "\u03c3", "\u03c2"


def lower_case(text: str) -> str:
    """Give a text in lower case, as texts are compared where their case is ignored.

    Greek has two small letters of one capital, by the place in the word; here they are one.
    """
    return text.lower().replace(_FINAL_SIGMA, _SIGMA)


def is_sqlite(connection: Connection | Dialect) -> bool:
    """Tell which of the two this connection speaks.

    Statements that are made once are made for a connection's dialect.
    """
    dialect = connection.dialect if isinstance(connection, Connection) else connection
    return dialect.name == "sqlite"


def commit_asynchronously(connection: Connection) -> None:
    """Have the transaction's commit not wait for the disk; on SQLite no commit does.

    A crash of the database's machine may undo the latest such commits, each as a whole. It undoes
    none that came before a commit that waited.
    """
    if not is_sqlite(connection):
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def work_in_parallel(connection: Connection) -> None:
    """Have the transaction's statements go through many rows on several processors, if they can.

    PostgreSQL by itself does not where many rows are found: it holds that handing them on takes
    longer than it does.
    """
    if not is_sqlite(connection):
        connection.execute(text("SET LOCAL parallel_setup_cost = 0"))
        connection.execute(text("SET LOCAL parallel_tuple_cost = 0"))


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


def address_of(connection: Connection, table: Table) -> ColumnElement[object]:
    """Give the address of a row of the table: the fastest way back to it within one snapshot."""
    name = "rowid" if is_sqlite(connection) else "ctid"
    return literal_column(f"{table.name}.{name}", RowAddress())


def materialise_rows(
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


def instant_text(connection: Connection | Dialect, value: ColumnElement[Any]) -> ColumnElement[str]:
    """Give an instant, microseconds since 1970, as `YYYY-MM-DD HH:MM:SS.mmm` in UTC."""
    number = type_coerce(value, BigInteger)
    if is_sqlite(connection):
        second = func.strftime("%Y-%m-%d %H:%M:%S", number // 1_000_000, "unixepoch", type_=Text())
        return second + func.printf(".%03d", number % 1_000_000 // 1_000, type_=Text())
    moment: ColumnElement[Any] = literal_column("timestamp 'epoch'") + number * literal_column(
        "interval '1 microsecond'"
    )
    return func.to_char(moment, "YYYY-MM-DD HH24:MI:SS.MS", type_=Text())


def sort_key(
    connection: Connection, document: ColumnElement[str], name: str, *, is_number: bool
) -> ColumnElement[str]:
    """Give what a document's value sorts by: numbers as numbers, text by code point.

    Where numbers are asked for, anything else is no value; where text is, it is text as JSON
    spells it.
    """
    if is_number:
        return type_coerce(_number(connection, document, name), Text)
    path = _path(connection, name)
    text = text_of(connection, document, name)
    if not is_sqlite(connection):
        return text
    kind = func.json_type(document, path)
    return case((kind.in_(_SPELLED_OTHERWISE), document.op("->")(path)), else_=text)


def number_of(
    connection: Connection, document: ColumnElement[str], name: str
) -> ColumnElement[float]:
    """Give a document's number; where it may be anything else, ask `sort_key`."""
    if is_sqlite(connection):
        # To look at the value's kind first takes as long again.
        return cast(document.op("->>")(_path(connection, name)), Float(53))
    return _number(connection, document, name)


def decimal_of(
    connection: Connection, document: ColumnElement[str], name: str
) -> ColumnElement[float]:
    """Give a document's decimal number that is kept as text; anything else is no value.

    It is the nearest double: exact to 15 digits.
    """
    value = document.op("->>", return_type=Text())(_path(connection, name))
    if is_sqlite(connection):
        is_decimal = and_(value != "", value.op("NOT GLOB", return_type=Boolean())("*[^0-9.-]*"))
    else:
        is_decimal = value.regexp_match(r"^-?[0-9]+(\.[0-9]+)?$")
    return case((is_decimal, cast(value, Float(53))))


def text_of(connection: Connection, document: ColumnElement[str], name: str) -> ColumnElement[str]:
    """Give a document's text, compared by code point; where it may be anything else, `sort_key`."""
    value = document.op("->>", return_type=Text())(_path(connection, name))
    return cast(value, Text) if is_sqlite(connection) else collate(value, "C")


def may_hold_text(
    connection: Connection, document: ColumnElement[str], spelled: str
) -> ColumnElement[bool]:
    """Tell of documents that do not have a text, as JSON spells it, that they do not.

    It errs for some others: their keys are looked at too, and not every letter is compared.
    """
    pattern = f"%{''.join(map(_as_pattern, spelled))}%"
    if is_sqlite(connection):
        return document.like(pattern, escape=_ESCAPE)  # which there ignores case by itself
    # Its letters of ASCII alone, as there: with all letters it takes twice as long.
    return collate(cast(document, Text), "C").ilike(pattern, escape=_ESCAPE)


def values_hold_text(
    connection: Connection, document: ColumnElement[str], names: Collection[str], part: str
) -> ColumnElement[bool]:
    """Tell whether a text, in any case, stands in one of a document's values, or of their items.

    Values are texts, numbers and lists of them; true and false hold no text.
    """
    value = column("value", JSON)
    key: ColumnElement[Any]
    if is_sqlite(connection):
        member = func.json_each(document).table_valued("key", "value", "type")
        item = func.json_each(member.c.value).table_valued("value", "type")
        is_list, key = member.c.type == "array", member.c.key
        found = (_spells(member.c.type, member.c.value), _spells(item.c.type, item.c.value))
    else:
        member = func.json_each(document).table_valued("key", value)
        is_list, key = func.json_typeof(member.c.value) == "array", member.c.key
        item = func.json_array_elements(
            case((is_list, member.c.value), else_=_empty_list())
        ).table_valued(value)
        found = (_spelled(member.c.value), _spelled(item.c.value))
    own, items = (holds_part(connection, one, part) for one in found)
    among_items = exists(select(literal(1)).select_from(item).where(items))
    holds = case((is_list, among_items), else_=own)
    return exists(select(literal(1)).select_from(member).where(key.in_(list(names)), holds))


def holds_part(connection: Connection, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Tell whether a part stands in a text, in any case as the store knows it.

    By comparing bytes: LIKE tries the whole of a pattern at each letter of the text.
    """
    return lowered_holds(connection, _lowered(connection, text, part), part)


def lowered_holds(
    connection: Connection, lowered: ColumnElement[str], part: str
) -> ColumnElement[bool]:
    """Tell whether a part, in any case, stands in a text that `lower_case` gave."""
    place = func.instr if is_sqlite(connection) else func.strpos
    found: ColumnElement[bool] = place(lowered, lower_case(part)) > 0
    return found


def starts_with(connection: Connection, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Tell whether a text begins with a part, in any case as the store knows it."""
    lowered = lower_case(part)
    return func.substr(_lowered(connection, text, part), 1, len(lowered)) == lowered


def _lowered(connection: Connection, text: ColumnElement[str], part: str) -> ColumnElement[str]:
    """Give a text in lower case, in which a part can be looked for.

    For a part of ASCII, only letters of ASCII are changed: that takes a fraction of the time.
    """
    if is_sqlite(connection):
        return func.lower(text) if part.isascii() else func.unicode_lower(text)
    if part.isascii():
        return func.lower(collate(text, "C"))
    return func.replace(func.lower(collate(text, "default")), _FINAL_SIGMA, _SIGMA)


def list_holds(
    connection: Connection, document: ColumnElement[str], name: str, value: object
) -> ColumnElement[bool]:
    """Tell whether one of the items of a document's list is the text or the number."""
    is_text = isinstance(value, str)
    path = _path(connection, name)
    if is_sqlite(connection):
        item = func.json_each(document, path).table_valued("value", "type")
        kinds = ["text"] if is_text else ["integer", "real"]
        is_it = and_(item.c.type.in_(kinds), item.c.value == value)
    else:
        member = document.op("->", return_type=JSON())(path)
        is_list = func.json_typeof(member) == "array"
        item = func.json_array_elements(case((is_list, member), else_=_empty_list())).table_valued(
            column("value", JSON)
        )
        kind, spelled = func.json_typeof(item.c.value), _as_text(item.c.value)
        number = case((kind == "number", cast(spelled, Float(53))))
        is_it = and_(kind == "string", spelled == value) if is_text else number == value
    return exists(select(literal(1)).select_from(item).where(is_it))


def by_code_point(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """Give a text column as a key that sorts by code point, whatever the database's locale."""
    return column if is_sqlite(connection) else collate(column, "C")


def _spells(kind: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[str]:
    """Give SQLite's text of a text or a number; of anything else, none."""
    return case((kind.in_(["text", "integer", "real"]), cast(value, Text)))


def _spelled(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Give PostgreSQL's text of a text or a number; of anything else, none."""
    return case((func.json_typeof(value).in_(["string", "number"]), _as_text(value)))


def _empty_list() -> ColumnElement[Any]:
    return cast(literal_column("'[]'"), JSON)


def _as_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Give a JSON value of PostgreSQL as text, without the quotes around it."""
    return value.op("#>>", return_type=Text())(literal_column("'{}'"))


def _as_pattern(character: str) -> str:
    """Give what LIKE finds wherever the character, or another of the same lower case, stands.

    SQLite's LIKE knows the case of ASCII letters alone; two of these are also the lower case of
    others (the signs of kelvin, and the dotted capital I).
    """
    if not character.isascii():
        return "%"
    if character in "ikIK":
        return "_%" if character in "iI" else "_"
    return f"{_ESCAPE}{character}" if character in f"%_{_ESCAPE}" else character


def _number(
    connection: Connection, document: ColumnElement[str], name: str
) -> ColumnElement[float]:
    """Give a document's number; anything else is none."""
    path = _path(connection, name)
    if is_sqlite(connection):
        is_number = func.json_type(document, path).in_(["integer", "real"])
        return case((is_number, cast(document.op("->>")(path), Float(53))))
    # PostgreSQL reads the document anew for each member that is asked for, so once.
    spelled = cast(document.op("->", return_type=JSON())(path), Text)
    return cast(func.substring(spelled, _NUMBER), Float(53))


def _path(connection: Connection, name: str) -> ColumnElement[str]:
    """Name a document's value: SQLite takes `a.b` and `1` for paths unless they are quoted."""
    return literal(f'$."{name}"' if is_sqlite(connection) else name, Text())
