"""CSV files, read back by programs of other people."""

import csv
import re
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # its types are a package of their own
import polars as pl

_DUCKDB = (
    "auto_detect=false, header=false, delim=',', quote='\"', escape='\"', "
    "new_line='\\r\\n', allow_quoted_nulls=false"
)


def unguarded(text: str) -> str:
    """Take off the apostrophes of a text that looks like a formula, or is cut into some."""
    begun = re.sub(r"^'('*[=+\-@\t\r])", r"\1", text)
    return re.sub(r"""([,;\t\r\n])'(["']*(?:=|[+\-@][^,;\t\r\n]*[(|!]))""", r"\1\2", begun)


def read_by_python(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def read_by_polars(content: bytes) -> Sequence[Sequence[str | None]]:
    """Read it with None for no value."""
    return pl.read_csv(BytesIO(content), infer_schema=False, has_header=False).rows()


def read_by_pandas(content: bytes) -> list[list[str]]:
    frame = pd.read_csv(
        BytesIO(content), header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    found: list[list[str]] = frame.to_numpy().tolist()
    return found


def read_by_duckdb(content: bytes, width: int) -> Sequence[Sequence[str | None]]:
    """Read it with None for no value."""
    names = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width))
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        found = connection.execute(f"FROM read_csv('{path}', columns={{{names}}}, {_DUCKDB})")
        return found.fetchall()
