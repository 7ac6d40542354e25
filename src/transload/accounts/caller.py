"""Who calls: the one dependency that every endpoint with a bearer token has."""

from typing import Annotated

from fastapi import Depends, Request

from transload.accounts.model import Actor
from transload.accounts.run import Accounts
from transload.web.auth import bearer_token
from transload.web.parts import ClockPart, part
from transload.web.rate_limit import RateLimiter


def caller(
    request: Request,
    accounts: Annotated[Accounts, Depends(part(Accounts))],
    limiter: Annotated[RateLimiter, Depends(part(RateLimiter))],
    clock: ClockPart,
) -> Actor:
    """Give the user of the request's token.

    Raises UnauthenticatedError for a request without a valid one, BusyError for one too many.
    """
    now = clock.now()
    actor = accounts.authenticate(bearer_token(request), now)
    limiter.admit(actor.organization_id, now)
    request.state.who = actor
    return actor


Caller = Annotated[Actor, Depends(caller)]
