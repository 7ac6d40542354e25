"""Bulk work on large documents: in short transactions, with no more read than it takes."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.factories import Tenant
from tests.hostile.heavy import heavy_records, heavy_tasks
from transload.accounts.model import Role

_MANY = 20
_MORE = 60
_EVEN_MORE = 120
_MOST_MIB = 120


@contextmanager
def _statements(tenant: Tenant) -> Iterator[list[str]]:
    """Give what is asked of the store meanwhile, of whomsoever."""
    found: list[str] = []
    engine = tenant.site.service.accounts.database.writer

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def _peak_mib() -> Iterator[list[int]]:
    """Give, after the block, the most that Python held at once meanwhile."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1] >> 20)
    finally:
        tracemalloc.stop()


def _events(tenant: Tenant, action: str) -> list[dict[str, Any]]:
    answer = tenant.get("/audit", action=action, limit=100)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]["data"]
    return found


def test_large_records_are_written_and_deleted_in_pieces(tenant: Tenant) -> None:
    """P29: each piece has at most 4 MiB of documents, and an event of its own."""
    kind, hub, ids = heavy_records(tenant, _MANY)
    place = {"dataTypeId": kind, "hubId": hub}
    items = [{**place, "dataId": str(one), "price": one} for one in range(_MANY)]
    items[3]["price"] = "none"
    answer = tenant.request("PATCH", "/datas/bulk", json={"data": items}).json()
    assert (answer["success"], answer["failed"]) == (_MANY - 1, 1)
    assert [one["_id"] for one in answer["data"]] == [*ids[:3], None, *ids[4:]]
    assert len(_events(tenant, "update")) == 5
    with _statements(tenant) as asked:
        answer = tenant.request("DELETE", "/datas/bulk", json={"data": [*ids, ids[0]]}).json()
    assert (answer["success"], answer["failed"]) == (_MANY, 1)
    assert [one for one in asked if "records.document" in one] == []
    assert len(_events(tenant, "delete")) == 2
    assert tenant.get("/data").json()["data"]["total"] == 0


def test_large_tasks_are_written_and_deleted_in_pieces(tenant: Tenant) -> None:
    """P29: likewise, of 8 MiB."""
    ids = heavy_tasks(tenant, _MANY)
    items = [{"_id": one, "amount": number} for number, one in enumerate(ids)]
    items[3]["amount"] = "none"
    answer = tenant.request("PATCH", "/tasks/bulk", json={"tasks": items}).json()
    assert (answer["success"], answer["failed"]) == (_MANY - 1, 1)
    assert len(_events(tenant, "update")) == 3
    tenant.request("PATCH", f"/task/{ids[0]}", json={"refId": "R 1"})
    with _statements(tenant) as asked:
        answer = tenant.request("DELETE", "/tasks/bulk", json={"tasks": [*ids, ids[0]]}).json()
    assert (answer["success"], answer["failed"]) == (_MANY, 1)
    assert [one.get("refId") for one in answer["tasks"][:2]] == ["R 1", None]
    assert [one for one in asked if "AS document" in one or "tasks.document," in one] == []
    assert tenant.get("/tasks").json()["tasks"]["total"] == 0


@pytest.mark.parametrize(
    ("path", "said"),
    [("/tasks/bulk", {"amount": 5}), ("/tasks/bulk/assign", {"assignee": ["a@example.com"]})],
)
def test_large_tasks_that_were_written_are_not_kept_in_memory(
    tenant: Tenant, path: str, said: dict[str, object]
) -> None:
    """P29: four requests of 150 tasks of 1 MiB held 1.1 GB, as they were and as they became."""
    items = [{"_id": one, **said} for one in heavy_tasks(tenant, _MORE)]
    with _peak_mib() as peaks:
        method = "PATCH" if path == "/tasks/bulk" else "PUT"
        answer = tenant.request(method, path, json={"tasks": items})
    assert answer.json()["success"] == _MORE
    assert peaks[0] < _MOST_MIB


def test_large_records_that_were_written_are_not_kept_in_memory(tenant: Tenant) -> None:
    """P29: likewise; four requests of 300 records of 1 MiB held 1 GB."""
    kind, hub, _ = heavy_records(tenant, _EVEN_MORE)
    place = {"dataTypeId": kind, "hubId": hub}
    items = [{**place, "dataId": str(one), "price": one} for one in range(_EVEN_MORE)]
    with _peak_mib() as peaks:
        answer = tenant.request("PATCH", "/datas/bulk", json={"data": items})
    assert answer.json()["success"] == _EVEN_MORE
    assert peaks[0] < 2 * _MOST_MIB


def test_what_may_not_be_deleted_leaves_its_event(tenant: Tenant) -> None:
    """P21: a planner learns nothing of another hub's record, its owner that it was asked for."""
    kind, own, other = tenant.data_type(), tenant.hub(), tenant.hub()
    ids = [*tenant.add(kind, own, [{"dataId": "1"}]), *tenant.add(kind, other, [{"dataId": "2"}])]
    planner = tenant.user(Role.PLANNER, hub_ids=[own])
    answer = planner.request("DELETE", "/datas/bulk", json={"data": ids}).json()
    assert [one["status"] for one in answer["data"]] == [True, False]
    [denied] = _events(tenant, "deny")
    assert denied["thingId"] == ids[1]
    assert denied["user"] == planner.email


def test_a_task_that_may_not_be_deleted_leaves_its_event(tenant: Tenant) -> None:
    """P21: likewise."""
    own, other = tenant.hub(), tenant.hub()
    tenant.flow(name="Delivery")
    ids = [one for hub in (own, other) for one in tenant.add_tasks("Delivery", hub, [{}])]
    planner = tenant.user(Role.PLANNER, hub_ids=[own])
    answer = planner.request("DELETE", "/tasks/bulk", json={"tasks": ids}).json()
    assert [one["status"] for one in answer["tasks"]] == [True, False]
    [denied] = _events(tenant, "deny")
    assert denied["thingId"] == ids[1]
    assert denied["user"] == planner.email
