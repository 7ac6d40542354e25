"""What a receiver gets: a real HTTP server, and the standard's own library to verify with."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.factories import Tenant, awaited
from tests.webhooks.receivers import Receiver, receiving
from transload.accounts import organizations
from transload.accounts.model import Role
from transload.accounts.run import get_organization
from transload.db.tables import webhooks
from transload.webhooks import store
from transload.webhooks.model import Status


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _webhook(tenant: Tenant, receiver: Receiver, *events: str) -> dict[str, Any]:
    body = {"url": receiver.url, "events": events or ["export.ended"]}
    answer = tenant.post("/webhooks", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def _deliveries(tenant: Tenant, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = tenant.get(f"/webhook/{webhook['_id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]["data"]
    return found


def test_end_of_an_export_is_told_and_signed(tenant: Tenant, receiver: Receiver) -> None:
    webhook = _webhook(tenant, receiver)
    asked = tenant.export(download="csv", background=True).json()["data"]
    awaited(lambda: receiver.got)
    headers, body = receiver.got[0]
    told = Webhook(webhook["secret"]).verify(body, headers)
    assert told["type"] == "export.ended"
    assert told["data"]["exportId"] == asked["exportId"]
    assert (told["data"]["status"], told["data"]["email"]) == ("Done", tenant.email)
    assert b"signature=" not in body
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(body + b" ", headers)
    awaited(lambda: _deliveries(tenant, webhook)[0]["status"] == "delivered")
    (delivery,) = _deliveries(tenant, webhook)
    assert (delivery["attempts"], delivery["responseStatus"]) == (1, 204)
    assert headers["webhook-id"] == f"msg_{delivery['_id']}"


def test_records_that_are_made_are_told_flat_and_as_the_webhook_s_maker_sees_them(
    tenant: Tenant, receiver: Receiver
) -> None:
    """P10."""
    kind, hub, other = tenant.data_type(), tenant.hub(), tenant.hub()
    hiding = [{"permissionName": "view/data", "dataTypeId": kind, "hiddenFields": ["name"]}]
    role = tenant.role("view/data", "edit/webhook", permissionDetails=hiding)
    _webhook(tenant.user(role, [hub]), receiver, "data.created")
    tenant.add(kind, hub, [{"dataId": str(n), "name": "Hidden", "price": n} for n in range(150)])
    tenant.add(kind, other, [{"dataId": "x", "name": "Elsewhere"}])
    changed = {"dataId": "1", "dataTypeId": kind, "hubId": hub, "price": 2}
    tenant.post("/data/bulk/upsert", {"data": [changed]})
    awaited(lambda: len(receiver.got) == 2)
    told = [record for event in receiver.events() for record in event["data"]["records"]]
    assert sorted(int(record["dataId"]) for record in told) == list(range(150))
    assert told[0].keys() >= {"_id", "dataTypeId", "hubId", "data_type", "price", "createdTime"}
    assert all(b"Hidden" not in body and b"Elsewhere" not in body for _, body in receiver.got)


def test_secret_is_shown_once(tenant: Tenant, receiver: Receiver) -> None:
    webhook = _webhook(tenant, receiver)
    for path in ("/webhooks", f"/webhook/{webhook['_id']}", "/audit"):
        assert webhook["secret"] not in tenant.get(path).text


def test_secret_is_sealed_where_it_is_stored(tenant: Tenant, receiver: Receiver) -> None:
    webhook = _webhook(tenant, receiver)
    with tenant.site.service.accounts.database.read() as connection:
        stored = connection.execute(
            select(webhooks.c.secret).where(webhooks.c.id == webhook["_id"])
        ).scalar_one()
    assert stored.startswith("v1.")
    assert webhook["secret"].removeprefix("whsec_") not in stored


def test_what_fails_is_tried_again_by_growing_waits_under_one_id(
    tenant: Tenant, receiver: Receiver
) -> None:
    receiver.status = 500
    webhook = _webhook(tenant, receiver)
    tenant.export(download="json")
    for attempt in (1, 2, 3):
        awaited(lambda: len(receiver.got) == attempt)  # noqa: B023 - asked at once
        awaited(lambda: _deliveries(tenant, webhook)[0]["error"])
        tenant.site.clock.move(timedelta(minutes=3))
    receiver.status = 200
    awaited(lambda: _deliveries(tenant, webhook)[0]["status"] == "delivered")
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    stamps = {headers["webhook-timestamp"] for headers, _ in receiver.got}
    assert (len(ids), len(stamps)) == (1, len(receiver.got))


def test_after_a_day_in_vain_it_is_switched_off_and_says_why(
    tenant: Tenant, receiver: Receiver
) -> None:
    receiver.status = 503
    webhook = _webhook(tenant, receiver)
    tenant.export(download="json")
    path = f"/webhook/{webhook['_id']}"

    def is_off() -> bool:
        tenant.site.clock.move(timedelta(hours=9))
        return tenant.get(path).json()["data"]["active"] is False

    awaited(is_off)
    assert tenant.get(path).json()["data"]["problem"] == "The answer was 503."
    assert len(receiver.got) == 11
    (delivery,) = _deliveries(tenant, webhook)
    assert (delivery["status"], delivery["attempts"]) == ("failed", 11)
    tenant.export(download="json")
    assert len(_deliveries(tenant, webhook)) == 1
    receiver.status = 200
    assert tenant.request("PATCH", path, json={"active": True}).json()["data"]["problem"] is None
    retry = tenant.post(f"{path}/deliveries/{delivery['_id']}/retry")
    assert retry.status_code == 201, retry.text
    awaited(lambda: _deliveries(tenant, webhook)[0]["status"] == "delivered")


def test_receiver_that_is_gone_is_told_nothing_more(tenant: Tenant, receiver: Receiver) -> None:
    receiver.status = 410
    webhook = _webhook(tenant, receiver)
    tenant.export(download="json")
    awaited(lambda: not tenant.get(f"/webhook/{webhook['_id']}").json()["data"]["active"])


def test_a_disabled_organization_is_told_nothing_more(tenant: Tenant, receiver: Receiver) -> None:
    """What waits for another attempt is given up."""
    receiver.status = 500
    webhook = _webhook(tenant, receiver)
    tenant.export(download="json")
    awaited(lambda: _deliveries(tenant, webhook)[0]["error"])
    database, now = tenant.site.service.accounts.database, tenant.site.clock.now()
    organization = get_organization(database, tenant.organization_id)
    organizations.disable(database, organization, now)
    tenant.site.clock.move(timedelta(minutes=3))

    def is_given_up() -> bool:
        with database.read() as connection:
            [found], _ = store.find_deliveries(
                connection, tenant.organization_id, webhook["_id"], offset=0, limit=2
            )
        return found.status is Status.FAILED

    awaited(is_given_up)
    organizations.enable(database, organization, now)
    assert _deliveries(tenant, webhook)[0]["error"] == "The organization is disabled."
    assert len(receiver.got) == 1


def test_redirect_is_not_followed(tenant: Tenant, receiver: Receiver) -> None:
    """P38."""
    receiver.status, receiver.location = 307, receiver.url.replace("/hook", "/elsewhere")
    webhook = _webhook(tenant, receiver)
    tenant.post(f"/webhook/{webhook['_id']}/test")
    awaited(lambda: _deliveries(tenant, webhook)[0]["status"] == "failed")
    assert len(receiver.got) == 1
    assert receiver.events()[0]["type"] == "test"


def test_receiver_that_hangs_delays_nobody_else(tenant: Tenant, receiver: Receiver) -> None:
    receiver.hangs = threading.Event()
    hanging = _webhook(tenant, receiver)
    for _ in range(3):
        tenant.post(f"/webhook/{hanging['_id']}/test")
    awaited(lambda: receiver.got)
    with receiving() as other:
        quick = _webhook(tenant, other)
        tenant.post(f"/webhook/{quick['_id']}/test")
        awaited(lambda: other.got)
        assert len(receiver.got) == 1


@pytest.mark.parametrize("url", ["ftp://example.com/", "https://", "http://a b/", "javascript:1"])
def test_address_that_is_none_is_refused(tenant: Tenant, url: str) -> None:
    answer = tenant.post("/webhooks", {"url": url, "events": ["export.ended"]})
    assert answer.status_code == 400
    assert "is not one that requests may be sent to" in answer.json()["message"]


def test_webhooks_take_their_permission(tenant: Tenant, receiver: Receiver) -> None:
    clerk = tenant.user(tenant.role("edit/webhook"))
    made = clerk.post("/webhooks", {"url": receiver.url, "events": ["import.ended"]})
    assert made.status_code == 201
    assert tenant.user(Role.PLANNER).get("/webhooks").status_code == 403
