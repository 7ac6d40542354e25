"""Use cases of webhooks."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from transload import audit
from transload.accounts.model import Actor, Permission
from transload.db.engine import Database
from transload.db.ids import new_id
from transload.errors import ConflictError, InvalidError, NotFoundError
from transload.outgoing import Outgoing
from transload.sealing import Sealer
from transload.webhooks import store
from transload.webhooks.model import Delivery, Event, Webhook, new_secret
from transload.webhooks.outbox import queue

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What is said of a webhook; None: stays as it is."""

    name: str | None = None
    url: str | None = None
    events: frozenset[Event] | None = None
    is_active: bool | None = None


def find_all(database: Database, actor: Actor) -> list[Webhook]:
    """Give the organization's webhooks, oldest first."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.read() as connection:
        return store.find_all(connection, actor.organization_id)


def get(database: Database, actor: Actor, webhook_id: str) -> Webhook:
    """Give a webhook; raise NotFoundError if the organization has none with that id."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.read() as connection:
        return _get(connection, actor, webhook_id)


def create(  # noqa: PLR0917 - each is a part of the service, or of what is asked
    database: Database,
    outgoing: Outgoing,
    sealer: Sealer,
    actor: Actor,
    asked: WebhookChange,
    now: datetime,
) -> tuple[Webhook, str]:
    """Make a webhook; give it and its secret, which is told this once.

    Raises InvalidError for an address that nothing may be sent to, ConflictError for a 21st.
    """
    actor.require(Permission.EDIT_WEBHOOK)
    url, events = asked.url or "", asked.events or frozenset()
    _check(outgoing, url, events)
    webhook = Webhook(
        id=new_id(),
        organization_id=actor.organization_id,
        name=asked.name or "",
        url=url,
        events=events,
        secret="",
        is_active=asked.is_active is not False,
        problem="",
        created_by=actor.user_id,
        created_time=now,
        updated_time=now,
    )
    secret = new_secret()
    webhook = replace(webhook, secret=sealer.seal(secret, webhook.owner))
    with database.write() as connection:
        if len(store.find_all(connection, actor.organization_id)) >= _MOST:
            raise ConflictError(f"An organization has at most {_MOST} webhooks; remove one first.")
        store.add(connection, webhook)
        _record(connection, actor, audit.Action.CREATE, webhook, now)
    return webhook, secret


def change(
    database: Database,
    outgoing: Outgoing,
    actor: Actor,
    webhook_id: str,
    *,
    asked: WebhookChange,
    now: datetime,
) -> Webhook:
    """Change a webhook; made active again, it is told of what happens from then on."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.write() as connection:
        old = _get(connection, actor, webhook_id)
        changed = replace(
            old,
            name=old.name if asked.name is None else asked.name,
            url=old.url if asked.url is None else asked.url,
            events=old.events if asked.events is None else asked.events,
            is_active=old.is_active if asked.is_active is None else asked.is_active,
            problem="" if asked.is_active else old.problem,
            updated_time=now,
        )
        _check(outgoing, changed.url, changed.events)
        store.replace(connection, changed)
        _record(connection, actor, audit.Action.UPDATE, changed, now)
    return changed


def remove(database: Database, actor: Actor, webhook_id: str, now: datetime) -> Webhook:
    """Remove a webhook, with its deliveries."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.write() as connection:
        webhook = _get(connection, actor, webhook_id)
        store.remove(connection, webhook.organization_id, webhook.id)
        _record(connection, actor, audit.Action.DELETE, webhook, now)
    return webhook


def test(database: Database, actor: Actor, webhook_id: str, now: datetime) -> Delivery:
    """Queue a delivery that says that it is a test, once; also to a webhook that is off."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.write() as connection:
        webhook = _get(connection, actor, webhook_id)
        return queue(connection, webhook, Event.TEST, {"webhookId": webhook.id}, now)


def find_deliveries(
    database: Database, actor: Actor, webhook_id: str, *, offset: int, limit: int
) -> tuple[list[Delivery], int]:
    """Give a page of what a webhook was told, the newest first, and how much there is."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.snapshot() as connection:
        webhook = _get(connection, actor, webhook_id)
        return store.find_deliveries(
            connection, webhook.organization_id, webhook.id, offset=offset, limit=limit
        )


def retry(
    database: Database, actor: Actor, webhook_id: str, delivery_id: str, now: datetime
) -> Delivery:
    """Have a delivery tried again now, whatever became of it; raise NotFoundError if unknown."""
    actor.require(Permission.EDIT_WEBHOOK)
    with database.write() as connection:
        webhook = _get(connection, actor, webhook_id)
        where = (webhook.organization_id, webhook.id, delivery_id)
        delivery = store.find_delivery(connection, *where)
        if delivery is None:
            raise NotFoundError
        store.reset(connection, delivery, now)
        return store.find_delivery(connection, *where) or delivery


def _get(connection: Connection, actor: Actor, webhook_id: str) -> Webhook:
    webhook = store.find(connection, actor.organization_id, webhook_id)
    if webhook is None:
        raise NotFoundError
    return webhook


def _check(outgoing: Outgoing, url: str, events: frozenset[Event]) -> None:
    outgoing.check(url)
    if not events:
        raise InvalidError("The events field must name what the webhook is told of.")


def _record(
    connection: Connection, actor: Actor, action: audit.Action, webhook: Webhook, now: datetime
) -> None:
    audit.record(
        connection,
        actor,
        action,
        thing="webhook",
        thing_id=webhook.id,
        now=now,
        detail=webhook.url,
    )
