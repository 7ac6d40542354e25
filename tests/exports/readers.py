"""Files of `storable` records, as programs of others read them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # its types are a package of their own
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own

from tests.exports.storable import KINDS, TITLES, Stored
from tests.exports.test_formats import typed
from tests.formats.csv_files import (
    read_by_duckdb,
    read_by_pandas,
    read_by_polars,
    read_by_python,
    unguarded,
)
from tests.formats.workbooks import read_by_calamine, read_by_openpyxl

Rows = Sequence[Sequence[object]]
"""Cells as a program gives them, None for no value."""

_UNGUARDED = {"number", "boolean", "date", "dateTime", "time", "coordinate", "phone"}
_POLARS = {"number": pl.Float64, "boolean": pl.Boolean}
_DUCKDB = {"number": "DOUBLE", "boolean": "BOOLEAN", "list": "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A program and how it reads the named columns of a format.

    `tells_gaps`: it shows no value and empty text apart. `skips`: kinds that it has no type for.
    """

    format: str
    program: str
    read: Callable[[bytes, Sequence[str]], Rows]
    tells_gaps: bool = True
    skips: frozenset[str] = frozenset()

    def columns(self, names: Sequence[str]) -> list[str]:
        """Give those of the columns that it reads."""
        return [name for name in names if KINDS[name] not in self.skips]


def records_of(rows: Rows, names: Sequence[str]) -> list[Stored]:
    """Give cells in their stored form; the JSON of a list that was cut stays text."""
    return [
        {name: _given_back(KINDS[name], cell) for name, cell in zip(names, row, strict=True)}
        for row in rows
    ]


def _given_back(kind: str, cell: object) -> object:
    if isinstance(cell, str) and kind in {"number", "boolean", "list"}:
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    if isinstance(cell, datetime) and kind == "date":
        assert cell.time() == time()  # openpyxl has no other form for days
        return cell.date().isoformat()
    return typed(kind, cell)


def _headed(rows: Rows, names: Sequence[str]) -> Rows:
    header, *rest = rows
    assert list(header) == [TITLES[name] for name in names]
    return rest


def _of_xlsx(read: Callable[[bytes], Rows]) -> Callable[[bytes, Sequence[str]], Rows]:
    return lambda content, names: _headed(read(content), names)


def _of_csv(read: Callable[[bytes, int], Rows]) -> Callable[[bytes, Sequence[str]], Rows]:
    def rows(content: bytes, names: Sequence[str]) -> Rows:
        found = _headed(read(content, len(names)), names)
        return [
            [_cell(KINDS[name], cell) for name, cell in zip(names, row, strict=True)]
            for row in found
        ]

    return rows


def _cell(kind: str, text: object) -> object:
    return unguarded(text) if isinstance(text, str) and kind not in _UNGUARDED else text


def _by_python(content: bytes, names: Sequence[str]) -> Rows:
    return _members(json.loads(content), names)


def _by_python_line_by_line(content: bytes, names: Sequence[str]) -> Rows:
    assert content.endswith(b"\n")
    return _members([json.loads(line) for line in content[:-1].split(b"\n")], names)


def _members(objects: Sequence[Mapping[str, object]], names: Sequence[str]) -> Rows:
    assert all(list(one) == list(names) for one in objects)
    return [list(one.values()) for one in objects]


def _json_by_pandas(content: bytes, names: Sequence[str], *, lines: bool = False) -> Rows:
    frame = pd.read_json(BytesIO(content), lines=lines, dtype=False, precise_float=True)
    return _of_pandas(frame, names)


def _ndjson_by_pandas(content: bytes, names: Sequence[str]) -> Rows:
    return _json_by_pandas(content, names, lines=True)


def _parquet_by_pandas(content: bytes, names: Sequence[str]) -> Rows:
    return _of_pandas(pd.read_parquet(BytesIO(content), dtype_backend="pyarrow"), names)


