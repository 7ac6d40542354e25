"""Sends mails: a thread looks for what is due, a few others hand letters to the mail server.

A server that hangs holds these threads alone: whoever caused a mail has their answer long before.
A process that dies leaves its attempts to be made again once their lease is over: at least once.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event as Signal
from threading import Lock, Thread

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from transload.clock import Clock
from transload.db.engine import Database
from transload.mail import store
from transload.mail.model import KEPT, LEASE, Letter, Mail, Status, wait_after
from transload.mail.server import MailServer, UnsentError

MAILS = "mails"
_AT_ONCE = 4
_log = logging.getLogger(__name__)

Render = Callable[[Connection, Mail, datetime], Letter | None]
"""Gives the letter that a mail is sent as; None: it is not to be sent any more."""


@dataclass(kw_only=True)
class Postman:
    """The mails that one process sends. `look_seconds` lie between two looks for what is due."""

    database: Database
    clock: Clock
    server: MailServer | None
    render: Render
    look_seconds: float = 1.0
    _busy: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _stopping: Signal = field(default_factory=Signal)
    _thread: Thread | None = None
    _senders: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin to send, where there is a mail server."""
        if self.server is None:
            return
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="mail")
        self._thread = Thread(target=self._look, name="mails", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no more attempts; those under way end soon, or are repeated."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._senders is not None:
            self._senders.shutdown(wait=False, cancel_futures=True)

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
            wait = None if error.is_final else wait_after(mail.attempts)
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

    def _look(self) -> None:
        while not self._stopping.wait(self.look_seconds):
            try:
                self._send_due()
            except SQLAlchemyError as error:
                _log.warning("Mails wait: the database is out of reach: %s", error)

    def _send_due(self) -> None:
        with self._lock:
            busy = set(self._busy)
        room = _AT_ONCE - len(busy)
        if room <= 0 or self._senders is None or self.server is None:
            return
        with self.database.read() as connection:
            due = store.find_due(connection, self.clock.now(), room)
        for mail in due:
            with self._lock:
                self._busy.add(mail.id)
            self._senders.submit(self._send, self.server, mail)

    def _send(self, server: MailServer, mail: Mail) -> None:
        try:
            self.send(server, mail)
        except Exception:  # noqa: BLE001 - its lease ends, and another attempt is made
            _log.exception("the mail %s failed; it is tried again", mail.id)
        finally:
            with self._lock:
                self._busy.discard(mail.id)
