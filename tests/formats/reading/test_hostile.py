"""Odd and hostile files are read as they stand, or refused by their cause; nothing dies of them.

They have no name (P3), and limits of what they may become (P4).
"""

from pathlib import Path

import polars as pl
import pytest

from tests.formats.reading.files import Read, read
from tests.formats.reading.hostile import CASES, Case, zipped
from transload.formats.reading.model import Cause, Choices, Limits, UnreadableError
from transload.formats.reading.reader import read_file


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_file_comes_to_what_it_has_to(case: Case, tmp_path: Path) -> None:
    outcome = case.outcome
    if isinstance(outcome, Cause | tuple):
        with pytest.raises(UnreadableError) as error:
            _read(case, tmp_path)
        assert error.value.cause in (outcome if isinstance(outcome, tuple) else (outcome,))
        assert error.value.message.endswith(".")
        return
    found = _read(case, tmp_path)
    assert tuple(found.faults) == case.faults
    if isinstance(outcome, int):
        assert found.table.rows == outcome
    else:
        assert found.rows == outcome
    if case.titles is not None:
        assert found.table.titles == case.titles


def test_there_are_a_hundred_of_them() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 100


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\0\0\x02\0\x06\x04\6\0", "Lotus 1-2-3 or Works"),
        (b"\0\0\x1a\0\0\x10\4\0", "Lotus 1-2-3 or Works"),
        (b"\xff\0\2\0\4\4\5\x54", "Lotus 1-2-3 or Works"),
        (zipped({"mimetype": b"application/vnd.sun.xml.calc"}), "OpenOffice 1 (sxc)"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K1\r\nE\r\n", "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "DIF"),
    ],
)
def test_sheets_of_other_programs_are_refused_by_their_name(content: bytes, name: str) -> None:
    with pytest.raises(UnreadableError) as error:
        read(content)

    assert error.value.cause is Cause.NOT_A_KIND
    assert error.value.message.startswith(f"The file is a sheet in the format {name}. Open it")


def _read(case: Case, folder: Path) -> Read:
    if not case.kills:
        return read(case.make())
    source, rows = folder / "file", folder / "rows.parquet"
    source.write_bytes(case.make())
    table = read_file(source, rows, choices=Choices(), limits=Limits(), look=_look)
    return Read(table=table, frame=pl.read_parquet(rows))


def _look() -> None:
    """Look at nothing."""
