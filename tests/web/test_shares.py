"""Threads that organizations share."""

from concurrent.futures import ThreadPoolExecutor

from tests.factories import Tenant, awaited
from transload.db.dialect import is_sqlite
from transload.web.shares import Shares

_WRITES = 20


def test_reads_go_on_where_more_writes_wait_than_an_organization_has_threads(
    tenant: Tenant,
) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    known = tenant.add(kind, hub, [{"dataId": "known"}])[0]
    database = tenant.site.service.accounts.database

    def write(number: int) -> int:
        item = {"dataTypeId": kind, "hubId": hub, "dataId": str(number)}
        return tenant.post("/data", item).status_code

    with ThreadPoolExecutor(_WRITES) as clients:
        with database.write() as connection:  # on SQLite, nobody else writes meanwhile
            if not is_sqlite(connection):
                connection.exec_driver_sql("LOCK TABLE records IN EXCLUSIVE MODE")
            writes = [clients.submit(write, number) for number in range(_WRITES)]
            awaited(lambda: _waiting(tenant))
            assert tenant.get(f"/data/{known}").json()["data"]["dataId"] == "known"
            page = tenant.get("/data", dataTypeId=kind).json()["data"]
            assert [record["dataId"] for record in page["data"]] == ["known"]
            assert not any(done.done() for done in writes)
        assert [done.result() for done in writes] == [201] * _WRITES
    assert tenant.get("/data", dataTypeId=kind).json()["data"]["total"] == _WRITES + 1


def _waiting(tenant: Tenant) -> int:
    """Give how many of an organization's requests wait for its share to be free."""
    shares = tenant.site.service.app.state.parts[Shares]._shares  # noqa: SLF001 - known nowhere else
    share = shares.get(tenant.organization_id)
    return share.statistics().tasks_waiting if share else 0
