"""One way to each kind of destination."""

from dataclasses import dataclass
from typing import assert_never

from transload.clock import Clock
from transload.mail.server import MailServer
from transload.outgoing import Outgoing
from transload.schedules.destinations import bucket, hook, mailbox
from transload.schedules.destinations.model import (
    AnyDestination,
    Bucket,
    Hook,
    Look,
    Mailbox,
    Sftp,
    Shipment,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Hands files over to wherever they are to go. Where no mail server is set up, it is None."""

    outgoing: Outgoing
    clock: Clock
    mail_server: MailServer | None = None

    def check(self, destination: AnyDestination) -> None:
        """Raise InvalidError for a destination that nothing could be sent to, as far as is seen."""
        match destination:
            case Bucket():
                bucket.check(destination, self.outgoing)
            case Sftp():
                from transload.schedules.destinations import sftp  # noqa: PLC0415 - see below

                sftp.check(destination)
            case Mailbox():
                mailbox.check(destination, self.mail_server)
            case Hook():
                hook.check(destination, self.outgoing)
            case _:
                assert_never(destination)

    def send(self, destination: AnyDestination, shipment: Shipment, look: Look) -> None:
        """Make one attempt, which sends all files or raises.

        `look` is called again and again. Raises InvalidError or UndeliveredError with why not.
        """
        match destination:
            case Bucket():
                bucket.send(destination, shipment, self.outgoing, look)
            case Sftp():
                # Its library takes a tenth of a start, which few installations need.
                from transload.schedules.destinations import sftp  # noqa: PLC0415

                sftp.send(destination, shipment, self.outgoing, look)
            case Mailbox():
                mailbox.send(destination, shipment, self.mail_server, self.clock)
            case Hook():
                hook.send(destination, shipment, self.outgoing, self.clock)
            case _:
                assert_never(destination)
