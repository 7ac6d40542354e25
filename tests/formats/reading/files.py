"""Files read in the test's own process, and what came of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl

from transload.formats.reading.model import (
    EXTRA,
    FAULT,
    LINE,
    Choices,
    Form,
    Limits,
    Table,
    form_column,
    text_column,
)
from transload.formats.reading.opening import read_table
from transload.formats.reading.wire import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A table, and its rows as they lie in the Parquet file."""

    table: Table
    frame: pl.DataFrame

    @property
    def rows(self) -> list[list[str | None]]:
        """The texts of the cells."""
        names = [text_column(at) for at in range(len(self.table.titles))]
        return [list(row) for row in self.frame.select(names).iter_rows()]

    @property
    def forms(self) -> list[list[Form]]:
        names = [form_column(at) for at in range(len(self.table.titles))]
        return [[Form(one) for one in row] for row in self.frame.select(names).iter_rows()]

    @property
    def lines(self) -> list[int]:
        return self.frame.get_column(LINE).to_list()

    @property
    def faults(self) -> dict[int, str]:
        """The sentences, by line."""
        faulty = self.frame.filter(pl.col(FAULT).is_not_null())
        return dict(faulty.select(LINE, FAULT).iter_rows())

    @property
    def extras(self) -> dict[int, list[str]]:
        more = self.frame.filter(pl.col(EXTRA).is_not_null())
        return {line: json.loads(extra) for line, extra in more.select(LINE, EXTRA).iter_rows()}


def moment(*parts: int) -> datetime:
    """Give a moment as cells of workbooks have it: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def patched(workbook: bytes, part: str, old: str, new: str) -> bytes:
    """Replace text in a part of an archive."""
    changed = BytesIO()
    with ZipFile(BytesIO(workbook)) as before, ZipFile(changed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(
                name, content.replace(old.encode(), new.encode()) if name == part else content
            )
    return changed.getvalue()


def read(content: bytes, choices: Choices | None = None, limits: Limits | None = None) -> Read:
    """Read a file; raises UnreadableError."""
    with TemporaryDirectory() as folder:
        source, rows = Path(folder) / "file", Path(folder) / "rows.parquet"
        source.write_bytes(content)
        table = read_table(
            Request(
                source=source,
                rows=rows,
                choices=choices or Choices(),
                limits=limits or Limits(),
            )
        )
        return Read(table=table, frame=pl.read_parquet(rows))
