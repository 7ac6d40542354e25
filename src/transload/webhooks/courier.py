"""Delivers to webhooks: a thread looks for what is due, a few others send.

One delivery at a time goes to a webhook, so that one that hangs or floods delays no other. A
process that dies leaves its attempts to be made again once their lease is over: at least once.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event as Signal
from threading import Lock, Thread
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from transload import audit
from transload.accounts import user_store
from transload.clock import Clock
from transload.db.engine import Database
from transload.errors import InvalidError
from transload.mail.model import Kind
from transload.mail.outbox import Outbox
from transload.outgoing import Outgoing, UnreachableError
from transload.webhooks import store
from transload.webhooks.model import (
    LEASE,
    Delivery,
    Event,
    Status,
    Webhook,
    signed_headers,
    wait_after,
)

WEBHOOKS = "webhooks"
_AT_ONCE = 16
_GONE = 410
_FORGET_AFTER = timedelta(days=30)
_SUCCESS = range(200, 300)
_log = logging.getLogger(__name__)

Render = Callable[[str, str, dict[str, Any]], dict[str, Any] | None]
"""Gives what is told, of an organization, to a webhook that a user made; None: nothing."""


@dataclass(kw_only=True)
class Courier:
    """The deliveries of one process. `look_seconds` lie between two looks for what is due."""

    database: Database
    outgoing: Outgoing
    clock: Clock
    mail: Outbox = field(default_factory=Outbox)
    renderers: Mapping[Event, Render] = field(default_factory=dict)
    look_seconds: float = 1.0
    _busy: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _stopping: Signal = field(default_factory=Signal)
    _thread: Thread | None = None
    _senders: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook")
        self._thread = Thread(target=self._look, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no more attempts; those under way end within their ten seconds, or are repeated."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._senders is not None:
            self._senders.shutdown(wait=False, cancel_futures=True)

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
        if webhook is None:
            return
        delivery = replace(delivery, attempts=delivery.attempts + 1)
        if not webhook.is_active and delivery.event is not Event.TEST:
            self._give_up(delivery, "The webhook is switched off.")
            return
        rendered = self._rendered(delivery, webhook)
        if rendered is None:
            self._give_up(delivery, "Who made the webhook may see nothing of it.")
            return
        delivery = rendered
        content = delivery.body.encode()
        headers = signed_headers(webhook.secret, delivery.id, content, now)
        try:
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

    def _look(self) -> None:
        while not self._stopping.wait(self.look_seconds):
            try:
                self._send_due()
            except SQLAlchemyError as error:
                _log.warning("Webhooks wait: the database is out of reach: %s", error)

    def _send_due(self) -> None:
        with self._lock:
            busy = set(self._busy)
        room = _AT_ONCE - len(busy)
        if room <= 0 or self._senders is None:
            return
        with self.database.read() as connection:
            due = store.find_due(connection, self.clock.now(), busy, 4 * room)
        chosen = {one.webhook_id: one for one in reversed(due)}  # the oldest of each
        for delivery in list(chosen.values())[:room]:
            with self._lock:
                self._busy.add(delivery.webhook_id)
            self._senders.submit(self._send, delivery)

    def _send(self, delivery: Delivery) -> None:
        try:
            self.deliver(delivery)
        except Exception:  # noqa: BLE001 - its lease ends, and another attempt is made
            _log.exception("the delivery %s failed; it is tried again", delivery.id)
        finally:
            with self._lock:
                self._busy.discard(delivery.webhook_id)

    def _note(self, delivery: Delivery) -> None:
        """Keep what became of an attempt: it went well, is to be tried again, or is given up."""
        now = self.clock.now()
        if not delivery.error:
            done = replace(delivery, status=Status.DELIVERED, completed_time=now)
            with self.database.write() as connection:
                store.keep(connection, done)
            return
        wait = None if delivery.event is Event.TEST else wait_after(delivery.attempts)
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
