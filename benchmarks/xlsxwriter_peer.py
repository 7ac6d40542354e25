"""The peer: XlsxWriter in constant memory, the same typed cells from the same store.

Usage: python -m benchmarks.xlsxwriter_peer STORE DATA_TYPE_ID FILE
"""

from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from benchmarks.peer import rows, run
from transload.samples import outlet_fields


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file, typed as the fields are."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    times = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    for column, field in enumerate(outlet_fields()):
        sheet.write_string(0, column, field.title)
    for row, cells in enumerate(rows(store, data_type_id), start=1):
        for column, value in enumerate(cells):
            # By name and not by `write`, which guesses: that is its fastest way.
            match value:
                case None:
                    pass
                case str():
                    sheet.write_string(row, column, value)
                case bool():
                    sheet.write_boolean(row, column, value)
                case datetime():
                    sheet.write_datetime(row, column, value, times)
                case date():
                    sheet.write_datetime(row, column, value, days)
                case _:
                    sheet.write_number(row, column, value)
    book.close()


if __name__ == "__main__":
    run(write)
