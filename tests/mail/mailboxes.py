"""A real mail server that keeps what it takes, and answers or hangs as a test says."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.certificates import Certificates
from tests.ports import free_ports

USER, PASSWORD = "transload", "a mail server's password"


@dataclass
class Mailboxes:
    """What was taken; `reply` is what is said to each recipient, `hangs` holds every mail up."""

    port: int = 0
    reply: str = "250 OK"
    hangs: threading.Event | None = None
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    began: threading.Event = field(default_factory=threading.Event)

    def of(self, email: str) -> list[EmailMessage]:
        """Give what came for an address."""
        return [message for recipient, message in self.taken if recipient == email]

    async def handle_RCPT(  # noqa: N802 - as the library calls it
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply

    async def handle_DATA(  # noqa: N802 - likewise
        self,
        server: Any,  # noqa: ANN401 - likewise
        _session: object,
        envelope: Envelope,
    ) -> str:
        self.began.set()
        if self.hangs is not None:
            await server.loop.run_in_executor(None, self.hangs.wait, 60)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def mail_server(shown: Certificates | None = None) -> Iterator[Mailboxes]:
    """Run a mail server; with a certificate it takes nothing but by STARTTLS and a password."""
    found = Mailboxes(port=free_ports(1)[0])
    more: dict[str, Any] = {}
    if shown is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown.certificate, shown.key)
        more = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _is_known,
        }
    controller = Controller(found, hostname="127.0.0.1", port=found.port, **more)
    controller.start()
    try:
        yield found
    finally:
        if found.hangs is not None:
            found.hangs.set()
        controller.stop()


def _is_known(
    _server: object, _session: object, _envelope: object, _mechanism: object, given: object
) -> AuthResult:
    assert isinstance(given, LoginPassword)
    is_right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right)