def _of_pandas(frame: pd.DataFrame, names: Sequence[str]) -> Rows:
    assert list(frame.columns) == list(names)
    return [
        [None if _is_missing(cell) else cell for cell in row]
        for row in frame.itertuples(index=False, name=None)
    ]


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or cell != cell  # noqa: PLR0124  # not a number


def _schema(names: Sequence[str]) -> dict[str, type[pl.DataType]]:
    return {name: _POLARS.get(KINDS[name], pl.String) for name in names}


def _json_by_polars(content: bytes, names: Sequence[str]) -> Rows:
    return pl.read_json(BytesIO(content), schema=_schema(names)).rows()


def _ndjson_by_polars(content: bytes, names: Sequence[str]) -> Rows:
    return pl.read_ndjson(BytesIO(content), schema=_schema(names)).rows()


def _parquet_by_polars(content: bytes, names: Sequence[str]) -> Rows:
    frame = pl.read_parquet(BytesIO(content))
    assert frame.columns == list(names)
    return frame.rows()


def _parquet_by_pyarrow(content: bytes, names: Sequence[str]) -> Rows:
    table = pq.read_table(BytesIO(content))
    assert table.column_names == list(names)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _json_by_duckdb(content: bytes, names: Sequence[str]) -> Rows:
    return _by_duckdb(content, names, "array")


def _ndjson_by_duckdb(content: bytes, names: Sequence[str]) -> Rows:
    return _by_duckdb(content, names, "newline_delimited")


def _by_duckdb(content: bytes, names: Sequence[str], form: str) -> Rows:
    types = ", ".join(f"'{name}': '{_DUCKDB.get(KINDS[name], 'VARCHAR')}'" for name in names)
    with _asking_duckdb(content) as (connection, path):
        reading = f"FROM read_json('{path}', format='{form}', columns={{{types}}})"
        return connection.execute(reading).fetchall()


def _parquet_by_duckdb(content: bytes, names: Sequence[str]) -> Rows:
    with _asking_duckdb(content) as (connection, path):
        found = connection.execute(f"FROM read_parquet('{path}')")
        assert [column for column, *_ in found.description] == list(names)
        return found.fetchall()


@contextmanager
def _asking_duckdb(content: bytes) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "file"
        path.write_bytes(content)
        yield connection, path


_LISTS = frozenset({"list"})  # of text, booleans and numbers at once

READERS = [
    Reader(format="xlsx", program="calamine", read=_of_xlsx(read_by_calamine), tells_gaps=False),
    Reader(format="xlsx", program="openpyxl", read=_of_xlsx(read_by_openpyxl)),
    Reader(format="json", program="Python", read=_by_python),
    Reader(format="json", program="pandas", read=_json_by_pandas),
    Reader(format="json", program="polars", read=_json_by_polars, skips=_LISTS),
    Reader(format="json", program="DuckDB", read=_json_by_duckdb),
    Reader(format="ndjson", program="Python", read=_by_python_line_by_line),
    Reader(format="ndjson", program="pandas", read=_ndjson_by_pandas),
    Reader(format="ndjson", program="polars", read=_ndjson_by_polars, skips=_LISTS),
    Reader(format="ndjson", program="DuckDB", read=_ndjson_by_duckdb),
    Reader(
        format="csv",
        program="Python",
        read=_of_csv(lambda content, _: read_by_python(content)),
        tells_gaps=False,
    ),
    Reader(
        format="csv",
        program="pandas",
        read=_of_csv(lambda content, _: read_by_pandas(content)),
        tells_gaps=False,
    ),
    Reader(
        format="csv", program="polars", read=_of_csv(lambda content, _: read_by_polars(content))
    ),
    Reader(format="csv", program="DuckDB", read=_of_csv(read_by_duckdb)),
    Reader(format="parquet", program="pyarrow", read=_parquet_by_pyarrow),
    Reader(format="parquet", program="pandas", read=_parquet_by_pandas),
    Reader(format="parquet", program="polars", read=_parquet_by_polars),
    Reader(format="parquet", program="DuckDB", read=_parquet_by_duckdb),
]
