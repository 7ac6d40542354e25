"""What administrators are told of how the service is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from tests.factories import Site, Tenant
from transload import __version__


@contextmanager
def _waiting_job(tenant: Tenant) -> Iterator[None]:
    """Have a job of an export wait: it is of another version, which no worker here runs."""
    started = tenant.export(download="json", background=True, fields="dataId").json()["data"]
    tenant.finished(started["exportId"])
    database = tenant.site.service.accounts.database
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    mine = {"id": f"export-{started['exportId'].removeprefix('exp_')}"}
    waiting = {**mine, "organization_id": tenant.organization_id}
    with database.write() as connection:
        connection.execute(
            text(
                f"UPDATE {table} SET status = 'ENQUEUED', queue_name = 'long',"  # noqa: S608 - a constant
                " application_version = 'another', queue_partition_key = :organization_id"
                " WHERE workflow_uuid = :id"
            ),
            waiting,
        )
    yield
    with database.write() as connection:
        connection.execute(text(f"DELETE FROM {table} WHERE workflow_uuid = :id"), mine)  # noqa: S608 - likewise


def _status(tenant: Tenant) -> Mapping[str, Any]:
    answer = tenant.get("/status")
    assert answer.status_code == 200, answer.text
    found: Mapping[str, Any] = answer.json()["data"]
    return found


def _waiting(tenant: Tenant) -> dict[str, int]:
    return {queue["name"]: queue["waiting"] for queue in _status(tenant)["queues"]}


def test_admin_is_told_what_waits_of_the_own_organization_alone(tenant: Tenant, site: Site) -> None:
    tenant.add(tenant.data_type(), tenant.hub(), [{"dataId": "1"}])
    with _waiting_job(tenant):
        assert _waiting(tenant) == {"short": 0, "long": 1}
        assert _waiting(Tenant.create(site)) == {"short": 0, "long": 0}
    assert _waiting(tenant) == {"short": 0, "long": 0}


def test_admin_is_told_who_works_where_and_on_what(tenant: Tenant) -> None:
    found = _status(tenant)
    is_sqlite = tenant.site.service.accounts.database.is_sqlite
    assert (found["version"], found["ready"], found["notReady"]) == (__version__, True, [])
    assert found["store"]["database"] == ("sqlite" if is_sqlite else "postgresql")
    assert found["store"]["files"] == ("folder" if is_sqlite else "bucket")
    assert 0 < found["disk"]["freeBytes"] <= found["disk"]["totalBytes"]
    assert any(one["alive"] and 0 <= one["silentSeconds"] < 20 for one in found["workers"])
