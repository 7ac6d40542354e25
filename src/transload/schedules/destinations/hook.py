"""Files by webhook: a signed request (https://www.standardwebhooks.com) says where they are."""

import orjson

from transload.clock import Clock
from transload.outgoing import Outgoing, UnreachableError
from transload.schedules.destinations.model import Hook, Shipment, UndeliveredError
from transload.webhooks.model import signed_headers

TYPE = "export.delivered"
_SUCCESS = range(200, 300)
_GONE = 410


def check(destination: Hook, outgoing: Outgoing) -> None:
    """Raise InvalidError for an address that nothing is sent to, as far as the text alone tells."""
    outgoing.check(destination.url)


def send(destination: Hook, shipment: Shipment, outgoing: Outgoing, clock: Clock) -> None:
    """Send the request; its id is the same at each attempt.

    Raises InvalidError where the address is refused, UndeliveredError where it is not answered, or
    not with success.
    """
    files = [{"name": one.name, "size": one.size, "link": one.link} for one in shipment.parcels]
    now = clock.now()
    data = {**shipment.facts, "files": files}
    body = orjson.dumps({"type": TYPE, "timestamp": now.isoformat(), "data": data})
    headers = signed_headers(destination.secret, shipment.run_id, body, now)
    try:
        answer = outgoing.send("POST", destination.url, headers=headers, body=body)
    except UnreachableError as error:
        raise UndeliveredError(error.message) from error
    if answer.status not in _SUCCESS:
        raise UndeliveredError(f"The answer was {answer.status}.", is_final=answer.status == _GONE)
