"""The removal of types with their records, on both stores."""

import orjson
import pytest
from sqlalchemy import Table, func, select

from tests.factories import Tenant
from tests.records.changes import MANY, ShortShutdown
from tests.records.reads import database_of
from tests.unserved import UnservedQueue
from transload.clock import Clock
from transload.db.tables import data_types, record_counts, records
from transload.errors import NotFoundError
from transload.jobs.model import HandoverError, Lane
from transload.records.schema import deletion
from transload.records.schema.deletion import ERASE, MAX_IN_REQUEST
from transload.shutdown import Shutdown

KEY_ONLY = [{"id": "dataId", "type": "string"}]


def left(tenant: Tenant, table: Table) -> int:
    """Give how many rows the organization has in a table."""
    statement = select(func.count()).where(table.c.organization_id == tenant.organization_id)
    with database_of(tenant).read() as connection:
        return int(connection.execute(statement.select_from(table)).scalar_one())


def everything(tenant: Tenant) -> list[dict[str, str]]:
    """Give what an export of all types holds."""
    found: list[dict[str, str]] = orjson.loads(
        tenant.file_directly(download="json", limit=1_000_000)
    )
    return found


def filled(tenant: Tenant, number: int, *, name: str = "Outlets", hub: str = "") -> str:
    kind = tenant.data_type(KEY_ONLY, name=name)
    tenant.add(kind, hub or tenant.hub(), ({"dataId": str(n)} for n in range(number)))
    return kind


def remove(tenant: Tenant, kind: str) -> UnservedQueue:
    """Remove a type past the queue's worker."""
    service, now = tenant.site.service, tenant.site.clock.now()
    actor, queue = service.accounts.authenticate(tenant.token, now), UnservedQueue()
    assert deletion.remove(database_of(tenant), queue, actor, kind, now).id == kind
    return queue


@pytest.mark.parametrize("number", [0, 2, 1_000, MANY])
def test_a_type_leaves_nothing_behind(tenant: Tenant, number: int) -> None:
    kind = filled(tenant, number)
    other = filled(tenant, 1, name="Other")
    answer = tenant.request("DELETE", f"/data-type/{kind}")
    assert answer.status_code == 200, answer.text
    assert [left(tenant, table) for table in (data_types, records, record_counts)] == [1, 1, 1]
    assert [record["dataTypeId"] for record in everything(tenant)] == [other]


def test_the_request_may_die_where_there_are_more_than_one_transaction_takes(
    tenant: Tenant,
) -> None:
    """P18."""
    kind = filled(tenant, MANY)
    assert remove(tenant, kind).jobs[Lane.LONG] == [(ERASE, kind)]
    assert left(tenant, records) == 0


def test_a_dry_run_only_counts(tenant: Tenant) -> None:
    kind = filled(tenant, 2)
    answer = tenant.request("DELETE", f"/data-type/{kind}", params={"dryRun": "1"})
    assert answer.json()["records"] == 2
    assert tenant.get(f"/data-type/{kind}").json()["data_type"] == answer.json()["data_type"]
    assert len(everything(tenant)) == 2


def test_a_large_type_is_gone_at_once_and_removed_behind(tenant: Tenant) -> None:
    """P18: killed halfway and started anew, the job ends where it would have ended."""
    hub = tenant.hub()
    total = MAX_IN_REQUEST + 1
    kind = filled(tenant, total, hub=hub)
    [first] = orjson.loads(tenant.file_directly(download="json", limit=1, fields="_id"))

    queue = remove(tenant, kind)

    assert queue.jobs[Lane.LONG] == [(ERASE, kind)]
    assert left(tenant, records) == total
    assert everything(tenant) == []
    assert tenant.get("/data").json()["data"]["total"] == 0
    assert tenant.get(f"/data/{first['_id']}").status_code == 404
    assert tenant.get(f"/data-type/{kind}").status_code == 404
    assert tenant.get("/data-types").json()["data_types"]["total"] == 0
    assert tenant.export(download="json", dataTypeId=kind).status_code == 400
    with pytest.raises(NotFoundError):
        remove(tenant, kind)
    same_name = filled(tenant, 1, hub=hub)

    database = database_of(tenant)
    with pytest.raises(HandoverError):
        deletion.erase(database, Clock(), ShortShutdown(looks=2), tenant.organization_id, kind)
    assert left(tenant, records) == total - 2_000 + 1
    for _ in range(2):
        deletion.erase(database, Clock(), Shutdown(), tenant.organization_id, kind)
        assert [left(tenant, table) for table in (data_types, records, record_counts)] == [1, 1, 1]
    assert [record["dataTypeId"] for record in everything(tenant)] == [same_name]


def test_a_type_that_is_not_removed_is_never_erased(tenant: Tenant) -> None:
    kind = filled(tenant, 2)
    deletion.erase(database_of(tenant), Clock(), Shutdown(), tenant.organization_id, kind)
    assert len(everything(tenant)) == 2
    assert tenant.get(f"/data-type/{kind}").status_code == 200
