"""The peer: openpyxl in write-only mode, the same typed cells from the same store.

Usage: python -m benchmarks.openpyxl_peer STORE DATA_TYPE_ID FILE
"""

from openpyxl import Workbook  # type: ignore[import-untyped]  # ships no types

from benchmarks.peer import rows, run
from transload.samples import outlet_fields


def write(store: str, data_type_id: str, file: str) -> None:
    """Write every record of the data type to an xlsx file, typed as the fields are.

    Dates get openpyxl's own formats; a text that begins with `=` becomes a formula, which a cell
    object of its own would prevent, at more cost.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([field.title for field in outlet_fields()])
    for cells in rows(store, data_type_id):
        sheet.append(cells)
    book.save(file)


if __name__ == "__main__":
    run(write)
