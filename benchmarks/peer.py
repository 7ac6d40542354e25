"""What the peers have in common: how they read the store, and the values of typed cells."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime

import orjson
import psycopg

from benchmarks.measure import print_cost
from transload.data_types.model import Field, FieldType
from transload.samples import outlet_fields

Cell = str | float | bool | date | datetime | None
FETCHED = 5_000
_IN_ORDER = """
    SELECT {document} FROM records
    WHERE organization_id = (SELECT organization_id FROM data_types WHERE id = {mark})
    AND data_type_id = {mark} ORDER BY id
"""


def run(write: Callable[..., None]) -> None:
    """Call a peer with the command line's arguments, and print what the process took."""
    write(*sys.argv[1:])
    print_cost()


def documents(store: str, data_type_id: str) -> Iterator[str]:
    """Give every document of the data type, oldest first.

    The store is the URL of a PostgreSQL database, or else the path of an SQLite file.
    """
    asked = (data_type_id, data_type_id)
    if store.startswith("postgresql:"):
        statement = _IN_ORDER.format(document="document::text", mark="%s")
        with psycopg.connect(store) as server, server.cursor(name="documents") as cursor:
            cursor.itersize = FETCHED
            for (text,) in cursor.execute(statement, asked):
                yield text
    else:
        found = sqlite3.connect(store).execute(
            _IN_ORDER.format(document="document", mark="?"), asked
        )
        for (text,) in found:
            yield text


def rows(store: str, data_type_id: str) -> Iterator[list[Cell]]:
    """Give every record as the values of its cells, typed as the fields are."""
    fields = outlet_fields()
    for text in documents(store, data_type_id):
        record = orjson.loads(text)
        yield [_cell(field, record[field.id]) for field in fields]


def _cell(field: Field, value: str | float | bool | None) -> Cell:  # noqa: FBT001 - a cell's value
    if isinstance(value, str):
        if field.type is FieldType.DATE:
            return date.fromisoformat(value)
        if field.type is FieldType.DATE_TIME:
            return datetime.fromisoformat(value)
    return value
