"""The mail server that letters are handed to, by SMTP (RFC 5321)."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from transload.errors import StartupError, TransloadError
from transload.mail.model import Letter
from transload.settings import Settings, SmtpSecurity

_PERMANENT = 500
_MAX_REPLY = 200


class UnsentError(TransloadError):
    """A letter was not taken; where it `is_final`, another attempt would end likewise."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        """Keep the sentence, and whether there is hope."""
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, as the settings describe it. It is waited for `seconds` at each step."""

    host: str
    port: int
    security: SmtpSecurity
    user: str
    password: str = field(repr=False)
    sender: str
    own_name: str
    seconds: float = 20

    @classmethod
    def of(cls, settings: Settings) -> "MailServer | None":
        """Give the server that the settings name; None where they name none.

        Raises StartupError where they lack what mails need.
        """
        if not settings.smtp_host:
            return None
        own_name = urlsplit(settings.public_url).hostname
        if own_name is None:
            raise StartupError("Mails hold links: set TRANSLOAD_PUBLIC_URL, with which they start.")
        if not _is_mailbox(settings.mail_from):
            raise StartupError(
                "TRANSLOAD_MAIL_FROM must be the sender of mails, as ada@acme.example or "
                "Acme <ada@acme.example>."
            )
        if settings.smtp_user and settings.smtp_security is SmtpSecurity.NONE:
            raise StartupError(
                "TRANSLOAD_SMTP_USER asks for TRANSLOAD_SMTP_SECURITY=starttls or tls: no password "
                "is sent unencrypted."
            )
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.smtp_password,
            sender=settings.mail_from,
            own_name=own_name,
        )

    def send(self, mail_id: str, recipient: str, letter: Letter, now: datetime) -> None:
        """Hand over a letter; raise UnsentError with why it was not taken.

        The message's id is the same at each attempt, so that a mailbox can tell a repeated one.
        """
        try:
            message = self._message(mail_id, recipient, letter, now)
        except (ValueError, IndexError, MessageError) as error:
            raise UnsentError(f"{recipient} is no address for a mail.", is_final=True) from error
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _refused(f"The mail server refuses {recipient}", code, reply) from error
        except smtplib.SMTPAuthenticationError as error:
            raise UnsentError("The mail server does not take the user and password.") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(
                "The mail server refuses the mail", error.smtp_code, error.smtp_error
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise UnsentError("The mail server lacks what the settings ask of it.") from error
        except ssl.SSLError as error:
            raise UnsentError("The mail server has no certificate that is trusted.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise UnsentError("The mail server does not answer.") from error

    def _connected(self) -> smtplib.SMTP:
        trusted = ssl.create_default_context()
        if self.security is SmtpSecurity.TLS:
            return smtplib.SMTP_SSL(
                self.host, self.port, self.own_name, timeout=self.seconds, context=trusted
            )
        server = smtplib.SMTP(self.host, self.port, self.own_name, timeout=self.seconds)
        try:
            if self.security is SmtpSecurity.STARTTLS:
                server.starttls(context=trusted)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, mail_id: str, recipient: str, letter: Letter, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail_id}@{self.own_name}>"
        message["Auto-Submitted"] = "auto-generated"  # so that no machine answers (RFC 3834)
        message.set_content(letter.text)
        for one in letter.attachments:
            kind, _, subtype = one.media_type.partition(";")[0].partition("/")
            message.add_attachment(
                one.content, maintype=kind, subtype=subtype, filename=one.name, cte="base64"
            )
        return message


def _is_mailbox(text: str) -> bool:
    """Tell whether a text is one mailbox, with a name before it or without."""
    try:
        message = EmailMessage(policy=SMTP)
        message["From"] = text
        found = message["From"].addresses
    except (ValueError, IndexError, MessageError):
        return False
    return len(found) == 1 and bool(found[0].username and found[0].domain)


def _refused(what: str, code: int, reply: bytes | str) -> UnsentError:
    said = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    line = " ".join(said.split())[:_MAX_REPLY]
    return UnsentError(f"{what}: {code} {line}", is_final=code >= _PERMANENT)
