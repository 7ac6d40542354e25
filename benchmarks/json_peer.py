"""The peer: orjson, document by document, from the same store.

Usage: python -m benchmarks.json_peer STORE DATA_TYPE_ID FILE [FIELD,...]
"""

from pathlib import Path

import orjson

from benchmarks.peer import documents, run
from transload.samples import outlet_fields


def write(store: str, data_type_id: str, file: str, chosen: str = "") -> None:
    """Write every record of the data type as an array of objects of the chosen fields, or all."""
    names = chosen.split(",") if chosen else [field.id for field in outlet_fields()]
    with Path(file).open("wb") as stream:
        before = b"[\n"
        for text in documents(store, data_type_id):
            record = orjson.loads(text)
            stream.write(before + orjson.dumps({name: record[name] for name in names}))
            before = b",\n"
        stream.write(b"\n]")


if __name__ == "__main__":
    run(write)
