"""The peer: orjson, document by document, from the same store.

Usage: python -m benchmarks.json_peer DATABASE DATA_TYPE_ID FILE [FIELD,...]
"""

import sqlite3
import sys
from pathlib import Path

import orjson

from benchmarks.measure import print_cost
from transload.samples import outlet_fields


def write(database: str, data_type_id: str, file: str, chosen: str = "") -> None:
    """Write every record of the data type as an array of objects of the chosen fields, or all."""
    names = chosen.split(",") if chosen else [field.id for field in outlet_fields()]
    connection = sqlite3.connect(database)
    found = connection.execute(
        "SELECT document FROM records WHERE data_type_id = ? ORDER BY id", (data_type_id,)
    )
    with Path(file).open("wb") as stream:
        before = b"[\n"
        for (text,) in found:
            record = orjson.loads(text)
            stream.write(before + orjson.dumps({name: record[name] for name in names}))
            before = b",\n"
        stream.write(b"\n]")


if __name__ == "__main__":
    write(*sys.argv[1:])
    print_cost()
