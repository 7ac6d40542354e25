"""The peer: py-excel-rs, which takes CSV, of the same cells from the same store.

Usage: python -m benchmarks.py_excel_rs_peer STORE DATA_TYPE_ID FILE
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import polars.selectors as cs
from py_excel_rs import CellType, WorkBook  # type: ignore[import-untyped]  # ships no types

from benchmarks.frames import frame
from benchmarks.peer import run


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file, typed by hints.

    Hinted cells are copied as they are spelled, so they are spelled as xlsx has them: days since
    1899-12-30 and 1 or 0; as dates and words, readers refuse the file.
    """
    table = frame(store, data_type_id)
    hints = [_hint(kind) for kind in table.dtypes]
    epoch = pl.lit(datetime(1899, 12, 30))  # noqa: DTZ001 - stored times are UTC, without a zone
    day = pl.duration(days=1).dt.total_milliseconds()
    content = BytesIO()
    table.select(
        (cs.temporal().cast(pl.Datetime("ms")) - epoch).dt.total_milliseconds() / day,
        cs.boolean().cast(pl.Int8),
        ~(cs.temporal() | cs.boolean()),
    ).select(table.columns).write_csv(content)
    book = WorkBook()
    book.write_csv_to_sheet("Sheet1", content.getvalue(), hints)
    with Path(file).open("wb") as stream:
        book.finish(stream)


def _hint(kind: pl.DataType) -> CellType:
    match kind:
        case pl.Float64():
            return CellType.Number
        case pl.Boolean():
            return CellType.Boolean
        case pl.Date() | pl.Datetime():
            return CellType.Date
        case _:
            return CellType.String


if __name__ == "__main__":
    run(write)
