"""The peer: Python's csv.writer, the same cells from the same store.

Usage: python -m benchmarks.csv_peer STORE DATA_TYPE_ID FILE
"""

import csv
from pathlib import Path

import orjson

from benchmarks.peer import documents, run
from transload.samples import outlet_fields

_SPELLED = {True: "true", False: "false", None: ""}


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to a csv file, spelled as ours; formulas unguarded."""
    fields = outlet_fields()
    with Path(file).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(field.title for field in fields)
        for text in documents(store, data_type_id):
            record = orjson.loads(text)
            values = (record[field.id] for field in fields)
            writer.writerow(
                _SPELLED[value] if value is None or isinstance(value, bool) else value
                for value in values
            )


if __name__ == "__main__":
    run(write)
