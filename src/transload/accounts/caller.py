"""Who calls: the one dependency that every endpoint of the API has."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Request

from transload.accounts.model import Actor, Permission
from transload.accounts.run import Accounts
from transload.accounts.sessions import Sessions
from transload.accounts.sign_in import Session
from transload.clock import Clock
from transload.errors import DENIED, ForbiddenError, UnauthenticatedError
from transload.web.auth import bearer_token
from transload.web.cookies import cookie_of
from transload.web.origin import require_own_page
from transload.web.parts import find_part
from transload.web.rate_limit import RateLimiter

Known = tuple[Actor, Session | None]


async def caller(request: Request) -> Actor:
    """Give the user of the request's bearer token or, without one, of its session's cookie.

    Raises UnauthenticatedError for a request without a valid one, BusyError for one too many, and
    ForbiddenError for a cookie that another page had sent along.
    """
    # Not dependencies of its own: every request would take the time to solve them.
    limiter = find_part(request, RateLimiter)
    now = find_part(request, Clock).now()
    authenticate = _by_token(request) if "authorization" in request.headers else _by_cookie(request)

    def admit() -> Known:
        actor, session = authenticate(now)
        limiter.admit(actor.organization_id, now)
        return actor, session

    actor, session = await to_thread.run_sync(admit)
    request.state.who, request.state.session = actor, session
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


def caller_again(request: Request) -> Callable[[datetime], Actor]:
    """Give what finds the caller anew, by the same token or session, while an answer goes on.

    It raises UnauthenticatedError once that has ended.
    """
    authenticate = _by_token(request) if "authorization" in request.headers else _by_cookie(request)
    return lambda now: authenticate(now)[0]


def session_of_request(request: Request) -> Session | None:
    """Give the session that the caller came by; None for a bearer token."""
    found: Session | None = request.state.session
    return found


def _by_token(request: Request) -> Callable[[datetime], Known]:
    accounts, token = find_part(request, Accounts), bearer_token(request)
    return lambda now: (accounts.authenticate(token, now), None)


def _by_cookie(request: Request) -> Callable[[datetime], Known]:
    secret = cookie_of(request)
    if secret is None:
        raise UnauthenticatedError
    require_own_page(request)
    sessions = find_part(request, Sessions)
    return lambda now: sessions.authenticate(secret, now)


Caller = Annotated[Actor, Depends(caller)]


def admin(actor: Caller) -> Actor:
    """Give the caller of an endpoint that is for owners and admins, before it reads a body."""
    if not actor.is_admin:
        raise ForbiddenError
    return actor


Admin = Annotated[Actor, Depends(admin)]
