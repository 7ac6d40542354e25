"""The HTTP routes of single sign-on: a browser goes to the identity provider, and comes back."""

import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as MisspeltError
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from typing_extensions import TypedDict

from transload.accounts.session_routes import SessionsPart, keep_session, visitor_of
from transload.accounts.sessions import Opened
from transload.accounts.sign_in import new_secret
from transload.accounts.single_sign_on import (
    Attempt,
    IdentityProvider,
    Problem,
    SingleSignOn,
    SingleSignOnError,
)
from transload.accounts.threads import SignInThreads
from transload.clock import Clock
from transload.errors import NotFoundError
from transload.web.cookies import cookie_of, further_cookie_of, set_further_cookie
from transload.web.envelope import success
from transload.web.errors import error_route
from transload.web.links import base_url
from transload.web.openapi import described
from transload.web.parts import find_part, part

router = APIRouter(tags=["Session"], route_class=error_route(explains=False))
PATH = "/sso"
pages = APIRouter(prefix=PATH, include_in_schema=False, route_class=error_route(explains=False))
SingleSignOnPart = Annotated[SingleSignOn, Depends(part(SingleSignOn))]
Answer = TypeVar("Answer")
_NAME = "sso"
_SECONDS = 600
_CONSOLE = "/console/"
_MAX_TARGET = 1_000
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_log = logging.getLogger(__name__)


class WayObject(TypedDict):
    """An identity provider: what people know it by, and the page to send a browser to."""

    name: str
    link: str


class WaysObject(TypedDict):
    """How people sign in here; `singleSignOn` is null where none is set up."""

    password: bool
    singleSignOn: WayObject | None


class WaysAnswer(TypedDict):
    """How people sign in here."""

    status: bool
    message: str
    data: WaysObject


@router.get(
    "/session/ways",
    **described(
        WaysAnswer,
        example={
            "status": True,
            "message": "Success",
            "data": {
                "password": True,
                "singleSignOn": {"name": "Acme", "link": "https://example.com/sso/start"},
            },
        },
        is_open=True,
    ),
)
async def list_ways(request: Request, single: SingleSignOnPart, sessions: SessionsPart) -> Response:
    """Give the ways to sign in: by password, by single sign-on, or both."""
    link = f"{base_url(request)}{PATH}/start"
    way = None if single.provider is None else {"name": single.name, "link": link}
    return success(data={"password": sessions.takes_passwords, "singleSignOn": way})


@pages.get("/start")
async def start(request: Request, single: SingleSignOnPart, to: str = _CONSOLE) -> Response:
    """Send a browser to the identity provider; `to` is the page of the console to come back to."""
    provider = _provider(single)
    attempt = Attempt(new_secret())
    try:
        address = await _aside(request, lambda: provider.address(attempt, _return_to(request)))
    except SingleSignOnError as error:
        return _refused(request, error)
    answer = RedirectResponse(address, 303, _HEADERS)
    kept = urlsafe_b64encode(_target(to).encode()).decode()
    set_further_cookie(request, answer, _NAME, f"{attempt.secret}.{kept}", _SECONDS)
    return answer


@pages.get("/callback")
async def come_back(request: Request, single: SingleSignOnPart, sessions: SessionsPart) -> Response:
    """Sign in whom the identity provider says it has signed in, or say on a page why not."""
    provider = _provider(single)
    clock = find_part(request, Clock)
    visitor = visitor_of(request)
    earlier = cookie_of(request)

    def open_one() -> tuple[Opened, str]:
        attempt, target = _attempt(request)
        identity = provider.identity(attempt, _return_to(request), dict(request.query_params))
        opened = single.sign_in(identity, visitor, clock.now())
        if earlier is not None:
            sessions.end_by_secret(earlier)
        return opened, target

    try:
        opened, target = await _aside(request, open_one)
    except SingleSignOnError as error:
        return _refused(request, error)
    answer = RedirectResponse(target, 303, _HEADERS)
    keep_session(request, answer, opened, clock)
    set_further_cookie(request, answer, _NAME, "", 0)
    return answer


async def _aside(request: Request, work: Callable[[], Answer]) -> Answer:
    return await find_part(request, SignInThreads).aside(work)


def _provider(single: SingleSignOn) -> IdentityProvider:
    if single.provider is None:
        raise NotFoundError
    return single.provider


def _return_to(request: Request) -> str:
    return f"{base_url(request)}{PATH}/callback"


def _attempt(request: Request) -> tuple[Attempt, str]:
    """Give the sign-in that this browser has begun, and where it wants to go."""
    secret, _, kept = (further_cookie_of(request, _NAME) or "").partition(".")
    try:
        target = urlsafe_b64decode(kept).decode()
    except (MisspeltError, UnicodeDecodeError) as error:
        raise SingleSignOnError(Problem.EXPIRED) from error
    if not secret:
        raise SingleSignOnError(Problem.EXPIRED)
    return Attempt(secret), _target(target)


def _target(path: str) -> str:
    """Give a page of the console, whatever was asked for: no other site's, and none of the API."""
    is_ours = path.startswith(_CONSOLE) and path.isascii() and path.isprintable()
    return path if is_ours and len(path) <= _MAX_TARGET and "\\" not in path else _CONSOLE


def _refused(request: Request, error: SingleSignOnError) -> Response:
    """Lead to the console, which has a sentence for it."""
    _log.warning("single sign-on: %s", error.__cause__ or error)
    answer = RedirectResponse(f"{_CONSOLE}?problem={error.problem.value}", 303, _HEADERS)
    set_further_cookie(request, answer, _NAME, "", 0)
    return answer
