"""One file while others write: what is in it is what was there when it was begun."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import orjson
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.exports.outlets import add_outlets, content_of, values
from tests.factories import Tenant
from transload.accounts import store as accounts
from transload.documents.windows import MAX_ROWS
from transload.exports.engine import write_file
from transload.exports.model import Outcome
from transload.exports.record_routes import ExportParameters
from transload.exports.records import Records
from transload.formats.columns import Column, Kind, Table
from transload.formats.json_reader import read_lines

KEY = "20250131/test.json"


@pytest.mark.parametrize("sort_by", ["createdTime", "dataId"])
def test_a_file_holds_one_snapshot_of_the_records(tenant: Tenant, sort_by: str) -> None:
    """P19, P25: neither the records nor their total change while others write."""
    kind, ids = add_outlets(tenant, MAX_ROWS + 2)
    hub = tenant.hub()
    percents: list[int] = []

    def add_one(percent: int) -> None:
        """Add a record after each window."""
        percents.append(percent)
        tenant.add(kind, hub, [{"dataId": f"999{len(percents)}"}])

    parameters = {"download": "json", "background": True, "sortBy": sort_by, "sortOrder": "asc"}
    request = replace(
        ExportParameters.model_validate(parameters).to_request(), fields=("_id", "dataId")
    )
    exporter = tenant.site.service.exports
    with exporter.database.long_snapshot() as connection:
        actor = accounts.find_user(connection, tenant.organization_id, tenant.user_id)
        assert actor is not None
        plan = Records().plan(connection, actor, request)
        outcome = write_file(connection, exporter.files, KEY, plan, add_one)

    content = content_of(exporter.files.find(KEY))
    found = json.loads(content)
    assert sorted(map(str, values(found, "_id"))) == ids
    # After each of two windows, and each second that the store takes for one.
    assert percents.count(99) >= 2
    assert set(percents) <= {0, 99}
    assert outcome == Outcome(
        records=len(ids),
        matched=len(ids),
        is_truncated=False,
        last_id=found[-1]["_id"],
        last_field="dataId",
        size=len(content),
        losses=outcome.losses,
    )
    assert tenant.export(download="json").json()["data"]["totalMatched"] == len(ids) + len(percents)


def test_a_further_table_has_the_rows_that_are_made_of_the_documents(tenant: Tenant) -> None:
    kind = tenant.data_type()
    tags = [["a", "b"], [], ["c"]]
    tenant.add(kind, tenant.hub(), ({"dataId": str(n), "tags": one} for n, one in enumerate(tags)))

    def rows_of(lines: bytes, *, keeps_dates_spelled: bool) -> Iterator[pl.DataFrame]:
        del keeps_dates_spelled
        yield read_lines(lines, plan.tables[0].columns)
        documents = map(orjson.loads, lines.splitlines())
        rows = [{"dataId": one["dataId"], "tag": tag} for one in documents for tag in one["tags"]]
        yield pl.DataFrame(rows)

    parameters = {"download": "xlsx", "dataTypeId": kind, "fields": "dataId", "sortOrder": "asc"}
    request = ExportParameters.model_validate(parameters).to_request()
    exporter = tenant.site.service.exports
    with exporter.database.long_snapshot() as connection:
        actor = accounts.find_user(connection, tenant.organization_id, tenant.user_id)
        assert actor is not None
        plan = Records().plan(connection, actor, request)
        titles = [Column(id=name, title=name, kind=Kind.TEXT) for name in ("dataId", "tag")]
        plan = replace(
            plan,
            names=["dataId", "tags"],
            tables=[*plan.tables, Table(columns=titles, name="Tags")],
            rows=rows_of,
        )
        outcome = write_file(connection, exporter.files, "20250131/test.xlsx", plan, lambda _: None)

    book = CalamineWorkbook.from_filelike(
        BytesIO(content_of(exporter.files.find("20250131/test.xlsx")))
    )
    assert outcome.records == 3
    first, second = book.sheet_names
    assert second == "Tags"
    assert book.get_sheet_by_name(first).to_python() == [["Code"], ["0"], ["1"], ["2"]]
    assert book.get_sheet_by_name(second).to_python() == [
        ["dataId", "tag"],
        ["0", "a"],
        ["0", "b"],
        ["2", "c"],
    ]
