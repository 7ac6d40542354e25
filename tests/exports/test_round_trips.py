"""Whatever can be stored comes back from every format exactly, as programs of others read it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exports.readers import READERS, Reader, Rows, records_of
from tests.exports.storable import FIELDS, KINDS, LONGEST_CELL, Stored, records, units
from tests.factories import Tenant, fetch
from tests.formats.workbooks import read_by_calamine

FORMATS = list(dict.fromkeys(reader.format for reader in READERS))
SMALLEST = [5e-324, -5e-324, 2.2e-308]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: columns (None: those of the type), of one type or of all, in an order."""

    fields: Sequence[str] | None
    is_of_type: bool
    sort_by: str

    @property
    def names(self) -> Sequence[str]:
        return list(KINDS) if self.fields is None else self.fields

    def query(self, kind: str, hub: str) -> dict[str, object]:
        query: dict[str, object] = {"hubId": hub, "sortBy": self.sort_by, "sortOrder": "asc"}
        if self.is_of_type:
            query["dataTypeId"] = kind
        if self.fields is not None or not self.is_of_type:
            query["fields"] = ",".join(self.names)
        return query

    def of(self, stored: Sequence[Stored]) -> list[Stored]:
        """Give the columns asked for, of the records in the order asked for."""
        in_order = list(stored)
        if self.sort_by == "dataId":
            in_order.sort(key=lambda one: str(one["dataId"]))
        return [{name: one[name] for name in self.names} for one in in_order]


chosen = st.lists(st.sampled_from(list(KINDS)), min_size=1, unique=True)
alone = st.sampled_from([[name] for name in KINDS])
asked = st.builds(
    Asked,
    fields=st.none() | st.permutations(list(KINDS)) | chosen | alone,
    is_of_type=st.booleans(),
    sort_by=st.sampled_from(["createdTime", "dataId"]),
)


@settings(
    max_examples=8,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=records, wanted=asked)
def test_whatever_is_stored_comes_back(
    tenant: Tenant, drawn: Sequence[Stored], wanted: Asked
) -> None:
    """P1, P19, P23: and what a format could not hold is said, neither more nor less of it."""
    kind, hub = tenant.data_type(FIELDS), tenant.hub()
    tenant.add(kind, hub, drawn)
    expected = wanted.of(drawn)
    for download in FORMATS:
        content, entry = exported(tenant, download=download, **wanted.query(kind, hub), limit=100)
        assert (entry["totalRecords"], entry["totalMatched"]) == (len(drawn), len(drawn))
        for reader in (one for one in READERS if one.format == download):
            if names := reader.columns(wanted.names):
                rows = reader.read(content, names)
                compare(reader, rows, expected, names)
                if reader.tells_gaps:
                    assert entry["notes"] == said(lost(reader, rows, expected, names)), reader


def exported(tenant: Tenant, **query: object) -> tuple[bytes, Mapping[str, object]]:
    """Export directly; give the file and the log entry."""
    answer = tenant.export(**query)
    assert answer.status_code == 200, answer.text
    entry = tenant.get(f"/export/{answer.json()['data']['exportId']}").json()["data"]
    return fetch(entry["fileUrl"]), entry


def compare(reader: Reader, rows: Rows, stored: Sequence[Stored], names: Sequence[str]) -> None:
    found = records_of(rows, names)
    assert len(found) == len(stored)
    for one, other in zip(found, stored, strict=True):
        held = held_by(reader, other)
        for name in names:
            is_same = shown(reader, one[name]) == shown(reader, held[name])
            assert is_same, (reader, name, ascii(one[name])[:99], ascii(held[name])[:99])


def held_by(reader: Reader, record: Stored) -> Stored:
    """Give what a file of the format holds of a record, as docs/exports.md lists it."""
    is_blank = all(value is None for value in record.values())
    if is_blank and (reader.format == "xlsx" or (reader.format == "csv" and len(record) == 1)):
        return {**record, next(iter(record)): ""}
    if reader.format == "xlsx":
        return {name: cut(value) for name, value in record.items()}
    return record


def cut(value: object) -> object:
    """Shorten what is longer than a cell of xlsx, a list as its text."""
    if not isinstance(value, str | list):
        return value
    text = value if isinstance(value, str) else spelled(value)
    if units(text) <= LONGEST_CELL:
        return value
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")


def spelled(value: list[object]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def shown(reader: Reader, cell: object) -> object:
    """Give a cell so that two are equal where the reader shows the same."""
    if cell == "" and not reader.tells_gaps:
        return marked(None)
    return marked(with_escapes(cell)) if reader.program == "calamine" else marked(cell)


def with_escapes(value: object) -> object:
    """Escape the two non-characters, whose escapes calamine leaves as they are."""
    match value:
        case str():
            return value.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_")
        case list():
            return [with_escapes(item) for item in value]
        case _:
            return value


def marked(value: object) -> object:
    """Tell true from 1, which Python takes for equal."""
    if isinstance(value, list):
        return [marked(item) for item in value]
    return (isinstance(value, bool), value)


@dataclass(slots=True, kw_only=True)
class Lost:
    """Cells of a file that are not what is stored."""

    cut: int = 0
    dates: int = 0
    integers: int = 0
    gaps: int = 0


def lost(reader: Reader, rows: Rows, stored: Sequence[Stored], names: Sequence[str]) -> Lost:
    """Count what a reader finds otherwise than it is stored."""
    found = Lost()
    has_types = reader.format in {"xlsx", "parquet"}
    for row, one, other in zip(rows, records_of(rows, names), stored, strict=True):
        for cell, name in zip(row, names, strict=True):
            if cell == "" and other[name] is None:
                found.gaps += 1
            elif has_types and isinstance(cell, str) and KINDS[name] in {"date", "dateTime"}:
                found.dates += 1
            elif has_types and isinstance(cell, str) and KINDS[name] == "number":
                found.integers += 1
            elif one[name] != other[name]:
                found.cut += 1
    return found


def said(found: Lost) -> list[str]:
    """Give the sentences of the log entry."""
    counts = {
        "Cells cut to the 32,767 characters of an xlsx cell": found.cut,
        "Dates too early for the format, written as text": found.dates,
        "Numbers of more than 15 digits written as text": found.integers,
        "Records without any value, written as empty text": found.gaps,
    }
    return [f"{what}: {count}." for what, count in counts.items() if count]


@pytest.mark.parametrize("download", FORMATS)
def test_the_smallest_numbers_come_back(tenant: Tenant, download: str) -> None:
    """P23: by all readers but pandas, which refuses them in JSON."""
    kind = tenant.data_type(FIELDS)
    stored: list[Stored] = [{"dataId": f"{at}", "number": n} for at, n in enumerate(SMALLEST)]
    tenant.add(kind, tenant.hub(), stored)
    names = ["dataId", "number"]
    query = {"dataTypeId": kind, "fields": ",".join(names), "sortOrder": "asc"}
    content, _ = exported(tenant, download=download, **query)
    for reader in READERS:
        if reader.format == download and (reader.program, "json" in download) != ("pandas", True):
            assert records_of(reader.read(content, names), names) == stored, reader


def test_large_numbers_in_a_list_keep_their_exponent(tenant: Tenant) -> None:
    """P23: without it they read as long integers, which no field takes."""
    kind = tenant.data_type(FIELDS)
    tenant.add(kind, tenant.hub(), [{"dataId": "1", "list": [1e300]}])
    content = tenant.file_directly(download="xlsx", dataTypeId=kind, fields="list")
    [[_title], [cell]] = read_by_calamine(content)
    assert [type(item) for item in json.loads(str(cell))] == [float]
