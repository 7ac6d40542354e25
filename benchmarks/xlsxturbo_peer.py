"""The peer: xlsxturbo in constant memory and its fastest compression, a typed frame.

Usage: python -m benchmarks.xlsxturbo_peer STORE DATA_TYPE_ID FILE
"""

import warnings

from xlsxturbo import df_to_xlsx

from benchmarks.frames import frame
from benchmarks.peer import run


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file."""
    with warnings.catch_warnings():
        # It says which features this mode has not.
        warnings.simplefilter("ignore", RuntimeWarning)
        df_to_xlsx(frame(store, data_type_id), file, constant_memory=True, compression_level=1)


if __name__ == "__main__":
    run(write)
