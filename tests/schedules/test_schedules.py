"""Schedules over the running service: a real receiver, both stores, the clock moved by hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Table, select, update
from standardwebhooks.webhooks import Webhook

from tests.factories import Tenant, awaited, fetch
from tests.schedules.scheduled import body, get, over, ran, runs, schedule
from tests.webhooks.receivers import Receiver, receiving
from transload.accounts.mailing import renderer
from transload.accounts.model import Role
from transload.db.tables import export_schedules, records, tasks
from transload.mail import store as mails
from transload.mail.outbox import Outbox
from transload.schedules import store
from transload.schedules.failing import note_failure


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _told(receiver: Receiver) -> dict[str, Any]:
    found: dict[str, Any] = receiver.events()[-1]["data"]
    return found


def _file(told: dict[str, Any], number: int = -1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(fetch(told["files"][number]["link"]))
    return found


def _age(tenant: Tenant, table: Table) -> None:
    """Have all that is there be an hour old: what changed just before a run comes again."""
    with tenant.site.service.accounts.database.write() as connection:
        old = f"{tenant.site.clock.now() - timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
        is_own = table.c.organization_id == tenant.organization_id
        connection.execute(update(table).where(is_own).values(updated_time=old))


def test_the_first_run_holds_everything_and_later_ones_what_changed_and_what_is_gone(
    tenant: Tenant, receiver: Receiver
) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    other = tenant.data_type()
    ids = tenant.add(kind, hub, [{"dataId": str(n), "name": "Old"} for n in range(5)])
    _age(tenant, records)
    made = schedule(tenant, body(receiver.url, kind, sinceLast=True))
    run = ran(tenant, made)
    assert (run["status"], run["records"], run["removals"]) == ("delivered", 5, 0), run
    assert {one["dataId"] for one in _file(_told(receiver))} == set("01234")
    entry = tenant.log_entry(run["exportId"])
    assert entry["delivery"]["to"] == receiver.url
    assert entry["delivery"]["scheduleId"] == made["_id"]

    tenant.request("PATCH", f"/data/{ids[1]}", json={"name": "New"})
    tenant.add(kind, hub, [{"dataId": "9", "name": "Added"}])
    tenant.request("DELETE", f"/data/{ids[2]}")
    tenant.request("DELETE", "/datas/bulk", json={"data": [{"_id": ids[3]}]})
    [elsewhere] = tenant.add(other, hub, [{"dataId": "x"}])
    tenant.request("DELETE", f"/data/{elsewhere}")
    run = ran(tenant, made)
    assert (run["status"], run["records"], run["removals"]) == ("delivered", 2, 2), run
    gone, changed = _file(_told(receiver), 0), _file(_told(receiver))
    assert sorted((one["dataId"], one["name"]) for one in changed) == [("1", "New"), ("9", "Added")]
    assert sorted((one["_id"], one["dataId"], one["dataTypeId"]) for one in gone) == [
        (ids[2], "2", kind),
        (ids[3], "3", kind),
    ]

    tenant.site.clock.move(timedelta(days=31))
    run = ran(tenant, made)
    assert (run["records"], run["since"]) == (4, None)  # removals are not kept for longer


@pytest.mark.parametrize("subject", ["data", "task"])
def test_of_a_config_what_is_gone_of_its_own_types_is_told(
    tenant: Tenant, receiver: Receiver, subject: str
) -> None:
    hub = tenant.hub()
    if subject == "data":
        kinds = [tenant.data_type(), tenant.data_type()]
        ids = [tenant.add(kind, hub, [{"dataId": "x"}])[0] for kind in kinds]
        of, parent, table = {"dataTypeIds": kinds[:1]}, "dataTypeId", records
    else:
        kinds = [tenant.flow(name=name) for name in ("One", "Two")]
        ids = [tenant.add_tasks(name, hub, [{"title": "x"}])[0] for name in ("One", "Two")]
        of, parent, table = {"flowIds": kinds[:1]}, "flowId", tasks
    column = {"id": "_id", "component": "x", "title": "Id"}
    saved = {"name": "Saved", "collection": subject, "fields": [column], **of}
    config = tenant.post("/export-config", saved).json()["data"]["_id"]
    _age(tenant, table)
    export = {"download": "json", "exportConfigId": config}
    sent = body(receiver.url, "", reportType=subject, export=export, sinceLast=True)
    made = schedule(tenant, sent)
    assert ran(tenant, made)["records"] == 1
    for removed in ids:
        path = "data" if subject == "data" else "task"
        assert tenant.request("DELETE", f"/{path}/{removed}").status_code == 200
    run = ran(tenant, made)
    assert (run["status"], run["removals"]) == ("delivered", 1), run
    assert [one[parent] for one in _file(_told(receiver), 0)] == kinds[:1]


def test_tasks_that_are_gone_are_told_likewise(tenant: Tenant, receiver: Receiver) -> None:
    flow, hub = tenant.flow(name="Delivery"), tenant.hub()
    ids = tenant.add_tasks("Delivery", hub, [{"title": str(n)} for n in range(3)])
    _age(tenant, tasks)
    export = {"download": "csv", "flowId": flow}
    made = schedule(
        tenant, body(receiver.url, "", reportType="task", export=export, sinceLast=True)
    )
    assert ran(tenant, made)["records"] == 3
    assert tenant.request("DELETE", f"/task/{ids[0]}").status_code == 200
    run = ran(tenant, made)
    assert (run["status"], run["records"], run["removals"]) == ("delivered", 0, 1)
    removed = fetch(_told(receiver)["files"][0]["link"]).decode("utf-8-sig").splitlines()
    assert removed[0] == "_id,flowId,hubId,Removed"
    assert removed[1].startswith(f"{ids[0]},{flow},{hub},")


def test_what_was_missed_is_made_up_by_one_run_whoever_looks(
    tenant: Tenant, receiver: Receiver
) -> None:
    made = schedule(tenant, body(receiver.url, tenant.data_type(), cron="0 */6 * * *"))
    due = made["nextTime"]
    tenant.site.clock.move(timedelta(days=3))
    run = over(tenant, made)
    assert (run["status"], run["dueTime"]) == ("delivered", due)
    now = f"{tenant.site.clock.now():%Y-%m-%dT%H:%M:%S}"
    assert get(tenant, made)["nextTime"] > now
    # Two more processes that found it due at the same moment come too late, or one of them.
    [timekeeper] = [one for one in tenant.site.service.dispatchers if one.name == "schedules"]
    send: Callable[[Any], None] = timekeeper.send
    tenant.request("PUT", f"/export-schedule/{made['_id']}", json={**made, "cron": "0 3 * * *"})
    tenant.site.clock.move(timedelta(days=3))
    with tenant.site.service.accounts.database.read() as connection:
        found = store.find(connection, tenant.organization_id, made["_id"])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, [found] * 4))
    over(tenant, made)
    assert len(runs(tenant, made)) == 2
    assert len(receiver.got) == 2


def test_a_delivery_that_fails_is_tried_again_by_growing_waits(
    tenant: Tenant, receiver: Receiver
) -> None:
    receiver.status = 500
    made = schedule(tenant, body(receiver.url, tenant.data_type()))
    tenant.post(f"/export-schedule/{made['_id']}/run")
    for attempt, minutes in ((1, 2), (2, 6)):
        awaited(lambda: runs(tenant, made)[0]["error"] and len(receiver.got) == attempt)  # noqa: B023
        assert tenant.post(f"/export-schedule/{made['_id']}/run").status_code == 409
        tenant.site.clock.move(timedelta(minutes=minutes))
    headers, sent = receiver.got[0]
    assert Webhook(made["secret"]).verify(sent, headers)["type"] == "export.delivered"
    receiver.status = 204
    run = over(tenant, made)
    assert (run["status"], run["attempts"], run["error"]) == ("delivered", 3, None)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert get(tenant, made)["failures"] == 0


def test_three_failures_in_a_row_are_told_and_shown(tenant: Tenant, receiver: Receiver) -> None:
    kind, hub = tenant.data_type(), tenant.hub()
    planner = tenant.user(Role.PLANNER, [hub])
    made = schedule(planner, body(receiver.url, kind))
    tenant.post("/webhooks", {"url": receiver.url, "events": ["schedule.failing"]})
    assert tenant.request(
        "PATCH", f"/user/{planner.user_id}", json={"status": "inactive"}
    ).is_success
    for failures in (1, 2, 3, 4):
        run = tenant.post(f"/export-schedule/{made['_id']}/run").json()["data"]
        assert run["status"] == "failed"
        assert get(tenant, made)["failures"] == failures
    found = get(tenant, made)
    assert found["problem"] == "Whoever made the schedule is let in no more."
    assert found["lastRun"]["error"] == found["problem"]
    awaited(lambda: receiver.got)
    [event] = receiver.events()
    assert event["type"] == "schedule.failing"
    assert event["data"]["scheduleId"] == made["_id"]


def test_maker_and_owners_are_written_to_once(tenant: Tenant, receiver: Receiver) -> None:
    planner = tenant.user(Role.PLANNER)
    made = schedule(planner, body(receiver.url, tenant.data_type()))
    database, now = tenant.site.service.accounts.database, tenant.site.clock.now()
    for _ in range(4):
        with database.write() as connection:
            found = store.lock(connection, tenant.organization_id, made["_id"])
            assert found is not None
            note_failure(connection, Outbox(is_set_up=True), found, "No answer.", now)
    with database.read() as connection:
        sent, total = mails.find_page(connection, tenant.organization_id, offset=0, limit=9)
        letters = [renderer("https://t.example")(connection, one, now) for one in sent]
    assert {one.email for one in sent} == {tenant.email, planner.email}
    assert total == 2
    for letter in letters:
        assert letter is not None
        assert f"https://t.example/console/exports/schedules/{made['_id']}" in letter.text
        assert "No answer." not in letter.text


def test_a_schedule_sees_what_its_maker_may_see_today(tenant: Tenant, receiver: Receiver) -> None:
    """P9, P10."""
    kind, hub, elsewhere = tenant.data_type(), tenant.hub(), tenant.hub()
    tenant.add(kind, hub, [{"dataId": "1", "name": "Seen", "address": "Hidden"}])
    tenant.add(kind, elsewhere, [{"dataId": "2", "name": "Elsewhere"}])
    hiding = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["address"]}]
    role = tenant.role("view/data", "export/data", permissionDetails=hiding)
    clerk = tenant.user(role, [hub])
    export = {"download": "json", "dataTypeId": kind}
    refused = clerk.post(
        "/export-schedules", body(receiver.url, kind, export={**export, "fields": "address"})
    )
    assert refused.status_code == 403
    made = schedule(clerk, body(receiver.url, kind, export=export))
    assert ran(clerk, made)["status"] == "delivered"
    [record] = _file(_told(receiver))
    assert record["name"] == "Seen"
    assert "address" not in record
    # An admin's hand changes nothing of whose rights it has.
    changed = tenant.request(
        "PUT", f"/export-schedule/{made['_id']}", json={**made, "name": "Renamed"}
    )
    assert changed.status_code == 200, changed.text
    assert tenant.request(
        "PUT", f"/role/{role.id}", json={"name": "Less", "permissionList": ["view/data"]}
    ).is_success
    run = ran(tenant, made)
    assert (run["status"], run["error"]) == ("failed", "You do not have permission to export data")


def test_secrets_are_sealed_and_never_shown_and_go_to_nobody_else(
    tenant: Tenant, receiver: Receiver
) -> None:
    secret = "a secret that is looked for"  # noqa: S105 - a test's own
    place = {
        "kind": "sftp",
        "host": "files.invalid",
        "user": "ada",
        "password": secret,
        "hostKey": f"SHA256:{'A' * 43}",
    }
    sent = body(receiver.url, tenant.data_type(), destination=place)
    made = schedule(tenant, sent)
    path = f"/export-schedule/{made['_id']}"
    hook = schedule(tenant, body(receiver.url, tenant.data_type(), active=False))
    assert made["destination"].keys() == {"kind", "host", "port", "user", "folder", "hostKey"}
    renamed = tenant.request("PUT", path, json={**made, "name": "Renamed"})
    assert renamed.status_code == 200, renamed.text
    elsewhere = {**made, "destination": {**made["destination"], "host": "evil.invalid"}}
    refused = tenant.request("PUT", path, json=elsewhere)
    assert refused.status_code == 400
    assert "say its secret again" in refused.json()["message"]
    shown = [
        tenant.get(one).text
        for one in ("/export-schedules", path, f"{path}/runs", "/audit", "/tasks/export-log")
    ]
    with tenant.site.service.accounts.database.read() as connection:
        rows = connection.execute(
            select(export_schedules).where(
                export_schedules.c.organization_id == tenant.organization_id
            )
        )
        shown += [str(row) for row in rows]
    for one in (secret, hook["secret"]):
        assert all(one not in found for found in [*shown, renamed.text])
    assert tenant.request("DELETE", path).status_code == 200
    assert tenant.get(path).status_code == 404


def test_a_pause_makes_nothing_up(tenant: Tenant, receiver: Receiver) -> None:
    made = schedule(tenant, body(receiver.url, tenant.data_type(), active=False))
    assert (made["active"], made["nextTime"]) == (False, None)
    tenant.site.clock.move(timedelta(days=2))
    again = tenant.request("PUT", f"/export-schedule/{made['_id']}", json={**made, "active": True})
    assert again.json()["data"]["nextTime"] > f"{tenant.site.clock.now():%Y-%m-%dT%H:%M:%S}"
    assert runs(tenant, made) == []
