"""Amounts of money: exact in the store, typed in files, sorted and compared as numbers."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO

import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # likewise

from tests.factories import Tenant

FIELDS: Sequence[Mapping[str, object]] = [
    {"id": "dataId", "title": "Code", "type": "string", "primaryKey": True},
    {"id": "price", "title": "Price", "type": "money", "format": "IDR"},
]
AMOUNTS = ("9.5", "10", "-0.05", "12500", "123456789012345678.99", None)


@pytest.fixture
def kind(tenant: Tenant) -> str:
    """A type with a record of each amount, in this order."""
    found = tenant.data_type(FIELDS, common=True)
    rows = ({"dataId": str(n), "price": amount} for n, amount in enumerate(AMOUNTS))
    tenant.add(found, None, rows)
    return found


def exported(tenant: Tenant, kind: str, download: str, **query: object) -> bytes:
    asked = {"dataTypeId": kind, "fields": "price", "sortOrder": "asc", **query}
    return tenant.file_directly(download=download, **asked)


def test_amounts_come_back_as_stored(tenant: Tenant, kind: str) -> None:
    """P23."""
    found = json.loads(exported(tenant, kind, "json"))
    assert [one["price"] for one in found] == list(AMOUNTS)
    lines = exported(tenant, kind, "csv").decode("utf-8-sig").splitlines()
    assert lines == ["Price", *AMOUNTS[:-1], '""']
    commas = exported(tenant, kind, "csv", separator=";", decimalSeparator=",").decode("utf-8-sig")
    assert commas.splitlines()[1:4] == ["9,5", "10", "-0,05"]


def test_amounts_are_typed_in_a_workbook_and_long_ones_text(tenant: Tenant, kind: str) -> None:
    """P23."""
    sheet = load_workbook(BytesIO(exported(tenant, kind, "xlsx"))).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows(min_row=2, max_row=6)]
    assert [cell.value for cell in cells] == [9.5, 10, -0.05, 12500, AMOUNTS[4]]
    assert {cell.number_format for cell in cells[:4]} == {"#,##0.00"}
    [hit] = tenant.get("/tasks/export-log").json()["data"]
    assert "Numbers of more than 15 digits written as text: 1." in hit["_source"]["notes"]


def test_amounts_are_decimals_in_parquet(tenant: Tenant, kind: str) -> None:
    """P23."""
    column = pq.read_table(BytesIO(exported(tenant, kind, "parquet"))).column("price")
    assert str(column.type) == "decimal128(24, 6)"
    expected = [None if amount is None else Decimal(amount) for amount in AMOUNTS]
    assert column.to_pylist() == expected


def test_amounts_are_sorted_and_compared_as_numbers(tenant: Tenant, kind: str) -> None:
    """P30."""
    in_order = [AMOUNTS[at] for at in (2, 0, 1, 3, 4, 5)]
    found = json.loads(exported(tenant, kind, "json", sortBy="price"))
    assert [one["price"] for one in found] == in_order
    listed = tenant.get("/data", dataTypeId=kind, sortBy="price", sortOrder="asc").json()
    assert [one["price"] for one in listed["data"]["data"]] == in_order
    over_nine = json.dumps([{"field": "price", "operator": "gt", "value": "9.5"}])
    page = tenant.get("/data", dataTypeId=kind, filter=over_nine, sortOrder="asc").json()
    assert [one["price"] for one in page["data"]["data"]] == list(AMOUNTS[1:2] + AMOUNTS[3:5])
