"""Who calls a route that holders of import links may use too; every other one refuses them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Request

from transload import audit
from transload.accounts.caller import caller, caller_again
from transload.accounts.model import Actor
from transload.clock import Clock
from transload.errors import ForbiddenError, UnauthenticatedError
from transload.imports.links.model import GUEST_MARK, LINK_MARK
from transload.imports.links.run import ImportLinks
from transload.web.auth import bearer_token
from transload.web.parts import find_part, part
from transload.web.rate_limit import RateLimiter


async def user_or_guest(request: Request) -> Actor:
    """Give the user of a request, or who came by the import link whose secret it bears.

    Raises as `caller` does, ForbiddenError for a link that takes nothing, and BusyError for a
    request too many of one link.
    """
    secret = _secret(request)
    if secret is None:
        return await caller(request)
    links, now = find_part(request, ImportLinks), find_part(request, Clock).now()
    limiter = find_part(request, RateLimiter)

    def admit() -> Actor:
        actor = links.authenticate(secret, now)
        links.admit(actor, now)
        limiter.admit(actor.organization_id, now)
        return actor

    actor = await to_thread.run_sync(admit)
    # For what is done on the way, the trail of refusals among it: nobody that is known.
    request.state.who, request.state.session = audit.Unnamed(actor.organization_id), None
    return actor


def user_or_guest_again(request: Request) -> Callable[[datetime], Actor]:
    """Give what finds them anew, while an answer goes on; it raises where they may no more."""
    secret = _secret(request)
    if secret is None:
        return caller_again(request)
    return partial(find_part(request, ImportLinks).authenticate, secret)


async def _user(actor: "UserOrGuest") -> Actor:
    if actor.guest is not None:
        raise UnauthenticatedError
    return actor


async def _guest(actor: "UserOrGuest") -> Actor:
    if actor.guest is None:
        raise ForbiddenError("This is for the holders of import links.")
    return actor


def _secret(request: Request) -> str | None:
    if "authorization" not in request.headers:
        return None
    token = bearer_token(request)
    return token if token.startswith((LINK_MARK, GUEST_MARK)) else None


LinksPart = Annotated[ImportLinks, Depends(part(ImportLinks))]
UserOrGuest = Annotated[Actor, Depends(user_or_guest)]
User = Annotated[Actor, Depends(_user)]
"""Beside `UserOrGuest`: the same, refused where it is no user."""
Guest = Annotated[Actor, Depends(_guest)]
