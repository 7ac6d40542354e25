"""Delivers to webhooks: what is told of, to whom, and what becomes of each attempt."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from transload import audit
from transload.accounts import organization_store, user_store
from transload.clock import Clock
from transload.db.engine import Database
from transload.dispatch.attempts import wait_after
from transload.dispatch.dispatcher import Dispatcher
from transload.errors import InvalidError
from transload.mail.model import Kind
from transload.mail.outbox import Outbox
from transload.outgoing import Outgoing, UnreachableError
from transload.sealing import Sealer
from transload.webhooks import store
from transload.webhooks.model import (
    LEASE,
    SECRET_PREFIX,
    WAITS,
    Delivery,
    Event,
    Status,
    Webhook,
    signed_headers,
)

WEBHOOKS = "webhooks"
_AT_ONCE = 16
_EACH = 4  # of those that are due for one webhook only the oldest is sent
_GONE = 410
_FORGET_AFTER = timedelta(days=30)
_SUCCESS = range(200, 300)

Render = Callable[[str, str, dict[str, Any]], dict[str, Any] | None]
"""Gives what is told, of an organization, to a webhook that a user made; None: nothing."""


@dataclass(kw_only=True)
class Courier:
    """The deliveries of one process."""

    database: Database
    outgoing: Outgoing
    sealer: Sealer
    clock: Clock
    mail: Outbox = field(default_factory=Outbox)
    renderers: Mapping[Event, Render] = field(default_factory=dict)

    def dispatcher(self) -> Dispatcher[Delivery]:
        """Give what delivers, one at a time to a webhook."""
        return Dispatcher(
            name=WEBHOOKS,
            at_once=_AT_ONCE,
            find_due=self._find_due,
            receiver=lambda delivery: delivery.webhook_id,
            send=self.deliver,
        )

    def forget(self) -> None:
        """Delete deliveries past 30 days."""
        with self.database.write() as connection:
            store.forget_before(connection, self.clock.now() - _FORGET_AFTER)

    def deliver(self, delivery: Delivery) -> None:
        """Make one attempt, unless another process has begun it."""
        now = self.clock.now()
        with self.database.write() as connection:
            if not store.claim(connection, delivery, now + LEASE):
                return
            webhook = store.find(connection, delivery.organization_id, delivery.webhook_id)
            is_disabled = organization_store.is_disabled(connection, delivery.organization_id)
        if webhook is None:
            return
        delivery = replace(delivery, attempts=delivery.attempts + 1)
        if is_disabled:
            self._give_up(delivery, "The organization is disabled.")
            return
        if not webhook.is_active and delivery.event is not Event.TEST:
            self._give_up(delivery, "The webhook is switched off.")
            return
        rendered = self._rendered(delivery, webhook)
        if rendered is None:
            self._give_up(delivery, "Who made the webhook may see nothing of it.")
            return
        delivery = rendered
        content = delivery.body.encode()
        try:
            secret = self._secret(webhook)
            headers = signed_headers(secret, delivery.id, content, now)
            answer = self.outgoing.send("POST", webhook.url, headers=headers, body=content)
        except (UnreachableError, InvalidError) as error:
            self._note(replace(delivery, error=error.message, response_status=None))
            return
        told = replace(
            delivery,
            response_status=answer.status,
            response_body=answer.body.decode(errors="replace").replace("\0", "\N{SYMBOL FOR NULL}"),
            milliseconds=round(answer.seconds * 1_000),
            error="" if answer.status in _SUCCESS else f"The answer was {answer.status}.",
        )
        self._note(told)

    def _secret(self, webhook: Webhook) -> str:
        """Give what deliveries are signed with; raise InvalidError where it cannot be read."""
        if webhook.secret.startswith(SECRET_PREFIX):
            return webhook.secret
        return self.sealer.open(webhook.secret, webhook.owner)

    def _rendered(self, delivery: Delivery, webhook: Webhook) -> Delivery | None:
        """Give the delivery with ids replaced by what they stand for, once for all attempts."""
        body = orjson.loads(delivery.body)
        render = self.renderers.get(delivery.event)
        if render is None or "ids" not in body["data"]:
            return delivery
        data = render(delivery.organization_id, webhook.created_by, body["data"])
        if data is None:
            return None
        return replace(delivery, body=orjson.dumps({**body, "data": data}).decode())

    def _find_due(self, busy: AbstractSet[str], room: int) -> list[Delivery]:
        with self.database.read() as connection:
            return store.find_due(connection, self.clock.now(), busy, _EACH * room)

    def _note(self, delivery: Delivery) -> None:
        """Keep what became of an attempt: it went well, is to be tried again, or is given up."""
        now = self.clock.now()
        if not delivery.error:
            done = replace(delivery, status=Status.DELIVERED, completed_time=now)
            with self.database.write() as connection:
                store.keep(connection, done)
            return
        wait = None if delivery.event is Event.TEST else wait_after(delivery.attempts, WAITS)
        if wait is not None and delivery.response_status != _GONE:
            with self.database.write() as connection:
                store.keep(connection, replace(delivery, next_time=now + wait))
            return
        self._give_up(delivery, delivery.error)
        if delivery.event is not Event.TEST:
            self._switch_off(delivery)

    def _give_up(self, delivery: Delivery, error: str) -> None:
        now = self.clock.now()
        failed = replace(delivery, status=Status.FAILED, completed_time=now, error=error)
        with self.database.write() as connection:
            store.keep(connection, failed)

    def _switch_off(self, delivery: Delivery) -> None:
        now = self.clock.now()
        with self.database.write() as connection:
            is_new = store.switch_off(
                connection, delivery.organization_id, delivery.webhook_id, delivery.error, now
            )
            if is_new:
                audit.record(
                    connection,
                    audit.Unnamed(delivery.organization_id),
                    audit.Action.UPDATE,
                    thing="webhook",
                    thing_id=delivery.webhook_id,
                    now=now,
                    detail=f"switched off: {delivery.error}",
                )
                self._tell_owners(connection, delivery)

    def _tell_owners(self, connection: Connection, delivery: Delivery) -> None:
        webhook = store.find(connection, delivery.organization_id, delivery.webhook_id)
        for owner in user_store.find_owners(connection, delivery.organization_id):
            self.mail.put(
                connection,
                Kind.WEBHOOK_OFF,
                organization_id=owner.organization_id,
                user_id=owner.id,
                email=owner.email,
                data={"id": delivery.webhook_id, "name": "" if webhook is None else webhook.name},
                now=self.clock.now(),
            )
