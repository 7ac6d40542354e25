"""The peer: XlsxWriter in constant memory, the same typed cells from the same store.

Usage: python -m benchmarks.xlsxwriter_peer DATABASE DATA_TYPE_ID FILE
"""

import sqlite3
import sys
from datetime import date, datetime

import orjson
import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from benchmarks.measure import print_cost
from transload.data_types.model import FieldType
from transload.samples import outlet_fields


def write(database: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file, typed as the fields are."""
    fields = outlet_fields()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    times = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    for column, field in enumerate(fields):
        sheet.write_string(0, column, field.title)
    connection = sqlite3.connect(database)
    found = connection.execute(
        "SELECT document FROM records WHERE data_type_id = ? ORDER BY id", (data_type_id,)
    )
    for row, (text,) in enumerate(found, start=1):
        record = orjson.loads(text)
        for column, field in enumerate(fields):
            value = record[field.id]
            if value is None:
                continue
            match field.type:
                case FieldType.NUMBER:
                    sheet.write_number(row, column, value)
                case FieldType.BOOLEAN:
                    sheet.write_boolean(row, column, value)
                case FieldType.DATE:
                    sheet.write_datetime(row, column, date.fromisoformat(value), days)
                case FieldType.DATE_TIME:
                    moment = datetime.fromisoformat(value).replace(tzinfo=None)
                    sheet.write_datetime(row, column, moment, times)
                case _:
                    sheet.write_string(row, column, value)
    book.close()


if __name__ == "__main__":
    write(*sys.argv[1:])
    print_cost()
