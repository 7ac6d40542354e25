"""The audit trail is exported as records are: a file, an entry of the log, a link."""

import csv
import json
from io import BytesIO, StringIO

import polars as pl
from python_calamine import CalamineWorkbook

from tests.factories import Tenant
from transload.accounts.model import Role


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
    told = tenant.get("/audit", thing="export").json()["data"]["data"]
    assert {(event["action"], event["detail"]) for event in told} == {("export", "Audit trail")}
    assert json.loads(_file(tenant, "json", user="nobody@example.com")) == []


def test_nothing_is_left_out_and_the_asking_comes_next(tenant: Tenant) -> None:
    everything = json.loads(_file(tenant, "json"))
    again = json.loads(_file(tenant, "json"))
    assert again[1:] == everything, "what is asked for twice has the first asking on top"


def test_export_stands_in_the_log_and_its_file_is_for_admins(tenant: Tenant) -> None:
    """P8, P9."""
    tenant.hub("Jakarta")
    direct = tenant.post("/audit/export", {"download": "ndjson", "thing": "hub"}).json()
    link = direct["data"]["link"]
    lines = tenant.site.http.get(link).text.splitlines()
    assert [json.loads(line)["detail"] for line in lines] == ["Jakarta"]
    assert (direct["total_data_be"], direct["data"]["reportType"]) == (1, "audit")
    waiting = tenant.post("/audit/export", {"download": "csv", "background": True}).json()
    export_id = waiting["data"]["exportId"]
    hits = tenant.get("/tasks/export-log").json()["data"]
    assert [hit["_source"]["dataName"] for hit in hits] == ["Audit trail", "Audit trail"]

    auditor = tenant.user(tenant.role("view/log", "export/data"))
    entry = auditor.get(f"/export/{direct['data']['exportId']}").json()["data"]
    assert (entry["dataType"], entry["fileUrl"]) == ("audit", None)
    assert auditor.post("/audit/export", {"download": "csv"}).status_code == 403
    other = tenant.user(Role.ADMIN)
    shown = other.get(f"/export/{direct['data']['exportId']}").json()["data"]["fileUrl"]
    assert tenant.site.http.get(shown).status_code == 200
    changed = tenant.request("PATCH", f"/user/{other.user_id}", json={"roleId": Role.PLANNER.id})
    assert changed.status_code == 200, changed.text
    assert tenant.site.http.get(shown).status_code == 403, "the link was given to an admin"
    ended = tenant.finished(export_id)
    assert (ended["status"], ended["totalRecords"] > 0) == ("Done", True)
