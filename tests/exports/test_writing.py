"""One file while others write: what is in it is what was there when it was begun."""

import json
from dataclasses import replace

import pytest

from tests.exports.outlets import add_outlets, content_of, values
from tests.factories import Tenant
from transload.accounts import store as accounts
from transload.documents.windows import MAX_ROWS
from transload.exports.model import Outcome
from transload.exports.plan import make_plan
from transload.exports.routes import ExportParameters
from transload.exports.writing import write_file

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
        plan = make_plan(connection, actor, request)
        outcome = write_file(connection, exporter.files, KEY, plan, add_one)

    content = content_of(exporter.files.find(KEY))
    found = json.loads(content)
    assert sorted(map(str, values(found, "_id"))) == ids
    assert [percent for percent in percents if percent] == [99, 99]
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
