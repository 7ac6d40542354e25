"""Who calls: the one dependency that every endpoint with a bearer token has."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from transload.accounts.model import DENIED, Actor, Permission
from transload.accounts.run import Accounts
from transload.clock import Clock
from transload.web.auth import bearer_token
from transload.web.parts import find_part
from transload.web.rate_limit import RateLimiter
from transload.web.turns import Turns


async def caller(request: Request) -> Actor:
    """Give the user of the request's token.

    Raises UnauthenticatedError for a request without a valid one, BusyError for one too many.
    """
    # Not dependencies of its own: every request would take the time to solve them.
    accounts, limiter = find_part(request, Accounts), find_part(request, RateLimiter)
    now = find_part(request, Clock).now()
    token = bearer_token(request)

    def admit() -> Actor:
        found = accounts.authenticate(token, now)
        limiter.admit(found.organization_id, now)
        return found

    actor = await find_part(request, Turns).run(admit)
    request.state.who = actor
    return actor


def caller_who_may(
    *permissions: Permission, denied: str = DENIED
) -> Callable[[Request], Awaitable[Actor]]:
    """Give the dependency that also refuses who lacks a permission, before a body is read."""

    async def find(request: Request) -> Actor:
        actor = await caller(request)
        for permission in permissions:
            actor.require(permission, denied)
        return actor

    return find


Caller = Annotated[Actor, Depends(caller)]
