"""The SQL of webhooks and their deliveries."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from transload.db.tables import webhook_deliveries, webhooks
from transload.dispatch import attempts
from transload.webhooks.model import Delivery, Event, Status, Webhook


def add(connection: Connection, webhook: Webhook) -> None:
    """Insert a webhook."""
    connection.execute(insert(webhooks), _values(webhook))


def replace(connection: Connection, webhook: Webhook) -> None:
    """Write all of a webhook over the one with its id."""
    connection.execute(
        update(webhooks)
        .where(webhooks.c.organization_id == webhook.organization_id, webhooks.c.id == webhook.id)
        .values(_values(webhook))
    )


def remove(connection: Connection, organization_id: str, webhook_id: str) -> None:
    """Delete a webhook with its deliveries."""
    connection.execute(
        delete(webhook_deliveries).where(
            webhook_deliveries.c.organization_id == organization_id,
            webhook_deliveries.c.webhook_id == webhook_id,
        )
    )
    connection.execute(
        delete(webhooks).where(
            webhooks.c.organization_id == organization_id, webhooks.c.id == webhook_id
        )
    )


def find(connection: Connection, organization_id: str, webhook_id: str) -> Webhook | None:
    """Give the organization's webhook with that id."""
    row = connection.execute(
        select(webhooks).where(
            webhooks.c.organization_id == organization_id, webhooks.c.id == webhook_id
        )
    ).first()
    return None if row is None else _webhook(row)


def find_all(connection: Connection, organization_id: str) -> list[Webhook]:
    """Give the organization's webhooks, oldest first."""
    rows = connection.execute(
        select(webhooks)
        .where(webhooks.c.organization_id == organization_id)
        .order_by(webhooks.c.id)
    )
    return [_webhook(row) for row in rows]


def add_delivery(connection: Connection, delivery: Delivery) -> None:
    """Insert a delivery."""
    connection.execute(
        insert(webhook_deliveries),
        {
            "id": delivery.id,
            "organization_id": delivery.organization_id,
            "webhook_id": delivery.webhook_id,
            "event": delivery.event.value,
            "body": delivery.body,
            "status": delivery.status.value,
            "attempts": delivery.attempts,
            "next_time": delivery.next_time,
            "created_time": delivery.created_time,
            "response_body": "",
            "error": "",
        },
    )


def find_delivery(
    connection: Connection, organization_id: str, webhook_id: str, delivery_id: str
) -> Delivery | None:
    """Give a delivery to a webhook."""
    row = connection.execute(
        select(webhook_deliveries).where(
            webhook_deliveries.c.organization_id == organization_id,
            webhook_deliveries.c.webhook_id == webhook_id,
            webhook_deliveries.c.id == delivery_id,
        )
    ).first()
    return None if row is None else _delivery(row)


def find_deliveries(
    connection: Connection, organization_id: str, webhook_id: str, *, offset: int, limit: int
) -> tuple[list[Delivery], int]:
    """Give a page of a webhook's deliveries, the newest first, and how many there are."""
    own = (
        webhook_deliveries.c.organization_id == organization_id,
        webhook_deliveries.c.webhook_id == webhook_id,
    )
    rows = connection.execute(
        select(webhook_deliveries)
        .where(*own)
        .order_by(webhook_deliveries.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = select(func.count()).select_from(webhook_deliveries).where(*own)
    return [_delivery(row) for row in rows], connection.execute(total).scalar_one()


def find_due(
    connection: Connection, now: datetime, busy: Collection[str], limit: int
) -> list[Delivery]:
    """Give deliveries whose time has come, of webhooks that are not busy, the oldest first."""
    is_free = webhook_deliveries.c.webhook_id.not_in(busy)
    rows = attempts.find_due(connection, webhook_deliveries, now, limit, is_free)
    return [_delivery(row) for row in rows]


def claim(connection: Connection, delivery: Delivery, lease_end: datetime) -> bool:
    """Begin an attempt, as `attempts.claim` does."""
    return attempts.claim(connection, webhook_deliveries, delivery, lease_end)


def keep(connection: Connection, delivery: Delivery) -> None:
    """Write what became of an attempt, as `attempts.keep` does."""
    attempts.keep(
        connection,
        webhook_deliveries,
        delivery,
        body=delivery.body,
        status=delivery.status.value,
        next_time=delivery.next_time,
        completed_time=delivery.completed_time,
        response_status=delivery.response_status,
        response_body=delivery.response_body,
        error=delivery.error,
        milliseconds=delivery.milliseconds,
    )


def reset(connection: Connection, delivery: Delivery, now: datetime) -> None:
    """Have a delivery tried again now, with all of its attempts before it."""
    attempts.reset(connection, webhook_deliveries, delivery, now)


def switch_off(
    connection: Connection, organization_id: str, webhook_id: str, problem: str, now: datetime
) -> bool:
    """Tell a webhook nothing more; False if it was off already."""
    return bool(
        connection.execute(
            update(webhooks)
            .where(
                webhooks.c.organization_id == organization_id,
                webhooks.c.id == webhook_id,
                webhooks.c.is_active,
            )
            .values(is_active=False, problem=problem, updated_time=now)
        ).rowcount
    )


def forget_before(connection: Connection, instant: datetime) -> None:
    """Delete deliveries that are older."""
    attempts.forget_before(connection, webhook_deliveries, instant)


def _values(webhook: Webhook) -> dict[str, object]:
    return {
        "id": webhook.id,
        "organization_id": webhook.organization_id,
        "name": webhook.name,
        "url": webhook.url,
        "events": sorted(event.value for event in webhook.events),
        "secret": webhook.secret,
        "is_active": webhook.is_active,
        "problem": webhook.problem,
        "created_by": webhook.created_by,
        "created_time": webhook.created_time,
        "updated_time": webhook.updated_time,
    }


def _webhook(row: Row[*tuple[Any, ...]]) -> Webhook:
    return Webhook(
        id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        url=row.url,
        events=frozenset(Event(one) for one in row.events),
        secret=row.secret,
        is_active=row.is_active,
        problem=row.problem,
        created_by=row.created_by,
        created_time=row.created_time,
        updated_time=row.updated_time,
    )


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        organization_id=row.organization_id,
        webhook_id=row.webhook_id,
        event=Event(row.event),
        body=row.body,
        status=Status(row.status),
        attempts=row.attempts,
        next_time=row.next_time,
        created_time=row.created_time,
        completed_time=row.completed_time,
        response_status=row.response_status,
        response_body=row.response_body,
        error=row.error,
        milliseconds=row.milliseconds,
    )
