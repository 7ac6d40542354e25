"""LibreOffice opens an export of the service and shows what was stored."""

from csv import reader
from datetime import date, datetime
from pathlib import Path

from tests.factories import Tenant
from tests.foreign.wide import IN_CELLS, TITLES, wide_export
from tests.programs import AS_SHOWN, convert


def shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime():
            return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
        case date():
            return value.isoformat()
        case _:
            # Where a cell of several lines has CR LF, LibreOffice takes both for one end of a line.
            return str(value).replace("\r\n", "\n")


def test_an_export_of_the_service_shows_what_was_stored(tenant: Tenant, tmp_path: Path) -> None:
    """P1, P24."""
    book = tmp_path / "book.xlsx"
    book.write_bytes(wide_export(tenant))
    with convert(book, AS_SHOWN).open(encoding="utf-8", newline="") as file:
        rows = list(reader(file))
    assert rows == [[shown(value) for value in row] for row in [TITLES, *IN_CELLS]]
