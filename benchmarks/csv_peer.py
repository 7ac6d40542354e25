"""The peer: Python's csv.writer, the same cells from the same store.

Usage: python -m benchmarks.csv_peer DATABASE DATA_TYPE_ID FILE
"""

import csv
import sqlite3
import sys
from pathlib import Path

import orjson

from benchmarks.measure import print_cost
from transload.samples import outlet_fields

_SPELLED = {True: "true", False: "false", None: ""}


def write(database: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to a csv file, spelled as ours; formulas unguarded."""
    fields = outlet_fields()
    connection = sqlite3.connect(database)
    found = connection.execute(
        "SELECT document FROM records WHERE data_type_id = ? ORDER BY id", (data_type_id,)
    )
    with Path(file).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(field.title for field in fields)
        for (text,) in found:
            record = orjson.loads(text)
            values = (record[field.id] for field in fields)
            writer.writerow(
                _SPELLED[value] if value is None or isinstance(value, bool) else value
                for value in values
            )


if __name__ == "__main__":
    write(*sys.argv[1:])
    print_cost()
