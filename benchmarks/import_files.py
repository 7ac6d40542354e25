"""The files that are imported, and the fields that every competitor checks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it has no types of its own

from benchmarks.peer import Cell
from transload.data_types.model import Field, FieldType

CITIES = ("Jakarta", "Bandung", "Surabaya", "Medan", "Semarang", "Makassar")
_FIRST = date(2020, 1, 1)
_START = datetime(2020, 1, 1)  # noqa: DTZ001 - a cell of a workbook has no zone


def import_fields() -> tuple[Field, ...]:
    """Give the twelve fields, one of each common kind."""
    return (
        Field(id="dataId", title="Code", type=FieldType.STRING, is_required=True, is_key=True),
        Field(id="name", title="Name", type=FieldType.STRING, is_required=True),
        Field(id="city", title="City", type=FieldType.OPTION, options=CITIES),
        Field(id="visits", title="Visits", type=FieldType.NUMBER),
        Field(id="turnover", title="Turnover", type=FieldType.NUMBER),
        Field(id="isActive", title="Active", type=FieldType.BOOLEAN),
        Field(id="opened", title="Opened", type=FieldType.DATE),
        Field(id="seen", title="Last Seen", type=FieldType.DATE_TIME),
        Field(id="phone", title="Phone", type=FieldType.PHONE),
        Field(id="place", title="Place", type=FieldType.COORDINATE),
        Field(id="note", title="Note", type=FieldType.STRING),
        Field(id="region", title="Region", type=FieldType.STRING),
    )


def write_csv(file: Path, rows: int) -> None:
    """Write rows as comma-separated text."""
    with file.open("w", encoding="utf-8", newline="") as text:
        text.write(",".join(field.title for field in import_fields()) + "\r\n")
        for row in _rows(rows):
            text.write(",".join(_spelled(cell) for cell in row) + "\r\n")


def write_xlsx(file: Path, rows: int) -> None:
    """Write rows as a workbook with typed cells, its texts shared as Excel shares them."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Outlets")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, [field.title for field in import_fields()])
        for at, row in enumerate(_rows(rows), start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, column, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                elif cell is not None:
                    sheet.write(at, column, cell)


def _rows(count: int) -> Iterator[list[Cell]]:
    for at in range(count):
        yield [
            f"OUT-{at:07}",
            f"Warung Sumber Rejeki {at}",
            CITIES[at % len(CITIES)],
            float(at % 977),
            (at * 7919 % 10_000_000) / 100,
            at % 3 == 0,
            _FIRST + timedelta(days=at % 1_900),
            _START + timedelta(seconds=at * 613 % 150_000_000),
            f"+62 811 {at % 10_000_000:07}",
            f"-6.{at % 9_999:04},106.{at % 8_888:04}",
            f'said "yes", {at}' if at % 20 == 0 else (f"note {at}" if at % 3 else None),
            f"R{at % 40}",
        ]


def _spelled(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0")
    text = str(cell)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if {",", '"'} & {*text} else text
