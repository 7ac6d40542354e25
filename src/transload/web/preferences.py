"""What a client prefers of how its request is handled (RFC 7240)."""

from typing import Annotated

from fastapi import Depends, Request

_STRICT = "handling=strict"


def is_strict(request: Request) -> bool:
    """Tell whether a key that is unknown refuses a request, where it would be passed over."""
    sent = ",".join(request.headers.getlist("prefer"))
    return _STRICT in (one.strip().replace(" ", "") for one in sent.lower().split(","))


Strict = Annotated[bool, Depends(is_strict)]
