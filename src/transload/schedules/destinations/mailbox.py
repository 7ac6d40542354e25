"""Files by e-mail: with the letter, or by links that the letter holds."""

from transload.accounts.model import parse_email
from transload.clock import Clock
from transload.errors import InvalidError
from transload.mail.letters import files_of_schedule
from transload.mail.model import Attachment
from transload.mail.server import MailServer, UnsentError
from transload.schedules.destinations.model import Mailbox, Shipment, UndeliveredError

MAX_ATTACHED = 10 << 20
_NO_SERVER = "No mail server is set up, so that nothing can be sent to an e-mail address."


def check(destination: Mailbox, server: MailServer | None) -> None:
    """Raise InvalidError for what is no address, or where no mails are sent."""
    parse_email(destination.email)
    if server is None:
        raise InvalidError(_NO_SERVER, is_whole=True)


def send(destination: Mailbox, shipment: Shipment, server: MailServer | None, clock: Clock) -> None:
    """Hand over a letter; files beyond 10 MiB together are linked and not attached.

    Raises UndeliveredError where the mail server does not take it.
    """
    if server is None:
        raise UndeliveredError(_NO_SERVER)
    size = sum(parcel.size for parcel in shipment.parcels)
    is_attached = destination.attach and size <= MAX_ATTACHED
    sentences = list(shipment.sentences)
    if destination.attach and not is_attached:
        sentences.append(f"The files are too large for a mail: {size:,} bytes.")
    letter = files_of_schedule(
        shipment.name,
        sentences,
        [
            Attachment(name=one.name, media_type=one.media_type, content=one.path.read_bytes())
            for one in shipment.parcels
        ]
        if is_attached
        else [],
        {} if is_attached else {one.name: one.link for one in shipment.parcels},
    )
    try:
        server.send(shipment.run_id, destination.email, letter, clock.now())
    except UnsentError as error:
        raise UndeliveredError(error.message, is_final=error.is_final) from error
