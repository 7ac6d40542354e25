"""ExcelJS and SheetJS open the workbooks as they are and read from them what was stored."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exports.storable import HOSTILE
from tests.factories import Tenant
from tests.foreign.wide import IN_CELLS, TITLES, wide_export
from tests.formats.tables import Values, frames_of, tables
from tests.formats.workbooks import column, decoded, held, series, workbook
from tests.programs import install_by_npm, program, run
from transload.formats.columns import Column, Kind

Cell = tuple[str, object] | None
Read = Callable[[Sequence[bytes]], list[list[list[Cell]]]]
HERE = Path(__file__).parent
READERS = ["exceljs", "sheetjs"]


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and what it requires."""
    folder = tmp_path_factory.mktemp("foreign")
    for name in ("package.json", "read.js"):
        shutil.copy(HERE / name, folder)
    install_by_npm(folder)
    return folder


@pytest.fixture(scope="session", params=READERS)
def read(request: pytest.FixtureRequest, scripts: Path) -> Read:
    """Read workbooks' first sheets."""
    reader = str(request.param)

    def read(workbooks: Sequence[bytes]) -> list[list[list[Cell]]]:
        with TemporaryDirectory() as name:
            paths = [Path(name) / f"{at}.xlsx" for at in range(len(workbooks))]
            for path, content in zip(paths, workbooks, strict=True):
                path.write_bytes(content)
            command = [program("node"), "read.js", reader, *map(str, paths)]
            done = run(command, scripts)
        assert (done.returncode, done.stderr) == (0, "")
        sheets = json.loads(done.stdout)
        return [[[found(reader, each) for each in row] for row in sheet] for sheet in sheets]

    return read


def found(reader: str, cell: Sequence[str] | None) -> Cell:
    """Give a cell with its value; ExcelJS leaves `_xHHHH_` as it is."""
    match cell:
        case None | ["text", ""]:
            return None  # ExcelJS shows both alike
        case ["number", text]:
            return "number", repr(float(text))  # so that -0.0 is not 0.0
        case [kind, text]:
            return kind, decoded(text) if (reader, kind) == ("exceljs", "text") else text
        case _:
            raise AssertionError(cell)


def expected(value: object) -> Cell:
    match held(value):
        case None | "":
            return None
        case str(text):
            return "text", text
        case bool(flag):
            return "boolean", str(flag).lower()
        case float(number):
            return "number", repr(number)
        case datetime() as moment:
            return "date", f"{moment.isoformat(timespec='milliseconds')}Z"
        case date() as day:
            return "date", f"{day.isoformat()}T00:00:00.000Z"
        case other:
            raise AssertionError(other)


def sheet_of(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> list[list[Cell]]:
    return [[expected(value) for value in row] for row in [titles, *rows]]


@settings(
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(tables(), min_size=20, max_size=40))
def test_any_table_is_read_as_it_was(
    read: Read, drawn: Sequence[tuple[list[Column], Values]]
) -> None:
    """P1, P23."""
    made = [(columns, frames_of(columns, values)) for columns, values in drawn]
    sheets = read([workbook(columns, frames) for columns, frames in made])
    for (columns, frames), sheet in zip(made, sheets, strict=True):
        rows = [row for frame in frames for row in frame.iter_rows()]
        stored = sheet_of([each.title for each in columns], rows)
        assert sheet == stored


def test_hostile_text_stays_text(read: Read) -> None:
    """P1, P24."""
    texts = [*HOSTILE, "".join(map(chr, range(1, 0x20))), "\U0010ffff", "a" * 32_767]
    content = workbook([column(Kind.TEXT)], [series(Kind.TEXT, texts).to_frame()])
    assert read([content]) == [sheet_of(["value"], [[text] for text in texts])]


def test_columns_beyond_z_and_zz_keep_their_place(read: Read) -> None:
    columns = [column(Kind.NUMBER, f"c{at}") for at in range(704)]
    cells: list[float | None] = [float(at) if at % 25 < 2 else None for at in range(704)]
    frame = pl.DataFrame([series(Kind.NUMBER, [cell], f"c{at}") for at, cell in enumerate(cells)])
    titles = [each.title for each in columns]
    assert read([workbook(columns, [frame])]) == [sheet_of(titles, [cells])]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # its bytes are those of the other
def test_an_export_of_the_service_is_read_as_it_was_stored(tenant: Tenant, read: Read) -> None:
    """P1, P23, P24."""
    assert read([wide_export(tenant)]) == [sheet_of(TITLES, IN_CELLS)]
