"""Whatever can be stored comes back from every format exactly, as programs of others read it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # its types are a package of their own
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exports.test_formats import typed
from tests.factories import Tenant
from tests.formats.csv_files import read_by_duckdb, read_by_polars, unguarded
from tests.formats.workbooks import read_by_calamine, read_by_openpyxl

LONGEST_CELL = 32_767
FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "string", "title": "String", "type": "string"},
    {"id": "text", "title": "Text", "type": "text"},
    {"id": "number", "title": "Number", "type": "number"},
    {"id": "boolean", "title": "Boolean", "type": "boolean"},
    {"id": "date", "title": "Date", "type": "date"},
    {"id": "dateTime", "title": "Date time", "type": "dateTime"},
    {"id": "moment", "title": "Moment", "type": "string", "format": "date-time"},
    {"id": "time", "title": "Time", "type": "time"},
    {"id": "coordinate", "title": "Coordinate", "type": "coordinate"},
    {"id": "phone", "title": "Phone", "type": "phone"},
    {"id": "option", "title": "Option", "type": "option", "optionData": ["=a", " b ", "_x0041_"]},
    {"id": "list", "title": "List", "type": "list"},
]
KINDS = {str(field["id"]): str(field["type"]) for field in FIELDS} | {"moment": "dateTime"}
Stored = dict[str, object]

HOSTILE = (
    *("=1+1", "'=x", "''=x", "@a", "-5", "+62", "\t=1", "\rx", "'", '"', '""', ",", ";"),
    *("a\nb", "a\r\nb", "a\rb", "\r\n", " blanks ", "\u00a0x\u00a0", "\t", "00123"),
    *("1234567890123456", "12345678901234567890", "1e5", "TRUE", "NULL", "None", "nan", "NaN"),
    *("_x0041_", "_x005F_", "_x005f_x0041_", "\x01", "\x1f", "\x7f", "\ufffe", "\uffff", "\ufeff"),
    *("市場", "العربية", "हिन्दी", "😀", "👩‍👩‍👧", "e\u0301", "\u2028", "<a>&amp;</a>", "]]>", ""),
    *("2025-01-31", "1/2/2025", "#N/A", "\\", "\\N"),
)
short_texts = (
    st.sampled_from(HOSTILE)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    | st.text(st.sampled_from("_x0041F \t\r\n&<>\x01\x1fa😀=+-@'\",;\\"), max_size=15)
)
texts = short_texts | st.integers(-1, 1).map(lambda more: "a" * (LONGEST_CELL + more))
numbers = (
    st.sampled_from([-0.0, 0, 1e300, -1e300, 2**53, -(2**53), 5e-324, 1e-7, 0.1, 1e15, 10**15 + 1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**53), 2**53)
)
moments = (
    st.datetimes() | st.dates().map(lambda day: datetime(day.year, day.month, day.day))  # noqa: DTZ001
).map(lambda each: each.isoformat(" ", "milliseconds").removesuffix(".000"))
degrees = st.decimals(-90, 90, places=6).map(str)
values: Mapping[str, st.SearchStrategy[object]] = {
    "string": texts,
    "text": texts,
    "number": numbers,
    "boolean": st.booleans(),
    "date": st.dates().map(date.isoformat),
    "dateTime": moments,
    "moment": moments,
    "time": st.times().map(lambda each: each.isoformat("seconds")),
    "coordinate": st.tuples(degrees, degrees).map(",".join),
    "phone": st.from_regex(r"\+?[0-9][0-9 ()./-]{1,38}", fullmatch=True),
    "option": st.sampled_from(["=a", " b ", "_x0041_"]),
    "list": st.lists(short_texts | st.booleans() | numbers, max_size=4),
}
batches = st.lists(
    st.fixed_dictionaries({name: st.none() | drawn for name, drawn in values.items()}),
    min_size=1,
    max_size=12,
)


def given_back(kind: str, value: object) -> object:
    """Give a cell in its stored form; readers of no types, and of lists, give their JSON."""
    if isinstance(value, str) and kind in {"number", "boolean", "list"}:
        return json.loads(value)
    if isinstance(value, datetime) and kind == "date":
        assert value.time() == time()  # openpyxl has no other form for days
        return value.date().isoformat()
    return typed(kind, value)


def records_of(rows: Sequence[Sequence[object]]) -> list[Stored]:
    return [
        {name: given_back(KINDS[name], value) for name, value in zip(KINDS, row, strict=True)}
        for row in rows
    ]


def of_xlsx(rows: Sequence[Sequence[object]]) -> list[Stored]:
    """Read it with None for empty text too: calamine shows both alike."""
    return records_of([[None if cell == "" else cell for cell in row] for row in rows[1:]])


def of_csv(rows: Sequence[Sequence[str | None]]) -> list[Stored]:
    plain = {"number", "boolean", "date", "dateTime", "time", "coordinate", "phone"}
    return records_of(
        [
            [
                value if value is None or KINDS[name] in plain else unguarded(value)
                for name, value in zip(KINDS, row, strict=True)
            ]
            for row in rows
        ]
    )


def by_duckdb(content: bytes, name: str, reading: str) -> list[Stored]:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / name
        path.write_bytes(content)
        found = connection.execute(f"FROM {reading.format(path)}")  # ours
        return records_of(found.fetchall())


def by_pandas(content: bytes) -> list[Stored]:
    frame = pd.read_parquet(BytesIO(content), dtype_backend="pyarrow")
    return records_of(
        [
            [None if v is pd.NA or v is pd.NaT else v for v in row]
            for row in frame.itertuples(index=False, name=None)
        ]
    )


READERS: Sequence[tuple[str, str, Callable[[bytes], list[Stored]]]] = [
    ("xlsx", "calamine", lambda content: of_xlsx(read_by_calamine(content))),
    ("xlsx", "openpyxl", lambda content: of_xlsx(read_by_openpyxl(content))),
    ("json", "python", json.loads),
    ("ndjson", "python", lambda content: [json.loads(one) for one in content.split(b"\n") if one]),
    ("csv", "polars", lambda content: of_csv(read_by_polars(content)[1:])),
    ("csv", "duckdb", lambda content: of_csv(read_by_duckdb(content, len(KINDS))[1:])),
    (
        "parquet",
        "pyarrow",
        lambda content: records_of(
            [list(row.values()) for row in pq.read_table(BytesIO(content)).to_pylist()]
        ),
    ),
    ("parquet", "polars", lambda content: records_of(pl.read_parquet(BytesIO(content)).rows())),
    ("parquet", "duckdb", lambda content: by_duckdb(content, "f.parquet", "read_parquet('{}')")),
    ("parquet", "pandas", by_pandas),
]


def held_by_xlsx(record: Stored) -> Stored:
    """Give what an xlsx file holds of a record: texts up to a length, empty text as no value."""
    return {
        name: (value[:LONGEST_CELL] or None) if isinstance(value, str) else value
        for name, value in record.items()
    }


def marked(value: object) -> object:
    """Tell true from 1, which Python takes for equal.

    The two non-characters count as their escapes: calamine leaves those as they are.
    """
    if isinstance(value, str):
        value = value.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, dict):
        return {name: marked(item) for name, item in value.items()}
    return (isinstance(value, bool), value)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(
    max_examples=8,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=batches)
def test_whatever_is_stored_comes_back(tenant: Tenant, drawn: list[Stored]) -> None:
    """P1, P19, P23."""
    kind = tenant.data_type(FIELDS)
    records: list[Stored] = [{"dataId": f"{at:03}", **one} for at, one in enumerate(drawn)]
    tenant.add(kind, tenant.hub(), records)
    query = {"dataTypeId": kind, "sortOrder": "asc", "limit": 100}
    files = {
        name: tenant.file_directly(download=name, **query)
        for name in ("xlsx", "json", "ndjson", "csv", "parquet")
    }
    for name, reader, read in READERS:
        expected = [held_by_xlsx(one) for one in records] if name == "xlsx" else records
        found = read(files[name])
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert one.keys() == other.keys()
            for key, value in other.items():
                got = marked(one[key])
                assert got == marked(value), (name, reader, key, str(got)[:99], str(value)[:99])


def test_large_numbers_in_a_list_keep_their_exponent(tenant: Tenant) -> None:
    """P23: without it they read as long integers, which no field takes."""
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), [{"dataId": "1", "list": [1e300]}])
    content = tenant.file_directly(download="xlsx", dataTypeId=kind, fields="list")
    [[_title], [cell]] = read_by_calamine(content)
    assert [type(item) for item in json.loads(str(cell))] == [float]
