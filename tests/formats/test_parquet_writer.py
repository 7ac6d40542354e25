"""Parquet as other programs read it: pyarrow, pandas, DuckDB and polars."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # its types are a package of their own
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.tables import MIXED, Values, frames_of, mixed, tables, written
from tests.formats.workbooks import column
from transload.formats.columns import Column, Kind
from transload.formats.parquet_writer import ParquetWriter
from transload.formats.registry import Format
from transload.formats.row_groups import MAX_BYTES, MAX_ROWS

TYPES = {
    "text": "large_string",
    "number": "double",
    "decimal": "decimal128(24, 6)",
    "boolean": "bool",
    "date": "date32[day]",
    "date_time": "timestamp[ms]",
    "list": "large_string",
}


def parquet(columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> bytes:
    file = BytesIO()
    with ParquetWriter(file, columns) as writer:
        for frame in frames:
            writer.write(frame)
    return file.getvalue()


def read_by_duckdb(content: bytes) -> tuple[list[str], list[tuple[object, ...]]]:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "file.parquet"
        path.write_bytes(content)
        found = connection.execute(f"FROM '{path}'")
        return [name for name, *_ in found.description], found.fetchall()


def by_pyarrow(content: bytes) -> list[tuple[object, ...]]:
    rows = pq.read_table(BytesIO(content)).to_pylist()
    return [tuple(row.values()) for row in rows]


@given(tables(numbers=st.floats()))
@settings(max_examples=40)
def test_any_frames_round_trip(table: tuple[list[Column], Values]) -> None:
    """P23: nothing changes on the way, whoever reads it."""
    columns, values = table
    frames = frames_of(columns, values)
    expected = list(map(repr, (row for frame in frames for row in frame.iter_rows())))
    content = parquet(columns, frames)
    assert list(map(repr, by_pyarrow(content))) == expected
    assert list(map(repr, pl.read_parquet(BytesIO(content)).rows())) == expected
    names, rows = read_by_duckdb(content)
    assert names == [each.id for each in columns]
    assert list(map(repr, rows)) == expected


def test_columns_have_the_types_of_their_kinds() -> None:
    schema = pq.ParquetFile(BytesIO(written(Format.PARQUET, [mixed(5)]))).schema_arrow
    assert {field.name: str(field.type) for field in schema} == TYPES


def test_pandas_reads_it() -> None:
    frame = pd.read_parquet(BytesIO(written(Format.PARQUET, [mixed(30_000)])))
    expected = mixed(30_000)
    assert list(frame.columns) == [each.id for each in MIXED]
    assert frame["number"].sum() == expected["number"].sum()
    assert frame["text"].isna().sum() == expected["text"].null_count()
    assert frame["date_time"].iloc[1] == expected["date_time"][1]
    assert list(frame["list"].iloc[[0, -1]]) == ['["0"]', '["29999"]']


def test_row_groups_have_a_fixed_number_of_rows_and_their_pages_are_found() -> None:
    frame = mixed(2 * MAX_ROWS + 1)
    content = written(Format.PARQUET, frame.iter_slices(5_000))
    metadata = pq.ParquetFile(BytesIO(content)).metadata
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [MAX_ROWS, MAX_ROWS, 1]
    assert metadata.num_rows == frame.height
    chunks = [group.column(at) for group in groups for at in range(len(MIXED))]
    assert {chunk.compression for chunk in chunks} == {"ZSTD"}
    assert not any(chunk.has_offset_index or chunk.has_column_index for chunk in chunks)
    starts = [
        min(filter(None, (chunk.data_page_offset, chunk.dictionary_page_offset)))
        for chunk in chunks
    ]
    ends = [
        start + chunk.total_compressed_size for start, chunk in zip(starts, chunks, strict=True)
    ]
    assert starts == [4, *ends[:-1]]
    wanted = frame.select(each.id for each in MIXED).cast({"decimal": pl.Decimal(24, 6)})
    assert pl.DataFrame(pq.read_table(BytesIO(content))).equals(wanted)
    assert read_by_duckdb(content)[1] == wanted.rows()


def test_a_filter_reads_only_the_row_groups_that_it_needs() -> None:
    content = written(Format.PARQUET, [mixed(2 * MAX_ROWS + 1)])
    group = pq.ParquetFile(BytesIO(content)).metadata.row_group(1)
    statistics = group.column([each.id for each in MIXED].index("boolean")).statistics
    assert (statistics.min, statistics.max, statistics.null_count) == (False, True, 0)
    found = pl.scan_parquet(BytesIO(content)).filter(pl.col("list") == '["39999"]').collect()
    assert found["number"].to_list() == [39_999 / 8]


def test_long_texts_make_smaller_row_groups() -> None:
    """P22: memory is bounded though records are long."""
    texts = [str(at).ljust(1 << 20, "x") for at in range(40)]
    columns = [column(Kind.TEXT, "a"), column(Kind.NUMBER, "n")]
    frame = pl.DataFrame({"a": texts, "n": [float(at) for at in range(40)]})
    whole = parquet(columns, [frame])
    assert parquet(columns, frame.iter_slices(7)) == whole
    metadata = pq.ParquetFile(BytesIO(whole)).metadata
    rows = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    assert rows == [MAX_BYTES >> 20, MAX_BYTES >> 20, 8]
    assert pq.read_table(BytesIO(whole))["a"].to_pylist() == texts
    assert metadata.serialized_size < 10_000


def test_many_row_groups_are_found_too() -> None:
    long = "x" * (MAX_BYTES + 1)
    content = parquet([column(Kind.TEXT)], [pl.DataFrame({"value": [long]})] * 17)
    found = pq.ParquetFile(BytesIO(content))
    assert found.metadata.num_row_groups == 17
    assert found.read_row_group(16)["value"].to_pylist() == [long]


def test_an_export_without_records_has_its_columns() -> None:
    for frames in ([], [mixed(0)]):
        content = written(Format.PARQUET, frames)
        table = pq.read_table(BytesIO(content))
        assert (table.num_rows, table.column_names) == (0, [each.id for each in MIXED])
        assert read_by_duckdb(content) == ([each.id for each in MIXED], [])
        assert pl.read_parquet(BytesIO(content)).is_empty()


@pytest.mark.parametrize("name", ["*", "^.*$", "0", "é\n", "a.b"])
def test_any_id_names_a_column(name: str) -> None:
    columns = [column(Kind.TEXT, name), column(Kind.TEXT, "other")]
    frame = pl.DataFrame({"skipped": ["-"], "other": ["b"], name: ["a"]})
    content = parquet(columns, [frame])
    assert by_pyarrow(content) == [("a", "b")]
    assert read_by_duckdb(content) == ([name, "other"], [("a", "b")])


def test_the_edges_of_every_type_are_kept() -> None:
    columns = [column(Kind.DATE, "d"), column(Kind.DATE_TIME, "t"), column(Kind.NUMBER, "n")]
    frame = pl.DataFrame(
        {
            "d": [date(1, 1, 1), date(9999, 12, 31)],
            "t": [
                datetime.fromisoformat(text) for text in ("0001-01-01", "9999-12-31 23:59:59.999")
            ],
            "n": [-(2.0**53), 5e-324],
        },
        schema={"d": pl.Date, "t": pl.Datetime("ms"), "n": pl.Float64},
    )
    assert by_pyarrow(parquet(columns, [frame])) == frame.rows()


def test_an_incomplete_file_is_no_parquet() -> None:
    file = BytesIO()
    with pytest.raises(KeyError):
        write_and_fail(ParquetWriter(file, MIXED))
    with pytest.raises(ValueError, match="magic bytes not found in footer"):
        pq.ParquetFile(file)


def write_and_fail(writer: ParquetWriter) -> None:
    with writer:
        writer.write(mixed(3 * MAX_ROWS))
        raise KeyError


def test_two_columns_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="id of its own"):
        ParquetWriter(BytesIO(), [column(Kind.TEXT), column(Kind.DATE)])
