"""The peer: rustpy-xlsxwriter, a typed frame from the same store.

Usage: python -m benchmarks.rustpy_peer STORE DATA_TYPE_ID FILE
"""

from rustpy_xlsxwriter import write_worksheet

from benchmarks.frames import frame
from benchmarks.peer import run


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file."""
    write_worksheet(frame(store, data_type_id), file)


if __name__ == "__main__":
    run(write)
