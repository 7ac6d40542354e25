"""The audit trail as a file holds what the list shows."""

import csv
import json
from io import BytesIO, StringIO

import polars as pl
from python_calamine import CalamineWorkbook

from tests.factories import Tenant


def _file(tenant: Tenant, kind: str, **query: object) -> bytes:
    answer = tenant.get("/audit/export", download=kind, **query)
    assert answer.status_code == 200, answer.text
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert disposition.rstrip('"').endswith(f".{kind}")
    return answer.content


def test_file_holds_the_events_of_the_list_in_every_format(tenant: Tenant) -> None:
    hubs = [tenant.hub(f"={number}") for number in range(3)]
    tenant.request("DELETE", f"/hub/{hubs[0]}")
    query = {"thing": "hub", "user": tenant.email}
    listed = tenant.get("/audit", **query).json()["data"]["data"]
    assert [event["action"] for event in listed] == ["delete", "create", "create", "create"]
    expected = [{**event, "time": event["time"][:23].replace("T", " ")} for event in listed]
    assert json.loads(_file(tenant, "json", **query)) == expected
    lines = _file(tenant, "ndjson", **query).splitlines()
    assert [json.loads(line) for line in lines] == expected
    rows = list(csv.DictReader(StringIO(_file(tenant, "csv", **query).decode("utf-8-sig"))))
    assert [row["_id"] for row in rows] == [event["_id"] for event in listed]
    assert [row["time"] for row in rows] == [event["time"] for event in expected]
    assert rows[0]["detail"].startswith("'="), "text is never a formula"
    frame = pl.read_parquet(BytesIO(_file(tenant, "parquet", **query)))
    assert frame["detail"].to_list() == [event["detail"] for event in listed]
    workbook = CalamineWorkbook.from_filelike(BytesIO(_file(tenant, "xlsx", **query)))
    sheet = workbook.get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == ["_id", *(event["_id"] for event in listed)]
    told = tenant.get("/audit", thing="audit").json()["data"]["data"]
    assert {event["detail"] for event in told} == {"4 events"}
    assert json.loads(_file(tenant, "json", user="nobody@example.com")) == []


def test_file_is_read_in_parts_that_leave_nothing_out(tenant: Tenant) -> None:
    for number in range(4):
        tenant.hub(f"Hub {number}")
    everything = json.loads(_file(tenant, "json"))
    again = json.loads(_file(tenant, "json"))
    assert again[1:] == everything, "what is asked for twice has the first asking on top"
