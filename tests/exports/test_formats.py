"""Each format over HTTP: what is in a file is what was stored, cell by cell."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tests.exports.outlets import BAD_REQUEST
from tests.factories import Tenant
from tests.formats.csv_files import read_by_polars, read_by_python, unguarded
from tests.formats.workbooks import read_by_calamine

FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
    {"id": "text", "title": "=1+1", "type": "text"},
    {"id": "price", "title": "Price", "type": "number"},
    {"id": "active", "title": "Active", "type": "boolean"},
    {"id": "opened", "title": "Opened", "type": "date"},
    {"id": "visited", "title": "Visited", "type": "dateTime"},
    {"id": "closes", "title": "Closes", "type": "time"},
    {"id": "place", "title": "Place", "type": "coordinate"},
    {"id": "phone", "title": "Phone", "type": "phone"},
    {"id": "tags", "title": "Tags", "type": "list"},
]
TYPES = {str(field["id"]): field["type"] for field in FIELDS}
HOSTILE = [
    "=1+1",
    "'=x",
    "''=x",
    "@a",
    "-5",
    "+62",
    "\t=1",
    "\rx",
    "'",
    "two\nlines\r\nand\rmore",
    'a "quote", and a comma',
    " blanks ",
    "00123",
    "12345678901234567890",
    "NULL",
    "\x01_x0041_",
    "é 市場 🏪",
    "",
]
FULL: Mapping[str, object] = {
    "price": -5,
    "active": False,
    "opened": "2025-01-31",
    "visited": "2025-01-31 10:20:30.007",
    "closes": "22:30:00",
    "place": "-6.17,106.8",
    "phone": "+6281234567890",
    "tags": ["=a", 'b"', 1, True],
}
EMPTY = dict.fromkeys(TYPES, None)
Stored = dict[str, object]


def stored() -> list[Stored]:
    texts = [{**EMPTY, **FULL, "text": text} for text in HOSTILE]
    numbers = [{**EMPTY, "price": number} for number in (0.1, 2**53, -1e300, 1e-7, 0)]
    moments = [{**EMPTY, "visited": "2025-01-31 00:00:00", "opened": "2024-02-29"}]
    records = [*texts, *numbers, *moments, EMPTY]
    return [{**record, "dataId": f"{at:03}"} for at, record in enumerate(records)]


def from_json(content: bytes) -> list[Stored]:
    found: list[Stored] = json.loads(content)
    return found


def from_ndjson(content: bytes) -> list[Stored]:
    return [json.loads(line) for line in content.splitlines()]


def from_csv(content: bytes) -> list[Stored]:
    def value(kind: object, text: str | None) -> object:
        if text is None or kind in {"coordinate", "phone", "date", "dateTime", "time"}:
            return text
        return json.loads(text) if kind in {"number", "boolean", "list"} else unguarded(text)

    _, *rows = read_by_polars(content)
    return [
        {name: value(TYPES[name], text) for name, text in zip(TYPES, row, strict=True)}
        for row in rows
    ]


def from_parquet(content: bytes) -> list[Stored]:
    found = pq.read_table(BytesIO(content)).to_pylist()
    return [{name: typed(TYPES[name], value) for name, value in row.items()} for row in found]


def from_sheet(content: bytes) -> list[Stored]:
    """Read it with None for empty text too: most programs show both alike."""
    _, *rows = read_by_calamine(content)
    return [
        {
            name: None if value == "" else typed(TYPES[name], value)
            for name, value in zip(TYPES, row, strict=True)
        }
        for row in rows
    ]


def typed(kind: object, value: object) -> object:
    """Give a typed cell in its stored form."""
    match value:
        case datetime():
            return value.isoformat(" ", "milliseconds").removesuffix(".000")
        case date():
            return value.isoformat() + " 00:00:00" * (kind == "dateTime")
        case str() if kind == "list":
            return json.loads(value)
        case str() if kind == "number":
            return int(value)  # of more digits than an xlsx cell keeps
        case _:
            return value


READERS: Mapping[str, Callable[[bytes], list[Stored]]] = {
    "xlsx": from_sheet,
    "json": from_json,
    "csv": from_csv,
    "ndjson": from_ndjson,
    "parquet": from_parquet,
    "ods": from_sheet,
}
every_format = pytest.mark.parametrize("download", READERS)


def add_stored(tenant: Tenant) -> str:
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), stored())
    return kind


@every_format
def test_what_is_in_the_file_is_what_was_stored(tenant: Tenant, download: str) -> None:
    """P1, P23."""
    kind = add_stored(tenant)
    content = tenant.file_directly(download=download, dataTypeId=kind, sortOrder="asc")
    expected = stored()
    if download in {"xlsx", "ods"}:
        for record in expected:
            record["text"] = record["text"] or None
    if download == "ods":  # XML has no U+0001
        for record in expected:
            record["text"] = record["text"] and str(record["text"]).replace("\x01", "\ufffd")
    found = READERS[download](content)
    assert found == expected
    assert [list(record) for record in found] == [list(TYPES)] * len(expected)
    background = tenant.file_in_background(download=download, dataTypeId=kind, sortOrder="asc")
    assert background == content


@every_format
def test_chosen_columns_stand_in_their_order(tenant: Tenant, download: str) -> None:
    kind = add_stored(tenant)
    names = ["phone", "_id", "price"]
    content = tenant.file_directly(
        download=download, dataTypeId=kind, fields=",".join(names), limit=1, sortBy="dataId"
    )
    match download:
        case "json" | "ndjson":
            assert list(READERS[download](content)[0]) == names
        case "parquet":
            assert pq.read_table(BytesIO(content)).column_names == names
        case "csv":
            assert read_by_python(content)[0] == ["Phone", "_id", "Price"]
        case _:
            assert read_by_calamine(content)[0] == ["Phone", "_id", "Price"]


def test_a_downloaded_csv_opens_right_in_excel(tenant: Tenant) -> None:
    """P24: UTF-8 with a byte order mark, CR LF, quotes where needed; directly and not."""
    note = {"id": "note", "title": "Note, é", "type": "text"}
    kind = tenant.data_type([FIELDS[0], note])
    notes = ["市場 🏪", "two\nlines", 'a "quote"', "", None]
    records = [{"dataId": f"0{at}", "note": text} for at, text in enumerate(notes)]
    tenant.add(kind, tenant.hub(), records)
    query = {"download": "csv", "dataTypeId": kind, "sortOrder": "asc"}
    lines = (
        'Code,"Note, é"',
        "00,市場 🏪",
        '01,"two\nlines"',
        '02,"a ""quote"""',
        '03,""',
        "04,",
        "",
    )
    for content in (tenant.file_directly(**query), tenant.file_in_background(**query)):
        assert content == b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def test_csv_marks_what_looks_like_a_formula_and_nothing_else(tenant: Tenant) -> None:
    """P1: phones, coordinates and numbers begin with a sign by nature."""
    kind = add_stored(tenant)
    content = tenant.file_directly(download="csv", dataTypeId=kind, sortOrder="asc")
    header, first, second, *_ = read_by_python(content)
    assert header[:3] == ["Code", "'=1+1", "Price"]
    assert (first[1], first[2], first[7], first[8]) == (
        "'=1+1",
        "-5",
        "-6.17,106.8",
        "+6281234567890",
    )
    assert second[1] == "''=x"


