"""Binary workbooks, as another program writes them: `sheetjs/write.js` has made these."""

from pathlib import Path

import pytest

from tests.formats.reading.files import read
from transload.formats.reading.model import Form, Kind

_FOLDER = Path(__file__).parent / "sheetjs"


@pytest.mark.parametrize("name", ["texts-in-cells", "texts-shared"])
def test_cells_that_do_not_say_their_column_are_read(name: str) -> None:
    """P23: its cells are short records, which say only that they come next."""
    found = read((_FOLDER / f"{name}.xlsb").read_bytes())
    table = found.table
    assert (table.kind, table.sheet, [one.is_visible for one in table.sheets]) == (
        Kind.XLSB,
        2,
        [False, True],
    )
    assert table.titles == ("Code", "Price", "Day", "Moment", "Active", "Sum", "Note")
    assert found.lines == [2, 3, 5]
    assert found.rows == [
        ["007", "12.5", "2024-02-29", "2024-02-29 10:20:30", "true", "3", "=1+1"],
        ["20123456789012345678", "-3", None, None, "false", "#DIV/0!", "長い 😀"],
        ["x", "100000000000000", None, None, None, None, "a\nb"],
    ]
    assert found.forms[1][5] is Form.ERROR
