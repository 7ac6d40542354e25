"""Sends mails: the letter that each is written as, and what becomes of each attempt.

A server that hangs holds its own threads alone: whoever caused a mail has their answer long before.
"""

import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from transload.clock import Clock
from transload.db.engine import Database
from transload.dispatch.attempts import wait_after
from transload.dispatch.dispatcher import Dispatcher
from transload.mail import store
from transload.mail.model import KEPT, LEASE, WAITS, Letter, Mail, Status
from transload.mail.server import MailServer, UnsentError

MAILS = "mails"
_AT_ONCE = 4
_log = logging.getLogger(__name__)

Render = Callable[[Connection, Mail, datetime], Letter | None]
"""Gives the letter that a mail is sent as; None: it is not to be sent any more."""


@dataclass(kw_only=True)
class Postman:
    """The mails that one process sends."""

    database: Database
    clock: Clock
    render: Render

    def dispatcher(self, server: MailServer) -> Dispatcher[Mail]:
        """Give what sends mails by the server."""
        return Dispatcher(
            name=MAILS,
            at_once=_AT_ONCE,
            find_due=self._find_due,
            receiver=lambda mail: mail.id,
            send=partial(self.send, server),
        )

    def forget(self) -> None:
        """Delete mails past 30 days."""
        with self.database.write() as connection:
            store.forget_before(connection, self.clock.now() - KEPT)

    def send(self, server: MailServer, mail: Mail) -> None:
        """Make one attempt, unless another process has begun it."""
        now = self.clock.now()
        with self.database.write() as connection:
            if not store.claim(connection, mail, now + LEASE):
                return
            letter = self.render(connection, mail, now)
        mail = replace(mail, attempts=mail.attempts + 1)
        if letter is None:
            self._keep(mail, Status.FAILED, "There is no reason any more to send it.")
            return
        try:
            server.send(mail.id, mail.email, letter, now)
        except UnsentError as error:
            _log.warning("the mail %s was not taken: %s", mail.id, error.__cause__ or error)
            wait = None if error.is_final else wait_after(mail.attempts, WAITS)
            if wait is None:
                self._keep(mail, Status.FAILED, error.message)
            else:
                with self.database.write() as connection:
                    waiting = replace(mail, next_time=now + wait, error=error.message)
                    store.keep(connection, waiting)
        else:
            self._keep(mail, Status.SENT, "")

    def _keep(self, mail: Mail, status: Status, error: str) -> None:
        ended = replace(mail, status=status, error=error, completed_time=self.clock.now())
        with self.database.write() as connection:
            store.keep(connection, ended)

    def _find_due(self, busy: AbstractSet[str], room: int) -> list[Mail]:
        with self.database.read() as connection:
            due = store.find_due(connection, self.clock.now(), room + len(busy))
        return [mail for mail in due if mail.id not in busy]