def test_a_field_that_is_a_phone_in_one_type_alone_is_marked(tenant: Tenant) -> None:
    """P1: in another type the same field holds any text."""
    hub = tenant.hub()
    for value_type, value in (("phone", "+62812"), ("string", "+62812")):
        contact = {"id": "contact", "title": "Contact", "type": value_type}
        kind = tenant.data_type([FIELDS[0], contact])
        tenant.add(kind, hub, [{"dataId": "1", "contact": value}])
    rows = read_by_python(tenant.file_directly(download="csv", fields="_id,contact"))
    assert [row[1] for row in rows] == ["Contact", "'+62812", "'+62812"]


@every_format
def test_no_records_make_a_file_of_the_format(tenant: Tenant, download: str) -> None:
    kind = tenant.data_type(FIELDS)
    content = tenant.file_directly(download=download, dataTypeId=kind)
    assert READERS[download](content) == []


def test_what_a_csv_does_not_hold_is_said_in_the_log(tenant: Tenant) -> None:
    """P23."""
    kind = add_stored(tenant)
    query = {"download": "csv", "dataTypeId": kind, "limit": 100}
    answers = [tenant.export(**query, fields=fields).json() for fields in ("text", "dataId,text")]
    said = [tenant.log_entry(answer["data"]["exportId"])["notes"] for answer in answers]
    without = len(stored()) - len(HOSTILE)
    assert said == [
        [f"Records without any value, written as empty text: {without}."],
        [],
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, b"\xef\xbb\xbfCode,Price\r\n007,1.5\r\na;b,2\r\n"),
        ({"separator": ";"}, b'\xef\xbb\xbfCode;Price\r\n007;1.5\r\n"a;b";2\r\n'),
        ({"separator": "tab", "bom": "false"}, b"Code\tPrice\r\n007\t1.5\r\na;b\t2\r\n"),
        ({"separator": "\\t", "bom": "0"}, b"Code\tPrice\r\n007\t1.5\r\na;b\t2\r\n"),
        (
            {"separator": ";", "decimalSeparator": ",", "bom": "false"},
            b'Code;Price\r\n007;1,5\r\n"a;b";2\r\n',
        ),
        ({"decimalSeparator": ",", "bom": "false"}, b'Code,Price\r\n007,"1,5"\r\na;b,2\r\n'),
    ],
)
def test_csv_is_spelled_as_a_program_expects_it(
    tenant: Tenant, query: dict[str, str], expected: bytes
) -> None:
    fields: list[Mapping[str, object]] = [
        {"id": "dataId", "title": "Code", "type": "string", "required": True, "primaryKey": True},
        {"id": "price", "title": "Price", "type": "number"},
    ]
    rows = [{"dataId": "007", "price": 1.5}, {"dataId": "a;b", "price": 2}]
    tenant.add(tenant.data_type(fields), tenant.hub(), rows)
    asked = {"download": "csv", "fields": "dataId,price", "sortOrder": "asc", **query}
    assert tenant.file_directly(**asked) == expected
    assert tenant.file_in_background(**asked) == expected


def test_separator_that_is_none_is_refused_by_name(tenant: Tenant) -> None:
    answer = tenant.export(download="csv", separator="|")
    assert answer.status_code == 400
    assert "The separator parameter must be " in answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "value"), [("separator", ";"), ("decimalSeparator", ","), ("bom", "false")]
)
@pytest.mark.parametrize(
    ("path", "noun"), [("/data/export", "parameter"), ("/tasks/export", "field")]
)
def test_the_spelling_of_a_csv_is_refused_by_name_with_another_format(
    tenant: Tenant, path: str, noun: str, name: str, value: str
) -> None:
    answer = tenant.post(path, {}, download="xlsx", **{name: value})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        f"{BAD_REQUEST} The {name} {noun} goes with a download of csv alone.",
    )


@pytest.mark.parametrize("path", ["/data/export", "/tasks/export"])
def test_the_spelling_by_default_goes_with_every_format_as_generated_clients_send_it(
    tenant: Tenant, path: str
) -> None:
    spelled = {"separator": ",", "decimalSeparator": ".", "bom": "true"}
    assert tenant.post(path, {}, download="json", **spelled).status_code == 200
