"""What webhooks are to be told, written in the transaction that it tells of."""

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection

from transload.db.ids import new_id
from transload.webhooks import store
from transload.webhooks.model import Delivery, Event, Status, Webhook


def tell(
    connection: Connection,
    organization_id: str,
    event: Event,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    """Tell the organization's webhooks that ask for the event; at least once, once this commits."""
    for webhook in store.find_all(connection, organization_id):
        if webhook.is_active and event in webhook.events:
            queue(connection, webhook, event, data, now)


def queue(
    connection: Connection,
    webhook: Webhook,
    event: Event,
    data: Mapping[str, object],
    now: datetime,
) -> Delivery:
    """Queue a delivery to one webhook."""
    body = {"type": event.value, "timestamp": now.isoformat(), "data": data}
    delivery = Delivery(
        id=new_id(),
        organization_id=webhook.organization_id,
        webhook_id=webhook.id,
        event=event,
        body=orjson.dumps(body).decode(),
        status=Status.WAITING,
        attempts=0,
        next_time=now,
        created_time=now,
        completed_time=None,
        response_status=None,
        response_body="",
        error="",
        milliseconds=None,
    )
    store.add_delivery(connection, delivery)
    return delivery
